using EmbeddedSecrets.Fuzz;

namespace EmbeddedSecrets.Tests.Faults;

/// <summary>Every input that the fuzzers started from or found, and some mutations of each (DESIGN F11).</summary>
[TestFixture]
public class FuzzCorpusTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "corpus");

    public static IEnumerable<string> Targets => Corpus.Targets.Select(static target => target.Name);

    [TestCaseSource(nameof(Targets))]
    public void Run_CorpusFile_KeepsTheRules(string name)
    {
        FuzzTarget target = Corpus.Find(name);
        string[] files = [.. Corpus.Files(Folder, target)];

        files.Should().NotBeEmpty("every target has seeds");
        foreach (string file in files)
        {
            byte[] input = File.ReadAllBytes(file);
            FluentActions.Invoking(() => target.Run(input)).Should().NotThrow(Path.GetFileName(file));
        }
    }

    [TestCaseSource(nameof(Targets))]
    public void Run_MutatedCorpusFile_KeepsTheRules(string name)
    {
        const int Mutations = 300;
        FuzzTarget target = Corpus.Find(name);
        byte[][] inputs = [.. Corpus.Files(Folder, target).Select(File.ReadAllBytes)];
        int seed = Environment.TickCount;
        TestContext.Out.WriteLine($"Seed {seed}");
        var random = new Random(seed);
        var mutator = new Mutator(random);
        for (int i = 0; i < Mutations; i++)
        {
            byte[] input = mutator.Mutate(inputs[random.Next(inputs.Length)], inputs[random.Next(inputs.Length)]);
            FluentActions.Invoking(() => target.Run(input)).Should().NotThrow($"seed {seed}, input {Convert.ToHexString(input)}");
        }
    }

    [Test]
    public void Folder_Corpus_HoldsNoUnknownTarget() =>
        Directory.EnumerateDirectories(Folder).Select(Path.GetFileName).Should().BeSubsetOf(Targets);
}
