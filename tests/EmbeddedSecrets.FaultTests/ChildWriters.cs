using System.Globalization;

namespace EmbeddedSecrets.FaultTests;

/// <summary>
/// Writers in a process that is to be broken. Each puts ascending numbers into a secret of its own and tells every step
/// before and after it; <see cref="WrittenNumbers"/> reads that. A line ends with a semicolon, so that a cut one shows.
/// </summary>
internal static class ChildWriters
{
    public static string SecretOf(int writer) => string.Create(CultureInfo.InvariantCulture, $"writer-{writer}");

    /// <summary>The number that a stored value tells.</summary>
    public static int NumberIn(string value) => int.Parse(value.AsSpan(0, value.IndexOf('.', StringComparison.Ordinal)), CultureInfo.InvariantCulture);

    /// <summary>One writer runs on the thread pool only, which has one thread under strace: the system calls of a run have one order and one count.</summary>
    public static async Task<int> RunAsync(string directory, string keyFile, int first, int writers, int puts, int putsACompaction)
    {
        await Task.Yield();
        SecretStore store;
        try
        {
            store = await SecretStore.OpenAsync(directory, RootKey.FromFile(keyFile));
        }
        catch (SecretStoreException exception)
        {
            Program.Tell($"refused {exception.Code};");
            return 0;
        }

        Program.Tell("opened;");
        if (writers == 1)
        {
            await WriteAsync(store, first, puts, putsACompaction);
        }
        else
        {
            await Task.WhenAll(Enumerable.Range(first, writers).Select(writer => Task.Run(() => WriteAsync(store, writer, puts, putsACompaction))));
        }

        await store.DisposeAsync();
        Program.Tell("closed;");
        return 0;
    }

    private static async Task WriteAsync(SecretStore store, int writer, int puts, int putsACompaction)
    {
        string name = SecretOf(writer);
        int last = await LastAsync(store, name);
        int end = last + puts;
        for (int number = last + 1; number <= end; number++)
        {
            Program.Tell(string.Create(CultureInfo.InvariantCulture, $"try {writer} {number};"));
            try
            {
                // Lengths differ, so that frames begin and end at many places of a block.
                using SecretValue value = SecretValue.FromText(string.Create(CultureInfo.InvariantCulture, $"{number}.") + new string('x', number * 37 % 1500));
                if (last == 0)
                {
                    await store.CreateSecretAsync(name, value);
                }
                else
                {
                    await store.PutSecretValueAsync(name, value);
                }

                last = number;
                Program.Tell(string.Create(CultureInfo.InvariantCulture, $"ack {writer} {number};"));
                if (number % putsACompaction == 0)
                {
                    await CompactAsync(store);
                }
            }
            catch (SecretStoreException exception)
            {
                Program.Tell(string.Create(CultureInfo.InvariantCulture, $"fail {writer} {number} {exception.Code};"));
                if (exception.Code == SecretStoreErrorCodes.WritesStopped)
                {
                    await CompactAsync(store);
                }
            }
        }
    }

    /// <summary>Heals, too, where writing has stopped.</summary>
    private static async Task CompactAsync(SecretStore store)
    {
        try
        {
            await store.Maintenance.CompactAsync();
            Program.Tell("compacted;");
        }
        catch (SecretStoreException exception)
        {
            Program.Tell($"not compacted {exception.Code};");
        }
    }

    private static async Task<int> LastAsync(SecretStore store, string name)
    {
        try
        {
            using SecretValueResult result = await store.GetSecretValueAsync(name);
            return NumberIn(result.Value.RevealText());
        }
        catch (SecretNotFoundException)
        {
            return 0;
        }
    }
}
