namespace EmbeddedSecrets.Tests.Secrets;

[TestFixture]
public sealed class SecretVersionSelectorTests
{
    private static readonly SecretVersionSelector[] All =
    [
        SecretVersionSelector.Current,
        SecretVersionSelector.Previous,
        SecretVersionSelector.Stage("Blue"),
        SecretVersionSelector.Version("v1"),
        SecretVersionSelector.Version("v2"),
        SecretVersionSelector.VersionWithStage("v1", "Blue"),
        SecretVersionSelector.VersionWithStage("v2", "Blue"),
    ];

    [Test]
    public void Equals_EachWithEach_OnlyWithItself()
    {
        for (int i = 0; i < All.Length; i++)
        {
            for (int k = 0; k < All.Length; k++)
            {
                (All[i] == All[k]).Should().Be(i == k);
                (All[i] != All[k]).Should().Be(i != k);
                All[i].Equals((object)All[k]).Should().Be(i == k);
            }
        }

        All[0].Equals(new object()).Should().BeFalse();
        All[0].Equals(null).Should().BeFalse();
    }

    [Test]
    public void GetHashCode_OfEqualSelectors_IsTheSame()
    {
        SecretVersionSelector.Stage("Blue").GetHashCode().Should().Be(All[2].GetHashCode());
        SecretVersionSelector.VersionWithStage("v1", "Blue").GetHashCode().Should().Be(All[5].GetHashCode());
        All.Select(which => which.GetHashCode()).Distinct().Should().HaveCountGreaterThan(All.Length / 2);
    }

    [Test]
    public void ToString_OfEach_NamesWhatIsAskedFor()
    {
        All.Select(which => which.ToString()).Should().Equal(
            "stage ACSCurrent", "stage ACSPrevious", "stage Blue", "version v1", "version v2", "version v1 with stage Blue", "version v2 with stage Blue");
    }

    [Test]
    public void Stage_ThatBreaksItsRule_IsRefused()
    {
        FluentActions.Invoking(() => SecretVersionSelector.Stage("with space")).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => SecretVersionSelector.Version("with space")).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => SecretVersionSelector.VersionWithStage("with space", "Blue")).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => SecretVersionSelector.VersionWithStage("v1", "with space")).Should().Throw<ArgumentException>();
    }
}
