namespace EmbeddedSecrets.Tests;

public sealed class OptionRulesTests
{
    private static readonly Dictionary<string, CreateSecretOptions> BadCreations = new()
    {
        ["version id"] = new() { VersionId = "a b" },
        ["created by"] = new() { CreatedBy = "\n" },
        ["description"] = new() { Description = "\uD800" },
        ["annotations"] = new() { Annotations = new Dictionary<string, string> { [""] = "" } },
        ["key"] = new() { EncryptionKeyId = "a b" },
        ["reserved key"] = new() { EncryptionKeyId = "acs/store" },
        ["tags"] = new() { Tags = new Dictionary<string, string> { ["aliyun"] = "" } },
        ["policy"] = new() { Policy = "none" },
        ["behavior"] = new() { IfScheduledForDeletion = (ScheduledDeletionBehavior)2 },
    };

    private static IEnumerable<string> BadCreationNames => BadCreations.Keys;

    [TestCaseSource(nameof(BadCreationNames))]
    public void Check_CreationWithOneBadOption_Throws(string what)
    {
        FluentActions.Invoking(() => OptionRules.Check(BadCreations[what], "options")).Should().Throw<ArgumentException>();
    }

    [Test]
    public void Check_OptionsWithinTheRules_Pass()
    {
        OptionRules.Check(new CreateSecretOptions(), "options");
        OptionRules.Check(new CreateSecretOptions { VersionId = "1", CreatedBy = "a", EncryptionKeyId = "k", IfScheduledForDeletion = ScheduledDeletionBehavior.Restore }, "options");
        OptionRules.Check(new PutSecretValueOptions { VersionId = "1", CreatedBy = "a", Stages = ["s"] }, "options");
        OptionRules.Check(new UpdateSecretOptions { Description = "" }, "options");
        OptionRules.Check(new UpdateSecretOptions { Annotations = new Dictionary<string, string>() }, "options");
        OptionRules.Check(new UpdateSecretOptions { EncryptionKeyId = "k" }, "options");
        OptionRules.Check(new UpdateSecretVersionOptions { Enabled = false }, "options");
        OptionRules.Check(new UpdateSecretVersionOptions { Validity = SecretVersionValidity.Always }, "options");
        OptionRules.Check(new CreateKeyOptions { RotationPeriod = TimeSpan.FromDays(1) }, "options");
        OptionRules.Check(new CreateKeyOptions { RotationPeriod = TimeSpan.FromDays(3_650) }, "options");
        OptionRules.Check(new AddRootKeyOptions(), "options");
        OptionRules.Check(new AddRootKeyOptions { Description = new string('d', 1_024) }, "options");
        OptionRules.Check("mine", VersionStageMove.RemoveFrom("v1"), "move");
        OptionRules.Check(SecretStages.Previous, VersionStageMove.To("v1"), "move");
        OptionRules.CheckUnread(null, "options");
        OptionRules.CheckUnread(TimeSpan.FromTicks(1), "options");
        OptionRules.CheckUnread(TimeSpan.FromDays(3_650), "options");
    }

    [Test]
    public void Check_NothingToChange_Throws()
    {
        ShouldFail(() => OptionRules.Check(new UpdateSecretOptions(), "options"));
        ShouldFail(() => OptionRules.Check(new UpdateSecretVersionOptions(), "options"));
        ShouldFail(() => OptionRules.Check(new Dictionary<string, string>(), [], "options", "options"));
    }

    [Test]
    public void Check_OneBadOption_Throws()
    {
        ShouldFail(() => OptionRules.Check(new PutSecretValueOptions { VersionId = "a b" }, "options"));
        ShouldFail(() => OptionRules.Check(new PutSecretValueOptions { CreatedBy = "\n" }, "options"));
        ShouldFail(() => OptionRules.Check(new PutSecretValueOptions { Stages = [] }, "options"));
        ShouldFail(() => OptionRules.Check(new UpdateSecretOptions { Description = "\uD800" }, "options"));
        ShouldFail(() => OptionRules.Check(new UpdateSecretOptions { Annotations = new Dictionary<string, string> { [""] = "" } }, "options"));
        ShouldFail(() => OptionRules.Check(new UpdateSecretOptions { EncryptionKeyId = "acs/store" }, "options"));
        ShouldFail(() => OptionRules.Check(new CreateKeyOptions { Description = "\uD800" }, "options"));
        ShouldFail(() => OptionRules.Check(new CreateKeyOptions { RotationPeriod = TimeSpan.FromDays(1) - TimeSpan.FromTicks(1) }, "options"));
        ShouldFail(() => OptionRules.Check(new CreateKeyOptions { RotationPeriod = TimeSpan.FromDays(3_650) + TimeSpan.FromTicks(1) }, "options"));
        ShouldFail(() => OptionRules.Check(new AddRootKeyOptions { Description = new string('d', 1_025) }, "options"));
        ShouldFail(() => OptionRules.Check(new AddRootKeyOptions { Description = "\uD800" }, "options"));
        ShouldFail(() => OptionRules.Check(SecretStages.Previous, VersionStageMove.RemoveFrom("v1"), "options"));
        ShouldFail(() => OptionRules.CheckUnread(TimeSpan.Zero, "options"));
        ShouldFail(() => OptionRules.CheckUnread(TimeSpan.FromDays(3_650) + TimeSpan.FromTicks(1), "options"));
    }

    [Test]
    public void Check_KeySetAndRemoved_NamesItsPosition()
    {
        var set = new Dictionary<string, string> { ["b"] = "1" };

        FluentActions.Invoking(() => OptionRules.Check(set, ["a", "b"], "set", "remove"))
            .Should().Throw<ArgumentException>().WithParameterName("remove").WithMessage("*Tag key 2 *");
    }

    [Test]
    public void Check_Null_IsNamed()
    {
        FluentActions.Invoking(() => OptionRules.Check((CreateSecretOptions)null!, "options")).Should().Throw<ArgumentNullException>();
        FluentActions.Invoking(() => OptionRules.Check((PutSecretValueOptions)null!, "options")).Should().Throw<ArgumentNullException>();
        FluentActions.Invoking(() => OptionRules.Check((UpdateSecretOptions)null!, "options")).Should().Throw<ArgumentNullException>();
        FluentActions.Invoking(() => OptionRules.Check((CreateKeyOptions)null!, "options")).Should().Throw<ArgumentNullException>();
        FluentActions.Invoking(() => OptionRules.Check((UpdateSecretVersionOptions)null!, "options")).Should().Throw<ArgumentNullException>();
        FluentActions.Invoking(() => OptionRules.Check("s", null!, "options")).Should().Throw<ArgumentNullException>();
    }

    private static void ShouldFail(Action check) => check.Should().Throw<ArgumentException>().WithParameterName("options");
}
