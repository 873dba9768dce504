using EmbeddedSecrets.Envelope;
using EmbeddedSecrets.Errors;
using EmbeddedSecrets.Secrets;

namespace EmbeddedSecrets.Pipeline;

/// <content>What the store changes by itself: no caller's revision moves with it.</content>
internal sealed partial class OpenStore
{
    /// <summary>Gets the key ring; null where the store has a key provider of its own.</summary>
    public KeyRing? Ring => _keyProvider as KeyRing;

    /// <summary>Seals a secret whose data keys or values were sealed anew, null to remove it. The repository's revision moves, <see cref="Secret.Revision"/> does not.</summary>
    public SealedChange SealRewritten(StoredSecret stored, Secret? next, IReadOnlyList<RepositoryPayload> added)
    {
        return Seal(stored.Secret.Name, stored, next, added);
    }

    /// <summary>Wraps the data key of a version again, under the current generation of its key.</summary>
    public ValueTask<SealedContent> RewrapAsync(Secret secret, SecretVersion version, CancellationToken cancellationToken)
    {
        SealedContent content = version.Content ?? throw KeyFailures.Tampered();
        return ValueSealing.RewrapAsync(_keyProvider, content.DataKey.KeyId, ContextOf(secret, version), content, cancellationToken);
    }

    /// <summary>Seals the value of a version anew, under a fresh data key of the secret's encryption key.</summary>
    /// <returns>Null when the secret was changed meanwhile: load it again.</returns>
    public async ValueTask<(SealedContent Content, RepositoryPayload Payload)?> ReencryptAsync(StoredSecret stored, SecretVersion version, CancellationToken cancellationToken)
    {
        using SecretValue? value = await ReadValueAsync(stored, version, cancellationToken).ConfigureAwait(false);
        if (value is null)
        {
            return null;
        }

        (SealedContent content, byte[] payload) = await ValueSealing.SealAsync(
            _keyProvider, stored.Secret.EncryptionKeyId, ContextOf(stored.Secret, version), value, cancellationToken).ConfigureAwait(false);
        return (content, new RepositoryPayload(content.PayloadId, payload));
    }

    /// <summary>Whether the record is still in the state that was loaded.</summary>
    public async ValueTask<bool> IsCurrentAsync(StoredSecret stored, CancellationToken cancellationToken)
    {
        RepositoryRecord? now = await _repository.FindAsync(stored.Secret.Name, stored.Stamp, cancellationToken).ConfigureAwait(false);
        return now?.Stamp == stored.Stamp;
    }

    /// <summary>Whether this instance should sweep now: of all instances, one within each period.</summary>
    public ValueTask<bool> TryBeginSweepAsync(TimeSpan period, CancellationToken cancellationToken)
    {
        return _repository.TryBeginSweepAsync(period, cancellationToken);
    }
}
