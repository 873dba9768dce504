using EmbeddedSecrets.Secrets;

namespace EmbeddedSecrets.Tests.Secrets;

public sealed class SecretImportingTests
{
    private static readonly Secret Stored = TestSecret.Create(new CreateSecretOptions { Description = "d", CreatedBy = "ann" }).With("x").With();

    private static readonly Dictionary<string, Func<Secret, Secret>> Differences = new()
    {
        ["scheduled"] = secret => secret with { PlannedDeleteTime = TestSecret.Now },
        ["description"] = secret => secret with { Description = "e" },
        ["created by"] = secret => secret with { CreatedBy = "bob" },
        ["create time"] = secret => secret with { CreateTime = TestSecret.Now.AddTicks(1) },
        ["tags"] = secret => secret with { Tags = secret.Tags.Add("a", "1") },
        ["annotations"] = secret => secret with { Annotations = secret.Annotations.Add("a", "1") },
        ["one version less"] = secret => secret with { Versions = secret.Versions.RemoveAt(2) },
        ["id of a version"] = Version(version => version with { VersionId = "y" }),
        ["create time of a version"] = Version(version => version with { CreateTime = TestSecret.Now.AddTicks(1) }),
        ["state of a version"] = Version(version => version with { State = SecretVersionState.Disabled }),
        ["kind of a version"] = Version(version => version with { ValueKind = SecretValueKind.Binary }),
        ["maker of a version"] = Version(version => version with { CreatedBy = "bob" }),
        ["not before"] = Version(version => version with { Validity = new SecretVersionValidity(notBefore: TestSecret.Now) }),
        ["expiry"] = Version(version => version with { Validity = new SecretVersionValidity(expiresAt: TestSecret.Now) }),
        ["advisory"] = Version(version => version with { Validity = new SecretVersionValidity(isAdvisory: true) }),
        ["stages of a version"] = Version(version => version with { Stages = ["mine"] }),
    };

    private static readonly Dictionary<string, Func<Secret, Secret>> Violations = new()
    {
        ["name"] = secret => secret with { Name = "a b" },
        ["description"] = secret => secret with { Description = "\uD800" },
        ["key"] = secret => secret with { EncryptionKeyId = "acs/store" },
        ["tags"] = secret => secret with { Tags = secret.Tags.Add("aliyun", "1") },
        ["annotations"] = secret => secret with { Annotations = secret.Annotations.Add("", "1") },
        ["created by"] = secret => secret with { CreatedBy = "\n" },
        ["version id"] = Version(version => version with { VersionId = "a b" }),
        ["maker of a version"] = Version(version => version with { CreatedBy = "\n" }),
        ["stage"] = Version(version => version with { Stages = ["acscurrent"] }),
        ["last sequence"] = secret => secret with { LastSequence = (1L << 53) + 1 },
        ["last chosen"] = secret => secret with { LastChosenVersionId = (1L << 53) + 1 },
        ["invariant"] = secret => secret with { Versions = [] },
    };

    private static IEnumerable<string> DifferenceNames => Differences.Keys;

    private static IEnumerable<string> ViolationNames => Violations.Keys;

    [Test]
    public void IsAlike_TheSameElsewhere_IsTrue()
    {
        Secret elsewhere = Stored with { Incarnation = new UniqueId(0, 9), RevisionNumber = 99, EncryptionKeyId = "other", UpdateTime = TestSecret.Now.AddDays(1), LastAccessDay = 5 };

        SecretImporting.IsAlike(Stored, elsewhere).Should().BeTrue();
    }

    [TestCaseSource(nameof(DifferenceNames))]
    public void IsAlike_OneDifference_IsFalse(string what)
    {
        SecretImporting.IsAlike(Differences[what](Stored), Stored).Should().BeFalse();
    }

    [Test]
    public void FindViolation_SoundSecret_IsNull()
    {
        Secret largest = Stored with { LastSequence = 1L << 53, LastChosenVersionId = 1L << 53 };

        SecretImporting.FindViolation(Stored).Should().BeNull();
        SecretImporting.FindViolation(largest).Should().BeNull();
    }

    [TestCaseSource(nameof(ViolationNames))]
    public void FindViolation_OneRuleBroken_SaysSo(string what)
    {
        SecretImporting.FindViolation(Violations[what](Stored)).Should().NotBeNullOrEmpty();
    }

    [TestCase("free", "free")]
    [TestCase("x", "v3")]
    [TestCase("v1", "v3")]
    public void Import_NewVersion_KeepsTheIdOnlyWhereItIsFree(string wanted, string got)
    {
        var validity = new SecretVersionValidity(isAdvisory: true);
        Secret imported = TestSecret.Create(new CreateSecretOptions { VersionId = wanted, CreatedBy = "bob", Validity = validity });

        (ImportOutcome outcome, SecretTransition transition) = SecretImporting.Import(Stored, imported, false, ImportConflict.NewVersion, false, TestSecret.Context());

        outcome.Should().Be(ImportOutcome.NewVersion);
        SecretVersion put = transition.Next!.Versions[^1];
        (put.VersionId, put.CreatedBy, put.Validity).Should().Be((got, "bob", validity));
        transition.Next.At(SecretStages.Current).Should().Be(got);
    }

    [Test]
    public void Import_NewVersionWithARetiredId_ChoosesAnother()
    {
        Secret stored = Stored;
        for (int i = 0; i < 10; i++)
        {
            stored = stored.With();
        }

        stored.Versions.Should().NotContain(version => version.VersionId == "x");
        SecretTransition transition = SecretImporting.Import(stored, TestSecret.Create(new CreateSecretOptions { VersionId = "x" }), false, ImportConflict.NewVersion, false, TestSecret.Context()).Transition;

        transition.Next!.Versions[^1].VersionId.Should().Be("v13");
    }

    [Test]
    public void Import_WhereNothingIs_StartsTheRevisionAnew()
    {
        (ImportOutcome outcome, SecretTransition transition) = SecretImporting.Import(null, Stored, false, ImportConflict.Fail, true, TestSecret.Context(TestSecret.Now.AddDays(1)));

        outcome.Should().Be(ImportOutcome.Created);
        transition.Next.Should().Be(Stored with { RevisionNumber = 1, UpdateTime = TestSecret.Now.AddDays(1) });
        transition.Evicted.Should().BeEmpty();
    }

    private static Func<Secret, Secret> Version(Func<SecretVersion, SecretVersion> change) =>
        secret => secret with { Versions = secret.Versions.SetItem(0, change(secret.Versions[0])) };
}
