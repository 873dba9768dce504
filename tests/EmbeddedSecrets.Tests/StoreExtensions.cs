namespace EmbeddedSecrets.Tests;

/// <summary>Text values in and out of a store, for tests that are about something else.</summary>
internal static class StoreExtensions
{
    public static async Task<SecretDescription> CreateTextAsync(this SecretStore store, string name, string text, string? keyId = null)
    {
        using SecretValue value = SecretValue.FromText(text);
        return await store.CreateSecretAsync(name, value, new CreateSecretOptions { EncryptionKeyId = keyId });
    }

    public static async Task CreateWithPolicyAsync(this SecretStore store, string name, string policy)
    {
        using SecretValue value = SecretValue.FromText("text");
        await store.CreateSecretAsync(name, value, new CreateSecretOptions { Policy = policy });
    }

    public static async Task<SecretVersionDescription> PutTextAsync(this SecretStore store, string name, string text)
    {
        using SecretValue value = SecretValue.FromText(text);
        return await store.PutSecretValueAsync(name, value);
    }

    public static async Task<string> ReadTextAsync(this SecretStore store, string name, string? versionId = null)
    {
        using SecretValueResult result = await store.GetSecretValueAsync(name, versionId is null ? default : SecretVersionSelector.Version(versionId));
        return result.Value.RevealText();
    }

    /// <summary>The code with which a call fails.</summary>
    public static async Task<string> CodeOfAsync<T>(Func<ValueTask<T>> call)
    {
        Func<Task> run = () => call().AsTask();
        SecretStoreException error = (await run.Should().ThrowAsync<SecretStoreException>()).Which;
        error.RequestId.Should().NotBeNullOrEmpty();
        return error.Code;
    }
}
