using System.Security.Cryptography;

namespace EmbeddedSecrets.Tests.Repositories;

/// <summary>Small commits for the tests of repositories.</summary>
public static class Samples
{
    public static UniqueId StoreId { get; } = new(1, 2);

    public static RepositoryHeader Header(long revision = 1) => new(StoreId, revision, new byte[] { 1, 2, 3, (byte)revision });

    public static RecordStamp Stamp(long revision, ulong incarnation = 9) => new(new UniqueId(5, incarnation), revision);

    public static byte[] Bytes(int length = 64) => RandomNumberGenerator.GetBytes(length);

    public static RepositoryChange Put(string name, RecordStamp expected, RecordStamp stamp, byte[]? content = null, params (UniqueId Id, byte[] Bytes)[] payloads) => new()
    {
        Name = name,
        Expected = expected,
        Record = new RepositoryRecord(name, stamp, content ?? Bytes()),
        AddedPayloads = payloads.Select(static payload => new RepositoryPayload(payload.Id, payload.Bytes)).ToArray(),
    };

    public static RepositoryChange Create(string name, byte[]? content = null, params (UniqueId Id, byte[] Bytes)[] payloads) =>
        Put(name, RecordStamp.Absent, Stamp(1), content, payloads);

    public static RepositoryChange Remove(string name, RecordStamp expected, params UniqueId[] dropped) =>
        new() { Name = name, Expected = expected, Record = null, DroppedPayloads = dropped };

    public static RepositoryCommit Commit(params RepositoryChange[] changes) => new() { HeaderRevision = 1, Changes = changes };

    public static async Task<List<string>> NamesAsync(ISecretRepository repository, string? after = null)
    {
        List<string> names = [];
        await foreach (RepositoryRecord record in repository.EnumerateAsync(after))
        {
            names.Add(record.Name);
        }

        return names;
    }
}
