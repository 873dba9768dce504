using System.Collections.Immutable;
using System.Globalization;
using EmbeddedSecrets.Errors;

namespace EmbeddedSecrets.Secrets;

/// <summary>Asks the version log which versions fall out, and believes no answer that breaks I1 or I8.</summary>
internal static class VersionEviction
{
    public static ImmutableArray<SecretVersion> Evict(string name, ImmutableArray<SecretVersion> versions, IVersionLog log)
    {
        IReadOnlyList<string> answer = log.Evict(versions) ?? throw Broken(name, "its answer is null");
        string[] ids = [.. answer];
        if (ids.Length == 0 && versions.Length <= SecretRules.MaxVersions)
        {
            return [];
        }

        var evicted = ImmutableArray.CreateBuilder<SecretVersion>(ids.Length);
        int next = 0;
        foreach (string id in ids)
        {
            int index = id is null ? -1 : VersionStages.IndexOfVersion(versions, id);
            if (index < 0)
            {
                throw Broken(name, "it named a version that does not exist");
            }

            if (index == versions.Length - 1)
            {
                throw Broken(name, "it named the version just written (I8)");
            }

            if (versions[index].Stages.Count > 0)
            {
                throw Broken(name, "it named a version that carries a stage (I8)");
            }

            while (next < index && versions[next].Stages.Count > 0)
            {
                next++;
            }

            if (index != next)
            {
                throw Broken(name, "it did not name the oldest versions without a stage, each once, the oldest first (I8)");
            }

            evicted.Add(versions[index]);
            next++;
        }

        int remaining = versions.Length - evicted.Count;
        return remaining <= SecretRules.MaxVersions
            ? evicted.ToImmutable()
            : throw Broken(name, string.Create(CultureInfo.InvariantCulture, $"it left {remaining} versions, and {SecretRules.MaxVersions} are allowed (I1)"));
    }

    private static InvalidOperationException Broken(string name, string what)
    {
        return SecretFailures.BrokenInvariant(name, $"the version log broke a rule: {what}.");
    }
}
