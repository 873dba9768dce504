using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Exchange;
using EmbeddedSecrets.Secrets;
using EmbeddedSecrets.Tests.Secrets;

namespace EmbeddedSecrets.Tests.Exchange;

public sealed class BundledSecretCodecTests
{
    [Test]
    public void Decode_PolicyThatIsNone_IsCorruptAndNamesTheFrame()
    {
        byte[] record = Encoded("no policy");

        FluentActions.Invoking(() => BundledSecretCodec.Decode(record, 3)).Should().Throw<SecretStoreIntegrityException>()
            .WithMessage("*at frame 3*").Which.Code.Should().Be(SecretStoreErrorCodes.Corrupt);
    }

    [Test]
    public void Decode_SecretWithoutPolicy_IsTheSecret()
    {
        (Secret secret, string? policy) = BundledSecretCodec.Decode(Encoded(null), 1);

        policy.Should().BeNull();
        secret.Name.Should().Be("name");
    }

    private static byte[] Encoded(string? policy)
    {
        var writer = new FieldWriter(stackalloc byte[1024]);
        BundledSecretCodec.Encode(ref writer, TestSecret.Create(), policy);
        return writer.Written.ToArray();
    }
}
