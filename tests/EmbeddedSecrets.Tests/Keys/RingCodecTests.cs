using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Keys;

namespace EmbeddedSecrets.Tests.Keys;

/// <summary>The bytes of the ring, as docs/format.md draws them.</summary>
[TestFixture]
public sealed class RingCodecTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Test]
    public void Decode_WhatWasEncoded_IsTheSameRing()
    {
        using RingKeys ring = Sample();

        using RingKeys decoded = Decode(Encode(ring), 5);

        decoded.Revision.Should().Be(2);
        decoded.Keys.Keys.Should().BeEquivalentTo("acs/store", "default", "key");
        EncryptionKey key = decoded.Keys["key"];
        (key.State, key.CreateTime, key.Description, key.RotationPeriod, key.PlannedDeleteTime, key.CurrentGeneration)
            .Should().Be((EncryptionKeyState.PendingDeletion, Now, "d\u00e9", TimeSpan.FromDays(1), Now.AddDays(7), 2));
        key.Generations[2].Key.Span.ToArray().Should().Equal(ring.Keys["key"].Generations[2].Key.Span.ToArray());
        RootKeySlot slot = decoded.Slots.Should().ContainSingle().Which;
        (slot.Id, slot.Kind, slot.CreateTime, slot.Description).Should().Be((5, "key", Now, "\u00e9"));
        slot.Key.Span.ToArray().Should().Equal(RingSamples.SlotKey);
        decoded.RingKey.Span.ToArray().Should().Equal(RingSamples.SlotKey);
        decoded.HasSlotInUse.Should().BeTrue();
    }

    [Test]
    public void Decode_SlotIsNotThatOfTheState_IsTampered()
    {
        using RingKeys ring = Sample();
        byte[] bytes = Encode(ring);

        FluentActions.Invoking(() => Decode(bytes, 6)).Should().Throw<SecretStoreIntegrityException>().Which.Code.Should().Be(SecretStoreErrorCodes.Tampered);
    }

    [Test]
    public void Encode_OneKey_HasTheDrawnBytes()
    {
        using RingKeys ring = Sample();
        EncryptionKey key = ring.Keys["key"];

        byte[] bytes = Encode(ring);

        byte[] last = [.. (ReadOnlySpan<byte>)[3, 0], .. "key"u8, 2, .. Number(Now.Ticks), 3, 0, .. "d\u00e9"u8, .. Number(TimeSpan.TicksPerDay), .. Number(Now.AddDays(7).Ticks), .. Number(2), 2, 0,
            .. Number(1), .. Number(Now.Ticks), .. key.Generations[1].Key.Span, .. Number(2), .. Number(Now.Ticks), .. key.Generations[2].Key.Span,
            .. Number(5), .. Number(Now.Ticks), 2, 0, .. "\u00e9"u8, .. RingSamples.SlotKey];
        bytes.Should().StartWith((byte[])[1, .. Number(2), 3, 0]);
        bytes.Should().EndWith(last);
    }

    [TestCase(5, 1, TestName = "Decode_StateDoesNotGoWithThePlannedDeletion_IsTampered")]
    [TestCase(5, 3, TestName = "Decode_UnknownState_IsTampered")]
    [TestCase(26, 1, TestName = "Decode_PeriodOutOfRange_IsTampered")]
    [TestCase(35, 9, TestName = "Decode_CurrentGenerationIsMissing_IsTampered")]
    public void Decode_AlteredByte_IsTampered(int offset, byte value)
    {
        using RingKeys ring = Sample();
        byte[] bytes = Encode(ring);
        int key = bytes.AsSpan().LastIndexOf((ReadOnlySpan<byte>)[3, 0, .. "key"u8]);
        bytes[key + offset] = value;

        Action decode = () => Decode(bytes, 5);

        decode.Should().Throw<SecretStoreIntegrityException>().Which.Code.Should().Be(SecretStoreErrorCodes.Tampered);
    }

    private static RingKeys Sample()
    {
        using RingKeys first = RingKeys.Generate(new UniqueId(0, 7), Now, new RootKeySlot(5, "key", new byte[] { 1 }, Now, "\u00e9", new PinnedBytes(RingSamples.SlotKey)));
        using var change = new RingChange(first);
        EncryptionKeyLife.Create(change, "key", new CreateKeyOptions { Description = "d\u00e9", RotationPeriod = TimeSpan.FromDays(1) }, Now);
        EncryptionKeyLife.Rotate(change, "key", Now);
        EncryptionKeyLife.ScheduleDeletion(change, "key", TimeSpan.FromDays(7), Now);
        return change.Take();
    }

    private static RingKeys Decode(byte[] bytes, ulong slotId) =>
        RingCodec.Decode(new UniqueId(0, 7), bytes, RingSamples.SlotKey, [new SealedSlot(slotId, "key", new byte[] { 1 }, new byte[SealedSlot.RingKeyLength])], slotId);

    private static byte[] Encode(RingKeys ring)
    {
        var writer = new FieldWriter(stackalloc byte[1024]);
        RingCodec.Encode(ref writer, ring);
        return writer.Written.ToArray();
    }

    private static byte[] Number(long value) => BitConverter.GetBytes(value);
}
