using EmbeddedSecrets.Secrets;

namespace EmbeddedSecrets.Pipeline;

/// <summary>Which secrets use an encryption key: those that name it, and those with a version whose data key lies under it. Looks at every record.</summary>
internal static class KeyUse
{
    /// <summary>How many secrets that exist now use the key.</summary>
    public static async ValueTask<long> CountAsync(OpenStore open, string keyId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        long count = 0;
        await foreach (StoredSecret stored in open.GoThroughAsync(cancellationToken).ConfigureAwait(false))
        {
            if (SecretLife.Existing(stored.Secret, now) is { } secret && KeysOf(secret).Contains(keyId))
            {
                count++;
            }
        }

        return count;
    }

    /// <summary>Takes the keys that any stored secret uses out of the set. One whose recovery window has ended counts until it is swept: a clock may go back.</summary>
    public static async ValueTask ExceptUsedAsync(OpenStore open, HashSet<string> keyIds, CancellationToken cancellationToken)
    {
        await foreach (StoredSecret stored in open.GoThroughAsync(cancellationToken).ConfigureAwait(false))
        {
            keyIds.ExceptWith(KeysOf(stored.Secret));
            if (keyIds.Count == 0)
            {
                return;
            }
        }
    }

    /// <summary>How many stored versions hang on which generation; one pass. Those of secrets whose recovery window has ended count until they are swept.</summary>
    public static async ValueTask<Dictionary<EncryptionKeyGenerationId, long>> GenerationsAsync(OpenStore open, CancellationToken cancellationToken)
    {
        Dictionary<EncryptionKeyGenerationId, long> counts = [];
        await foreach (StoredSecret stored in open.GoThroughAsync(cancellationToken).ConfigureAwait(false))
        {
            foreach (SecretVersion version in stored.Secret.Versions)
            {
                if (version.Content?.DataKey is { } dataKey)
                {
                    var generation = new EncryptionKeyGenerationId(dataKey.KeyId, dataKey.Generation);
                    counts[generation] = counts.GetValueOrDefault(generation) + 1;
                }
            }
        }

        return counts;
    }

    private static IEnumerable<string> KeysOf(Secret secret)
    {
        return secret.Versions.Where(static version => version.Content is not null)
            .Select(static version => version.Content!.DataKey.KeyId)
            .Append(secret.EncryptionKeyId);
    }
}
