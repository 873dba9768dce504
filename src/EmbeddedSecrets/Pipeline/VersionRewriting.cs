using EmbeddedSecrets.Envelope;

namespace EmbeddedSecrets.Pipeline;

/// <summary>Seals the versions of one secret anew, as far as their keys can be used: the common part of rewrapping and re-encrypting.</summary>
internal static class VersionRewriting
{
    /// <summary>Seals one version anew: the content it has now where nothing is to be done, null when the secret was changed meanwhile.</summary>
    public delegate ValueTask<(SealedContent Content, RepositoryPayload? Payload)?> Rewrite(StoredSecret stored, SecretVersion version, CancellationToken cancellationToken);

    /// <summary>What is done to a secret. A destroyed version has no content, and so nothing to do.</summary>
    /// <param name="open">The store.</param>
    /// <param name="stored">The secret.</param>
    /// <param name="keyId">The key whose versions are meant; null for all: then those whose key is blocked are passed over.</param>
    /// <param name="rewrite">Seals one version anew.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Null when the secret, or the keys, were changed meanwhile.</returns>
    public static async ValueTask<BulkStep?> StepAsync(OpenStore open, StoredSecret stored, string? keyId, Rewrite rewrite, CancellationToken cancellationToken)
    {
        long headerRevision = open.HeaderRevision;
        var versions = stored.Secret.Versions.ToBuilder();
        var added = new List<RepositoryPayload>();
        int changed = 0;
        int unchanged = 0;
        int unavailable = 0;
        for (int i = 0; i < versions.Count; i++)
        {
            SecretVersion version = versions[i];
            if (version.Content is not { } content || (keyId is not null && content.DataKey.KeyId != keyId))
            {
                continue;
            }

            try
            {
                if (await rewrite(stored, version, cancellationToken).ConfigureAwait(false) is not { } rewritten)
                {
                    return null;
                }

                if (ReferenceEquals(rewritten.Content, content))
                {
                    unchanged++;
                    continue;
                }

                versions[i] = version with { Content = rewritten.Content };
                changed++;
                if (rewritten.Payload is { } payload)
                {
                    added.Add(payload);
                }
            }
            catch (SecretUnavailableException exception)
            {
                // What another process has wrapped since is under keys that are not in use here yet.
                await open.ReloadKeysAsync(cancellationToken).ConfigureAwait(false);
                if (open.HeaderRevision != headerRevision || !await open.IsCurrentAsync(stored, cancellationToken).ConfigureAwait(false))
                {
                    return null;
                }

                if (keyId is not null || !IsBlocked(exception.Reason))
                {
                    throw;
                }

                unavailable++;
            }
        }

        SealedChange? change = changed == 0 ? null : open.SealRewritten(stored, stored.Secret with { Versions = versions.ToImmutable() }, added);
        return new BulkStep(change, changed, unchanged, unavailable);
    }

    /// <summary>A key that somebody has blocked, as against a key service that fails now.</summary>
    private static bool IsBlocked(UnavailabilityReason reason)
    {
        return reason is UnavailabilityReason.KeyDisabled or UnavailabilityReason.KeyPendingDeletion or UnavailabilityReason.KeyNotFound;
    }
}
