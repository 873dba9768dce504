using System.Buffers.Binary;
using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Keys;

namespace EmbeddedSecrets.Fuzz.Targets;

/// <summary>What the key layer reads: its header, its ring, its slots, and keys given as text.</summary>
internal static class KeyTargets
{
    private static readonly UniqueId StoreId = LogSeeds.StoreId;
    private static readonly byte[] Key = [.. Enumerable.Range(1, 32).Select(static i => (byte)i)];
    private static readonly SealedSlot[] Slots = [new(0, KeySlot.Kind, Key, Key), new(1, KeySlot.Kind, Key, Key)];
    private static readonly PassphraseRootKey Passphrase = new("correct horse"u8);
    private static readonly RootKeyContext Context = new(StoreId, "memory", false);

    public static IEnumerable<FuzzTarget> All =>
    [
        new("store-header", Header, () => [("header", SampleHeader())], typeof(SecretStoreException)),
        new("ring-state", RingState, () => [("one-slot", SampleState(1)), ("two-slots", SampleState(2))], typeof(SecretStoreException)),
        new("ring", Ring, () => [("ring", SampleRing())], typeof(SecretStoreException)),
        new("key-slot", Slot, () => [("slot", KeySlot.Seal(Key, StoreId, Key))]),
        new("passphrase-slot", PassphraseSlot, () => [("slot", SamplePassphraseSlot())]),
        new("key-line", Line, () => [("line", SampleLine()), ("line-end", [.. SampleLine(), 13, 10])]),
        new("mounted-key", Mounted, MountedSeeds),
    ];

    private static void Header(byte[] input) =>
        FuzzTarget.Require(StoreHeader.Decode(input).Encode().AsSpan().SequenceEqual(input), "A header has one form.");

    private static void RingState(byte[] input)
    {
        KeyRingState state = KeyRingState.Decode(input);
        FuzzTarget.Require(state.Slots.Count <= KeyRingState.MaxSlots && state.Slots.All(static slot => KeyRingState.IsKind(slot.Kind)), "Slots keep their rules.");
        var again = new FieldWriter(stackalloc byte[256]);
        again.Bytes(state.BeforeRing.Span);
        again.UInt32(state.SealedRing.Length);
        again.Bytes(state.SealedRing.Span);
        FuzzTarget.Require(again.Written.SequenceEqual(input), "A state has one form.");
        state.Open(StoreId, Key, 0).Dispose();
    }

    private static void Ring(byte[] input)
    {
        using RingKeys ring = RingCodec.Decode(StoreId, input, Key, Slots, 0);
        var again = new FieldWriter(stackalloc byte[1024]);
        RingCodec.Encode(ref again, ring);
        FuzzTarget.Require(again.Written.SequenceEqual(input), "A ring has one form.");
    }

    private static void Slot(byte[] input)
    {
        byte[] ringKey = new byte[32];
        ringKey.AsSpan().Fill(1);
        bool opened = KeySlot.TryOpen(Key, StoreId, input, ringKey);
        FuzzTarget.Require(opened || ringKey.All(static b => b == 0), "A slot that does not open leaves zeros.");
    }

    /// <summary>Without the derivation, which costs tenths of a second: a count that would start it is taken out.</summary>
    private static void PassphraseSlot(byte[] input)
    {
        byte[] slot = [.. input];
        if (slot.Length >= 5 && BinaryPrimitives.ReadUInt32LittleEndian(slot.AsSpan(1)) is >= PassphraseRootKey.MinIterations and <= PassphraseRootKey.MaxIterations)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(slot.AsSpan(1), 1);
        }

        byte[] ringKey = new byte[32];
        ringKey.AsSpan().Fill(1);
        bool opened = Passphrase.TryUnwrapAsync(slot, Context, ringKey).AsTask().GetAwaiter().GetResult();
        FuzzTarget.Require(!opened && ringKey.All(static b => b == 0), "A slot that does not open leaves zeros.");
    }

    private static void Line(byte[] input)
    {
        using PinnedBytes? key = KeyLine.TryParse(input);
        if (key is not null)
        {
            using SecretMemory line = KeyLine.Write(key.Span);
            FuzzTarget.Require(line.Span.SequenceEqual(KeyLine.TrimLineEnd(input)), "A key has one line.");
        }
    }

    private static void Mounted(byte[] input)
    {
        byte[] key = new byte[KeyLine.KeyLength];
        if (MountedFileRootKey.TryDecode(input, key))
        {
            string text = System.Text.Encoding.Latin1.GetString(KeyLine.TrimLineEnd(input));
            FuzzTarget.Require(
                input.AsSpan().SequenceEqual(key)
                    || string.Equals(text, Convert.ToHexString(key), StringComparison.OrdinalIgnoreCase)
                    || text.TrimEnd('=').Replace('-', '+').Replace('_', '/')[..42] == Convert.ToBase64String(key)[..42],
                "A mounted key is what its text says.");
        }
    }

    private static byte[] SampleRing()
    {
        using RingKeys ring = RingOf(Slots.Length);
        var writer = new FieldWriter(stackalloc byte[1024]);
        RingCodec.Encode(ref writer, ring);
        return writer.Written.ToArray();
    }

    private static byte[] SampleState(int slots)
    {
        using RingKeys ring = RingOf(slots);
        return KeyRingState.Encode(ring);
    }

    private static RingKeys RingOf(int slots)
    {
        using RingKeys first = RingKeys.Generate(StoreId, DateTimeOffset.UnixEpoch, SlotOf(0));
        using var change = new RingChange(first);
        for (int slot = 1; slot < slots; slot++)
        {
            change.AddSlot(SlotOf(slot));
        }

        // Under a key that the target knows.
        Key.CopyTo(change.Next.RingKey.Span);
        return change.Take();
    }

    private static RootKeySlot SlotOf(int number) =>
        new((ulong)number, KeySlot.Kind, KeySlot.Seal(Key, StoreId, Key), DateTimeOffset.UnixEpoch, "slot", new PinnedBytes(Key));

    private static byte[] SampleHeader() => new StoreHeader(SampleState(1), new WrappedDataKey("store", 1, Key)).Encode();

    /// <summary>As it is written, with another count, so that making it costs nothing.</summary>
    private static byte[] SamplePassphraseSlot()
    {
        byte[] slot = new byte[PassphraseRootKey.SlotLength];
        slot[0] = 1;
        BinaryPrimitives.WriteUInt32LittleEndian(slot.AsSpan(1), PassphraseRootKey.MinIterations - 1);
        Key.CopyTo(slot, 5);
        return slot;
    }

    private static byte[] SampleLine()
    {
        using SecretMemory line = KeyLine.Write(Key);
        return line.Span.ToArray();
    }

    private static IEnumerable<(string Name, byte[] Bytes)> MountedSeeds() =>
    [
        ("raw", Key), ("hex", System.Text.Encoding.ASCII.GetBytes(Convert.ToHexString(Key) + "\n")),
        ("base64", System.Text.Encoding.ASCII.GetBytes(Convert.ToBase64String(Key) + "\r\n")),
        ("base64url", System.Text.Encoding.ASCII.GetBytes(System.Buffers.Text.Base64Url.EncodeToString(Key))),
    ];
}
