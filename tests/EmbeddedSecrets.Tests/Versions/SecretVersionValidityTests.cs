namespace EmbeddedSecrets.Tests.Versions;

[TestFixture]
public sealed class SecretVersionValidityTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 5, 12, 0, 0, TimeSpan.FromHours(2));

    [TestCase(0)]
    [TestCase(-1)]
    public void Constructor_ExpiryNotLaterThanTheBeginning_IsRefused(int minutes)
    {
        FluentActions.Invoking(() => new SecretVersionValidity(Noon, Noon.AddMinutes(minutes))).Should().Throw<ArgumentException>().WithParameterName("expiresAt");
    }

    [Test]
    public void Constructor_ExpiryOneTickLater_IsTaken()
    {
        var validity = new SecretVersionValidity(Noon, Noon.AddTicks(1), isAdvisory: true);

        validity.NotBefore.Should().Be(Noon);
        validity.NotBefore!.Value.Offset.Should().Be(TimeSpan.Zero);
        validity.ExpiresAt.Should().Be(Noon.AddTicks(1));
        validity.ExpiresAt!.Value.Offset.Should().Be(TimeSpan.Zero);
        validity.IsAdvisory.Should().BeTrue();
    }

    [Test]
    public void Always_HasNoBeginningAndNoEnd()
    {
        SecretVersionValidity.Always.NotBefore.Should().BeNull();
        SecretVersionValidity.Always.ExpiresAt.Should().BeNull();
        SecretVersionValidity.Always.IsAdvisory.Should().BeFalse();
    }
}
