// A program that is compiled ahead of time uses the main operations on a store on the disk, through a host. It shows that the
// package needs no reflection and no code made at run time.
using EmbeddedSecrets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

string directory = Directory.CreateTempSubdirectory("embedded-secrets-aot-").FullName;
int checks = 0;
try
{
    using (IHost host = Start())
    {
        SecretStore store = host.Services.GetRequiredService<SecretStore>();
        using SecretValue first = SecretValue.FromText("first value of the native program");
        using SecretValue second = SecretValue.FromKeyValues([new("user", "app"), new("password", "second value")]);
        await store.CreateSecretAsync("native/db", first, new CreateSecretOptions { Tags = new Dictionary<string, string> { ["env"] = "test" } });
        await store.PutSecretValueAsync("native/db", second);
        Check("current", Reveal(await store.GetSecretValueAsync("native/db"), "password") == "second value");
        Check("previous", Reveal(await store.GetSecretValueAsync("native/db", SecretVersionSelector.Previous)) == "first value of the native program");
        await store.UpdateSecretVersionStageAsync("native/db", SecretStages.Current, VersionStageMove.To("v1"));
        await store.DeleteSecretAsync("native/db");
        await store.RestoreSecretAsync("native/db");
        SecretPage page = await store.ListSecretsPageAsync(SecretFilter.All.Where(SecretFilterField.TagKey, SecretFilterOperator.Exact, "env"));
        Check("list", page.Secrets is [{ Name: "native/db", CurrentVersionId: "v1" }]);
        using SecretValue password = store.GetRandomPassword();
        Check("password", password.Length == 32);
    }

    using (IHost host = Start())
    {
        SecretStore store = host.Services.GetRequiredService<SecretStore>();
        Check("reopened", Reveal(store.GetSecretValue("native/db")) == "first value of the native program");
        Check("closed in order", store.Recovery is { WasClosed: true, DroppedBytes: 0 });
    }

    Console.WriteLine($"Native program: {checks} checks passed.");
    return 0;
}
finally
{
    Directory.Delete(directory, recursive: true);
}

IHost Start()
{
    HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
    builder.Services.AddSecretStore(store => store.UseDirectory(Path.Combine(directory, "store")).UseKeyFile(Path.Combine(directory, "root.key")));
    return builder.Build();
}

static string Reveal(SecretValueResult result, string? key = null)
{
    using (result)
    {
        return result.Value.RevealText(key);
    }
}

void Check(string what, bool holds)
{
    checks++;
    if (!holds)
    {
        throw new InvalidOperationException($"The check '{what}' of the native program failed.");
    }
}
