using EmbeddedSecrets.Errors;

namespace EmbeddedSecrets.Repositories.Log;

/// <summary>Writes a batch: checks the conditions of each commit in order, appends one frame, publishes after its flush.</summary>
internal sealed class LogCommitter(LogWriter writer, LogState state, LogIndex index, Action publish, RollbackGuard guard)
{
    private readonly BatchWriter _batch = new();
    /// <summary>What the batch changes; made by the first one, since an opening waits for making it.</summary>
    private Dictionary<string, RecordStamp>? _changed;
    private Func<string, RecordStamp>? _stampOf;

    /// <summary>Leaves in each commit its sequence or its failure; throws nothing.</summary>
    public void Write(List<PendingCommit> commits)
    {
        try
        {
            writer.ThrowIfStopped();
            guard.CatchUp();
            int accepted = Collect(commits);
            if (accepted > 0)
            {
                long bodyOffset = writer.Append(FrameKind.Batch, _batch.NewHeader, _batch.Index, _batch.Body);
                Publish(bodyOffset);
            }
        }
        catch (Exception exception)
        {
            // Everything: a leader that dies would leave the others waiting for ever. Each gets an exception of its own.
            foreach (PendingCommit commit in commits)
            {
                commit.Failure ??= exception is SecretStoreUnavailableException unavailable ? StoreFailures.Again(unavailable) : exception;
            }
        }
    }

    private int Collect(List<PendingCommit> commits)
    {
        Dictionary<string, RecordStamp> changed = _changed ??= new(StringComparer.Ordinal);
        changed.Clear();
        _batch.Begin(state.Sequence + 1);
        int accepted = 0;
        foreach (PendingCommit pending in commits)
        {
            RepositoryCommit commit = pending.Commit;
            if (CommitConditions.Check(commit, state.Header!.Revision, state.Sequence + accepted, _stampOf ??= StampOf) is { } conflict)
            {
                pending.Failure = new RepositoryConflictException(conflict);
                continue;
            }

            _batch.Add(commit);
            IReadOnlyList<RepositoryChange> changes = commit.Changes;
            for (int i = 0; i < changes.Count; i++)
            {
                changed[changes[i].Name] = changes[i].Record?.Stamp ?? RecordStamp.Absent;
            }

            accepted++;
            pending.Sequence = state.Sequence + accepted;
        }

        return accepted;
    }

    private void Publish(long bodyOffset)
    {
        long sequence = state.Sequence;
        try
        {
            if (!BatchReader.TryApply(_batch.Index, _batch.Body, bodyOffset, index, ref sequence))
            {
                throw new InvalidOperationException("A batch that was written cannot be read.");
            }
        }
        catch (Exception exception)
        {
            index.HalfApplied = exception;
            writer.Stop(exception);
            throw;
        }

        if (_batch.NewHeader is not null && state.Header is not null)
        {
            index.DropHeader();
        }

        state.Header = _batch.NewHeader?.Copy() ?? state.Header;
        state.Sequence = sequence;
        publish();
        guard.Advance(state.Header!.StoreId, state);
    }

    private RecordStamp StampOf(string name) =>
        _changed!.TryGetValue(name, out RecordStamp stamp) ? stamp
        : index.TryFind(name, out RecordLocation location) ? location.Stamp
        : RecordStamp.Absent;
}
