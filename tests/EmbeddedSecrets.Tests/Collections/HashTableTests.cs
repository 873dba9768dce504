using EmbeddedSecrets.Collections;

namespace EmbeddedSecrets.Tests.Collections;

public sealed class HashTableTests
{
    [Test]
    public void SetAndRemove_RandomCalls_AgreeWithADictionary()
    {
        int seed = Environment.TickCount;
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var table = new HashTable<UniqueId, int>();
        var model = new Dictionary<UniqueId, int>();
        for (int i = 0; i < 20_000; i++)
        {
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

        foreach ((UniqueId key, int value) in model)
        {
            table.TryGet(key, out int found).Should().BeTrue();
            found.Should().Be(value);
        }
    }

    [Test]
    public void Set_ManyKeys_FindsEachAndNoOther()
    {
        var table = new HashTable<string, int>();
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
    }

    [Test]
    public void TryGet_WhileAnotherThreadWrites_NeverMissesNorMixesWhatStays()
    {
        // What is read is a pair whose halves belong together; the keys that stay are there all the time, through growing too.
        const int Staying = 100;
        var table = new HashTable<UniqueId, (long Left, long Right)>();
        for (int i = 0; i < Staying; i++)
        {
            table.Set(new UniqueId(0, (ulong)i), (i, i), out _);
        }

        ReadWhileWriting(
            () =>
            {
                for (int i = 0; i < Staying; i++)
                {
                    table.TryGet(new UniqueId(0, (ulong)i), out (long Left, long Right) value).Should().BeTrue();
                    value.Left.Should().Be(value.Right);
                }
            },
            () =>
            {
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
            });
    }

    [Test]
    public void TryGet_EntryIsRemovedAndUsedAgainMeanwhile_IsNotFound()
    {
        var table = new HashTable<Key, int>();
        table.Set(new Key(1), 10, out _);
        var asked = new Key(1, () =>
        {
            table.Remove(new Key(1), out _);
            table.Set(new Key(2), 20, out _);
        });

        table.TryGet(asked, out int value).Should().BeFalse($"{value} is that of another key");
    }

    [Test]
    public void TryGet_EntryIsReplacedAndUsedAgainMeanwhile_IsTheNewValue()
    {
        var table = new HashTable<Key, int>();
        table.Set(new Key(1), 10, out _);
        var asked = new Key(1, () =>
        {
            table.Set(new Key(1), 11, out _);
            table.Set(new Key(2), 20, out _);
        });

        table.TryGet(asked, out int value).Should().BeTrue();
        value.Should().Be(11);
    }

    [Test]
    public void Remove_OfMany_UsesTheirRoomAgainAndKeepsNothingAlive()
    {
        var table = new HashTable<string, object>();
        WeakReference[] held = FillAndEmpty(table);

        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();

        table.Count.Should().Be(0);
        held.Should().OnlyContain(static reference => !reference.IsAlive);
        GC.KeepAlive(table);
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static WeakReference[] FillAndEmpty(HashTable<string, object> table)
    {
        var held = new WeakReference[1_000];
        for (int i = 0; i < held.Length; i++)
        {
            object value = new();
            held[i] = new WeakReference(value);
            table.Set($"key{i}", value, out _);
        }

        for (int i = 0; i < held.Length; i++)
        {
            table.Set($"key{i}", held, out _);
            table.Remove($"key{i}", out _).Should().BeTrue();
        }

        return held;
    }

    /// <summary>Reads again and again on another thread, at least once, until what is written is written.</summary>
    private static void ReadWhileWriting(Action read, Action write)
    {
        using var stopping = new CancellationTokenSource();
        Task reading = Task.Run(() =>
        {
            do
            {
                read();
            }
            while (!stopping.IsCancellationRequested);
        });
        write();
        stopping.Cancel();
        reading.GetAwaiter().GetResult();
    }

    /// <summary>A key that does something the first time it is compared: what another thread may do in the middle of a look-up.</summary>
    private sealed class Key(int id, Action? firstCompared = null) : IEquatable<Key>
    {
        private readonly int _id = id;
        private Action? _firstCompared = firstCompared;

        public bool Equals(Key? other)
        {
            Interlocked.Exchange(ref _firstCompared, null)?.Invoke();
            return _id == other?._id;
        }

        public override bool Equals(object? obj) => Equals(obj as Key);

        public override int GetHashCode() => _id;
    }
}
