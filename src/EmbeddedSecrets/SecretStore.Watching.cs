using System.Runtime.CompilerServices;
using EmbeddedSecrets.Diagnostics;
using EmbeddedSecrets.Errors;
using EmbeddedSecrets.Pipeline;
using EmbeddedSecrets.Secrets;

namespace EmbeddedSecrets;

/// <content>The change stream.</content>
public sealed partial class SecretStore
{
    /// <summary>
    /// Tells every change of the store, in the order of the commits, those of other processes among them: without delay in
    /// this process, within a second across processes. It goes on until it is ended.
    /// </summary>
    /// <param name="after">
    /// The <see cref="SecretChange.Sequence"/> after which to begin, as one was told before; null to begin with what changes
    /// from now on: after this call where the store is open, else after the enumeration has opened it. Where changes in between cannot be told one by one any more, as after a compaction or when the store was
    /// replaced by an older one, the first answer is <see cref="SecretChangeKind.Reload"/>, and watching goes on after it.
    /// </param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The changes. No value and no metadata is in them: read what is of interest.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The sequence is negative.</exception>
    /// <exception cref="ObjectDisposedException">The store was closed.</exception>
    /// <exception cref="SecretStoreAccessException">This is a view that acts as a principal: the stream belongs to the owner.</exception>
    /// <exception cref="SecretStoreException">The store cannot be opened or read.</exception>
    public IAsyncEnumerable<SecretChange> WatchAsync(long? after = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(after ?? 0, nameof(after));
        RequireOwner(nameof(WatchAsync));
        return WatchFromAsync(after ?? PresentSequence(), cancellationToken);
    }

    private async IAsyncEnumerable<SecretChange> WatchFromAsync(long? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var requestId = RequestId.Next();
        OpenStore open = await _observer.RunAsync(
            new ObservedOperation("Watch", requestId, null, ObservedOperation.NoSecret),
            () => _session.RunAsync(requestId, static open => new ValueTask<OpenStore>(open), cancellationToken),
            static (_, _) => default,
            cancellationToken).ConfigureAwait(false);
        long passed = after ?? await WaitForChangeAsync(open, -1, cancellationToken).ConfigureAwait(false);
        while (true)
        {
            SecretChange[] changes;
            (changes, passed) = await ReadChangesAsync(passed, cancellationToken).ConfigureAwait(false);
            foreach (SecretChange change in changes)
            {
                yield return change;
            }

            if (changes.Length == 0)
            {
                // Not an operation under way: closing the store ends the wait instead of waiting for it.
                _ = await WaitForChangeAsync(open, passed, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Where the store stands now; null where it is not open, or would have to be asked asynchronously.</summary>
    private long? PresentSequence()
    {
        if (_session.TryEnter() is not { } open)
        {
            return null;
        }

        try
        {
            ValueTask<long> now = WaitForChangeAsync(open, -1, CancellationToken.None);
            return now.IsCompletedSuccessfully ? now.Result : null;
        }
        finally
        {
            _session.Leave();
        }
    }

    private static async ValueTask<long> WaitForChangeAsync(OpenStore open, long after, CancellationToken cancellationToken)
    {
        var requestId = RequestId.Next();
        try
        {
            return await open.WaitForChangeAsync(after, cancellationToken).ConfigureAwait(false);
        }
        catch (SecretStoreException exception) when (exception.Stamp(requestId))
        {
            throw;
        }
    }

    private ValueTask<(SecretChange[] Changes, long Passed)> ReadChangesAsync(long after, CancellationToken cancellationToken)
    {
        return _session.RunAsync(
            RequestId.Next(),
            async open =>
            {
                RepositoryChanges read = await open.ReadChangesAsync(after, cancellationToken).ConfigureAwait(false);
                SecretChange[] changes = read.HasGap
                    ? [new SecretChange(read.Through, SecretChangeKind.Reload, null, null)]
                    : [.. read.Changes.Select(change => Tell(open, change)).OfType<SecretChange>()];
                return (changes, read.Through);
            },
            cancellationToken);
    }

    /// <summary>Null for what no caller changed, such as a data key that was wrapped again.</summary>
    private static SecretChange? Tell(OpenStore open, CommittedChange change)
    {
        if (change.Record is not { } record)
        {
            return new SecretChange(change.Sequence, SecretChangeKind.Deleted, change.Name, null);
        }

        LastChange last = open.Open(record).LastChange;
        return last.Revision == record.Stamp.Revision ? new SecretChange(change.Sequence, last.Kind, change.Name, last.VersionId) : null;
    }
}
