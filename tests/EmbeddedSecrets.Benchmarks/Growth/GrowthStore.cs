using System.Globalization;
using EmbeddedSecrets.Benchmarks.Fixtures;
using EmbeddedSecrets.Benchmarks.Measuring;

namespace EmbeddedSecrets.Benchmarks.Growth;

/// <summary>A compacted store of many secrets. It is filled by many writers at once, whose commits share flushes; afterwards it is opened with default options.</summary>
internal sealed class GrowthStore : IDisposable
{
    public const int Size = 256;
    private const int FillingWriters = 1_024;

    private readonly int _versions;

    private GrowthStore(string place, string[] names, int versions)
    {
        Place = place;
        Names = names;
        _versions = versions;
    }

    public string Place { get; }

    public string[] Names { get; }

    public static GrowthStore Build(Workspace workspace, int secrets, int versions)
    {
        string place = workspace.NewPlace(string.Create(CultureInfo.InvariantCulture, $"growth-{secrets}-{versions}"));
        var built = new GrowthStore(place, Corpus.Names(secrets), versions);
        byte[] value = Corpus.Value(Size);
        var repository = new FileSecretRepository(place, null, openDirectory: null, compactsByItself: false);
        using SecretStore store = SecretStore.WithRing(repository, Workspace.KeyOf(place), null, new SecretStoreOptions());
        Corpus.Fill(store, built.Names, value, writers: FillingWriters);
        for (int version = 1; version < versions; version++)
        {
            built.PutAll(store, value);
        }

        store.Maintenance.CompactAsync().AsTask().GetAwaiter().GetResult();
        return built;
    }

    public SecretStore Open() =>
        SecretStore.WithRing(new FileSecretRepository(Place), Workspace.KeyOf(Place), new NewestVersions(_versions), new SecretStoreOptions());

    public void Dispose() => Directory.Delete(Place, recursive: true);

    private void PutAll(SecretStore store, byte[] value)
    {
        int next = -1;
        _ = Clock.Tasks(FillingWriters, 1, async (_, _) =>
        {
            for (int i = Interlocked.Increment(ref next); i < Names.Length; i = Interlocked.Increment(ref next))
            {
                await Corpus.PutAsync(store, Names[i], value);
            }
        });
    }
}
