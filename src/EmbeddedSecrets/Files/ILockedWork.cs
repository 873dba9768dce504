namespace EmbeddedSecrets.Files;

/// <summary>What is done with a <see cref="CommitLock"/>. None of it throws anything: there may be no caller on its thread who could be told.</summary>
internal interface ILockedWork
{
    /// <summary>Next in line, while another instance may still hold the lock and write. Left out where the lock is free.</summary>
    void Approach();

    /// <summary>With the lock.</summary>
    void Run();

    /// <summary>Right after the lock was given back.</summary>
    void Finish();
}
