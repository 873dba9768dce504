namespace EmbeddedSecrets.Repositories.Log;

/// <summary>
/// The directory of a store as the log uses it, and with <see cref="ILogFile"/> the seam through which every byte goes: a test
/// holds and fails each call. Names are file names without a path. Failures are <see cref="IOException"/> or
/// <see cref="UnauthorizedAccessException"/>; a file that breaks the rules of DESIGN F10 is a <see cref="SecretStoreException"/>.
/// Disposing it gives back the lock.
/// </summary>
internal interface ILogDirectory : IDisposable
{
    string Path { get; }

    IReadOnlyList<string> ListNames();

    /// <summary>Opens an existing file, once it was asked what it is.</summary>
    ILogFile Open(string name, bool readOnly);

    /// <summary>Makes a file that must not exist yet, for its owner only.</summary>
    ILogFile Create(string name);

    /// <summary>Gives an open file its name for good, in one step, in place of a file of that name.</summary>
    void Rename(ILogFile file, string name);

    void Delete(string name);

    /// <summary>Waits until the names are on the disk.</summary>
    void Flush();

    /// <summary>Notes who holds the lock: only for the message that others get, nothing depends on it.</summary>
    void NoteHolder();
}
