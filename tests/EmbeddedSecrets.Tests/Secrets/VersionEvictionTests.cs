using EmbeddedSecrets.Secrets;

namespace EmbeddedSecrets.Tests.Secrets;

/// <summary>A version log of one's own is not believed: what it lets go keeps SPEC I1 and I8, or nothing is written.</summary>
[TestFixture]
public sealed class VersionEvictionTests
{
    [Test]
    public void Put_LogThatLetsTheOldestGo_LetsItGo()
    {
        Secret secret = TestSecret.Create().With("b").With("c").With("d");

        Secret next = secret.Put("e", log: new FixedLog("v1", "b")).Next!;

        next.Versions.Select(version => version.VersionId).Should().Equal("c", "d", "e");
    }

    [TestCase("does not exist", "x")]
    [TestCase("does not exist", null)]
    [TestCase("just written", "e")]
    [TestCase("carries a stage", "d")]
    [TestCase("oldest", "b")]
    [TestCase("oldest", "b,v1")]
    [TestCase("oldest", "v1,v1")]
    [TestCase("oldest", "v1,c")]
    public void Put_LogThatBreaksARule_IsRefused(string what, string? evicted)
    {
        Secret secret = TestSecret.Create().With("b").With("c").With("d");
        string[] ids = evicted?.Split(',') ?? [null!];

        Action put = () => secret.Put("e", log: new FixedLog(ids));

        put.Should().Throw<InvalidOperationException>().WithMessage($"*{what}*");
    }

    [Test]
    public void Put_StageOnTheOldest_IsPassedOver()
    {
        Secret secret = TestSecret.Create().With("b", "Own").With("c").With("d");

        // v1 carries ACSPrevious no more once d has come, and b carries its own stage.
        Secret next = secret.Put("e", log: new FixedLog("v1", "c")).Next!;

        next.Versions.Select(version => version.VersionId).Should().Equal("b", "d", "e");
    }

    [Test]
    public void Put_LogThatKeepsAll_IsRefusedAtEleven()
    {
        Secret secret = TestSecret.Create();
        for (int i = 2; i <= SecretRules.MaxVersions; i++)
        {
            secret = secret.Put(log: new FixedLog()).Next!;
        }

        secret.Versions.Should().HaveCount(SecretRules.MaxVersions);
        FluentActions.Invoking(() => secret.Put(log: new FixedLog())).Should().Throw<InvalidOperationException>().WithMessage("*left 11 versions*");
    }

    [Test]
    public void Put_LogWithoutAnAnswer_IsRefused()
    {
        FluentActions.Invoking(() => TestSecret.Create().Put(log: new FixedLog(null!))).Should().Throw<InvalidOperationException>().WithMessage("*null*");
    }

    private sealed class FixedLog(params string[] answer) : IVersionLog
    {
        public IReadOnlyList<string> Evict(IReadOnlyList<SecretVersion> versions) => answer;
    }
}
