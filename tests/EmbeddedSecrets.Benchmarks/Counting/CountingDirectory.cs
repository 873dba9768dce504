using EmbeddedSecrets.Files;
using EmbeddedSecrets.Interop;

namespace EmbeddedSecrets.Benchmarks.Counting;

/// <summary>The directory of a store whose logs count their flushes.</summary>
internal sealed class CountingDirectory(IStoreDirectory inner, FlushCount count) : IStoreDirectory
{
    public string Path => inner.Path;

    public IReadOnlyList<string> ListNames() => inner.ListNames();

    public IStoreFile Open(string name, bool readOnly) => new CountingFile(inner.Open(name, readOnly), count);

    public IStoreFile Create(string name) => new CountingFile(inner.Create(name), count);

    public void Rename(IStoreFile file, string name) => inner.Rename(((CountingFile)file).Inner, name);

    public void Delete(string name) => inner.Delete(name);

    public void Flush() => inner.Flush();

    public bool Exists(string name) => inner.Exists(name);

    public ISharedLock? OpenLock(LockName name) => inner.OpenLock(name);

    public SharedPage? OpenPage() => inner.OpenPage();

    public void Dispose() => inner.Dispose();
}
