namespace EmbeddedSecrets.FaultTests;

/// <summary>The process that the tests start in order to break it. It tells every step on its standard output.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] arguments)
    {
        switch (arguments)
        {
            case ["put-and-read", string directory, string keyFile, string count]:
                return await PutAndReadAsync(directory, keyFile, Number(count));
            case ["write", string directory, string keyFile, string first, string writers, string puts, string putsACompaction]:
                return await ChildWriters.RunAsync(directory, keyFile, Number(first), Number(writers), Number(puts), Number(putsACompaction));
            case ["storm", string directory, string keyFile, string process, string names, string role]:
                return await StormChild.RunAsync(directory, keyFile, Number(process), Number(names), role);
            case ["audit", string directory, string keyFile, string process]:
                return await AuditChild.RunAsync(directory, keyFile, Number(process));
            case ["serve", string directory, string keyFile]:
                return ServingChild.Run(directory, keyFile);
            case ["listen", string directory, string keyFile, string listens]:
                return ListeningChild.Run(directory, keyFile, listens);
            default:
                await Console.Error.WriteLineAsync("This program is started by the tests.");
                return 2;
        }
    }

    /// <summary>Puts the numbers 1 to count as versions of one secret and reads after each, whatever fails.</summary>
    private static async Task<int> PutAndReadAsync(string directory, string keyFile, int count)
    {
        SecretStore store;
        try
        {
            store = await SecretStore.OpenAsync(directory, RootKey.FromFile(keyFile));
        }
        catch (SecretStoreException exception)
        {
            Tell($"open failed {exception.Code}");
            return 0;
        }

        Tell("opened");
        for (int number = 1; number <= count; number++)
        {
            try
            {
                using SecretValue value = SecretValue.FromText($"number {number}");
                await store.PutSecretValueAsync("counted", value);
                Tell($"acknowledged {number}");
            }
            catch (SecretStoreException exception)
            {
                Tell($"put failed {exception.Code}");
            }

            try
            {
                using SecretValueResult result = await store.GetSecretValueAsync("counted");
                Tell($"read {result.Value.RevealText()}");
            }
            catch (SecretStoreException exception)
            {
                Tell($"read failed {exception.Code}");
            }
        }

        await store.DisposeAsync();
        Tell("closed");
        return 0;
    }

    public static void Tell(string line)
    {
        Console.Out.WriteLine(line);
        Console.Out.Flush();
    }

    private static int Number(string argument) => int.Parse(argument, System.Globalization.CultureInfo.InvariantCulture);
}
