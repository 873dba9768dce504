using EmbeddedSecrets;
using EmbeddedSecrets.Samples.QuickStart;

// dotnet run --project samples/QuickStart [path of a .env file] [directory for the store and its key file]
string envFile = args.Length > 0 ? args[0] : Path.Combine(AppContext.BaseDirectory, "demo.env");
string place = Path.GetFullPath(args.Length > 1 ? args[1] : Path.Combine(Path.GetTempPath(), $"embeddedsecrets-quickstart-{Environment.UserName}"));
string directory = Path.Combine(place, "store");
string keyFile = Path.Combine(place, "key", "root.key");

try
{
    IReadOnlyDictionary<string, string> entries = EnvFile.Read(envFile);
    Console.WriteLine($"Entries:  {entries.Count} of {Path.GetFileName(envFile)}");
    Console.WriteLine($"Store:    {directory}");
    Console.WriteLine($"Key file: {keyFile}");

    await using (SecretStore store = await SecretStore.OpenAsync(directory, RootKey.FromFile(keyFile)))
    {
        Console.WriteLine($"1. Opened the store; secrets in it: {store.Recovery?.RecordCount}");
        var walkthrough = new Walkthrough(store, entries);
        await walkthrough.CreateAsync();
        await walkthrough.RotateAndRollBackAsync();
        await walkthrough.TagAndListAsync();
        await walkthrough.DeleteAndRestoreAsync();
        await walkthrough.DeleteAtOnceAsync();
    }

    bool allEqual;
    await using (SecretStore store = await SecretStore.OpenAsync(directory, RootKey.FromFile(keyFile)))
    {
        Console.WriteLine($"9. Closed the store and opened it again; secrets in it: {store.Recovery?.RecordCount}");
        allEqual = await new Walkthrough(store, entries).ReadAsync();
    }

    DirectoryInfo fresh = Directory.CreateTempSubdirectory("embeddedsecrets-readme-");
    Console.WriteLine("10. The example of the README, in a store of its own");
    await ReadmeExample.RunAsync(Path.Combine(fresh.FullName, "store"), Path.Combine(fresh.FullName, "root.key"));
    fresh.Delete(recursive: true);
    return allEqual ? 0 : 1;
}
catch (Exception exception) when (exception is EnvFileException or SecretStoreException or IOException or UnauthorizedAccessException)
{
    string code = exception is SecretStoreException failure ? $"{failure.Code}: " : string.Empty;
    Console.Error.WriteLine(code + exception.Message);
    return 1;
}
