using EmbeddedSecrets.Files;
using EmbeddedSecrets.Interop;

namespace EmbeddedSecrets.Tests.Faults;

/// <summary>A file around another one.</summary>
internal interface IWrappedLogFile : IStoreFile
{
    IStoreFile Inner { get; }
}

/// <summary>A directory whose files are wrapped, so that their calls fail when a test says so.</summary>
internal sealed class FaultyLogDirectory(IStoreDirectory inner, Func<IStoreFile, IWrappedLogFile> wrap) : IStoreDirectory
{
    public string Path => inner.Path;

    /// <summary>Gets or sets a value indicating whether the names do not get to the disk.</summary>
    public bool FailFlush { get; set; }

    /// <summary>What is opened in the place of a lock.</summary>
    public Func<LockName, ISharedLock?, ISharedLock?> WrapLock { get; init; } = static (_, held) => held;

    public IReadOnlyList<string> ListNames() => inner.ListNames();

    public IStoreFile Open(string name, bool readOnly) => wrap(inner.Open(name, readOnly));

    public IStoreFile Create(string name) => wrap(inner.Create(name));

    public void Rename(IStoreFile file, string name) => inner.Rename(((IWrappedLogFile)file).Inner, name);

    public void Delete(string name) => inner.Delete(name);

    public void Flush()
    {
        if (FailFlush)
        {
            throw new IOException("No such luck (flush of the directory).");
        }

        inner.Flush();
    }

    public bool Exists(string name) => inner.Exists(name);

    public ISharedLock? OpenLock(LockName name) => WrapLock(name, inner.OpenLock(name));

    public SharedPage? OpenPage() => inner.OpenPage();

    public void Dispose() => inner.Dispose();
}
