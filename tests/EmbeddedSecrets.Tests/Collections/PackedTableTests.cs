using System.Buffers.Binary;
using System.Text;
using EmbeddedSecrets.Collections;

namespace EmbeddedSecrets.Tests.Collections;

public sealed class PackedTableTests
{
    private const int ValueLength = 2 * sizeof(long);

    [Test]
    public void SetAndRemove_RandomCalls_AgreeWithADictionary()
    {
        int seed = Environment.TickCount;
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var table = new PackedTable(ValueLength);
        var model = new SortedDictionary<string, long>(StringComparer.Ordinal);
        for (int i = 0; i < 50_000; i++)
        {
            string key = KeyText(random.Next(700));
            if (random.Next(3) == 0)
            {
                table.Remove(Key(key));
                model.Remove(key);
            }
            else
            {
                byte[] before = new byte[ValueLength];
                table.Set(Key(key), Value(i), before).Should().Be(model.ContainsKey(key));
                Read(before).Should().Be(model.GetValueOrDefault(key));
                model[key] = i;
            }

            table.Count.Should().Be(model.Count);
        }

        for (int i = 0; i < 700; i++)
        {
            Find(table, KeyText(i)).Should().Be(model.TryGetValue(KeyText(i), out long value) ? value : null);
        }

        InOrder(table).Should().Equal(model.Select(static entry => (entry.Key, entry.Value)));
    }

    [Test]
    public void Set_KeysOfEveryLength_FindsEachAndNoOther()
    {
        var table = new PackedTable(ValueLength);
        for (int length = 1; length <= byte.MaxValue; length++)
        {
            table.Set(Key(new string('x', length)), Value(length), new byte[ValueLength]).Should().BeFalse();
        }

        for (int length = 1; length <= byte.MaxValue; length++)
        {
            Find(table, new string('x', length)).Should().Be(length);
            Find(table, new string('x', length - 1) + 'y').Should().BeNull();
        }
    }

    [Test]
    public void Set_SameKeysAgainAndAgain_LeavesWhatWasReplacedBehind()
    {
        const int Keys = 2_000;
        var table = new PackedTable(ValueLength);
        byte[][] keys = [.. Enumerable.Range(0, Keys).Select(static i => Key(KeyText(i)))];
        byte[] before = new byte[ValueLength];
        long start = GC.GetTotalMemory(forceFullCollection: true);
        for (int round = 0; round < 50; round++)
        {
            foreach (byte[] key in keys)
            {
                table.Set(key, before, before);
            }
        }

        double bytes = (GC.GetTotalMemory(forceFullCollection: true) - start) / (double)Keys;
        TestContext.Out.WriteLine($"{bytes:0} bytes an entry");
        bytes.Should().BeLessThan(150, "50 copies of each would take 1,200");
        GC.KeepAlive(table);
    }

    [Test]
    public void Append_ManyEntries_KeepsEachWholeInItsPiece()
    {
        // Lengths that do not fill a piece evenly; far more than the pieces that there is room for at first.
        var entries = new PackedEntries(ValueLength);
        var places = new List<(uint Entry, string Key)>();
        for (int i = 0; i < 3_000; i++)
        {
            string key = new('k', 1 + (i % 251));
            places.Add((entries.Append(Key(key), Value(i)), key));
        }

        for (int i = 0; i < places.Count; i++)
        {
            entries.KeyOf(places[i].Entry).SequenceEqual(Key(places[i].Key)).Should().BeTrue();
            Read(entries.ValueOf(places[i].Entry)).Should().Be(i);
        }

        places.Select(static place => place.Entry).Should().OnlyHaveUniqueItems().And.NotContain(0u);
    }

    [TestCase("b a c", "a b c")]
    [TestCase("a b a", "a b")]
    [TestCase("c c b c", "b c")]
    [TestCase("a", "a")]
    public void Of_EntriesAsTheyAreMet_AreInOrderAndOfEachKeyOne(string met, string expected)
    {
        var entries = new PackedEntries(ValueLength);
        uint[] places = [.. met.Split(' ').Select((key, i) => entries.Append(Key(key), Value(i)))];

        PackedTable.Ordered ordered = PackedTable.Ordered.Of(entries, places);

        Enumerable.Range(0, ordered.Count).Select(i => Encoding.ASCII.GetString(ordered.KeyOf(i))).Should().Equal(expected.Split(' '));
    }

    [Test]
    public void TryGetAndInOrder_WhileAnotherThreadWrites_NeverMissNorMixWhatStays()
    {
        // Through growing and leaving entries behind; what is read is a pair whose halves belong together.
        const int Staying = 100;
        var table = new PackedTable(ValueLength);
        for (int i = 0; i < Staying; i++)
        {
            table.Set(Key($"stays{i}"), Value(i), new byte[ValueLength]);
        }

        using var stopping = new CancellationTokenSource();
        Task reading = Task.Run(() =>
        {
            do
            {
                for (int i = 0; i < Staying; i++)
                {
                    Find(table, $"stays{i}").Should().NotBeNull();
                }

                List<(string Key, long Value)> entries = InOrder(table);
                entries.Count(static entry => entry.Key.StartsWith("stays", StringComparison.Ordinal)).Should().Be(Staying);
                entries.Select(static entry => entry.Key).Should().OnlyHaveUniqueItems("a key that comes back meanwhile is met once");
            }
            while (!stopping.IsCancellationRequested);
        });
        byte[] before = new byte[ValueLength];
        for (int round = 0; round < 300; round++)
        {
            for (int i = 0; i < Staying; i++)
            {
                table.Set(Key($"stays{i}"), Value(round), before);
                table.Set(Key($"comes{(round * Staying) + i}"), Value(i), before);
            }

            for (int i = 0; round % 3 == 0 && i < Staying; i++)
            {
                table.Remove(Key($"comes{(round * Staying) + i}"));
            }

            for (int i = 0; i < 2 * Staying; i++)
            {
                table.Remove(Key($"returns{i % Staying}"));
                table.Set(Key($"other{(round * Staying) + i}"), Value(i), before);
                table.Set(Key($"returns{i % Staying}"), Value(i), before);
                table.Remove(Key($"other{(round * Staying) + i}"));
            }
        }

        stopping.Cancel();
        reading.GetAwaiter().GetResult();
    }

    private static string KeyText(int number) => $"key{number}" + new string('.', number % 3);

    private static byte[] Key(string text) => Encoding.ASCII.GetBytes(text);

    private static byte[] Value(long number)
    {
        byte[] value = new byte[ValueLength];
        BinaryPrimitives.WriteInt64LittleEndian(value, number);
        BinaryPrimitives.WriteInt64LittleEndian(value.AsSpan(sizeof(long)), number);
        return value;
    }

    private static long Read(ReadOnlySpan<byte> value)
    {
        long number = BinaryPrimitives.ReadInt64LittleEndian(value);
        BinaryPrimitives.ReadInt64LittleEndian(value[sizeof(long)..]).Should().Be(number);
        return number;
    }

    private static long? Find(PackedTable table, string key)
    {
        byte[] value = new byte[ValueLength];
        return table.TryGet(Key(key), value) ? Read(value) : null;
    }

    private static List<(string Key, long Value)> InOrder(PackedTable table)
    {
        PackedTable.Ordered ordered = table.InOrder();
        var found = new List<(string, long)>();
        for (int i = 0; i < ordered.Count; i++)
        {
            found.Add((Encoding.ASCII.GetString(ordered.KeyOf(i)), Read(ordered.ValueOf(i))));
        }

        return found;
    }
}
