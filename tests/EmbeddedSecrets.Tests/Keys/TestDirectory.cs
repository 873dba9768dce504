namespace EmbeddedSecrets.Tests.Keys;

/// <summary>A directory for one test.</summary>
internal sealed class TestDirectory : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("embedded-secrets-").FullName;

    public string this[string name] => Path.Combine(_path, name);

    public void Dispose() => Directory.Delete(_path, recursive: true);
}
