using EmbeddedSecrets.Files;
using EmbeddedSecrets.Interop;

namespace EmbeddedSecrets.Fuzz;

/// <summary>A directory of logs in memory.</summary>
internal sealed class MemoryLogDirectory : IStoreDirectory
{
    private readonly Dictionary<string, MemoryLogFile> _files = new(StringComparer.Ordinal);

    public MemoryLogDirectory()
    {
    }

    /// <summary>With a log of the first generation.</summary>
    public MemoryLogDirectory(byte[] log)
    {
        _files.Add(LogName.Of(1), new MemoryLogFile(log, LogName.Of(1)));
    }

    public string Path => "memory";

    /// <summary>Gets the bytes of the newest log.</summary>
    public byte[] Newest => _files[_files.Keys.Max(StringComparer.Ordinal)!].Content;

    public IReadOnlyList<string> ListNames() => [.. _files.Keys];

    public IStoreFile Open(string name, bool readOnly) => _files[name];

    public IStoreFile Create(string name)
    {
        var file = new MemoryLogFile([], name);
        _files.Add(name, file);
        return file;
    }

    public void Rename(IStoreFile file, string name)
    {
        _files.Remove(file.Path);
        _files[name] = (MemoryLogFile)file;
    }

    public void Delete(string name) => _files.Remove(name);

    public void Flush()
    {
    }

    public bool Exists(string name) => _files.ContainsKey(name);

    public ISharedLock? OpenLock(LockName name) => new PrivateLock();

    public SharedPage? OpenPage() => PrivatePage.Create();

    public void Dispose()
    {
    }
}
