using System.Security.Cryptography;
using System.Text;

namespace EmbeddedSecrets.Tests.SamplePrograms;

/// <summary>The quick start, twice on one store: what it says, and that no input value is anywhere in it.</summary>
[TestFixture]
internal sealed class QuickStartTests
{
    /// <summary>The values of <see cref="EnvText"/> as a reader of .env files understands them.</summary>
    private static readonly string[] Values =
    [
        "0f1c7be2a9d84c63b75e",
        "bare#with=signs-5521",
        "quoted # and = 77ab19",
        "as it stands \\n $HOME 4c",
        "two lines\nof \"text\" 93",
    ];

    private const string EnvText = """
        # a comment

        FIRST=0f1c7be2a9d84c63b75e
        export SECOND = bare#with=signs-5521   # a comment
        THIRD="quoted # and = 77ab19"  # a comment
        FOURTH='as it stands \n $HOME 4c'
        FIFTH="two lines\nof \"text\" 93"
        """;

    private string _root = null!;
    private string _place = null!;
    private string _envFile = null!;
    private SampleRun _first = null!;
    private SampleRun _second = null!;

    [OneTimeSetUp]
    public async Task RunTwice()
    {
        _root = Directory.CreateTempSubdirectory("quickstart-").FullName;
        _place = Path.Combine(_root, "place");
        _envFile = Path.Combine(_root, "test.env");
        await File.WriteAllTextAsync(_envFile, EnvText);
        _first = await SampleProgram.RunAsync("QuickStart", _root, _envFile, _place);
        _second = await SampleProgram.RunAsync("QuickStart", _root, _envFile, _place);
    }

    [OneTimeTearDown]
    public void RemoveDirectory()
    {
        Directory.Delete(_root, recursive: true);
    }

    [Test]
    public void Run_NewStore_TellsEveryStep()
    {
        _first.Should().BeEquivalentTo(new { ExitCode = 0, Error = string.Empty });
        _first.Lines.Should().Equal(
            "Entries:  5 of test.env",
            $"Store:    {Path.Combine(_place, "store")}",
            $"Key file: {Path.Combine(_place, "key", "root.key")}",
            "1. Opened the store; secrets in it: 0",
            "2. One secret for each entry",
            "   FIRST: created, version v1",
            "   SECOND: created, version v1",
            "   THIRD: created, version v1",
            "   FOURTH: created, version v1",
            "   FIFTH: created, version v1",
            "3. FIRST: a random password is version v2",
            "   ACSCurrent is v2",
            "   ACSPrevious is v1",
            "4. FIRST: rolled back in one call",
            "   ACSCurrent is v1",
            "   ACSPrevious is v2",
            "5. Tagged 5 secrets with source=quickstart, team=shop",
            "6. Listed by the tag: FIFTH, FIRST, FOURTH, SECOND, THIRD",
            "7. THIRD: deletion scheduled in 7 days",
            "   reading it answers 409 Rejected.ResourceInDeleteWindow",
            "   restored, current version v1",
            "8. FIFTH: deleted at once",
            "9. Closed the store and opened it again; secrets in it: 4",
            "   FIRST: version v1, equal to the input",
            "   SECOND: version v1, equal to the input",
            "   THIRD: version v1, equal to the input",
            "   FOURTH: version v1, equal to the input",
            "   FIFTH: 404 Forbidden.ResourceNotFound",
            "10. The example of the README, in a store of its own",
            "shop/db-password v1: 32 bytes");
    }

    [Test]
    public void Run_SameStoreAgain_SaysWhatItFound()
    {
        _second.Should().BeEquivalentTo(new { ExitCode = 0, Error = string.Empty });
        _second.Lines.Should().ContainInConsecutiveOrder(
            "1. Opened the store; secrets in it: 4",
            "2. One secret for each entry",
            "   FIRST: was there, put as version v3",
            "   SECOND: was there, put as version v2",
            "   THIRD: was there, put as version v2",
            "   FOURTH: was there, put as version v2",
            "   FIFTH: created, version v1",
            "3. FIRST: a random password is version v4",
            "   ACSCurrent is v4",
            "   ACSPrevious is v3",
            "4. FIRST: rolled back in one call",
            "   ACSCurrent is v3",
            "   ACSPrevious is v4");
        _second.Lines.Should().ContainInConsecutiveOrder(
            "   FIRST: version v3, equal to the input",
            "   SECOND: version v2, equal to the input",
            "   THIRD: version v2, equal to the input",
            "   FOURTH: version v2, equal to the input",
            "   FIFTH: 404 Forbidden.ResourceNotFound");
    }

    [Test]
    public void Output_EveryInputValue_IsNotThere()
    {
        Values.Where(value => Says(_first, value) || Says(_second, value)).Should().BeEmpty();
    }

    [Test]
    public void Files_EveryInputValue_IsNotThere()
    {
        string[] files = Directory.GetFiles(_place, "*", SearchOption.AllDirectories);
        files.Where(file => Holds(file, "ess-key-1:")).Should().ContainSingle("the search finds what is there");
        files.SelectMany(file => Values.Where(value => Holds(file, value)).Select(_ => file)).Should().BeEmpty();
    }

    [TestCase("GOOD=4e1d77aa\nno equals sign 9b12", "line 2: there is no '='")]
    [TestCase("GOOD=4e1d77aa\n\nBAD NAME=9b12", "line 3: the name is not usable")]
    [TestCase("GOOD='4e1d77aa 9b12", "line 1: the quote is not closed")]
    [TestCase("GOOD='4e1d77aa' 9b12", "line 1: there is more behind the closing quote")]
    [TestCase("GOOD=\"4e1d77aa \\x 9b12\"", "line 1: an escape is not one of")]
    [TestCase("GOOD=4e1d77aa\nGOOD=9b12", "line 2: the name was used before")]
    [TestCase("GOOD=", "line 1: the value is empty")]
    [TestCase("# nothing", "has no entries")]
    public async Task Run_MalformedFile_SaysWhereAndStoresNothing(string text, string message)
    {
        string bad = Path.Combine(_root, "bad.env");
        await File.WriteAllTextAsync(bad, text);
        Dictionary<string, string> before = Digests();

        SampleRun run = await SampleProgram.RunAsync("QuickStart", _root, bad, _place);

        run.ExitCode.Should().Be(1);
        run.Error.Should().Contain(message);
        Says(run, "4e1d77aa").Should().BeFalse();
        Says(run, "9b12").Should().BeFalse();
        Digests().Should().Equal(before);
    }

    [Test]
    public async Task Run_MissingFile_NamesIt()
    {
        string missing = Path.Combine(_root, "missing.env");

        SampleRun run = await SampleProgram.RunAsync("QuickStart", _root, missing, _place);

        run.ExitCode.Should().Be(1);
        run.Error.Should().Contain(missing);
    }

    [Test]
    public void Readme_Example_IsTheSamplesRegion()
    {
        string root = SampleProgram.RepositoryRoot;
        string[] sample = File.ReadAllLines(Path.Combine(root, "samples", "QuickStart", "ReadmeExample.cs"));
        IEnumerable<string> region = sample
            .SkipWhile(line => line.Trim() != "// [readme]").Skip(1)
            .TakeWhile(line => line.Trim() != "// [/readme]")
            .Select(line => line.Trim());

        string example = string.Join('\n', region);

        example.Should().NotBeEmpty();
        File.ReadAllText(Path.Combine(root, "README.md")).Should().Contain(example);
        File.ReadAllText(Path.Combine(root, "src", "EmbeddedSecrets", "README.md")).Should().Contain(example);
    }

    private static bool Says(SampleRun run, string value)
    {
        return (run.Output + run.Error).Contains(value, StringComparison.Ordinal);
    }

    private static bool Holds(string file, string text)
    {
        return File.ReadAllBytes(file).AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0;
    }

    private Dictionary<string, string> Digests()
    {
        return Directory.GetFiles(_place, "*", SearchOption.AllDirectories)
            .ToDictionary(file => file, file => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file))));
    }
}
