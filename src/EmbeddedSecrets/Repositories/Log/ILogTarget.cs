namespace EmbeddedSecrets.Repositories.Log;

/// <summary>Takes what a batch says, change by change.</summary>
internal interface ILogTarget
{
    void Put(string name, in RecordLocation location);

    void Remove(string name);

    void AddPayload(UniqueId id, in PayloadLocation location);

    void DropPayload(UniqueId id);

    /// <summary>The changes since the last call are one commit.</summary>
    void EndCommit(long sequence);
}
