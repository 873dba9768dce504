namespace EmbeddedSecrets.Benchmarks.Fixtures;

/// <summary>A directory of this run on a real file system, and stores in it. It is gone afterwards.</summary>
internal sealed class Workspace : IDisposable
{
    private readonly string _root;
    private int _places;

    public Workspace(string? directory)
    {
        string parent = Path.GetFullPath(directory ?? Path.Combine(".artifacts", "benchmarks"));
        _root = Path.Combine(parent, $"{Environment.ProcessId}");
        Directory.CreateDirectory(_root);
        Format = new DriveInfo(_root).DriveFormat;
        if (Format is "tmpfs" or "ramfs")
        {
            Dispose();
            throw new InvalidOperationException($"'{parent}' is in memory ({Format}), where a flush costs nothing. Give another one with --directory.");
        }
    }

    public string Format { get; }

    /// <summary>A path that nobody has used yet.</summary>
    public string NewPlace(string name) => Path.Combine(_root, $"{++_places:00}-{name}");

    public string NewDirectory(string name) => Directory.CreateDirectory(NewPlace(name)).FullName;

    public static SecretStore Open(string place, SecretStoreOptions? options = null) => SecretStore.Open(place, KeyOf(place), options);

    public static IRootKey KeyOf(string place) => RootKey.FromFile(place + ".key");

    public void Dispose()
    {
        try
        {
            Directory.Delete(_root, recursive: true);
        }
        catch (IOException)
        {
            // What a child still holds stays; the directory is ignored by version control.
        }
    }
}
