namespace EmbeddedSecrets;

/// <summary>What an opening does with bytes behind the last whole commit of which nothing proves that they were acknowledged.</summary>
public enum RecoveryMode
{
    /// <summary>It drops and reports them: after a crash they are an unfinished commit (<see cref="RecoveryReport.DroppedOffset"/>).</summary>
    DropUnfinished,

    /// <summary>It refuses to open with <c>Store.Corrupt</c>: somebody may have damaged a commit that was acknowledged.</summary>
    Strict,
}
