using EmbeddedSecrets.Interop;

namespace EmbeddedSecrets.Files;

/// <summary>
/// The directory of a store as the log uses it, and with <see cref="IStoreFile"/> the seam through which every byte goes: a test
/// holds and fails each call. Names are file names without a path. Failures are <see cref="IOException"/> or
/// <see cref="UnauthorizedAccessException"/>; a file that breaks the rules of DESIGN F10 is a <see cref="SecretStoreException"/>.
/// What it opened outlives it.
/// </summary>
internal interface IStoreDirectory : IDisposable
{
    string Path { get; }

    IReadOnlyList<string> ListNames();

    /// <summary>Opens an existing file, once it was asked what it is.</summary>
    IStoreFile Open(string name, bool readOnly);

    /// <summary>Makes a file that must not exist yet, for its owner only.</summary>
    IStoreFile Create(string name);

    /// <summary>Gives an open file its name for good, in one step, in place of a file of that name.</summary>
    void Rename(IStoreFile file, string name);

    void Delete(string name);

    /// <summary>Waits until the names are on the disk.</summary>
    void Flush();

    /// <summary>Whether a name is there; a question that costs little.</summary>
    bool Exists(string name);

    /// <summary>Opens a lock, making its file where need be; null where there is none and none may be made.</summary>
    ISharedLock? OpenLock(LockName name);

    /// <summary>Maps the page that all instances share, making its file where need be; null where there is none and none may be made.</summary>
    SharedPage? OpenPage();
}
