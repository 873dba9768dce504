using EmbeddedSecrets.Pipeline;

namespace EmbeddedSecrets;

/// <content>Rotation to its end: data keys and values under new keys, while the store is in use.</content>
public sealed partial class SecretStoreKeys
{
    /// <summary>
    /// Wraps every data key that hangs on an older generation of its encryption key under the current one, then drops the
    /// generations on which nothing hangs any more, and compacts. Values and the callers' revisions are not touched. Beside
    /// readers and writers, here and in other processes; whoever changes a secret meanwhile wins.
    /// </summary>
    /// <param name="options">What is rewrapped; null for everything, the store's own key included.</param>
    /// <param name="progress">Is told how far it is, on any thread; null for nobody.</param>
    /// <param name="cancellationToken">Ends it. What was rewrapped stays so; a further call goes on from there.</param>
    /// <returns>What was done. Old generations that remain are in it: a store that is written to all the time may keep them until a later call.</returns>
    /// <exception cref="ArgumentException">The key id breaks its rule.</exception>
    /// <exception cref="SecretUnavailableException">The key that the options name does not exist or is not enabled, or a key service failed. Without a named key, versions whose key is blocked are passed over.</exception>
    /// <exception cref="SecretStoreException">The store cannot be read or written.</exception>
    /// <remarks>
    /// <para>Looks at every secret, those that are scheduled for deletion included; commits many at a time. A copy of the files
    /// that somebody made before still opens with the old generation: for keys that may be known, use <see cref="ReencryptAsync"/> and new values.</para>
    /// <para>With a key provider of one's own, every data key is unwrapped and wrapped again, since the store does not know which
    /// of the provider's generations are old. Where the provider answers with the generation that is stored already, nothing is
    /// written; where it answers with 0 it does not tell, so everything is written, in every call. Generations are dropped by the provider.</para>
    /// </remarks>
    public ValueTask<RewrapResult> RewrapAsync(RewrapOptions? options = null, IProgress<RewrapProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        RewrapOptions given = OptionCopies.Checked(options);
        return RunOnAnyProviderAsync(writes: true, (open, _) => new KeyRewrapping(open, given.KeyId, progress).RunAsync(cancellationToken), cancellationToken, given.KeyId);
    }

    /// <summary>
    /// Encrypts the value of every version anew, under a fresh data key. The old ciphertexts are dropped with the same commit, and
    /// erased as deleted values are. The callers' revisions are not touched. Beside readers and writers, here and in other
    /// processes; whoever changes a secret meanwhile wins. Works with every key provider.
    /// </summary>
    /// <param name="options">What is encrypted anew; null for everything.</param>
    /// <param name="progress">Is told how far it is, on any thread; null for nobody.</param>
    /// <param name="cancellationToken">Ends it. What was done stays done; a further call begins from the front, since nothing tells a new data key from an old one.</param>
    /// <returns>What was done.</returns>
    /// <exception cref="ArgumentException">A key id or a name breaks its rule, or both are given.</exception>
    /// <exception cref="SecretNotFoundException">A secret that the options name does not exist; nothing was changed.</exception>
    /// <exception cref="SecretUnavailableException">The key that the options name does not exist or is not enabled, or a key service failed. Without a named key, versions whose key is blocked are passed over.</exception>
    /// <exception cref="SecretStoreException">The store cannot be read or written.</exception>
    /// <remarks>Reads and writes every value once; commits many secrets at a time. To be rid of an encryption key that may be known, rotate it first.</remarks>
    public ValueTask<ReencryptResult> ReencryptAsync(ReencryptOptions? options = null, IProgress<ReencryptProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ReencryptOptions given = OptionCopies.Checked(options);
        return RunOnAnyProviderAsync(writes: true, (open, _) => new ValueReencryption(open, given, progress, Now()).RunAsync(cancellationToken), cancellationToken, given.KeyId);
    }

    /// <summary>Counts how many versions hang on which generation of which encryption key. Looks at every secret; works with every key provider.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The generations on which at least one version hangs, in ordinal order of key ids and then of numbers. Versions that were destroyed hang on none.</returns>
    /// <exception cref="SecretStoreException">The store cannot be read.</exception>
    /// <remarks>What is written meanwhile may be counted before or after. A secret whose recovery window has ended counts until it is swept.</remarks>
    public ValueTask<IReadOnlyList<KeyUsage>> GetKeyUsageAsync(CancellationToken cancellationToken = default)
    {
        return RunOnAnyProviderAsync<IReadOnlyList<KeyUsage>>(
            writes: false,
            async (open, _) =>
            {
                Dictionary<EncryptionKeyGenerationId, long> counts = await KeyUse.GenerationsAsync(open, cancellationToken).ConfigureAwait(false);
                return
                [
                    .. counts.Select(static pair => new KeyUsage(pair.Key.KeyId, pair.Key.Generation, pair.Value))
                        .OrderBy(static usage => usage.KeyId, StringComparer.Ordinal)
                        .ThenBy(static usage => usage.Generation),
                ];
            },
            cancellationToken);
    }
}
