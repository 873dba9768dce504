using EmbeddedSecrets.Files;

namespace EmbeddedSecrets.Tests.Files;

[TestFixture]
public sealed class StoreDirectoryTests
{
    /// <summary>Directories belong to somebody else, but for those in which a backup is verified.</summary>
    [Test]
    public void ListNames_OfAllThatLiesThere_AreFilesAndStagingDirectories()
    {
        using var directory = new TemporaryDirectory();
        using var opened = StoreDirectory.OpenOrMake(directory.Store, readOnly: false)!;
        foreach (string file in new[] { "log-0000000000000001.ess", ".hidden", "other" })
        {
            File.WriteAllBytes(Path.Combine(opened.Path, file), []);
        }

        foreach (string folder in new[] { "restoring-0123abcd", "restoring-0123abc", "log-0000000000000002.ess", ".folder" })
        {
            Directory.CreateDirectory(Path.Combine(opened.Path, folder));
        }

        opened.ListNames().Should().BeEquivalentTo("log-0000000000000001.ess", ".hidden", "other", "restoring-0123abcd");
    }

    /// <summary>A link counts as what it leads to, and as a file where it leads nowhere.</summary>
    [Test]
    [Platform("Linux")]
    public void ListNames_OfLinks_GoesByWhatTheyLeadTo()
    {
        using var directory = new TemporaryDirectory();
        using var opened = StoreDirectory.OpenOrMake(directory.Store, readOnly: false)!;
        Directory.CreateDirectory(Path.Combine(opened.Path, "folder"));
        File.WriteAllBytes(Path.Combine(opened.Path, "file"), []);
        Directory.CreateSymbolicLink(Path.Combine(opened.Path, "to-folder"), "folder");
        File.CreateSymbolicLink(Path.Combine(opened.Path, "to-file"), "file");
        File.CreateSymbolicLink(Path.Combine(opened.Path, "to-nothing"), "nothing");

        opened.ListNames().Should().BeEquivalentTo("file", "to-file", "to-nothing");
        new DirectoryInfo(opened.Path).EnumerateFileSystemInfos().OfType<FileInfo>().Select(static file => file.Name).Should().BeEquivalentTo(opened.ListNames());
    }

    [Test]
    public void ListNames_DirectoryIsGone_Fails()
    {
        using var directory = new TemporaryDirectory();
        using var opened = StoreDirectory.OpenOrMake(directory.Store, readOnly: false)!;
        Directory.Delete(opened.Path);
        Action listing = () => opened.ListNames();

        listing.Should().Throw<DirectoryNotFoundException>();
    }
}
