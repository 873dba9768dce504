using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Envelope;
using EmbeddedSecrets.Keys;

namespace EmbeddedSecrets.Tests.Keys;

/// <summary>The state of a ring as docs/format.md draws it: what its limits let through, byte by byte.</summary>
[TestFixture]
public sealed class KeyRingStateTests
{
    private static readonly byte[] ShortestRing = new byte[DerivedCipher.CommittedOverhead];

    [Test]
    public void Decode_SmallestState_HasNoSlots()
    {
        var decoded = KeyRingState.Decode(State([], ShortestRing));

        decoded.Slots.Should().BeEmpty();
        decoded.BeforeRing.Length.Should().Be(3);
        decoded.SealedRing.Length.Should().Be(ShortestRing.Length);
    }

    [Test]
    public void Decode_AsManySlotsAsThereMayBe_HasThemInOrder()
    {
        byte[][] slots = [.. Enumerable.Range(1, KeyRingState.MaxSlots).Select(static id => Slot((ulong)id, "key", 1))];

        var decoded = KeyRingState.Decode(State(slots, ShortestRing));

        decoded.Slots.Select(static slot => slot.Id).Should().Equal(Enumerable.Range(1, KeyRingState.MaxSlots).Select(static id => (ulong)id));
        decoded.Slots.Should().OnlyContain(static slot => slot.Kind == "key" && slot.RingKey.Length == SealedSlot.RingKeyLength);
    }

    [Test]
    public void Decode_OneSlotTooMany_IsCorrupt() =>
        ShouldBeCorrupt(State([.. Enumerable.Range(0, KeyRingState.MaxSlots + 1).Select(static id => Slot((ulong)id, "key", 1))], ShortestRing));

    [TestCase(1)]
    [TestCase(KeyRingState.MaxSlotLength)]
    public void Decode_WrappedKeyOfAnAllowedLength_IsTaken(int length)
    {
        SealedSlot slot = KeyRingState.Decode(State([Slot(9, "key", length)], ShortestRing)).Slots.Should().ContainSingle().Which;

        slot.Wrapped.ToArray().Should().HaveCount(length).And.OnlyContain(static value => value == 7);
        slot.RingKey.ToArray().Should().OnlyContain(static value => value == 8);
    }

    [TestCase(0)]
    [TestCase(KeyRingState.MaxSlotLength + 1)]
    public void Decode_WrappedKeyOfAnotherLength_IsCorrupt(int length) => ShouldBeCorrupt(State([Slot(9, "key", length)], ShortestRing));

    [TestCase(0)]
    [TestCase(KeyRingState.MaxKindLength + 1)]
    public void Decode_KindOfAnotherLength_IsCorrupt(int length) => ShouldBeCorrupt(State([Slot(9, new string('k', length), 1)], ShortestRing));

    [TestCase("Key")]
    [TestCase("k_y")]
    [TestCase("k\u00e9")]
    public void Decode_KindOfOtherCharacters_IsCorrupt(string kind) => ShouldBeCorrupt(State([Slot(9, kind, 1)], ShortestRing));

    [Test]
    public void Decode_LongestKind_IsTaken()
    {
        string kind = new('k', KeyRingState.MaxKindLength);

        KeyRingState.Decode(State([Slot(9, kind, 1)], ShortestRing)).Slots[0].Kind.Should().Be(kind);
    }

    [Test]
    public void Decode_RingTooShortToBeSealed_IsCorrupt() => ShouldBeCorrupt(State([], ShortestRing[1..]));

    [Test]
    public void Decode_ByteLeftOver_IsCorrupt() => ShouldBeCorrupt([.. State([Slot(9, "key", 1)], ShortestRing), 0]);

    [Test]
    public void Decode_CutAnywhere_IsCorrupt()
    {
        byte[] state = State([Slot(9, "key", 1)], ShortestRing);
        for (int length = 0; length < state.Length; length++)
        {
            ShouldBeCorrupt(state[..length]);
        }
    }

    [Test]
    public void Decode_OtherVersion_IsUnsupportedFormat([Values((byte)0, (byte)2, (byte)255)] byte version)
    {
        byte[] state = State([], ShortestRing);
        state[0] = version;

        FluentActions.Invoking(() => KeyRingState.Decode(state)).Should().Throw<SecretStoreException>().Which.Code.Should().Be(SecretStoreErrorCodes.UnsupportedFormat);
    }

    [TestCase(null, false)]
    [TestCase("", false)]
    [TestCase("a", true)]
    [TestCase("z-0", true)]
    [TestCase("a.b", false)]
    public void IsKind_Text_GoesByItsRule(string? kind, bool isKind) => KeyRingState.IsKind(kind).Should().Be(isKind);

    private static void ShouldBeCorrupt(byte[] state) =>
        FluentActions.Invoking(() => KeyRingState.Decode(state)).Should().Throw<SecretStoreIntegrityException>().Which.Code.Should().Be(SecretStoreErrorCodes.Corrupt);

    private static byte[] State(byte[][] slots, byte[] sealedRing)
    {
        var writer = new FieldWriter(stackalloc byte[1024]);
        writer.Byte(1);
        writer.UInt16(slots.Length);
        foreach (byte[] slot in slots)
        {
            writer.Bytes(slot);
        }

        writer.UInt32(sealedRing.Length);
        writer.Bytes(sealedRing);
        return writer.Written.ToArray();
    }

    private static byte[] Slot(ulong id, string kind, int wrappedLength)
    {
        byte[] text = System.Text.Encoding.UTF8.GetBytes(kind);
        var writer = new FieldWriter(stackalloc byte[1024]);
        writer.UInt64(id);
        writer.Byte((byte)text.Length);
        writer.Bytes(text);
        writer.UInt16(wrappedLength);
        writer.Bytes([.. Enumerable.Repeat((byte)7, wrappedLength)]);
        writer.Bytes([.. Enumerable.Repeat((byte)8, SealedSlot.RingKeyLength)]);
        return writer.Written.ToArray();
    }
}
