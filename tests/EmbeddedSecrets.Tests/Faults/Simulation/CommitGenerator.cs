using System.Globalization;
using EmbeddedSecrets.Tests.Repositories;

namespace EmbeddedSecrets.Tests.Faults.Simulation;

/// <summary>Draws commits that fit a state: puts and removals of one to three names, now and then with a new header.</summary>
internal sealed class CommitGenerator(Random random)
{
    private const int Names = 8;

    public RepositoryCommit Next(StoreModel state)
    {
        int[] names = [.. Enumerable.Range(0, Names)];
        random.Shuffle(names);
        bool newHeader = random.Next(8) == 0;
        return new RepositoryCommit
        {
            HeaderRevision = state.HeaderRevision,
            NewHeader = newHeader ? Samples.Header(state.HeaderRevision + 1) : null,
            Changes = [.. names[..random.Next(1, 4)].Select(i => Change(state, "name/" + i.ToString(CultureInfo.InvariantCulture)))],
        };
    }

    private RepositoryChange Change(StoreModel state, string name)
    {
        RecordModel? before = state.Records.GetValueOrDefault(name);
        UniqueId[] dropped = before is null ? [] : [before.PayloadId];
        if (before is not null && random.Next(3) == 0)
        {
            return Samples.Remove(name, before.Stamp, dropped);
        }

        return new RepositoryChange
        {
            Name = name,
            Expected = before?.Stamp ?? RecordStamp.Absent,
            Record = new RepositoryRecord(name, before is null ? new RecordStamp(Id(), 1) : before.Stamp with { Revision = before.Stamp.Revision + 1 }, Bytes(400)),
            AddedPayloads = [new RepositoryPayload(Id(), Bytes(900))],
            DroppedPayloads = dropped,
        };
    }

    private UniqueId Id() => new((ulong)random.NextInt64(1, long.MaxValue), (ulong)random.NextInt64(1, long.MaxValue));

    private byte[] Bytes(int most)
    {
        var bytes = new byte[random.Next(16, most)];
        random.NextBytes(bytes);
        return bytes;
    }
}
