using RocksDbSharp;

namespace EmbeddedSecrets.Benchmarks.Peers;

/// <summary>RocksDB with a flush at every put; several threads share flushes by its own group commit. It stores sealed bytes.</summary>
internal sealed class RocksDbPeer : IDisposable
{
    private readonly RocksDb _database;
    private readonly WriteOptions _durable = new WriteOptions().SetSync(true);

    public RocksDbPeer(string directory) => _database = RocksDb.Open(new DbOptions().SetCreateIfMissing(true), directory);

    public byte[] Read(byte[] name) => _database.Get(name);

    public void Write(byte[] name, byte[] message) => _database.Put(name, message, writeOptions: _durable);

    public void Fill(IEnumerable<byte[]> names, byte[] message)
    {
        foreach (byte[] name in names)
        {
            _database.Put(name, message);
        }
    }

    public void Dispose() => _database.Dispose();
}
