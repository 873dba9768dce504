using System.Globalization;
using EmbeddedSecrets.Fuzz;
using SharpFuzz;

const string Usage = """
    afl TARGET                            under afl-fuzz: see the script 'run'
    loop SECONDS SEED CORPUS OUT [TARGET] mutate in this process, in all
    replay CORPUS [TARGET]                run every file once
    seed CORPUS                           write seeds from real output
    list                                  name the targets
    """;

switch (args)
{
    case ["afl", var name]:
        FuzzTarget fuzzed = Corpus.Find(name);
        Fuzzer.OutOfProcess.Run(stream =>
        {
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            fuzzed.Run(bytes.ToArray());
        });
        return 0;
    case ["loop", var seconds, var seed, var corpus, var findings, .. var names]:
        return MutationLoop.Run(
            names.Length == 0 ? Corpus.Targets : [.. names.Select(Corpus.Find)],
            corpus,
            findings,
            TimeSpan.FromSeconds(int.Parse(seconds, CultureInfo.InvariantCulture)),
            int.Parse(seed, CultureInfo.InvariantCulture));
    case ["replay", var corpus, .. var names]:
        foreach (FuzzTarget target in names.Length == 0 ? Corpus.Targets : names.Select(Corpus.Find))
        {
            foreach (string file in Corpus.Files(corpus, target))
            {
                Console.WriteLine(file);
                target.Run(File.ReadAllBytes(file));
            }
        }

        return 0;
    case ["seed", var corpus]:
        Corpus.WriteSeeds(corpus);
        return 0;
    case ["list"]:
        foreach (FuzzTarget target in Corpus.Targets)
        {
            Console.WriteLine(target.Name);
        }

        return 0;
    default:
        Console.Error.WriteLine(Usage);
        return 2;
}
