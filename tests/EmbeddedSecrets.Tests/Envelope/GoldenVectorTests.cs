using EmbeddedSecrets.Envelope;
using EmbeddedSecrets.Keys;
using EmbeddedSecrets.Records;

namespace EmbeddedSecrets.Tests.Envelope;

public class GoldenVectorTests
{
    [Test]
    public void Value_FixedInputs_GivesTheSameBytesForEver() =>
        Hash(ValueEnvelope.Seal(Samples.Bytes(32), Samples.Context, Samples.Utf8("s3cret"), Samples.Bytes(12, 99))).Should().Be("67:8b1627f87c5ab57f31a75038a6982d94");

    [Test]
    public void DerivedCipher_FixedInputs_GivesTheSameBytesForEver()
    {
        using var cipher = new DerivedCipher(Samples.Bytes(32), KeyPurposes.Wrap, commits: true);
        byte[] message = new byte[cipher.Overhead + 4];
        cipher.Seal(Samples.Bytes(32, 50), Samples.Bytes(12, 99), [1, 2, 3, 4], [5], message);

        Hash(message).Should().Be("96:10c18c05cc9db60a418bffff2c496066");
    }

    [Test]
    public void Record_FixedInputs_GivesTheSameBytesForEver()
    {
        var writer = new EmbeddedSecrets.Buffers.FieldWriter([]);
        RecordCodec.Encode(ref writer, Samples.Secret());

        Hash(writer.Written[..396].ToArray()).Should().Be("396:16ecd98cdaa2220bc088143a5ff25d37");
        Convert.ToHexStringLower(writer.Written[396..]).Should().Be("02" + "01" + "0200" + "7632" + "0700000000000000" + "00" + "00000000");
    }

    [Test]
    public void KeyLine_FixedKey_GivesTheSameLineForEver()
    {
        using EmbeddedSecrets.Buffers.SecretMemory line = KeyLine.Write(Samples.Bytes(32));

        System.Text.Encoding.ASCII.GetString(line.Span).Should().Be("ess-key-1:AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA-y0qO");
    }

    private static string Hash(byte[] bytes) => bytes.Length + ":" + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes).AsSpan(0, 16));
}
