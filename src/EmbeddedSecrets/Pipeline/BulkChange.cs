namespace EmbeddedSecrets.Pipeline;

/// <summary>
/// What the store does to many secrets by itself, many in one commit. Whoever changes a secret meanwhile wins: that secret is
/// loaded again and looked at again. What was committed stays, so that work that ended half-way goes on where it ended.
/// </summary>
/// <param name="open">The store.</param>
/// <param name="step">Says what is done to a secret; null when the secret, or the keys, were changed meanwhile.</param>
/// <param name="done">Is told of every secret whose step is committed, or was none.</param>
internal sealed class BulkChange(OpenStore open, Func<StoredSecret, CancellationToken, ValueTask<BulkStep?>> step, Action<BulkStep> done)
{
    private const int MaxSecrets = 64;
    private const long MaxBytes = 8 << 20;

    /// <summary>After that many commits in vain each secret gets one of its own: one that is written to all the time must not stop the others.</summary>
    private const int SharedAttempts = 3;

    private readonly List<Entry> _entries = [];
    private long _headerRevision;
    private long _bytes;

    /// <summary>Goes through all secrets, those that are scheduled for deletion and those whose window has ended included.</summary>
    public async ValueTask RunAsync(CancellationToken cancellationToken)
    {
        await foreach (StoredSecret stored in open.GoThroughAsync(cancellationToken).ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            await AddAsync(stored, cancellationToken).ConfigureAwait(false);
        }

        await FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Goes through the secrets of the given names that are there.</summary>
    public async ValueTask RunAsync(IEnumerable<string> names, CancellationToken cancellationToken)
    {
        foreach (string name in names)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (await open.LoadToReplaceAsync(name, cancellationToken).ConfigureAwait(false) is { } stored)
            {
                await AddAsync(stored, cancellationToken).ConfigureAwait(false);
            }
        }

        await FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask AddAsync(StoredSecret stored, CancellationToken cancellationToken)
    {
        if (_entries.Count == 0)
        {
            // Before the first is sealed (DESIGN K7).
            _headerRevision = open.HeaderRevision;
        }

        await PrepareAsync(stored, cancellationToken).ConfigureAwait(false);
        if (_entries.Count >= MaxSecrets || _bytes >= MaxBytes)
        {
            await FlushAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask PrepareAsync(StoredSecret? stored, CancellationToken cancellationToken)
    {
        while (stored is not null)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (await step(stored, cancellationToken).ConfigureAwait(false) is { } prepared)
            {
                if (prepared.Change is null)
                {
                    done(prepared);
                    return;
                }

                _entries.Add(new Entry(stored, prepared));
                _bytes += BytesOf(prepared.Change.Change);
                return;
            }

            stored = await open.LoadToReplaceAsync(stored.Secret.Name, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        for (int attempt = 1; _entries.Count > 0; attempt++)
        {
            Entry[] entries = [.. _entries];
            if (attempt > SharedAttempts && entries.Length > 1)
            {
                _entries.Clear();
                foreach (Entry entry in entries)
                {
                    _headerRevision = open.HeaderRevision;
                    await PrepareAsync(await open.LoadToReplaceAsync(entry.Stored.Secret.Name, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
                    await FlushAsync(cancellationToken).ConfigureAwait(false);
                }

                return;
            }

            if (await open.TryCommitAsync([.. entries.Select(static entry => entry.Step.Change!)], _headerRevision, cancellationToken).ConfigureAwait(false))
            {
                _entries.Clear();
                _bytes = 0;
                Array.ForEach(entries, entry => done(entry.Step));
                return;
            }

            await PrepareAgainAsync(entries, cancellationToken).ConfigureAwait(false);
        }

        _bytes = 0;
    }

    /// <summary>What was sealed under other keys is sealed again; otherwise only what somebody else has changed.</summary>
    private async ValueTask PrepareAgainAsync(Entry[] entries, CancellationToken cancellationToken)
    {
        // Read once: another thread may move on between, and then old keys would be committed as new ones.
        long headerRevision = open.HeaderRevision;
        bool keysMoved = headerRevision != _headerRevision;
        _headerRevision = headerRevision;
        _entries.Clear();
        _bytes = 0;
        foreach (Entry entry in entries)
        {
            if (!keysMoved && await open.IsCurrentAsync(entry.Stored, cancellationToken).ConfigureAwait(false))
            {
                _entries.Add(entry);
                _bytes += BytesOf(entry.Step.Change!.Change);
            }
            else
            {
                StoredSecret? stored = await open.LoadToReplaceAsync(entry.Stored.Secret.Name, cancellationToken).ConfigureAwait(false);
                await PrepareAsync(stored, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static long BytesOf(RepositoryChange change)
    {
        return (change.Record?.Sealed.Length ?? 0) + change.AddedPayloads.Sum(static payload => (long)payload.Sealed.Length);
    }

    private readonly record struct Entry(StoredSecret Stored, BulkStep Step);
}

/// <summary>What is done to one secret, null for nothing, and how many of its versions are changed, need no change, or cannot be changed.</summary>
internal readonly record struct BulkStep(SealedChange? Change, int Changed, int Unchanged = 0, int Unavailable = 0);
