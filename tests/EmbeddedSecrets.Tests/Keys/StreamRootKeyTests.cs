using System.Text;
using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Keys;
using EmbeddedSecrets.Tests.Contracts;

namespace EmbeddedSecrets.Tests.Keys;

public sealed class StreamRootKeyTests : RootKeyContract
{
    [Test]
    public async Task FromStream_EveryForm_IsTheSameKey()
    {
        byte[] key = Envelope.Samples.Bytes(32, 240);
        var context = new RootKeyContext(new UniqueId(0, 1), "/s", false);
        byte[] slot = await RootKey.FromBytes(key).WrapAsync(new byte[32], context);
        using SecretMemory line = KeyLine.Write(key);
        byte[][] forms = [key, line.Span.ToArray(), [.. line.Span, (byte)'\n'], Encoding.ASCII.GetBytes(Convert.ToHexString(key)), Encoding.ASCII.GetBytes(Convert.ToBase64String(key) + "\r\n")];

        foreach (byte[] form in forms)
        {
            using var stream = new MemoryStream(form);
            (await RootKey.FromStream(stream).TryUnwrapAsync(slot, context, new byte[32])).Should().BeTrue();
        }
    }

    [Test]
    public void FromStream_OneByteAtATime_ReadsToTheEndAndLeavesTheStreamOpen()
    {
        using var stream = new SlowStream(Envelope.Samples.Bytes(32));

        RootKey.FromStream(stream);

        stream.Position.Should().Be(32);
        stream.CanRead.Should().BeTrue();
    }

    [TestCase(0)]
    [TestCase(31)]
    [TestCase(33)]
    [TestCase(4096)]
    [TestCase(4097)]
    [TestCase(100_000)]
    public void FromStream_NoKey_IsWrongKeyAndReadsNoMoreThanItMust(int length)
    {
        using var stream = new MemoryStream(Encoding.ASCII.GetBytes(new string('h', length)));

        FluentActions.Invoking(() => RootKey.FromStream(stream)).Should().Throw<SecretStoreAccessException>().Which.Code.Should().Be(SecretStoreErrorCodes.WrongKey);
        stream.Position.Should().BeLessThanOrEqualTo(4096);
    }

    [Test]
    public void FromStream_AKeyLineAndMore_IsWrongKeyAndPrintsNothingOfIt()
    {
        using SecretValue line = RootKey.Generate();
        using var stream = new MemoryStream(Encoding.ASCII.GetBytes(line.RevealText() + "\nmore"));

        FluentActions.Invoking(() => RootKey.FromStream(stream)).Should().Throw<SecretStoreAccessException>()
            .Which.Message.Should().NotContain(line.RevealText()).And.NotContain("more\n");
    }

    [Test]
    public void FromStream_ThirtyTwoZeros_IsWrongKey()
    {
        using var stream = new MemoryStream(new byte[32]);

        FluentActions.Invoking(() => RootKey.FromStream(stream)).Should().Throw<SecretStoreAccessException>();
    }

    [Test]
    public void FromStream_NotReadable_IsAnArgument()
    {
        var stream = new MemoryStream();
        stream.Dispose();

        FluentActions.Invoking(() => RootKey.FromStream(stream)).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => RootKey.FromStream(null!)).Should().Throw<ArgumentNullException>();
    }

    protected override IRootKey Create() => FromBytes(1);

    protected override IRootKey CreateOther() => FromBytes(2);

    private static IRootKey FromBytes(byte seed)
    {
        using var stream = new MemoryStream(Envelope.Samples.Bytes(32, seed));
        return RootKey.FromStream(stream);
    }

    /// <summary>Answers one byte a call, as a pipe may.</summary>
    private sealed class SlowStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer[..1]);
    }
}
