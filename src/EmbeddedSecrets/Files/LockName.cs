namespace EmbeddedSecrets.Files;

/// <summary>The locks of a store (DESIGN F6).</summary>
internal enum LockName
{
    /// <summary>Whoever holds it writes. It lies on the directory itself, which nobody can delete while it is used.</summary>
    Commit,

    /// <summary>Whoever holds it takes the commit lock next, so that no process starves the others.</summary>
    Queue,

    /// <summary>Whoever holds it compacts.</summary>
    Compaction,
}
