using System.Text;

namespace EmbeddedSecrets.Samples.QuickStart;

/// <summary>The steps of the quick start on an open store. Each prints what it did, and never a value.</summary>
internal sealed class Walkthrough(SecretStore store, IReadOnlyDictionary<string, string> entries)
{
    private const int NamesPerCall = 50;

    private readonly string[] _names = [.. entries.Keys];

    public async Task CreateAsync()
    {
        Console.WriteLine("2. One secret for each entry");
        var options = new CreateSecretOptions { IfScheduledForDeletion = ScheduledDeletionBehavior.Restore };
        foreach ((string name, string text) in entries)
        {
            using SecretValue value = SecretValue.FromText(text);
            try
            {
                SecretDescription secret = await store.CreateSecretAsync(name, value, options);
                Console.WriteLine($"   {name}: created, version {secret.CurrentVersionId}");
            }
            catch (SecretConflictException conflict) when (conflict.Code == SecretStoreErrorCodes.ResourceExist)
            {
                SecretVersionDescription version = await store.PutSecretValueAsync(name, value);
                Console.WriteLine($"   {name}: was there, put as version {version.VersionId}");
            }
        }
    }

    public async Task RotateAndRollBackAsync()
    {
        string name = _names[0];
        using SecretValue password = store.GetRandomPassword();
        SecretVersionDescription version = await store.PutSecretValueAsync(name, password);
        Console.WriteLine($"3. {name}: a random password is version {version.VersionId}");
        SecretDescription secret = await store.DescribeSecretAsync(name);
        PrintStages(secret);

        string previous = secret.VersionIdsByStage[SecretStages.Previous];
        secret = await store.UpdateSecretVersionStageAsync(name, SecretStages.Current, VersionStageMove.To(previous));
        Console.WriteLine($"4. {name}: rolled back in one call");
        PrintStages(secret);
    }

    public async Task TagAndListAsync()
    {
        var tags = new Dictionary<string, string> { ["source"] = "quickstart", ["team"] = "shop" };
        foreach (string[] names in _names.Chunk(NamesPerCall))
        {
            await store.TagSecretsAsync(names, tags);
        }

        Console.WriteLine($"5. Tagged {_names.Length} secrets with source=quickstart, team=shop");
        SecretFilter filter = SecretFilter.All.Where(SecretFilterField.TagValue, SecretFilterOperator.Exact, "quickstart");
        List<string> found = [];
        await foreach (SecretDescription secret in store.ListSecretsAsync(filter))
        {
            found.Add(secret.Name);
        }

        Console.WriteLine($"6. Listed by the tag: {string.Join(", ", found)}");
    }

    public async Task DeleteAndRestoreAsync()
    {
        string name = _names[_names.Length / 2];
        SecretDescription secret = await store.DeleteSecretAsync(name, SecretDeletion.After(TimeSpan.FromDays(7)));
        Console.WriteLine($"7. {name}: deletion scheduled in {(secret.PlannedDeleteTime - secret.UpdateTime)?.TotalDays:0} days");
        try
        {
            using SecretValueResult _ = await store.GetSecretValueAsync(name);
        }
        catch (SecretConflictException conflict)
        {
            Console.WriteLine($"   reading it answers {conflict.HttpStatus} {conflict.Code}");
        }

        secret = await store.RestoreSecretAsync(name);
        Console.WriteLine($"   restored, current version {secret.CurrentVersionId}");
    }

    public async Task DeleteAtOnceAsync()
    {
        string name = _names[^1];
        await store.DeleteSecretAsync(name, SecretDeletion.Immediately);
        Console.WriteLine($"8. {name}: deleted at once");
    }

    /// <summary>Reads every secret back and says whether none differs from the input.</summary>
    public async Task<bool> ReadAsync()
    {
        bool allEqual = true;
        foreach ((string name, string text) in entries)
        {
            try
            {
                using SecretValueResult read = await store.GetSecretValueAsync(name);
                bool equal = read.Value.Span.SequenceEqual(Encoding.UTF8.GetBytes(text));
                allEqual &= equal;
                Console.WriteLine($"   {name}: version {read.VersionId}, {(equal ? "equal to the input" : "NOT EQUAL TO THE INPUT")}");
            }
            catch (SecretNotFoundException missing)
            {
                Console.WriteLine($"   {name}: {missing.HttpStatus} {missing.Code}");
            }
        }

        return allEqual;
    }

    private static void PrintStages(SecretDescription secret)
    {
        foreach ((string stage, string versionId) in secret.VersionIdsByStage)
        {
            Console.WriteLine($"   {stage} is {versionId}");
        }
    }
}
