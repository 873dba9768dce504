namespace EmbeddedSecrets.Anchors;

/// <summary>An anchor that lies wherever its callbacks put it.</summary>
internal sealed class CallbackRollbackAnchor(Func<RollbackHead?> read, Action<RollbackHead> advance) : IRollbackAnchor
{
    public RollbackHead? Read() => read();

    public void Advance(RollbackHead head) => advance(head);
}
