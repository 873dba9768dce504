namespace EmbeddedSecrets.Tests;

/// <summary>Options that contradict themselves are refused before anything is opened.</summary>
[TestFixture]
public sealed class OptionCopiesTests
{
    [Test]
    public void Export_PrefixAndNames_IsRefused() =>
        FluentActions.Invoking(() => OptionCopies.Checked(new ExportOptions { NamePrefix = "a", Names = ["b"] })).Should().Throw<ArgumentException>().WithMessage("*not both*");

    [Test]
    public void Export_NamesTwiceAndInAnyOrder_AreCopiedOnceInOrder() =>
        OptionCopies.Checked(new ExportOptions { Names = ["b", "a", "b"] }).Names.Should().Equal("a", "b");

    [Test]
    public void Export_PrefixOrNameThatIsNone_IsRefused()
    {
        FluentActions.Invoking(() => OptionCopies.Checked(new ExportOptions { NamePrefix = "a b" })).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => OptionCopies.Checked(new ExportOptions { Names = ["a b"] })).Should().Throw<ArgumentException>();
    }

    [Test]
    public void Import_UnknownRule_IsRefused() =>
        FluentActions.Invoking(() => OptionCopies.Checked(new ImportOptions { OnConflict = (ImportConflict)9 })).Should().Throw<ArgumentOutOfRangeException>();

    [TestCase("no key")]
    [TestCase("acs/store")]
    public void Import_KeyThatNobodyManages_IsRefused(string keyId) =>
        FluentActions.Invoking(() => OptionCopies.Checked(new ImportOptions { EncryptionKeyId = keyId })).Should().Throw<ArgumentException>();

    [Test]
    public void Tags_RevisionOfANameThatIsNotChanged_IsRefused()
    {
        var options = new TagOptions { ExpectedRevisions = new Dictionary<string, SecretRevision> { ["a"] = default } };

        OptionCopies.Checked(options, ["a", "b"]).Should().ContainKey("a");
        FluentActions.Invoking(() => OptionCopies.Checked(options, ["b"])).Should().Throw<ArgumentException>().WithMessage("*ExpectedRevisions*");
        OptionCopies.Checked(null, ["a"]).Should().BeEmpty();
    }
}
