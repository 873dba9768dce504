using EmbeddedSecrets.Secrets;

namespace EmbeddedSecrets.Tests.Secrets;

public sealed class SecretTagsTests
{
    [Test]
    public void Change_TwentyOneInTheResult_IsLimitExceeded()
    {
        Secret secret = Change(TestSecret.Create(), Pairs(1, 20)).Next!;

        FluentActions.Invoking(() => { Change(secret, Pairs(21, 1)); }).ShouldFail(SecretStoreErrorCodes.LimitExceeded);
        Change(secret, Pairs(21, 1), "k1").Next!.Tags.Should().HaveCount(20);
    }

    [Test]
    public void Change_UnknownKey_IsSkipped()
    {
        Change(TestSecret.Create(), Pairs(1, 0), "k1").IsUnchanged.Should().BeTrue();
    }

    [Test]
    public void Change_SameValue_IsUnchangedAndAnotherIsNot()
    {
        Secret secret = Change(TestSecret.Create(), Pairs(1, 1)).Next!;

        Change(secret, Pairs(1, 1)).IsUnchanged.Should().BeTrue();
        Change(secret, new Dictionary<string, string> { ["k1"] = "w" }).Next!.Tags["k1"].Should().Be("w");
    }

    [Test]
    public void Change_SameKeySetAndRemoved_Throws()
    {
        FluentActions.Invoking(() => OptionRules.Check(Pairs(1, 1), ["k1"], "set", "remove")).Should().Throw<ArgumentException>();
    }

    private static SecretTransition Change(Secret secret, Dictionary<string, string> set, params string[] remove) =>
        SecretTags.Change("name", secret, set, remove, null, TestSecret.Context());

    private static Dictionary<string, string> Pairs(int first, int count) => Enumerable.Range(first, count).ToDictionary(n => $"k{n}", _ => "v");
}
