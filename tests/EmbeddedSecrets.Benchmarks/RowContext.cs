using EmbeddedSecrets.Benchmarks.Fixtures;
using EmbeddedSecrets.Benchmarks.Measuring;

namespace EmbeddedSecrets.Benchmarks;

/// <summary>What every family of rows is given.</summary>
internal sealed record RowContext(BenchmarkOptions Options, Workspace Workspace, RatioTable Table)
{
    public int Rounds => Options.Rounds;

    /// <summary>A count that the quick run divides.</summary>
    public int Scaled(int full, int quick) => Options.IsQuick ? quick : full;

    /// <summary>Whether any of the rows is asked for.</summary>
    public bool Wants(params ReadOnlySpan<string> ids)
    {
        foreach (string id in ids)
        {
            if (Options.Wants(id))
            {
                return true;
            }
        }

        return false;
    }

    public void Skip(string id, string why)
    {
        if (Options.Wants(id))
        {
            Table.Skip(id, why);
        }
    }

    /// <summary>The seconds are what one operation of the store takes, for the order of magnitude.</summary>
    public void Add(string id, Ratio ratio, Goal goal, string note = "", double? seconds = null)
    {
        if (Options.Wants(id))
        {
            Table.Add(id, ratio, goal, note, seconds);
        }
    }
}
