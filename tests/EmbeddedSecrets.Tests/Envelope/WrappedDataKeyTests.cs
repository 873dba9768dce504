namespace EmbeddedSecrets.Tests.Envelope;

[TestFixture]
public sealed class WrappedDataKeyTests
{
    private static readonly byte[] Ciphertext = [1];

    [TestCase(1)]
    [TestCase(WrappedDataKey.MaxCiphertextBytes)]
    public void Constructor_WithinTheLimits_KeepsWhatItIsGiven(int length)
    {
        string keyId = new('~', WrappedDataKey.MaxKeyIdLength);

        var wrapped = new WrappedDataKey(keyId, 0, new byte[length]);

        wrapped.KeyId.Should().Be(keyId);
        wrapped.Generation.Should().Be(0);
        wrapped.Ciphertext.Length.Should().Be(length);
    }

    [TestCase(0)]
    [TestCase(WrappedDataKey.MaxCiphertextBytes + 1)]
    public void Constructor_CiphertextOfAnotherLength_IsRefused(int length)
    {
        FluentActions.Invoking(() => new WrappedDataKey("key", 0, new byte[length])).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Test]
    public void Constructor_NegativeGeneration_IsRefused()
    {
        FluentActions.Invoking(() => new WrappedDataKey("key", -1, Ciphertext)).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Test]
    public void Constructor_NoKeyId_IsRefused()
    {
        FluentActions.Invoking(() => new WrappedDataKey(null!, 0, Ciphertext)).Should().Throw<ArgumentNullException>().WithParameterName("keyId");
    }

    [TestCase("")]
    [TestCase("a b")]
    [TestCase(" ab")]
    [TestCase("kéy")]
    public void Constructor_KeyIdThatBreaksItsRule_IsRefused(string keyId)
    {
        FluentActions.Invoking(() => new WrappedDataKey(keyId, 0, Ciphertext)).Should().Throw<ArgumentException>().WithParameterName(nameof(keyId));
    }

    [Test]
    public void Constructor_KeyIdWithAnotherCharacter_SaysWhichOne()
    {
        FluentActions.Invoking(() => new WrappedDataKey("ab c", 0, Ciphertext)).Should().Throw<ArgumentException>().WithMessage("*character 3 is not one*");
    }

    [Test]
    public void Constructor_KeyIdOfOneCharacter_IsTaken() => new WrappedDataKey("!", 0, Ciphertext).KeyId.Should().Be("!");

    [Test]
    public void Constructor_KeyIdTooLong_IsRefused()
    {
        FluentActions.Invoking(() => new WrappedDataKey(new string('k', WrappedDataKey.MaxKeyIdLength + 1), 0, Ciphertext)).Should().Throw<ArgumentException>();
    }
}
