using EmbeddedSecrets.Secrets;

namespace EmbeddedSecrets.Pipeline;

/// <summary>The payloads that a change of a secret leaves behind: values without a version, and a policy that was replaced. A secret has few versions: comparing them all is cheaper than a set.</summary>
internal static class DroppedPayloads
{
    public static UniqueId[] Between(Secret? before, Secret? after)
    {
        if (before is null)
        {
            return [];
        }

        List<UniqueId>? dropped = null;
        foreach (SecretVersion version in before.Versions)
        {
            if (version.Content is { } content && !Has(after, content.PayloadId))
            {
                (dropped ??= []).Add(content.PayloadId);
            }
        }

        if (before.Policy is { } policy && policy.PayloadId != after?.Policy?.PayloadId)
        {
            (dropped ??= []).Add(policy.PayloadId);
        }

        return dropped is null ? [] : [.. dropped];
    }

    private static bool Has(Secret? secret, UniqueId payloadId)
    {
        if (secret is null)
        {
            return false;
        }

        foreach (SecretVersion version in secret.Versions)
        {
            if (version.Content?.PayloadId == payloadId)
            {
                return true;
            }
        }

        return false;
    }
}
