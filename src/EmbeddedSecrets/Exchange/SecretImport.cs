using EmbeddedSecrets.Pipeline;
using EmbeddedSecrets.Secrets;

namespace EmbeddedSecrets.Exchange;

/// <summary>Brings the secrets of a bundle into an open store, each in one commit. Where the bundle can be read twice, all of it is verified first.</summary>
internal sealed class SecretImport(OpenStore open, SecretStoreOptions store, IVersionLog versionLog, ImportOptions options, IProgress<ImportProgress>? progress)
{
    private readonly long[] _counts = new long[Enum.GetValues<ImportOutcome>().Length];

    public async ValueTask<ImportResult> RunAsync(Stream source, IRootKey rootKey, CancellationToken cancellationToken)
    {
        if (source.CanSeek && !options.DryRun)
        {
            long start = source.Position;
            await PassAsync(source, rootKey, isVerifying: true, options.OnConflict == ImportConflict.Fail ? CompareAsync : null, cancellationToken).ConfigureAwait(false);
            source.Position = start;
            Array.Clear(_counts);
        }

        await PassAsync(source, rootKey, isVerifying: false, options.DryRun ? CompareAsync : ApplyAsync, cancellationToken).ConfigureAwait(false);
        return new ImportResult
        {
            Created = _counts[(int)ImportOutcome.Created],
            Overwritten = _counts[(int)ImportOutcome.Overwritten],
            NewVersions = _counts[(int)ImportOutcome.NewVersion],
            Skipped = _counts[(int)ImportOutcome.Skipped],
            Unchanged = _counts[(int)ImportOutcome.Unchanged],
        };
    }

    private async ValueTask PassAsync(
        Stream source, IRootKey rootKey, bool isVerifying, Func<BundledSecret, CancellationToken, ValueTask>? step, CancellationToken cancellationToken)
    {
        using BundleReader reader = await BundleReader.BeginAsync(source, rootKey, cancellationToken).ConfigureAwait(false);
        for (long secrets = 1; ; secrets++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using BundledSecret? bundled = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            if (bundled is null)
            {
                return;
            }

            if (step is not null)
            {
                await step(bundled, cancellationToken).ConfigureAwait(false);
            }

            progress?.Report(new ImportProgress(secrets, isVerifying));
        }
    }

    /// <summary>Finds out what the import would do; what it would refuse fails here.</summary>
    private async ValueTask CompareAsync(BundledSecret bundled, CancellationToken cancellationToken)
    {
        (_, ImportOutcome outcome, _) = await DecideAsync(bundled, cancellationToken).ConfigureAwait(false);
        _counts[(int)outcome]++;
    }

    private async ValueTask ApplyAsync(BundledSecret bundled, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            long headerRevision = open.HeaderRevision;
            (StoredSecret? stored, ImportOutcome outcome, SecretTransition transition) = await DecideAsync(bundled, cancellationToken).ConfigureAwait(false);
            if (transition.IsUnchanged || await TryCommitAsync(bundled, stored, outcome, transition, headerRevision, cancellationToken).ConfigureAwait(false))
            {
                _counts[(int)outcome]++;
                return;
            }
        }
    }

    private async ValueTask<bool> TryCommitAsync(
        BundledSecret bundled, StoredSecret? stored, ImportOutcome outcome, SecretTransition transition, long headerRevision, CancellationToken cancellationToken)
    {
        SealedChange? change = outcome == ImportOutcome.NewVersion
            ? await open.TrySealAsync(bundled.Secret.Name, stored, transition, CurrentOf(bundled), cancellationToken).ConfigureAwait(false)
            : await TrySealWholeAsync(bundled, outcome == ImportOutcome.Overwritten ? stored : null, stored, transition.Next!, cancellationToken).ConfigureAwait(false);
        return change is not null && await open.TryCommitAsync([change], headerRevision, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>With the policy of the bundle. Where that has none, what is overwritten keeps its own: without one, every principal may do everything.</summary>
    private async ValueTask<SealedChange?> TrySealWholeAsync(
        BundledSecret bundled, StoredSecret? overwritten, StoredSecret? stored, Secret next, CancellationToken cancellationToken)
    {
        string? policy = bundled.Policy;
        if (policy is null && overwritten is { Secret.Policy: not null })
        {
            policy = await open.ReadPolicyAsync(overwritten, cancellationToken).ConfigureAwait(false);
            if (policy is null)
            {
                return null;
            }
        }

        return await open.SealImportedAsync(stored, next with { EncryptionKeyId = ChooseKey(bundled.Secret) }, bundled.Values, policy, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<(StoredSecret? Stored, ImportOutcome Outcome, SecretTransition Transition)> DecideAsync(BundledSecret bundled, CancellationToken cancellationToken)
    {
        StoredSecret? stored = await open.LoadToReplaceAsync(bundled.Secret.Name, cancellationToken).ConfigureAwait(false);
        var context = new TransitionContext(store.TimeProvider.GetUtcNow(), versionLog, open.HashVersionId);
        bool isEqual = stored is not null && SecretLife.Existing(stored.Secret, context.Now) is not null && await IsEqualAsync(stored, bundled, cancellationToken).ConfigureAwait(false);
        (ImportOutcome outcome, SecretTransition transition) = SecretImporting.Import(
            stored?.Secret, bundled.Secret, isEqual, options.OnConflict, store.PurgeProtection, context);
        return (stored, outcome, transition);
    }

    private async ValueTask<bool> IsEqualAsync(StoredSecret stored, BundledSecret bundled, CancellationToken cancellationToken)
    {
        if (SecretImporting.IsAlike(stored.Secret, bundled.Secret)
            && await HasValuesAsync(stored, bundled.Values, cancellationToken).ConfigureAwait(false)
            && await HasPolicyAsync(stored, bundled.Policy, cancellationToken).ConfigureAwait(false))
        {
            return true;
        }

        // A new version brings the current value and nothing else.
        return options.OnConflict == ImportConflict.NewVersion
            && stored.Secret.PlannedDeleteTime is null
            && await HasValueAsync(stored, stored.Secret.Versions[SecretImporting.IndexOfCurrent(stored.Secret)], CurrentOf(bundled), cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<bool> HasValuesAsync(StoredSecret stored, SecretValue?[] values, CancellationToken cancellationToken)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (values[i] is { } value && !await HasValueAsync(stored, stored.Secret.Versions[i], value, cancellationToken).ConfigureAwait(false))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A bundle without a policy says nothing about it: what is there stays.</summary>
    private async ValueTask<bool> HasPolicyAsync(StoredSecret stored, string? policy, CancellationToken cancellationToken)
    {
        return policy is null || (stored.Secret.Policy is not null && await open.ReadPolicyAsync(stored, cancellationToken).ConfigureAwait(false) == policy);
    }

    /// <summary>A value that cannot be read, or that was changed meanwhile, is not known to be equal.</summary>
    private async ValueTask<bool> HasValueAsync(StoredSecret stored, SecretVersion version, SecretValue value, CancellationToken cancellationToken)
    {
        try
        {
            using SecretValue? own = await open.ReadValueAsync(stored, version, cancellationToken).ConfigureAwait(false);
            return own is not null && own.FixedTimeEquals(value);
        }
        catch (SecretUnavailableException)
        {
            return false;
        }
    }

    private static SecretValue CurrentOf(BundledSecret bundled) => bundled.Values[SecretImporting.IndexOfCurrent(bundled.Secret)]!;

    private string ChooseKey(Secret imported)
    {
        return options.EncryptionKeyId
            ?? (open.Ring is { } ring && ring.Keys.Keys.ContainsKey(imported.EncryptionKeyId) ? imported.EncryptionKeyId : store.DefaultEncryptionKeyId);
    }
}
