using EmbeddedSecrets.Keys;
using static EmbeddedSecrets.Tests.Keys.RingSamples;

namespace EmbeddedSecrets.Tests.Keys;

/// <summary>What somebody who can write the files of a store does to its key slots.</summary>
[TestFixture]
public sealed class SlotAttackTests
{
    private static readonly RootKeyContext Context = new(new UniqueId(0, 7), "/stores/a", IsNewStore: true);

    [TestCase(0u)]
    [TestCase(1u)]
    [TestCase(599_999u)]
    [TestCase(2_147_483_647u)]
    [CancelAfter(5000)]
    public async Task Pbkdf2Count_OutOfRange_IsRefusedAtOnce(uint iterations)
    {
        IRootKey rootKey = RootKey.FromPassphrase("correct horse battery staple");
        byte[] slot = await rootKey.WrapAsync(SlotKey, Context);
        BitConverter.TryWriteBytes(slot.AsSpan(1), iterations);
        byte[] state = State(Slot(1, "passphrase", slot));
        var clock = System.Diagnostics.Stopwatch.StartNew();

        await ShouldFailAsync(rootKey, state, SecretStoreErrorCodes.WrongKey);

        clock.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(5), "2^31 - 1 iterations take many minutes");
    }

    [TestCaseSource(nameof(RootKeys))]
    public async Task Slot_OfAnotherStore_IsRefused(IRootKey rootKey)
    {
        byte[] slot = await rootKey.WrapAsync(SlotKey, Context with { StoreId = new UniqueId(0, 8) });

        await ShouldFailAsync(rootKey, State(Slot(1, rootKey.Kind, slot)), SecretStoreErrorCodes.WrongKey);
    }

    [TestCaseSource(nameof(RootKeys))]
    public async Task Slot_CutShortAnywhere_IsRefused(IRootKey rootKey)
    {
        byte[] slot = await rootKey.WrapAsync(SlotKey, Context);

        for (int length = 1; length < slot.Length; length++)
        {
            await ShouldFailAsync(rootKey, State(Slot(1, rootKey.Kind, slot[..length])), SecretStoreErrorCodes.WrongKey);
        }
    }

    [Test]
    public async Task Slots_OfTwoKindsSwapped_AreRefused()
    {
        IRootKey passphrase = RootKey.FromPassphrase("correct horse battery staple");
        IRootKey bytes = RootKey.FromBytes(Envelope.Samples.Bytes(32, 2));
        byte[] first = await passphrase.WrapAsync(SlotKey, Context);
        byte[] second = await bytes.WrapAsync(SlotKey, Context);
        byte[] state = State(Slot(1, passphrase.Kind, second), Slot(2, bytes.Kind, first));

        await ShouldFailAsync(passphrase, state, SecretStoreErrorCodes.WrongKey);
        await ShouldFailAsync(bytes, state, SecretStoreErrorCodes.WrongKey);
    }

    [Test]
    public async Task Slots_OfOneKindSwapped_AreTampering()
    {
        IRootKey one = RootKey.FromBytes(Envelope.Samples.Bytes(32, 2));
        IRootKey two = RootKey.FromBytes(Envelope.Samples.Bytes(32, 3));
        byte[] first = await one.WrapAsync(SlotKey, Context);
        byte[] second = await two.WrapAsync(SlotKey, Context);
        byte[] state = State(Slot(1, "key", first), Slot(2, "key", second));
        using (var ring = new KeyRing(two))
        {
            await ring.OpenAsync(state, Context, default);
        }

        int place = state.AsSpan().IndexOf(first);
        second.CopyTo(state, place);
        first.CopyTo(state, state.AsSpan(place + second.Length).IndexOf(second) + place + second.Length);

        await ShouldFailAsync(one, state, SecretStoreErrorCodes.Tampered);
        await ShouldFailAsync(two, state, SecretStoreErrorCodes.Tampered);
    }

    [Test]
    public async Task Slot_PutFromAnotherStateOfTheSameStore_IsTampering()
    {
        IRootKey removed = RootKey.FromBytes(Envelope.Samples.Bytes(32, 2));
        IRootKey kept = RootKey.FromBytes(Envelope.Samples.Bytes(32, 3));
        byte[] old = await removed.WrapAsync(SlotKey, Context);
        byte[] state = State(Slot(1, "key", await kept.WrapAsync(SlotKey, Context)));
        old.CopyTo(state, 1 + 2 + 8 + 1 + "key".Length + 2);

        await ShouldFailAsync(removed, state, SecretStoreErrorCodes.Tampered);
        await ShouldFailAsync(kept, state, SecretStoreErrorCodes.WrongKey);
    }

    [Test]
    public async Task SealedRingKey_OfAnotherSlot_IsTampering()
    {
        IRootKey one = RootKey.FromBytes(Envelope.Samples.Bytes(32, 2));
        IRootKey two = RootKey.FromBytes(Envelope.Samples.Bytes(32, 3));
        byte[] state = State(Slot(1, "key", await one.WrapAsync(SlotKey, Context)), Slot(2, "key", await two.WrapAsync(SlotKey, Context)));
        IReadOnlyList<SealedSlot> slots = KeyRingState.Decode(state.ToArray()).Slots;
        slots[1].RingKey.Span.CopyTo(state.AsSpan(state.AsSpan().IndexOf(slots[0].RingKey.Span)));

        slots[1].TryOpen(new UniqueId(0, 7), SlotKey, new byte[32]).Should().BeTrue();
        (slots[0] with { RingKey = slots[1].RingKey }).TryOpen(new UniqueId(0, 7), SlotKey, new byte[32]).Should().BeFalse("it is bound to the id of its slot");
        (slots[1] with { Kind = "keys" }).TryOpen(new UniqueId(0, 7), SlotKey, new byte[32]).Should().BeFalse("it is bound to the kind of its slot");
        slots[1].TryOpen(new UniqueId(0, 8), SlotKey, new byte[32]).Should().BeFalse("it is bound to the store");
        await ShouldFailAsync(one, state, SecretStoreErrorCodes.Tampered);
        await ShouldFailAsync(two, state, SecretStoreErrorCodes.Tampered);
    }

    /// <summary>Of two slots, the one that is used and the other one; sampled unless EMBEDDEDSECRETS_FULL_TESTS is 1.</summary>
    [Test]
    public async Task State_AnyBitFlipped_IsWrongKeyTamperedOrCorrupt()
    {
        IRootKey one = RootKey.FromBytes(Envelope.Samples.Bytes(32, 2));
        IRootKey two = RootKey.FromBytes(Envelope.Samples.Bytes(32, 3));
        byte[] state = State(
            Slot(1, "key", await one.WrapAsync(SlotKey, Context)),
            Slot(2, "key", await two.WrapAsync(Envelope.Samples.Bytes(32, 9), Context), Envelope.Samples.Bytes(32, 9)));
        bool isFull = Environment.GetEnvironmentVariable("EMBEDDEDSECRETS_FULL_TESTS") == "1";
        int seed = Environment.TickCount;
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        string[] expected = [SecretStoreErrorCodes.WrongKey, SecretStoreErrorCodes.Tampered, SecretStoreErrorCodes.Corrupt, SecretStoreErrorCodes.UnsupportedFormat];

        for (int bit = 0; bit < state.Length * 8; bit += isFull ? 1 : random.Next(1, 8))
        {
            state[bit / 8] ^= (byte)(1 << (bit % 8));
            foreach (IRootKey rootKey in (IRootKey[])[one, two])
            {
                using var ring = new KeyRing(rootKey);
                Func<Task> open = async () => await ring.OpenAsync(state, Context, default);
                string code = (await open.Should().ThrowAsync<SecretStoreException>($"bit {bit} is flipped")).Which.Code;
                expected.Should().Contain(code);
                (code == SecretStoreErrorCodes.UnsupportedFormat).Should().Be(bit < 8, "only the first byte is the version");
            }

            state[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    private static IEnumerable<TestCaseData> RootKeys()
    {
        yield return new TestCaseData(RootKey.FromBytes(Envelope.Samples.Bytes(32))).SetArgDisplayNames("key");
        yield return new TestCaseData(RootKey.FromPassphrase("correct horse battery staple")).SetArgDisplayNames("passphrase");
    }

    private static async Task ShouldFailAsync(IRootKey rootKey, byte[] state, string code)
    {
        using var ring = new KeyRing(rootKey);
        Func<Task> open = async () => await ring.OpenAsync(state, Context, default);

        (await open.Should().ThrowAsync<SecretStoreException>()).Which.Code.Should().Be(code);
    }
}
