using System.Collections.Immutable;
using System.Runtime.InteropServices;
using EmbeddedSecrets.Errors;

namespace EmbeddedSecrets.Secrets;

/// <summary>Where the stages of a secret are, and how they move: a stage is on at most one version (SPEC I5).</summary>
internal static class VersionStages
{
    public static readonly IReadOnlyList<string> CurrentOnly = ImmutableArray.Create(SecretStages.Current);

    private static readonly IReadOnlyList<string> PreviousOnly = ImmutableArray.Create(SecretStages.Previous);
    private static readonly IReadOnlyList<string> None = ImmutableArray<string>.Empty;

    /// <summary>The list of a version, given in ordinal order. Most have one of three lists, which all versions share. Takes over the array.</summary>
    public static IReadOnlyList<string> ListOf(string[] stages) => stages switch
    {
        [] => None,
        [SecretStages.Current] => CurrentOnly,
        [SecretStages.Previous] => PreviousOnly,
        _ => ImmutableCollectionsMarshal.AsImmutableArray(stages),
    };

    /// <summary>The index of the version that carries the stage, or -1. Called by every read: it allocates nothing.</summary>
    public static int IndexOf(ImmutableArray<SecretVersion> versions, string stage)
    {
        // From the end: the newest version is the likeliest to be asked for.
        for (int i = versions.Length - 1; i >= 0; i--)
        {
            if (Carries(versions[i], stage))
            {
                return i;
            }
        }

        return -1;
    }

    public static int IndexOfVersion(ImmutableArray<SecretVersion> versions, string versionId)
    {
        for (int i = versions.Length - 1; i >= 0; i--)
        {
            if (string.Equals(versions[i].VersionId, versionId, StringComparison.Ordinal))
            {
                return i;
            }
        }

        return -1;
    }

    public static bool Carries(SecretVersion version, string stage)
    {
        IReadOnlyList<string> stages = version.Stages;
        for (int i = 0; i < stages.Count; i++)
        {
            if (string.Equals(stages[i], stage, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Puts stages on one version. Where ACSCurrent leaves a version, ACSPrevious follows it there (SPEC PutSecretValue step 7);
    /// the limit counts an ACSPrevious that only comes into being by that (SPEC D-11).
    /// </summary>
    public static ImmutableArray<SecretVersion> Move(string name, ImmutableArray<SecretVersion> versions, IReadOnlyCollection<string> stages, int target)
    {
        int current = IndexOf(versions, SecretStages.Current);
        SecretVersion[] moved = [.. versions];
        bool currentLeaves = false;
        foreach (string stage in stages)
        {
            currentLeaves |= current >= 0 && current != target && string.Equals(stage, SecretStages.Current, StringComparison.Ordinal);
            Put(moved, stage, target);
        }

        if (currentLeaves)
        {
            Put(moved, SecretStages.Previous, current);
        }

        // Stages are on one version each, so their number is the sum; the moves themselves never lose one.
        int count = 0;
        foreach (SecretVersion version in moved)
        {
            count += version.Stages.Count;
        }

        return count > SecretRules.MaxStages ? throw SecretFailures.TooManyStages(name, count, SecretRules.MaxStages) : ImmutableCollectionsMarshal.AsImmutableArray(moved);
    }

    public static ImmutableArray<SecretVersion> Remove(ImmutableArray<SecretVersion> versions, string stage)
    {
        int index = IndexOf(versions, stage);
        return index < 0 ? versions : versions.SetItem(index, versions[index] with { Stages = Without(versions[index].Stages, stage) });
    }

    private static void Put(SecretVersion[] versions, string stage, int target)
    {
        for (int i = 0; i < versions.Length; i++)
        {
            if (i != target && Carries(versions[i], stage))
            {
                versions[i] = versions[i] with { Stages = Without(versions[i].Stages, stage) };
            }
        }

        if (!Carries(versions[target], stage))
        {
            versions[target] = versions[target] with { Stages = With(versions[target].Stages, stage) };
        }
    }

    private static IReadOnlyList<string> With(IReadOnlyList<string> stages, string stage)
    {
        if (stages.Count == 0)
        {
            return ListOf([stage]);
        }

        string[] with = [.. stages, stage];
        Array.Sort(with, StringComparer.Ordinal);
        return ListOf(with);
    }

    /// <summary>The list, which has the stage, without it.</summary>
    private static IReadOnlyList<string> Without(IReadOnlyList<string> stages, string stage)
    {
        return stages.Count == 1 ? None : ListOf([.. stages.Where(carried => !string.Equals(carried, stage, StringComparison.Ordinal))]);
    }
}
