using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Caching;
using EmbeddedSecrets.Errors;
using EmbeddedSecrets.Policies;
using EmbeddedSecrets.Secrets;

namespace EmbeddedSecrets.Pipeline;

/// <content>Policies: each is a payload of its own, read only where somebody acts as a principal, and kept parsed.</content>
internal sealed partial class OpenStore
{
    private const long PolicyCacheBytes = 8L << 20;

    /// <summary>By payload: a policy that is set anew is another payload.</summary>
    private readonly BoundedCache<UniqueId, StoredPolicy> _policies = new(PolicyCacheBytes);

    /// <summary>The parsed policy of a secret that has one.</summary>
    /// <returns>Null when the secret was changed meanwhile: load it again.</returns>
    /// <exception cref="ArgumentException">What is stored is no policy that this version of the library can evaluate.</exception>
    public async ValueTask<SecretPolicy?> FindPolicyAsync(StoredSecret stored, CancellationToken cancellationToken)
    {
        PolicyReference reference = stored.Secret.Policy ?? throw KeyFailures.Tampered();
        if (_policies.TryGet(reference.PayloadId, out StoredPolicy? cached))
        {
            return cached.Policy;
        }

        if (await ReadPolicyAsync(stored, cancellationToken).ConfigureAwait(false) is not { } text)
        {
            return null;
        }

        var policy = SecretPolicy.Parse(text);
        _policies.Set(new StoredPolicy(policy, reference));
        return policy;
    }

    /// <summary>The text of the policy of a secret that has one.</summary>
    /// <returns>Null when the secret was changed meanwhile: load it again.</returns>
    public async ValueTask<string?> ReadPolicyAsync(StoredSecret stored, CancellationToken cancellationToken)
    {
        PolicyReference reference = stored.Secret.Policy ?? throw KeyFailures.Tampered();
        byte[] payload = new byte[reference.PayloadLength];
        if (!await _repository.ReadPayloadAsync(reference.PayloadId, payload, cancellationToken).ConfigureAwait(false))
        {
            return await IsCurrentAsync(stored, cancellationToken).ConfigureAwait(false) ? throw KeyFailures.Tampered() : null;
        }

        return _cipher.OpenPolicy(stored.Secret.Name, stored.Secret.Incarnation, reference, payload);
    }

    private (Secret Secret, RepositoryPayload Payload) SealPolicy(Secret secret, string policy)
    {
        UniqueId id = PublicRandom.NextId();
        byte[] payload = _cipher.SealPolicy(secret.Name, secret.Incarnation, id, policy);
        return (secret with { Policy = PolicyReference.To(id, payload) }, new RepositoryPayload(id, payload));
    }

    private sealed class StoredPolicy(SecretPolicy policy, PolicyReference reference) : ICacheable<UniqueId>
    {
        private CacheMark _mark;

        public SecretPolicy Policy => policy;

        UniqueId ICacheable<UniqueId>.CacheKey => reference.PayloadId;

        long ICacheable<UniqueId>.CacheCost => reference.PayloadLength;

        ref CacheMark ICacheable.CacheMark => ref _mark;
    }
}
