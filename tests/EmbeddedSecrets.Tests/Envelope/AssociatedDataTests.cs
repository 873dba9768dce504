using System.Buffers.Binary;
using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Envelope;

namespace EmbeddedSecrets.Tests.Envelope;

/// <summary>The bytes that everything sealed is bound to, as docs/format.md draws them.</summary>
public sealed class AssociatedDataTests
{
    private delegate void Write(ref FieldWriter writer);

    [Test]
    public void Value_EveryPart_HasTheDrawnBytes()
    {
        byte[] expected = [1, .. Front, .. Text("db/password"), .. Id(Samples.Incarnation), .. Text("v1"), 1];

        Bytes((ref FieldWriter writer) => AssociatedData.Value(ref writer, Samples.Context)).Should().Equal(expected);
    }

    [TestCase(SecretValueKind.Text, 1)]
    [TestCase(SecretValueKind.KeyValue, 1)]
    [TestCase(SecretValueKind.Binary, 2)]
    public void Value_Kind_IsTextOrBinary(SecretValueKind kind, byte type)
    {
        Bytes((ref FieldWriter writer) => AssociatedData.Value(ref writer, Samples.Context with { Kind = kind }))[^1].Should().Be(type);
    }

    [Test]
    public void DataKeyOfValue_AnyContext_IsThatOfTheDataKey()
    {
        byte[] ofValue = Bytes((ref FieldWriter writer) => AssociatedData.Value(ref writer, Samples.Context));
        byte[] ofDataKey = new byte[ofValue.Length];

        AssociatedData.DataKeyOfValue(ofValue, ofDataKey);

        ofDataKey.Should().Equal(Bytes((ref FieldWriter writer) => AssociatedData.DataKey(ref writer, Samples.Context)));
        ofDataKey[0].Should().Be(2);
    }

    [Test]
    public void StoreKey_EveryPart_HasTheDrawnBytes()
    {
        AssociatedData.StoreKey(Samples.StoreId).Should().Equal((byte[])[3, .. Front]);
    }

    [Test]
    public void Record_EveryPart_HasTheDrawnBytes()
    {
        Bytes((ref FieldWriter writer) => AssociatedData.Record(ref writer, Samples.StoreId, "n", Samples.Stamp.Incarnation, Samples.Stamp.Revision))
            .Should().Equal((byte[])[4, .. Front, .. Text("n"), .. Id(Samples.Incarnation), 7, 0, 0, 0, 0, 0, 0, 0]);
    }

    [Test]
    public void WrappedKey_EveryPart_HasTheDrawnBytes()
    {
        byte[] front = Bytes((ref FieldWriter writer) => AssociatedData.WrappedKeyFront(ref writer, Samples.StoreId, "k", 2));

        front.Should().Equal((byte[])[5, .. Front, .. Text("k"), 2, 0, 0, 0, 0, 0, 0, 0]);
        Bytes((ref FieldWriter writer) => AssociatedData.WrappedKey(ref writer, front, [8, 9])).Should().Equal((byte[])[.. front, 2, 0, 0, 0, 8, 9]);
    }

    [Test]
    public void Ring_EveryPart_HasTheDrawnBytes()
    {
        Bytes((ref FieldWriter writer) => AssociatedData.Ring(ref writer, Samples.StoreId, [8, 9])).Should().Equal((byte[])[6, .. Front, 8, 9]);
    }

    [Test]
    public void Slot_EveryPart_HasTheDrawnBytes()
    {
        byte[] slot = [7, .. Front, .. Text("key")];

        Bytes((ref FieldWriter writer) => AssociatedData.Slot(ref writer, Samples.StoreId, "key", 258)).Should().Equal((byte[])[.. slot, 2, 1, 0, 0]);
        Bytes((ref FieldWriter writer) => AssociatedData.WrappedSlot(ref writer, Samples.StoreId, "key", [8, 9])).Should().Equal((byte[])[.. slot, 0, 0, 0, 0, 2, 0, 0, 0, 8, 9]);
    }

    [Test]
    public void RingKey_EveryPart_HasTheDrawnBytes()
    {
        Bytes((ref FieldWriter writer) => AssociatedData.RingKey(ref writer, Samples.StoreId, 258, "key"))
            .Should().Equal((byte[])[8, .. Front, 2, 1, 0, 0, 0, 0, 0, 0, .. Text("key")]);
    }

    [Test]
    public void Policy_EveryPart_HasTheDrawnBytes()
    {
        Bytes((ref FieldWriter writer) => AssociatedData.Policy(ref writer, Samples.StoreId, "n", Samples.Incarnation, new UniqueId(0, 9)))
            .Should().Equal((byte[])[9, .. Front, .. Text("n"), .. Id(Samples.Incarnation), .. Id(new UniqueId(0, 9))]);
    }

    [Test]
    public void Bundle_EveryPart_HasTheDrawnBytes()
    {
        Bytes((ref FieldWriter writer) => AssociatedData.Bundle(ref writer, Samples.StoreId, 3, 258)).Should().Equal((byte[])[10, .. Front, 3, 2, 1, 0, 0, 0, 0, 0, 0]);
    }

    [Test]
    public void KeyPurposes_All_DifferFromEachOther()
    {
        string[] purposes =
        [
            .. new[]
            {
                KeyPurposes.Record.ToArray(), KeyPurposes.Policy.ToArray(), KeyPurposes.Log.ToArray(), KeyPurposes.Retired.ToArray(), KeyPurposes.Wrap.ToArray(),
                KeyPurposes.Ring.ToArray(), KeyPurposes.RingKey.ToArray(), KeyPurposes.Slot.ToArray(), KeyPurposes.Bundle.ToArray(),
            }.Select(System.Text.Encoding.ASCII.GetString),
        ];

        purposes.Should().OnlyHaveUniqueItems().And.OnlyContain(purpose => purpose.StartsWith("EmbeddedSecrets 1 ", StringComparison.Ordinal));
    }

    /// <summary>Format, suite and store, which follow every domain.</summary>
    private static byte[] Front => [1, 1, .. Id(Samples.StoreId)];

    private static byte[] Id(UniqueId id)
    {
        byte[] bytes = new byte[UniqueId.Length];
        id.CopyTo(bytes);
        return bytes;
    }

    private static byte[] Text(string text)
    {
        byte[] bytes = [0, 0, .. Samples.Utf8(text)];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)(bytes.Length - 2));
        return bytes;
    }

    private static byte[] Bytes(Write write)
    {
        var writer = new FieldWriter([]);
        write(ref writer);
        return writer.Written.ToArray();
    }
}
