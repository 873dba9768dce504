using System.Globalization;
using EmbeddedSecrets.Benchmarks.Children;
using EmbeddedSecrets.Benchmarks.Fixtures;
using EmbeddedSecrets.Benchmarks.Measuring;

namespace EmbeddedSecrets.Benchmarks.Rows;

/// <summary>Several processes that write to one store (W4), and a put while another process only has the store open (W1-others).</summary>
internal static class ProcessRows
{
    private const int Processes = 4;
    private const int WritersEach = 16;
    private const int Writers = Processes * WritersEach;
    private const int Size = 1024;

    /// <summary>Each child compiles for itself, with the others at its side.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);

    public static void Run(RowContext context)
    {
        if (context.Wants("W1-others"))
        {
            RunOthers(context);
        }

        if (context.Wants("W4-throughput", "W4-fairness", "W4-p99"))
        {
            RunWriters(context);
        }
    }

    private static void RunOthers(RowContext context)
    {
        string[] names = Corpus.Names(1_000);
        byte[] value = Corpus.Value(Size);
        string shared = context.Workspace.NewPlace("shared");
        using SecretStore alone = Workspace.Open(context.Workspace.NewPlace("alone"));
        using SecretStore store = Workspace.Open(shared);
        Corpus.Fill(alone, names, value);
        Corpus.Fill(store, names, value);
        using Child other = Child.Start("hold", shared);
        _ = other.Answer();

        int puts = context.Scaled(600, 300);
        int next = 0;
        Rounds rounds = Rounds.Run(
            context.Rounds,
            context.Options.WarmUp,
            new Side("alone", () => Clock.Sequential(puts, _ => Corpus.Put(alone, names[next++ % names.Length], value))),
            new Side("beside an idle one", () => Clock.Sequential(puts, _ => Corpus.Put(store, names[next++ % names.Length], value))));
        context.Table.Tell("W1-others", rounds);
        context.Add("W1-others", rounds.RatioOf("alone", "beside an idle one"), Goal.AtLeast(0.95), "about 1 is meant", rounds.MedianOf("beside an idle one"));
    }

    private static void RunWriters(RowContext context)
    {
        string[] places = [context.Workspace.NewPlace("one"), context.Workspace.NewPlace("four")];
        foreach (string place in places)
        {
            using SecretStore store = Workspace.Open(place);
            Corpus.Fill(store, Corpus.Names(Writers * ChildProgram.NamesOfWriter), Corpus.Value(Size));
        }

        using Child one = Child.Start("write", places[0], "0", $"{Writers}");
        Child[] four = [.. Enumerable.Range(0, Processes).Select(i => Child.Start("write", places[1], $"{i * WritersEach}", $"{WritersEach}"))];
        foreach (Child child in (IEnumerable<Child>)[one, .. four])
        {
            _ = child.Answer();
        }

        var fairness = new List<double>();
        var percentiles = new List<double>();
        string seconds = context.Options.IsQuick ? "0.5" : "1";
        Rounds rounds = Rounds.Run(
            context.Rounds,
            WarmUp,
            new Side("one process", () => 1 / Ask([one], seconds)[0][0]),
            new Side("four processes", () =>
            {
                double[][] answers = Ask(four, seconds);
                fairness.Add(answers.Min(static answer => answer[0]) / answers.Max(static answer => answer[0]));
                percentiles.Add(answers.Max(static answer => answer[1]) * 1_000);
                return 1 / answers.Sum(static answer => answer[0]);
            }));
        context.Table.Tell("W4 (a put of all writers together)", rounds);
        string what = string.Create(CultureInfo.InvariantCulture, $"{Processes} processes of {WritersEach} writers");
        context.Add("W4-throughput", rounds.RatioOf("one process", "four processes"), Goal.AtLeast(0.5), what + $" against one of {Writers}");
        context.Add("W4-fairness", new Ratio(fairness.TakeLast(context.Rounds)), Goal.AtLeast(0.75), "slowest process against the fastest");
        context.Add("W4-p99", new Ratio(percentiles.TakeLast(context.Rounds)), Goal.AtMost(20), "ms, of the worst process");
        foreach (Child child in four)
        {
            child.Dispose();
        }
    }

    private static double[][] Ask(Child[] children, string line)
    {
        foreach (Child child in children)
        {
            child.Ask(line);
        }

        return [.. children.Select(static child => child.Numbers())];
    }
}
