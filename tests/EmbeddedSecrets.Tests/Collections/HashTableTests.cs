using EmbeddedSecrets.Collections;

namespace EmbeddedSecrets.Tests.Collections;

public sealed class HashTableTests
{
    [TestCase(false, false)]
    [TestCase(true, false)]
    [TestCase(true, true)]
    public void SetAndRemove_RandomCalls_AgreeWithADictionary(bool isPrivate, bool isPublishedHalfway)
    {
        int seed = Environment.TickCount;
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var table = new HashTable<UniqueId, int>(isPrivate);
        var model = new Dictionary<UniqueId, int>();
        for (int i = 0; i < 20_000; i++)
        {
            if (isPublishedHalfway && i == 10_000)
            {
                table.Publish();
            }

            // Few different keys, half of them with one hash.
            var key = new UniqueId(0, (ulong)random.Next(500));
            key = random.Next(2) == 0 ? key : new UniqueId(key.Lower, 0);
            bool was = model.TryGetValue(key, out int expected);
            int before;
            if (random.Next(3) == 0)
            {
                table.Remove(key, out before).Should().Be(was);
                model.Remove(key);
            }
            else
            {
                table.Set(key, i, out before).Should().Be(was);
                model[key] = i;
            }

            before.Should().Be(expected);
            table.Count.Should().Be(model.Count);
        }

        table.Should().BeEquivalentTo(model);
    }

    [TestCase(false)]
    [TestCase(true)]
    public void Set_ManyKeys_FindsEachAndNoOther(bool isPrivate)
    {
        var table = new HashTable<string, int>(isPrivate);
        for (int i = 0; i < 5_000; i++)
        {
            table.Set($"key{i}", i, out _).Should().BeFalse();
        }

        for (int i = 0; i < 5_000; i++)
        {
            table.TryGet($"key{i}", out int value).Should().BeTrue();
            value.Should().Be(i);
        }

        table.TryGet("key5000", out _).Should().BeFalse();
    }

    [Test]
    public void Clear_WithEntries_LeavesNothing()
    {
        var table = new HashTable<string, int>();
        table.Set("a", 1, out _);

        table.Clear();

        table.Count.Should().Be(0);
        table.TryGet("a", out _).Should().BeFalse();
        table.Should().BeEmpty();
    }

    [Test]
    public void TryGet_WhileAnotherThreadWrites_NeverMissesNorMixesWhatStays()
    {
        // What is read is a pair whose halves belong together; the keys that stay are there all the time, through growing too.
        const int Staying = 100;
        var table = new HashTable<UniqueId, (long Left, long Right)>(isPrivate: true);
        for (int i = 0; i < Staying; i++)
        {
            table.Set(new UniqueId(0, (ulong)i), (i, i), out _);
        }

        table.Publish();
        using var stopping = new CancellationTokenSource();
        Task<long> reading = Task.Run(() =>
        {
            long reads = 0;
            while (!stopping.IsCancellationRequested || reads == 0)
            {
                for (int i = 0; i < Staying; i++, reads++)
                {
                    table.TryGet(new UniqueId(0, (ulong)i), out (long Left, long Right) value).Should().BeTrue();
                    value.Left.Should().Be(value.Right);
                }
            }

            return reads;
        });
        for (int round = 0; round < 200; round++)
        {
            for (int i = 0; i < Staying; i++)
            {
                table.Set(new UniqueId(0, (ulong)i), (round, round), out _);
                table.Set(new UniqueId((ulong)round, (ulong)i + Staying), (i, i), out _);
            }

            if (round % 3 == 0)
            {
                table.Remove(new UniqueId((ulong)round, Staying), out _);
            }
        }

        stopping.Cancel();
        reading.GetAwaiter().GetResult().Should().BePositive();
    }
}
