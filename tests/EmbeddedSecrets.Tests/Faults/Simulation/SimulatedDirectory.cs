using EmbeddedSecrets.Files;
using EmbeddedSecrets.Fuzz;
using EmbeddedSecrets.Interop;

namespace EmbeddedSecrets.Tests.Faults.Simulation;

/// <summary>The directory of a <see cref="SimulatedDisk"/>, held by one user at a time.</summary>
internal sealed class SimulatedDirectory(SimulatedDisk disk) : IStoreDirectory
{
    private bool _disposed;

    public string Path => SimulatedDisk.Location;

    public IReadOnlyList<string> ListNames()
    {
        disk.Run(DiskCallKind.List, string.Empty, 0, static () => { });
        return [.. disk.Names.Keys];
    }

    public IStoreFile Open(string name, bool readOnly)
    {
        SimulatedFile? file = null;
        disk.Run(DiskCallKind.Open, name, 0, () => file = Use(disk.Names.TryGetValue(name, out SimulatedContent? content) ? content : throw new FileNotFoundException(null, name), name));
        return file!;
    }

    public IStoreFile Create(string name)
    {
        SimulatedFile? file = null;
        disk.Run(DiskCallKind.Create, name, 0, () =>
        {
            if (disk.Names.ContainsKey(name))
            {
                throw new IOException("The file exists.");
            }

            var content = new SimulatedContent();
            disk.Change(new NameChange(null, name, content));
            file = Use(content, name);
        });
        return file!;
    }

    public void Rename(IStoreFile file, string name)
    {
        var renamed = (SimulatedFile)file;
        disk.Run(DiskCallKind.Rename, name, 0, () =>
        {
            disk.Change(new NameChange(renamed.Name, name, renamed.Content));
            renamed.Name = name;
        });
    }

    public void Delete(string name) => disk.Run(DiskCallKind.Delete, name, 0, () => disk.Change(new NameChange(name, null, null)));

    public void Flush() => disk.Run(DiskCallKind.FlushNames, string.Empty, 0, disk.FlushNames);

    public bool Exists(string name)
    {
        disk.Run(DiskCallKind.List, name, 0, static () => { });
        return disk.Names.ContainsKey(name);
    }

    public ISharedLock? OpenLock(LockName name) => new PrivateLock();

    public SharedPage? OpenPage() => PrivatePage.Create();

    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            disk.Held = false;
        }
    }

    private SimulatedFile Use(SimulatedContent content, string name)
    {
        disk.OpenFiles++;
        return new SimulatedFile(disk, content, name);
    }
}
