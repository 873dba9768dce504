namespace EmbeddedSecrets.Tests.Secrets;

[TestFixture]
public sealed class SecretRevisionTests
{
    private const string Id = "0102030405060708090a0b0c0d0e0f10";

    [TestCase(Id + "-0")]
    [TestCase(Id + "-9223372036854775807")]
    public void TryParse_WhatToStringWrote_IsTheSame(string text)
    {
        SecretRevision.TryParse(text, out SecretRevision revision).Should().BeTrue();

        revision.ToString().Should().Be(text);
        SecretRevision.Parse(text).Should().Be(revision);
        (SecretRevision.Parse(text) == revision).Should().BeTrue();
        (SecretRevision.Parse(text) != revision).Should().BeFalse();
        SecretRevision.Parse(text).GetHashCode().Should().Be(revision.GetHashCode());
    }

    [TestCase(null)]
    [TestCase("")]
    [TestCase(Id)]
    [TestCase(Id + "-")]
    [TestCase(Id + "+1")]
    [TestCase(Id + "--1")]
    [TestCase(Id + "-1\0")]
    [TestCase(Id + "-9223372036854775808")]
    [TestCase("0102030405060708090a0b0c0d0e0f1-11")]
    [TestCase("0102030405060708090a0b0c0d0e0f1g-1")]
    public void TryParse_AnythingElse_IsRefused(string? text)
    {
        SecretRevision.TryParse(text, out SecretRevision revision).Should().BeFalse();

        revision.Should().Be(default(SecretRevision));
        Action parse = () => SecretRevision.Parse(text!);
        if (text is null)
        {
            parse.Should().Throw<ArgumentNullException>();
        }
        else
        {
            parse.Should().Throw<FormatException>();
        }
    }

    [TestCase("0102030405060708090a0b0c0d0e0f11-7")]
    [TestCase(Id + "-8")]
    public void Equals_OtherSecretOrOtherState_IsFalse(string other)
    {
        (SecretRevision.Parse(Id + "-7") == SecretRevision.Parse(other)).Should().BeFalse();
        (SecretRevision.Parse(Id + "-7") != SecretRevision.Parse(other)).Should().BeTrue();
        SecretRevision.Parse(Id + "-7").Equals((object)SecretRevision.Parse(other)).Should().BeFalse();
        SecretRevision.Parse(Id + "-7").Equals(new object()).Should().BeFalse();
    }
}
