using LiteDB;

namespace EmbeddedSecrets.Benchmarks.Peers;

/// <summary>LiteDB with a password: it encrypts its pages itself, without authentication. Reads only, since it does not flush.</summary>
internal sealed class LiteDbPeer : IDisposable
{
    private readonly LiteDatabase _database;
    private readonly ILiteCollection<Entry> _entries;

    public LiteDbPeer(string directory)
    {
        _database = new LiteDatabase(new ConnectionString { Filename = Path.Combine(directory, "secrets.db"), Password = "a password of the benchmark" });
        _entries = _database.GetCollection<Entry>("secrets");
    }

    public void Fill(IEnumerable<string> names, byte[] value)
    {
        _entries.InsertBulk(names.Select(name => new Entry { Id = name, Value = value }));
        _database.Checkpoint();
    }

    public byte[] Read(string name) => _entries.FindById(name).Value;

    public void Dispose() => _database.Dispose();

    /// <summary>A document; LiteDB makes it by its properties.</summary>
    public sealed class Entry
    {
        public string Id { get; set; } = "";

        public byte[] Value { get; set; } = [];
    }
}
