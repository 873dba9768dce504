namespace EmbeddedSecrets.Samples.QuickStart;

/// <summary>The example of the README, so that it is compiled and run.</summary>
internal static class ReadmeExample
{
    public static async Task RunAsync(string directory, string keyFile)
    {
        // [readme]
        await using SecretStore store = await SecretStore.OpenAsync(directory, RootKey.FromFile(keyFile));

        using SecretValue first = store.GetRandomPassword();
        await store.CreateSecretAsync("shop/db-password", first);          // version v1

        using SecretValue second = SecretValue.FromText("correct horse battery staple");
        await store.PutSecretValueAsync("shop/db-password", second);       // version v2, now ACSCurrent

        await store.UpdateSecretVersionStageAsync("shop/db-password", SecretStages.Current, VersionStageMove.To("v1")); // back to v1

        using SecretValueResult read = await store.GetSecretValueAsync("shop/db-password");
        Console.WriteLine($"{read.SecretName} {read.VersionId}: {read.Value.Span.Length} bytes");   // shop/db-password v1: 32 bytes
        // [/readme]
    }
}
