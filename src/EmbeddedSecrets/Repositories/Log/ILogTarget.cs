namespace EmbeddedSecrets.Repositories.Log;

/// <summary>Takes what a batch says, change by change. A name is its ASCII bytes, and keeps the rules of names.</summary>
internal interface ILogTarget
{
    void Put(ReadOnlySpan<byte> name, in RecordLocation location);

    void Remove(ReadOnlySpan<byte> name);

    void AddPayload(UniqueId id, in PayloadLocation location);

    void DropPayload(UniqueId id);

    /// <summary>The changes since the last call are one commit.</summary>
    void EndCommit(long sequence);
}
