using EmbeddedSecrets.Envelope;
using EmbeddedSecrets.Secrets;

namespace EmbeddedSecrets.Pipeline;

/// <content>A whole secret with all its values, as an import brings it.</content>
internal sealed partial class OpenStore
{
    /// <summary>Seals every value under a fresh data key of the secret's encryption key. The secret has another incarnation than what is stored; null stands for a version without a value, and for no policy.</summary>
    public async ValueTask<SealedChange> SealImportedAsync(StoredSecret? stored, Secret next, IReadOnlyList<SecretValue?> values, string? policy, CancellationToken cancellationToken)
    {
        var added = new List<RepositoryPayload>(values.Count);
        var versions = next.Versions.ToBuilder();
        for (int i = 0; i < versions.Count; i++)
        {
            if (values[i] is { } value)
            {
                (SealedContent content, byte[] payload) = await ValueSealing.SealAsync(
                    _keyProvider, next.EncryptionKeyId, ContextOf(next, versions[i]), value, cancellationToken).ConfigureAwait(false);
                versions[i] = versions[i] with { Content = content };
                added.Add(new RepositoryPayload(content.PayloadId, payload));
            }
        }

        next = next with { Versions = versions.ToImmutable() };
        if (policy is not null)
        {
            (next, RepositoryPayload payload) = SealPolicy(next, policy);
            added.Add(payload);
        }

        return Seal(next.Name, stored, next, added);
    }
}
