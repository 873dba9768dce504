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

    [TestCase(0)]
    [TestCase(2)]
    public void Decode_OtherVersion_IsUnsupportedFormat(byte version)
    {
        using RingKeys ring = Sample();
        byte[] bytes = Encode(ring);
        bytes[0] = version;

        FluentActions.Invoking(() => Decode(bytes, 5)).Should().Throw<SecretStoreException>().Which.Code.Should().Be(SecretStoreErrorCodes.UnsupportedFormat);
    }

    [Test]
    public void Decode_CutAnywhereOrWithAByteLeftOver_IsTampered()
    {
        using RingKeys ring = Sample();
        byte[] bytes = Encode(ring);
        for (int length = 0; length < bytes.Length; length++)
        {
            ShouldBeTampered(bytes[..length]);
        }

        ShouldBeTampered([.. bytes, 0]);
    }

    [TestCase(1, 1, TestName = "Decode_GenerationTwice_IsTampered")]
    [TestCase(2, 1, TestName = "Decode_GenerationsInDescendingOrder_IsTampered")]
    [TestCase(0, 2, TestName = "Decode_GenerationZero_IsTampered")]
    [TestCase(-1, 2, TestName = "Decode_NegativeGeneration_IsTampered")]
    public void Decode_Generations_Ascend(long first, long second)
    {
        const int Current = 35;
        const int FirstGeneration = Current + 8 + 2;
        const int GenerationLength = 8 + 8 + 32;
        using RingKeys ring = Sample();
        byte[] bytes = Encode(ring);
        Span<byte> key = KeyOf(bytes);
        Number(second).CopyTo(key[Current..]);
        Number(first).CopyTo(key[FirstGeneration..]);
        Number(second).CopyTo(key[(FirstGeneration + GenerationLength)..]);

        ShouldBeTampered(bytes);
    }

    [TestCase(1, 0, true)]
    [TestCase(1, -1, false)]
    [TestCase(3_650, 0, true)]
    [TestCase(3_650, 1, false)]
    public void Decode_Period_IsOneDayToTenYears(int days, int ticks, bool isAllowed)
    {
        const int Period = 19;
        using RingKeys ring = Sample();
        byte[] bytes = Encode(ring);
        long period = (days * TimeSpan.TicksPerDay) + ticks;
        Number(period).CopyTo(KeyOf(bytes)[Period..]);

        if (isAllowed)
        {
            using RingKeys decoded = Decode(bytes, 5);
            decoded.Keys["key"].RotationPeriod.Should().Be(TimeSpan.FromTicks(period));
        }
        else
        {
            ShouldBeTampered(bytes);
        }
    }

    [Test]
    public void Decode_KeysInAnotherOrder_IsTampered()
    {
        using RingKeys ring = Sample();
        byte[] bytes = Encode(ring);
        "aaa"u8.CopyTo(KeyOf(bytes)[2..]);

        ShouldBeTampered(bytes);
    }

    /// <summary>From the length of the id of the last key on.</summary>
    private static Span<byte> KeyOf(byte[] bytes) => bytes.AsSpan(bytes.AsSpan().LastIndexOf((ReadOnlySpan<byte>)[3, 0, .. "key"u8]));

    private static void ShouldBeTampered(byte[] bytes) =>
        FluentActions.Invoking(() => Decode(bytes, 5)).Should().Throw<SecretStoreIntegrityException>().Which.Code.Should().Be(SecretStoreErrorCodes.Tampered);

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
