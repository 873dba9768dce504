using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace EmbeddedSecrets.Tests.Faults.Simulation;

/// <summary>What a store holds, as a value: what its commits add up to, computed without the store.</summary>
internal sealed record StoreModel
{
    public static StoreModel Empty { get; } = new();

    public long Sequence { get; init; }

    public long HeaderRevision { get; init; } = 1;

    public ImmutableSortedDictionary<string, RecordModel> Records { get; init; } = ImmutableSortedDictionary.Create<string, RecordModel>(StringComparer.Ordinal);

    public StoreModel Apply(RepositoryCommit commit)
    {
        ImmutableSortedDictionary<string, RecordModel> records = Records;
        foreach (RepositoryChange change in commit.Changes)
        {
            records = records.Remove(change.Name);
            if (change.Record is { } record)
            {
                records = records.Add(change.Name, new RecordModel(record.Stamp, record.Sealed.ToArray(), change.AddedPayloads[0].Id, change.AddedPayloads[0].Sealed.ToArray()));
            }
        }

        return new StoreModel { Sequence = Sequence + 1, HeaderRevision = commit.NewHeader?.Revision ?? HeaderRevision, Records = records };
    }

    /// <summary>Everything, in a form to compare and to print.</summary>
    public string Describe()
    {
        var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"sequence {Sequence}, header {HeaderRevision}"));
        foreach ((string name, RecordModel record) in Records)
        {
            text.Append(DescribeRecord(name, record.Stamp, record.Sealed));
        }

        foreach (RecordModel record in Records.Values.OrderBy(static record => record.PayloadId.ToString(), StringComparer.Ordinal))
        {
            text.Append(DescribePayload(record.PayloadId, record.Payload));
        }

        return text.ToString();
    }

    public static string DescribeRecord(string name, RecordStamp stamp, ReadOnlyMemory<byte> content) =>
        string.Create(CultureInfo.InvariantCulture, $"\n{name} {stamp.Incarnation:x} {stamp.Revision} {Digest(content)}");

    public static string DescribePayload(UniqueId id, ReadOnlyMemory<byte> content) =>
        string.Create(CultureInfo.InvariantCulture, $"\npayload {id:x} {Digest(content)}");

    private static string Digest(ReadOnlyMemory<byte> content) => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(content.Span).AsSpan(0, 8));
}

internal sealed record RecordModel(RecordStamp Stamp, byte[] Sealed, UniqueId PayloadId, byte[] Payload);
