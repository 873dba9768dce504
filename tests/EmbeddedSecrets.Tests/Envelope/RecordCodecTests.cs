using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Envelope;

namespace EmbeddedSecrets.Tests.Envelope;

public class RecordCodecTests
{
    [Test]
    public void Decode_AnyDamagedBytes_ThrowsOnlyTheLibrarysErrors()
    {
        foreach (byte[] damaged in Samples.Damaged(Encode()))
        {
            try
            {
                RecordCodec.Decode("n", new UniqueId(0, 1), damaged);
            }
            catch (SecretStoreIntegrityException)
            {
                // Flips inside a text decode to another text: sealing finds those.
            }
        }
    }

    [Test]
    public void Decode_TruncatedOrTrailing_IsTampered()
    {
        byte[] record = Encode();

        for (int length = 0; length < record.Length; length++)
        {
            Samples.ShouldBeTampered(() => RecordCodec.Decode("n", new UniqueId(0, 1), record.AsSpan(0, length)));
        }

        Samples.ShouldBeTampered(() => RecordCodec.Decode("n", new UniqueId(0, 1), [.. record, 0]));
    }

    [Test]
    public void Decode_NewerVersion_IsUnsupportedFormat()
    {
        byte[] record = Encode();
        record[0]++;

        FluentActions.Invoking(() => RecordCodec.Decode("n", new UniqueId(0, 1), record)).Should().Throw<SecretStoreIntegrityException>()
            .Which.Code.Should().Be(SecretStoreErrorCodes.UnsupportedFormat);
    }

    private static byte[] Encode()
    {
        var writer = new FieldWriter([]);
        RecordCodec.Encode(ref writer, Samples.Secret());
        return writer.Written.ToArray();
    }
}
