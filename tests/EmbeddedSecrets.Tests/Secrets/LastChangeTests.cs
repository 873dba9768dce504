using EmbeddedSecrets.Secrets;

namespace EmbeddedSecrets.Tests.Secrets;

public sealed class LastChangeTests
{
    private static readonly Secret Stored = TestSecret.Create().With("v2").With("v3");

    [Test]
    public void Between_NothingOrAnotherIncarnationBefore_IsCreated()
    {
        Secret reborn = Stored with { Incarnation = new UniqueId(0, 99) };

        LastChange.Between(null, Stored, 7).Should().Be(new LastChange(SecretChangeKind.Created, "v3", 7));
        LastChange.Between(Stored, reborn, 7).Should().Be(new LastChange(SecretChangeKind.Created, "v3", 7));
    }

    [Test]
    public void Between_OneVersionMore_IsValuePutEvenWhenRestored()
    {
        Kind(Stored, Stored.With("v4")).Should().Be(new LastChange(SecretChangeKind.ValuePut, "v4", 7));
        Kind(Stored.Scheduled(), Stored.With("v4")).Should().Be(new LastChange(SecretChangeKind.ValuePut, "v4", 7));
    }

    [Test]
    public void Between_ScheduledAndBack_SaysWhichWay()
    {
        Kind(Stored, Stored.Scheduled()).Should().Be(new LastChange(SecretChangeKind.DeletionScheduled, null, 7));
        Kind(Stored.Scheduled(), Stored).Should().Be(new LastChange(SecretChangeKind.Restored, null, 7));
    }

    [Test]
    public void Between_StateOrValidityOfAVersion_NamesTheVersion()
    {
        Secret other = Stored with { Versions = Stored.Versions.SetItem(1, Stored.Versions[1] with { Validity = new SecretVersionValidity(isAdvisory: true) }) };

        Kind(Stored, Stored.Disabled("v2")).Should().Be(new LastChange(SecretChangeKind.VersionUpdated, "v2", 7));
        Kind(Stored, other).Should().Be(new LastChange(SecretChangeKind.VersionUpdated, "v2", 7));
        Kind(Stored, Stored.Destroyed("v2")).Should().Be(new LastChange(SecretChangeKind.VersionDestroyed, "v2", 7));
    }

    [Test]
    public void Between_PolicyAndTags_SaysWhich()
    {
        Secret governed = Stored with { Policy = PolicyReference.To(new UniqueId(0, 5), [1]) };

        Kind(Stored, governed).Should().Be(new LastChange(SecretChangeKind.PolicySet, null, 7));
        Kind(governed, governed with { Description = "d" }).Should().Be(new LastChange(SecretChangeKind.Updated, null, 7));
    }

    [Test]
    public void Between_StagesMoved_NamesTheVersionOnlyWhereCurrentMoved()
    {
        Kind(Stored, Stored.Move(SecretStages.Current, VersionStageMove.To("v1")).Next!).Should().Be(new LastChange(SecretChangeKind.StagesMoved, "v1", 7));
        Kind(Stored, Stored.Move("mine", VersionStageMove.To("v1")).Next!).Should().Be(new LastChange(SecretChangeKind.StagesMoved, null, 7));
    }

    private static LastChange Kind(Secret before, Secret after) => LastChange.Between(before, after, 7);
}
