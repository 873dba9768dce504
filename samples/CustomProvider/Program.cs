using EmbeddedSecrets;
using EmbeddedSecrets.Samples.CustomProvider;
using EmbeddedSecrets.Samples.CustomProvider.Service;

// dotnet run --project samples/CustomProvider
// The keys of the service end with the program, so the store is in a temporary directory and is removed at the end.
DirectoryInfo place = Directory.CreateTempSubdirectory("embeddedsecrets-customprovider-");
string directory = Path.Combine(place.FullName, "store");

try
{
    FakeKeyService service = StartService();
    var provider = new RemoteKeyProvider(service, TimeSpan.FromMilliseconds(10));
    Console.WriteLine("1. A store whose keys are in a remote service");
    await using (var store = new SecretStore(new FileSecretRepository(directory), provider))
    {
        var walkthrough = new Walkthrough(store, service);
        await walkthrough.CreateAndReadAsync();
        await walkthrough.MeetABusyServiceAsync();
        await walkthrough.DisableAndEnableAsync();
        await walkthrough.RotateAndRewriteAsync();
    }

    Console.WriteLine("6. Closed the store and opened it again");
    await using (var store = new SecretStore(new FileSecretRepository(directory), provider))
    {
        await new Walkthrough(store, service).ReadAsync();
    }

    Console.WriteLine("7. Opened it with a service that has other keys of the same names");
    await using (var store = new SecretStore(new FileSecretRepository(directory), new RemoteKeyProvider(StartService(), TimeSpan.Zero)))
    {
        try
        {
            await store.DescribeSecretAsync("shop/db-password");
            return 1;
        }
        catch (SecretStoreAccessException refused)
        {
            Console.WriteLine($"   it answers {refused.HttpStatus} {refused.Code}");
        }
    }

    return 0;
}
catch (Exception exception) when (exception is SecretStoreException or IOException or UnauthorizedAccessException)
{
    string code = exception is SecretStoreException failure ? $"{failure.Code}: " : string.Empty;
    Console.Error.WriteLine(code + exception.Message);
    return 1;
}
finally
{
    place.Delete(recursive: true);
}

static FakeKeyService StartService()
{
    // Two keys, so that disabling the one for values does not keep the store from opening.
    var service = new FakeKeyService(TimeSpan.FromMilliseconds(5));
    service.CreateKey(EncryptionKeys.Store);
    service.CreateKey(EncryptionKeys.Default);
    return service;
}
