namespace EmbeddedSecrets.Secrets;

/// <summary>The invariants I1 to I8 of SPEC section 2.1, checked on every new state before it is committed and on every record that is read.</summary>
internal static class SecretInvariants
{
    /// <summary>What is broken, in words, or null. Covers I1 to I6 of one state and the order of its versions.</summary>
    public static string? FindViolation(Secret secret)
    {
        if (secret.Versions.IsDefaultOrEmpty || secret.Versions.Length > SecretRules.MaxVersions)
        {
            return "a secret has 1 to 10 versions (I1).";
        }

        return FindOrderViolation(secret) ?? FindStageViolation(secret) ?? FindRetiredViolation(secret) ?? FindPairsViolation(secret);
    }

    private static string? FindOrderViolation(Secret secret)
    {
        long last = 0;
        for (int i = 0; i < secret.Versions.Length; i++)
        {
            SecretVersion version = secret.Versions[i];
            if (version.Sequence <= last)
            {
                return "the sequences of versions start at 1 and ascend.";
            }

            if (VersionStages.IndexOfVersion(secret.Versions, version.VersionId) != i)
            {
                return "a version id occurs at most once (I6).";
            }

            if (version.State == SecretVersionState.Destroyed && version.Content is not null)
            {
                return "a destroyed version has no content.";
            }

            last = version.Sequence;
        }

        return last > secret.LastSequence ? "no version has a sequence above the last one written." : null;
    }

    private static string? FindStageViolation(Secret secret)
    {
        int count = 0;
        for (int i = 0; i < secret.Versions.Length; i++)
        {
            string? before = null;
            IReadOnlyList<string> stages = secret.Versions[i].Stages;
            for (int j = 0; j < stages.Count; j++)
            {
                string stage = stages[j];
                if (string.CompareOrdinal(before, stage) >= 0)
                {
                    return "the stages of a version are in ordinal order, each once.";
                }

                if (VersionStages.IndexOf(secret.Versions, stage) != i)
                {
                    return "a stage is on at most one version (I4, I5).";
                }

                before = stage;
                count++;
            }
        }

        if (count > SecretRules.MaxStages)
        {
            return "a secret has at most 8 stages (I2).";
        }

        int current = VersionStages.IndexOf(secret.Versions, SecretStages.Current);
        if (current < 0)
        {
            return "ACSCurrent is on exactly one version (I3).";
        }

        return secret.Versions[current].State == SecretVersionState.Enabled ? null : "the version of ACSCurrent is enabled.";
    }

    private static string? FindRetiredViolation(Secret secret)
    {
        if (secret.RetiredVersionIds.Length > SecretRules.MaxRetiredVersionIds)
        {
            return "a secret remembers at most 100 retired version ids.";
        }

        foreach (RetiredVersionId retired in secret.RetiredVersionIds)
        {
            if (retired.Sequence < 1 || retired.Sequence > secret.LastSequence)
            {
                return "no retired version has a sequence above the last one written.";
            }
        }

        return null;
    }

    /// <summary>A dictionary that was built with the default comparer would sort by the culture of the process.</summary>
    private static string? FindPairsViolation(Secret secret)
    {
        if (secret.Tags.Count > SecretRules.MaxTags || secret.Annotations.Count > SecretRules.MaxAnnotations)
        {
            return "a secret has at most 20 tags and 64 annotations.";
        }

        return ReferenceEquals(secret.Tags.KeyComparer, StringComparer.Ordinal) && ReferenceEquals(secret.Annotations.KeyComparer, StringComparer.Ordinal)
            ? null
            : "tags and annotations are in ordinal order of their keys.";
    }
}
