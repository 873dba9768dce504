using EmbeddedSecrets.Errors;

namespace EmbeddedSecrets.Tests.Errors;

/// <summary>The id that an operation and its failure share.</summary>
[TestFixture]
public sealed class RequestIdTests
{
    [Test]
    public void ToString_OfNone_IsEmpty() => default(RequestId).ToString().Should().BeEmpty();

    [Test]
    public void Next_Twice_DiffersInItsCounterOnly()
    {
        var one = RequestId.Next();
        var two = RequestId.Next();

        one.ToString().Should().MatchRegex("^[0-9a-f]{16}-[0-9a-f]{8,}$");
        (one.Process == two.Process, one.Number < two.Number).Should().Be((true, true));
    }

    [Test]
    public void Stamp_OfAFailureThatHasAnId_KeepsTheFirst()
    {
        SecretNotFoundException failure = SecretFailures.VersionNotFound("name", "v1");
        var first = RequestId.Next();

        failure.Stamp(first);
        failure.Stamp(RequestId.Next());

        failure.RequestId.Should().Be(first.ToString());
    }
}
