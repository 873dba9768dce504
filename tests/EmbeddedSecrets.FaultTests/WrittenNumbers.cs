using System.Globalization;

namespace EmbeddedSecrets.FaultTests;

/// <summary>
/// The oracle, which stands outside the store: what each writer was told. Stored may be the last number that was acknowledged,
/// or one that was tried after it and whose outcome nobody was told; nothing else.
/// </summary>
internal sealed class WrittenNumbers
{
    private readonly Dictionary<int, int> _acknowledged = [];
    private readonly Dictionary<int, SortedSet<int>> _possible = [];
    private bool _cut;

    /// <summary>Gets how many acknowledgements were told before the cut, in all rounds.</summary>
    public int Acknowledgements { get; private set; }

    /// <summary>From here on acknowledgements prove nothing any more; they only say what may be stored.</summary>
    public void Cut() => _cut = true;

    public void Read(string line)
    {
        if (!line.EndsWith(';'))
        {
            return;
        }

        string[] words = line[..^1].Split(' ');
        if (words[0] is not ("try" or "ack" or "fail"))
        {
            return;
        }

        int writer = int.Parse(words[1], CultureInfo.InvariantCulture);
        int number = int.Parse(words[2], CultureInfo.InvariantCulture);
        SortedSet<int> possible = PossibleOf(writer);
        if (words[0] == "try")
        {
            possible.Add(number);
        }
        else if (words[0] == "ack" && !_cut)
        {
            _acknowledged[writer] = number;
            possible.RemoveWhere(tried => tried <= number);
            Acknowledgements++;
        }
        else if (words[0] == "fail" && !_cut && words[3] != SecretStoreErrorCodes.OutcomeUnknown)
        {
            // The error says that nothing was changed.
            possible.Remove(number);
        }
    }

    public void ReadAll(IEnumerable<string> lines)
    {
        foreach (string line in lines)
        {
            Read(line);
        }
    }

    /// <summary>Compares the store with what was told, and takes what is stored for acknowledged from now on.</summary>
    public async Task CheckAsync(SecretStore store, int writers)
    {
        for (int writer = 0; writer < writers; writer++)
        {
            int stored = await StoredAsync(store, ChildWriters.SecretOf(writer));
            int acknowledged = _acknowledged.GetValueOrDefault(writer);
            SortedSet<int> possible = PossibleOf(writer);
            stored.Should().BeGreaterThanOrEqualTo(acknowledged, "writer {0} was told that {1} is stored", writer, acknowledged);
            (stored == acknowledged || possible.Contains(stored)).Should().BeTrue(
                "writer {0} has {1} stored; {2} was acknowledged and only {3} may have come through after it", writer, stored, acknowledged, string.Join(", ", possible));
            _acknowledged[writer] = stored;
            possible.Clear();
        }

        _cut = false;
    }

    /// <summary>Opens the store, which must work at once, compares, and puts and reads one more value.</summary>
    public async Task<RecoveryReport> ReopenAndCheckAsync(string directory, string keyFile, int writers)
    {
        await using SecretStore store = await SecretStore.OpenAsync(directory, RootKey.FromFile(keyFile));
        await CheckAsync(store, writers);
        await WriteOneAsync(store);
        RecoveryReport report = store.Recovery!;
        report.DroppedBytes.Should().BeGreaterThanOrEqualTo(0);
        (report.DroppedOffset is null).Should().Be(report.DroppedBytes == 0);
        return report;
    }

    private async Task WriteOneAsync(SecretStore store)
    {
        string name = ChildWriters.SecretOf(0);
        int number = _acknowledged.GetValueOrDefault(0) + 1;
        using SecretValue value = SecretValue.FromText(string.Create(CultureInfo.InvariantCulture, $"{number}."));
        if (number == 1)
        {
            await store.CreateSecretAsync(name, value);
        }
        else
        {
            await store.PutSecretValueAsync(name, value);
        }

        (await StoredAsync(store, name)).Should().Be(number);
        _acknowledged[0] = number;
    }

    private static async Task<int> StoredAsync(SecretStore store, string name)
    {
        try
        {
            using SecretValueResult result = await store.GetSecretValueAsync(name);
            return ChildWriters.NumberIn(result.Value.RevealText());
        }
        catch (SecretNotFoundException)
        {
            return 0;
        }
    }

    private SortedSet<int> PossibleOf(int writer)
    {
        if (!_possible.TryGetValue(writer, out SortedSet<int>? possible))
        {
            _possible[writer] = possible = [];
        }

        return possible;
    }
}
