namespace EmbeddedSecrets.Tests.Secrets;

[TestFixture]
public sealed class VersionStageMoveTests
{
    [Test]
    public void Moves_OfEachKind_HoldWhatTheyWereGiven()
    {
        VersionStageMove.To("b").Should().BeEquivalentTo(new { FromVersionId = (string?)null, ToVersionId = "b" });
        VersionStageMove.FromTo("a", "b").Should().BeEquivalentTo(new { FromVersionId = "a", ToVersionId = "b" });
        VersionStageMove.RemoveFrom("a").Should().BeEquivalentTo(new { FromVersionId = "a", ToVersionId = (string?)null });
    }

    [TestCase("")]
    [TestCase("a b")]
    public void Moves_VersionIdThatBreaksItsRule_AreRefused(string versionId)
    {
        FluentActions.Invoking(() => VersionStageMove.To(versionId)).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => VersionStageMove.FromTo(versionId, "b")).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => VersionStageMove.FromTo("a", versionId)).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => VersionStageMove.RemoveFrom(versionId)).Should().Throw<ArgumentException>();
    }
}
