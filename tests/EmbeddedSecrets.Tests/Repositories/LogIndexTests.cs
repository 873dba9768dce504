using System.Runtime.CompilerServices;
using System.Text;
using EmbeddedSecrets.Fuzz;
using EmbeddedSecrets.Repositories;
using EmbeddedSecrets.Repositories.Log;

namespace EmbeddedSecrets.Tests.Repositories;

[TestFixture]
public sealed class LogIndexTests
{
    [Test]
    public void Put_ManyRecordsWithAPayloadEach_StaysCompact()
    {
        const int Count = 50_000;
        string[] names = Enumerable.Range(0, Count).Select(static i => "name-" + i).ToArray();
        var index = new LogIndex(static _ => { });
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < Count; i++)
        {
            index.AddPayload(new UniqueId(0, (ulong)i), new PayloadLocation(i, 100));
            index.Put(Encoding.ASCII.GetBytes(names[i]), new RecordLocation(Samples.Stamp(1), i, 100));
        }

        double bytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / Count;
        TestContext.Out.WriteLine($"{bytes:0} bytes for a record and its version");
        bytes.Should().BeLessThan(160);
        GC.KeepAlive(index);
        GC.KeepAlive(names);
    }

    [Test]
    public void TryAdd_ManyRecordsWithAPayloadEach_StaysCompact()
    {
        const int Count = 50_000;
        LogIndex index = Filled(Count);
        List<Chunk> chunks = ChunksOf(index);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        LogIndex again = Read(chunks);
        double bytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)Count;
        TestContext.Out.WriteLine($"{bytes:0} bytes for a record, its name and its version");
        bytes.Should().BeLessThan(130);
        GC.KeepAlive(again);
        GC.KeepAlive(index);
        GC.KeepAlive(chunks);
    }

    [Test]
    public void TryAdd_ChunksAsACompactionWritesThem_TakesEachAsItIs()
    {
        LogIndex compacted = Read([]);
        foreach (Chunk chunk in ChunksOf(Filled(3_000)))
        {
            compacted.TryAdd(chunk.Index, chunk.BodyLength, 0).Should().BeTrue();
        }

        compacted.RecordCount.Should().Be(3_000);
        compacted.PayloadCount.Should().Be(3_000);
    }

    [Test]
    public void TryAdd_IndexThatReadersSee_RefusesIt()
    {
        LogIndex published = Published();

        published.TryAdd(ChunksOf(Filled(1))[0].Index, 100, 0).Should().BeFalse("a run is never changed once it is searched");
    }

    [Test]
    public void ChangesAndSnapshots_RandomCalls_AgreeWithAModel()
    {
        int seed = Environment.TickCount;
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var records = new SortedDictionary<string, (long Revision, int Length)>(StringComparer.Ordinal);
        var payloads = new Dictionary<UniqueId, int>();
        LogIndex index = Read([]);
        for (int round = 0; round < 6; round++)
        {
            for (int i = 0; i < 8_000; i++)
            {
                string name = $"name-{random.Next(3_000)}";
                byte[] bytes = Encoding.ASCII.GetBytes(name);
                var id = new UniqueId((ulong)random.Next(3_000), 7);
                int length = random.Next(16, 200);
                switch (random.Next(5))
                {
                    case 0:
                        index.Remove(bytes);
                        records.Remove(name);
                        break;
                    case 1:
                        index.DropPayload(id);
                        payloads.Remove(id);
                        break;
                    case 2:
                        index.AddPayload(id, new PayloadLocation(i, length));
                        payloads[id] = length;
                        break;
                    default:
                        index.Put(bytes, new RecordLocation(Samples.Stamp(i + 1), i, length));
                        records[name] = (i + 1, length);
                        break;
                }
            }

            Check(index);
            List<Chunk> chunks = ChunksOf(index);
            chunks.Should().HaveCountGreaterThan(1);
            LogIndex compacted = Read(chunks);
            Check(compacted);
            compacted.LiveBytes.Should().Be(index.LiveBytes);
            index = compacted;
        }

        void Check(LogIndex found)
        {
            found.RecordCount.Should().Be(records.Count);
            found.PayloadCount.Should().Be(payloads.Count);
            found.Records.Select(static record => (record.Key, record.Value.Stamp.Revision, record.Value.Length))
                .Should().Equal(records.Select(static record => (record.Key, record.Value.Revision, record.Value.Length)));
            found.Payloads.ToDictionary(static payload => payload.Key, static payload => payload.Value.Length).Should().Equal(payloads);
            for (int i = 0; i < 3_000; i++)
            {
                bool isThere = records.TryGetValue($"name-{i}", out (long Revision, int Length) record);
                found.TryFind($"name-{i}", out RecordLocation location).Should().Be(isThere);
                (location.Stamp.Revision, location.Length).Should().Be(record);
                var id = new UniqueId((ulong)i, 7);
                found.TryFindPayload(id, out PayloadLocation payload).Should().Be(payloads.ContainsKey(id));
                payload.Length.Should().Be(payloads.GetValueOrDefault(id));
            }
        }
    }

    [TestCase("a b c", "d", "a b c d", TestName = "TryApply_ChunksInOrder_HoldAll")]
    [TestCase("b c a", "d", "a b c d", TestName = "TryApply_ChunkWithoutOrder_HoldsAll")]
    [TestCase("b d", "a c", "a b c d", TestName = "TryApply_ChunkThatBeginsBeforeTheLast_HoldsAll")]
    [TestCase("a b", "b c", "a b c", TestName = "TryApply_NameOfTheLastChunkAgain_HasWhatTheLaterOneSays")]
    [TestCase("a b", "-b c", "a c", TestName = "TryApply_NameThatALaterChunkRemoves_IsGone")]
    [TestCase("a b -b", "b", "a b", TestName = "TryApply_NameThatComesBack_IsThere")]
    [TestCase("a -a c", "b", "b c", TestName = "TryApply_ChunkInOrderBehindOneThatWasNot_HoldsAll")]
    public void TryApply_Chunks(string first, string second, string expected)
    {
        LogIndex index = Read([Chunk(first, length: 20), Chunk(second, length: 30)]);

        index.Records.Select(static record => record.Key).Should().Equal(expected.Split(' '));
        index.RecordCount.Should().Be(expected.Split(' ').Length);
        foreach ((string name, RecordLocation location) in index.Records)
        {
            location.Length.Should().Be(second.Split(' ').Contains(name) ? 30 : 20);
            index.TryFind(name, out RecordLocation found).Should().BeTrue();
            found.Length.Should().Be(location.Length);
        }

        static Chunk Chunk(string names, int length)
        {
            var writer = new SnapshotWriter();
            foreach (string name in names.Split(' '))
            {
                if (name[0] == '-')
                {
                    writer.AddNoRecord(name[1..]);
                }
                else
                {
                    writer.AddRecord(name, new RecordLocation(Samples.Stamp(1), 0, length), Zeros);
                }
            }

            return new Chunk(writer.Index.ToArray(), writer.Body.Length);
        }
    }

    [Test]
    public void TryFind_NameThatIsNone_FindsNothing()
    {
        LogIndex index = Read([]);
        index.Put("a"u8, new RecordLocation(Samples.Stamp(1), 0, 100));

        foreach (string name in (string[])["", "\u0161", "b", new string('a', 193), new string('a', 5000)])
        {
            index.TryFind(name, out _).Should().BeFalse();
        }
    }

    [Test]
    public void TryFind_WhileAnotherThreadChangesWhatASnapshotBrought_NeverMissesWhatStays()
    {
        const int Count = 3_000;
        LogIndex index = Read(ChunksOf(Filled(Count)));
        index.Publish(new NameOrder(static () => []));
        using var stopping = new CancellationTokenSource();
        Task reading = Task.Run(() =>
        {
            do
            {
                for (int i = 0; i < Count; i += 3)
                {
                    index.TryFind($"name-{i}", out RecordLocation location).Should().BeTrue();
                    location.Length.Should().BeOneOf(100, 101);
                }

                index.Records.Count(static record => record.Value.Length >= 100).Should().BeInRange(Count / 3, Count);
            }
            while (!stopping.IsCancellationRequested);
        });
        for (int round = 0; round < 30; round++)
        {
            for (int i = 0; i < Count; i++)
            {
                byte[] name = Encoding.ASCII.GetBytes($"name-{i}");
                if (i % 3 == 1)
                {
                    index.Remove(name);
                }
                else if (i % 3 == 2 || round == 0)
                {
                    index.Put(name, new RecordLocation(Samples.Stamp(2), i, 101));
                }
            }
        }

        stopping.Cancel();
        reading.GetAwaiter().GetResult();
        index.RecordCount.Should().Be(2 * Count / 3);
    }

    [Test]
    public async Task Put_AfterAnInterruptedOne_IsInTheOrder()
    {
        LogIndex index = Read([]);
        using var reading = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        var order = new NameOrder(() =>
        {
            List<string> names = [.. index.Records.Select(static record => record.Key)];
            reading.Set();
            goOn.Wait();
            return names;
        });
        index.Publish(order);
        index.Put("a"u8, new RecordLocation(Samples.Stamp(1), 0, 100));
        Task<List<string>> building = Task.Run(() => NamesOf(order));
        reading.Wait();

        // It is visible already, and waits for who builds the order.
        Exception? failure = null;
        var interrupted = new Thread(() => failure = Catch(() => index.Put("b"u8, new RecordLocation(Samples.Stamp(1), 0, 100))));
        interrupted.Start();
        SpinWait.SpinUntil(() => index.TryFind("b", out _) && interrupted.ThreadState.HasFlag(ThreadState.WaitSleepJoin));
        interrupted.Interrupt();
        interrupted.Join();
        goOn.Set();
        await building;
        failure.Should().NotBeNull();

        index.Put("b"u8, new RecordLocation(Samples.Stamp(1), 0, 100));

        (await NamesOf(order)).Should().Equal("a", "b");
    }

    [Test]
    public void Remove_AndDrop_OfWhatIsGoneAlready_AreToldToACompaction()
    {
        LogIndex index = Published();
        index.Tracker = new ChangeTracker();

        index.Remove("a"u8);
        index.DropPayload(new UniqueId(1, 2));

        (HashSet<string> names, HashSet<UniqueId> payloads) = index.Tracker.Take();
        names.Should().Equal(["a"], "an attempt before may have ended when it was removed and not told yet");
        payloads.Should().Equal(new UniqueId(1, 2));
    }

    [TestCase(200, TestName = "TryApply_OneChunkOfManyEntries_HoldsAll")]
    [TestCase(3_000, TestName = "TryApply_ChunkLongerThanPlacesCanName_HoldsAll")]
    public void TryApply_OneChunk(int count)
    {
        var writer = new SnapshotWriter();
        foreach (string name in Enumerable.Range(0, count).Select(static i => $"name-{i:00000}"))
        {
            writer.AddRecord(name, new RecordLocation(Samples.Stamp(1), 0, 20), Zeros);
        }

        LogIndex index = Read([new Chunk(writer.Index.ToArray(), writer.Body.Length)]);

        index.RecordCount.Should().Be(count);
        index.Records.Select(static record => record.Key).Should().Equal(Enumerable.Range(0, count).Select(static i => $"name-{i:00000}"));
        index.TryFind($"name-{count - 1:00000}", out RecordLocation last).Should().BeTrue();
        last.Offset.Should().Be(20L * (count - 1));
    }

    [Test]
    public void IsCurrent_OnlyUntilTheNextChangeOfTheName()
    {
        LogIndex index = Published();
        index.Put("a"u8, new RecordLocation(Samples.Stamp(1), 0, 100));
        RecordToken first = index.TokenOf("a");
        index.IsCurrent(first).Should().BeTrue();
        Published().IsCurrent(first).Should().BeFalse("it is another index");

        index.Put("a"u8, new RecordLocation(Samples.Stamp(2), 0, 100));
        RecordToken second = index.TokenOf("a");
        index.Remove("a"u8);

        index.IsCurrent(first).Should().BeFalse();
        index.IsCurrent(second).Should().BeFalse();
        index.IsCurrent(index.TokenOf("a")).Should().BeTrue();
    }

    [Test]
    public void TokenOf_Kept_DoesNotKeepTheIndexThatItIsOf()
    {
        (RecordToken token, WeakReference index) = TokenAndItsIndex();

        GC.Collect();

        index.IsAlive.Should().BeFalse("each compaction replaces the index, and a secret that is not read again keeps its token");
        GC.KeepAlive(token.IndexIdentity);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static (RecordToken Token, WeakReference Index) TokenAndItsIndex()
        {
            LogIndex index = Published();
            return (index.TokenOf("a"), new WeakReference(index));
        }
    }

    /// <summary>A file in which every sealed message can be found, wherever an index says.</summary>
    private static MemoryLogFile Zeros => new(new byte[1 << 20], "log");

    private static LogIndex Filled(int count)
    {
        var index = new LogIndex(static _ => { });
        for (int i = 0; i < count; i++)
        {
            index.Put(Encoding.ASCII.GetBytes($"name-{i}"), new RecordLocation(Samples.Stamp(1), i, 100));
            index.AddPayload(new UniqueId((ulong)i, 3), new PayloadLocation(i, 100));
        }

        return index;
    }

    /// <summary>As a compaction writes them.</summary>
    private static List<Chunk> ChunksOf(LogIndex index)
    {
        var writer = new SnapshotWriter();
        var chunks = new List<Chunk>();
        MemoryLogFile zeros = Zeros;
        foreach ((string name, RecordLocation record) in index.Records)
        {
            writer.AddRecord(name, record, zeros);
            EndChunk(writer.IsFull);
        }

        EndChunk(true);
        foreach ((UniqueId id, PayloadLocation payload) in index.Payloads)
        {
            writer.AddPayload(id, payload, zeros);
            EndChunk(writer.IsFull);
        }

        EndChunk(true);
        return chunks;

        void EndChunk(bool isWanted)
        {
            if (isWanted)
            {
                chunks.Add(new Chunk(writer.Index.ToArray(), writer.Body.Length));
                writer.Clear();
            }
        }
    }

    private static LogIndex Read(List<Chunk> chunks)
    {
        var index = new LogIndex(static _ => { });
        foreach (Chunk chunk in chunks)
        {
            SnapshotReader.TryApply(chunk.Index, chunk.BodyLength, 0, index).Should().BeTrue();
        }

        return index;
    }

    private static ThreadInterruptedException? Catch(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (ThreadInterruptedException exception)
        {
            return exception;
        }
    }

    private static async Task<List<string>> NamesOf(NameOrder order)
    {
        List<string> names = [];
        await foreach (RepositoryRecord record in order.EnumerateAsync(
            null, static (name, _) => ValueTask.FromResult<RepositoryRecord?>(new RepositoryRecord(name, Samples.Stamp(1), new byte[16])), CancellationToken.None))
        {
            names.Add(record.Name);
        }

        return names;
    }

    private static LogIndex Published()
    {
        var index = new LogIndex(static _ => { });
        index.Publish(new NameOrder(static () => []));
        return index;
    }

    private sealed record Chunk(byte[] Index, int BodyLength);
}
