using System.Collections.Immutable;
using EmbeddedSecrets.Secrets;

namespace EmbeddedSecrets.Tests.Secrets;

public sealed class SecretInvariantsTests
{
    private static readonly Secret Sound = TestSecret.Create().With().With(null, "mine");

    [Test]
    public void FindViolation_SoundSecret_IsNull()
    {
        SecretInvariants.FindViolation(Sound).Should().BeNull();
    }

    [Test]
    public void FindViolation_BrokenState_NamesTheInvariant()
    {
        Violation(Sound with { Versions = [] }).Should().Contain("I1");
        Violation(Sound with { Versions = default }).Should().Contain("I1");
        Violation(Sound with { Versions = [.. Enumerable.Range(1, 11).Select(n => Sound.Versions[0] with { VersionId = $"{n}", Sequence = n })] }).Should().Contain("I1");
        Violation(Change(2, version => version with { Stages = ["1", "2", "3", "4", "5", "6", "7"] })).Should().Contain("I2");
        Violation(Change(1, version => version with { Stages = [] })).Should().Contain("I3");
        Violation(Change(2, version => version with { Stages = [SecretStages.Previous] })).Should().Contain("I5");
        Violation(Change(2, version => version with { VersionId = "v1" })).Should().Contain("I6");
        Violation(Change(2, version => version with { Sequence = 2 })).Should().Contain("ascend");
        Violation(Change(0, version => version with { Sequence = 0 })).Should().Contain("ascend");
        Violation(Sound with { LastSequence = 2 }).Should().Contain("last one");
        Violation(Change(2, version => version with { Stages = ["b", "a"] })).Should().Contain("ordinal");
        Violation(Change(1, version => version with { State = SecretVersionState.Disabled })).Should().Contain("ACSCurrent");
        Violation(Change(2, version => version with { State = SecretVersionState.Destroyed, Content = TestSecret.Content(new UniqueId(0, 1)) })).Should().Contain("destroyed");
        Violation(Sound with { RetiredVersionIds = [.. Enumerable.Repeat(new RetiredVersionId(1, 1), 101)] }).Should().Contain("100");
        Violation(Sound with { RetiredVersionIds = [new RetiredVersionId(1, 9)] }).Should().Contain("retired");
        Violation(Sound with { RetiredVersionIds = [new RetiredVersionId(1, 0)] }).Should().Contain("retired");
        Violation(Sound with { Tags = Pairs(21) }).Should().Contain("20 tags");
        Violation(Sound with { Annotations = Pairs(65) }).Should().Contain("64 annotations");
        Violation(Sound with { Tags = ImmutableSortedDictionary.Create<string, string>(StringComparer.OrdinalIgnoreCase) }).Should().Contain("ordinal");
        Violation(Sound with { Annotations = ImmutableSortedDictionary.Create<string, string>(StringComparer.OrdinalIgnoreCase) }).Should().Contain("ordinal");
    }

    private static ImmutableSortedDictionary<string, string> Pairs(int count) =>
        Enumerable.Range(0, count).ToImmutableSortedDictionary(static i => $"{i}", static _ => "v", StringComparer.Ordinal);

    private static Secret Change(int index, Func<SecretVersion, SecretVersion> change) =>
        Sound with { Versions = Sound.Versions.SetItem(index, change(Sound.Versions[index])) };

    private static string Violation(Secret secret) => SecretInvariants.FindViolation(secret)!;
}
