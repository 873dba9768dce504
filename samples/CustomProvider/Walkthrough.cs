using EmbeddedSecrets.Samples.CustomProvider.Service;

namespace EmbeddedSecrets.Samples.CustomProvider;

/// <summary>The steps of the sample on an open store. Each prints what it did and what the service was asked, and never a value.</summary>
internal sealed class Walkthrough(SecretStore store, FakeKeyService service)
{
    private const string Name = "shop/db-password";
    private const string KeyId = EncryptionKeys.Default;

    public async Task CreateAndReadAsync()
    {
        Console.WriteLine($"2. {Name}: created");
        using SecretValue value = store.GetRandomPassword();
        await store.CreateSecretAsync(Name, value);
        PrintAudit();
        await ReadAsync();
    }

    public async Task MeetABusyServiceAsync()
    {
        Console.WriteLine("3. The service is busy, twice");
        service.BeBusy(2);
        await ReadAsync();
        Console.WriteLine("   The service is busy for longer");
        service.BeBusy(int.MaxValue);
        await ReadAsync();
        service.BeBusy(0);
    }

    public async Task DisableAndEnableAsync()
    {
        Console.WriteLine($"4. The service disables the key '{KeyId}'");
        service.SetState(KeyId, KeyState.Disabled);
        await ReadAsync();
        SecretDescription secret = await store.DescribeSecretAsync(Name);
        Console.WriteLine($"   describing it still works: current version {secret.CurrentVersionId}");
        Console.WriteLine("   The service schedules the key for deletion");
        service.SetState(KeyId, KeyState.PendingDeletion);
        await ReadAsync();
        Console.WriteLine("   The service enables the key");
        service.SetState(KeyId, KeyState.Enabled);
        await ReadAsync();
    }

    public async Task RotateAndRewriteAsync()
    {
        Console.WriteLine($"5. The service rotates the key '{KeyId}' to v{service.Rotate(KeyId)}");
        await ReadAsync();
        using (SecretValueResult read = await store.GetSecretValueAsync(Name))
        {
            SecretVersionDescription version = await store.PutSecretValueAsync(Name, read.Value);
            Console.WriteLine($"   written again as version {version.VersionId}");
        }

        PrintAudit();
        await ReadAsync();
    }

    /// <summary>Reads the secret and says how it went.</summary>
    public async Task ReadAsync()
    {
        try
        {
            using SecretValueResult read = await store.GetSecretValueAsync(Name);
            Console.WriteLine($"   reading version {read.VersionId}: {read.Value.Span.Length} bytes");
        }
        catch (SecretUnavailableException refused)
        {
            Console.WriteLine($"   reading answers {refused.HttpStatus} {refused.Code}");
        }

        PrintAudit();
    }

    public void PrintAudit()
    {
        IReadOnlyList<string> asked = service.TakeAudit();
        if (asked.Count > 0)
        {
            Console.WriteLine($"      service: {string.Join(", ", asked)}");
        }
    }
}
