namespace EmbeddedSecrets.Tests.Keys;

/// <summary>What is wrong with an argument is said when the key is made, and who gave up gets no answer.</summary>
[TestFixture]
public sealed class RootKeyArgumentTests
{
    private static readonly RootKeyContext Context = new(new UniqueId(1, 2), "store", IsNewStore: true);
    private static readonly byte[] SlotKey = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    [TestCase(null)]
    [TestCase("")]
    public void Factories_NoText_AreRefused(string? text)
    {
        FluentActions.Invoking(() => RootKey.FromFile(text!)).Should().Throw<ArgumentException>().WithParameterName("path");
        FluentActions.Invoking(() => RootKey.FromMountedFile(text!)).Should().Throw<ArgumentException>().WithParameterName("path");
        FluentActions.Invoking(() => RootKey.FromPassphrase(text!)).Should().Throw<ArgumentException>().WithParameterName("passphrase");
        FluentActions.Invoking(() => RootKey.FromEnvironment(text!)).Should().Throw<ArgumentException>().WithParameterName("variable");
    }

    [Test]
    public void Factories_NoObject_AreRefused()
    {
        FluentActions.Invoking(() => RootKey.FromCertificate(null!)).Should().Throw<ArgumentNullException>().WithParameterName("certificate");
        FluentActions.Invoking(() => RootKey.FromCallbacks(null!, Wrap, Unwrap)).Should().Throw<ArgumentNullException>().WithParameterName("kind");
        FluentActions.Invoking(() => RootKey.FromCallbacks("kind", null!, Unwrap)).Should().Throw<ArgumentNullException>().WithParameterName("wrap");
        FluentActions.Invoking(() => RootKey.FromCallbacks("kind", Wrap, null!)).Should().Throw<ArgumentNullException>().WithParameterName("unwrap");
        FluentActions.Invoking(() => new KeyRing(null!)).Should().Throw<ArgumentNullException>().WithParameterName("rootKey");
    }

    [TestCase("k")]
    [TestCase("abcdefghijklmnopqrstuvwxyz-0123456789-abcdefghijklmnopqrstuvwxyz")]
    public void FromCallbacks_KindOfAnAllowedLength_IsTaken(string kind) => RootKey.FromCallbacks(kind, Wrap, Unwrap).Kind.Should().Be(kind);

    [Test]
    public async Task Wrap_OfAPassphraseAgain_HasAnotherSaltAndNonce()
    {
        IRootKey key = RootKey.FromPassphrase("a passphrase");
        key.CompletesSynchronously.Should().BeTrue();

        byte[] first = await key.WrapAsync(SlotKey, Context);
        byte[] second = await key.WrapAsync(SlotKey, Context);

        int different = first.Zip(second).Count(static pair => pair.First != pair.Second);
        different.Should().BeGreaterThan((32 + 12) * 3 / 4 + 16);
    }

    private static ValueTask<byte[]> Wrap(ReadOnlyMemory<byte> key, RootKeyContext context, CancellationToken cancellationToken) =>
        new([.. key.ToArray().Select(static value => (byte)(value ^ 0x5a))]);

    private static ValueTask<byte[]?> Unwrap(ReadOnlyMemory<byte> wrapped, RootKeyContext context, CancellationToken cancellationToken) =>
        new([.. wrapped.ToArray().Select(static value => (byte)(value ^ 0x5a))]);
}
