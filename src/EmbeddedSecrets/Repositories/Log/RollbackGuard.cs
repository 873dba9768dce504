using EmbeddedSecrets.Errors;

namespace EmbeddedSecrets.Repositories.Log;

/// <summary>
/// Compares a log with the state that an anchor keeps (DESIGN F5), and keeps the anchor at most one batch behind. Used by one
/// thread at a time.
/// </summary>
internal sealed class RollbackGuard(IRollbackAnchor? anchor, bool accepts, string location)
{
    private RollbackHead? _expected;
    private RollbackHead? _behind;
    private bool _met;
    private long _firstSequence = -1;

    /// <summary>Reads the anchor: before a log is replayed.</summary>
    public void Begin()
    {
        _expected = anchor is null ? null : Ask(anchor.Read);
        if (_expected is { Epoch: < 0 or long.MaxValue } or { Sequence: < 0 })
        {
            // The epoch after it could not be begun.
            throw StoreFailures.AnchorFailed(new InvalidDataException("It holds a state that no store can have."));
        }

        _behind = null;
        _met = false;
        _firstSequence = -1;
    }

    /// <summary>Called with every state that the replay passes.</summary>
    public void Pass(LogState state)
    {
        if (_firstSequence < 0)
        {
            _firstSequence = state.Sequence;
        }

        _met |= _expected is { } head && head.Epoch == state.Epoch && head.Sequence == state.Sequence && head.Tag == state.HeadTag;
    }

    /// <summary>Decides, once the log is replayed.</summary>
    /// <returns>The epoch that must be begun because a rollback was accepted, or null.</returns>
    /// <exception cref="SecretStoreIntegrityException">The log is older than the anchor, or of another history.</exception>
    public long? Decide(UniqueId storeId, LogState state)
    {
        if (_expected is not { } head || IsContinuation(head, storeId, state))
        {
            return null;
        }

        return accepts
            ? Math.Max(head.Epoch, state.Epoch) + 1
            : throw StoreFailures.RolledBack(location, head.Sequence, state.Sequence);
    }

    /// <summary>Refuses to write while the anchor is behind.</summary>
    public void CatchUp()
    {
        if (_behind is { } head)
        {
            MoveTo(head);
        }
    }

    /// <summary>Keeps a state that is on the disk. A failure is told by the next <see cref="CatchUp"/>.</summary>
    public void Advance(UniqueId storeId, LogState state)
    {
        if (anchor is null)
        {
            return;
        }

        _behind = new RollbackHead(storeId, state.Epoch, state.Sequence, state.HeadTag);
        try
        {
            CatchUp();
        }
        catch (SecretStoreException)
        {
            // What was committed is committed.
        }
    }

    /// <summary>Others have moved on, and keep what they committed: an anchor that is behind is not moved to an older state.</summary>
    public void Follow(UniqueId storeId, LogState state)
    {
        if (_behind is not null)
        {
            _behind = new RollbackHead(storeId, state.Epoch, state.Sequence, state.HeadTag);
        }
    }

    /// <summary>By itself, so that a commit without an anchor makes no object for the call.</summary>
    private void MoveTo(RollbackHead head)
    {
        Ask(() =>
        {
            anchor!.Advance(head);
            return 0;
        });
        _behind = null;
    }

    private bool IsContinuation(RollbackHead head, UniqueId storeId, LogState state)
    {
        if (head.StoreId != storeId || (state.Epoch, state.Sequence).CompareTo((head.Epoch, head.Sequence)) < 0)
        {
            return false;
        }

        // A state before the snapshot, or of an earlier epoch, is not in the log any more; what is later is authentic all the same.
        return _met || state.Epoch > head.Epoch || head.Sequence < _firstSequence;
    }

    private static T Ask<T>(Func<T> call)
    {
        try
        {
            return call();
        }
        catch (Exception exception) when (exception is not SecretStoreException)
        {
            throw StoreFailures.AnchorFailed(exception);
        }
    }
}
