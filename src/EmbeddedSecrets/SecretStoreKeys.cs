using System.Runtime.CompilerServices;
using EmbeddedSecrets.Diagnostics;
using EmbeddedSecrets.Errors;
using EmbeddedSecrets.Keys;
using EmbeddedSecrets.Pipeline;
using EmbeddedSecrets.Secrets;

namespace EmbeddedSecrets;

/// <summary>
/// The encryption keys of a store, named keys with generations under which the data keys of secrets are wrapped, and the root
/// keys that open it. It belongs to its store and ends with it. Safe for several threads at once.
/// </summary>
/// <remarks>
/// <para>It works on the <see cref="KeyRing"/> of the store. Where the store has a key provider of its own, the members that
/// manage keys throw <see cref="NotSupportedException"/>: keys are managed where they live.</para>
/// <para>A key that cannot be used blocks the values of its secrets, for reading and for writing; what is said about the
/// secrets stays readable. A change is durable, and in force for every later operation, when its call completes. Once it is
/// being written it is not cancelled any more. What is asked for and holds already succeeds and changes nothing.</para>
/// <para>An id has 1 to 256 printable ASCII characters without spaces and does not begin with <c>acs/</c>; it is case-sensitive.
/// All keys with all their generations must fit in 768 KiB; a generation takes 48 bytes.</para>
/// </remarks>
public sealed partial class SecretStoreKeys
{
    private const int DefaultDeletionWindowDays = 30;
    private const int CountingAttempts = 3;

    private readonly StoreSession _session;
    private readonly KeyRing? _ring;
    private readonly SecretStoreOptions _options;
    private readonly OperationObserver _observer;

    internal SecretStoreKeys(StoreSession session, KeyRing? ring, SecretStoreOptions options, OperationObserver observer)
    {
        _session = session;
        _ring = ring;
        _options = options;
        _observer = observer;
    }

    /// <summary>Creates an encryption key with one generation, enabled.</summary>
    /// <param name="keyId">The id of the new key.</param>
    /// <param name="options">What else is said about the key; null for nothing.</param>
    /// <param name="cancellationToken">Ends the wait; then nothing was changed.</param>
    /// <returns>The new key.</returns>
    /// <exception cref="ArgumentException">The id or an option breaks its rule.</exception>
    /// <exception cref="NotSupportedException">The store has a key provider of its own.</exception>
    /// <exception cref="SecretConflictException">The id is taken (<c>Rejected.ResourceExist</c>).</exception>
    /// <exception cref="SecretRequestException">The keys would become too many (<c>Rejected.LimitExceeded</c>).</exception>
    /// <exception cref="SecretStoreException">The store cannot be read or written.</exception>
    public ValueTask<EncryptionKeyDescription> CreateKeyAsync(string keyId, CreateKeyOptions? options = null, CancellationToken cancellationToken = default)
    {
        CreateKeyOptions given = OptionCopies.Checked(options);
        return ChangeAsync(keyId, (ring, now) => EncryptionKeyLife.Create(ring, keyId, given, now), cancellationToken);
    }

    /// <summary>Describes an encryption key, whatever its state. Its bytes are not part of the answer.</summary>
    /// <param name="keyId">The id of the key.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What is known of the key.</returns>
    /// <exception cref="ArgumentException">The id breaks its rule.</exception>
    /// <exception cref="NotSupportedException">The store has a key provider of its own.</exception>
    /// <exception cref="SecretUnavailableException">There is no such key (<c>Forbidden.KeyNotFound</c>).</exception>
    /// <exception cref="SecretStoreException">The store cannot be read.</exception>
    public ValueTask<EncryptionKeyDescription> DescribeKeyAsync(string keyId, CancellationToken cancellationToken = default)
    {
        SecretRules.CheckManagedKeyId(keyId, nameof(keyId));
        return ReadAsync(
            (ring, requestId) => ring.Keys.TryGetValue(keyId, out EncryptionKey? key)
                ? KeyDescriptions.Of(key, requestId)
                : throw KeyFailures.KeyUnusable(keyId, UnavailabilityReason.KeyNotFound, null),
            cancellationToken,
            keyId);
    }

    /// <summary>Lists all encryption keys in ordinal order of their ids, whatever their state; not the one that the store keeps for itself.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The keys as they stood together at one moment.</returns>
    /// <exception cref="NotSupportedException">The store has a key provider of its own.</exception>
    /// <exception cref="SecretStoreException">The store cannot be read.</exception>
    public ValueTask<IReadOnlyList<EncryptionKeyDescription>> ListKeysAsync(CancellationToken cancellationToken = default)
    {
        return ReadAsync(KeyDescriptions.Of, cancellationToken);
    }

    /// <summary>Enables an encryption key: values under it can be read and written again.</summary>
    /// <param name="keyId">The id of the key.</param>
    /// <param name="cancellationToken">Ends the wait; then nothing was changed.</param>
    /// <returns>The key afterwards.</returns>
    /// <exception cref="ArgumentException">The id breaks its rule.</exception>
    /// <exception cref="NotSupportedException">The store has a key provider of its own.</exception>
    /// <exception cref="SecretUnavailableException">There is no such key (<c>Forbidden.KeyNotFound</c>), or it is scheduled for deletion (<c>Rejected.PendingDeletion</c>).</exception>
    /// <exception cref="SecretStoreException">The store cannot be read or written.</exception>
    public ValueTask<EncryptionKeyDescription> EnableKeyAsync(string keyId, CancellationToken cancellationToken = default)
    {
        return ChangeAsync(keyId, (ring, _) => EncryptionKeyLife.Enable(ring, keyId), cancellationToken);
    }

    /// <summary>Disables an encryption key: values under it are neither read nor written (<c>Rejected.Disabled</c>) until it is enabled again.</summary>
    /// <param name="keyId">The id of the key.</param>
    /// <param name="cancellationToken">Ends the wait; then nothing was changed.</param>
    /// <returns>The key afterwards.</returns>
    /// <exception cref="ArgumentException">The id breaks its rule.</exception>
    /// <exception cref="NotSupportedException">The store has a key provider of its own.</exception>
    /// <exception cref="SecretUnavailableException">There is no such key (<c>Forbidden.KeyNotFound</c>), or it is scheduled for deletion (<c>Rejected.PendingDeletion</c>).</exception>
    /// <exception cref="SecretStoreException">The store cannot be read or written.</exception>
    public ValueTask<EncryptionKeyDescription> DisableKeyAsync(string keyId, CancellationToken cancellationToken = default)
    {
        return ChangeAsync(keyId, (ring, _) => EncryptionKeyLife.Disable(ring, keyId), cancellationToken);
    }

    /// <summary>Gives an encryption key a new generation, under which new versions are written. The older ones stay for reading. Costs nothing a secret.</summary>
    /// <param name="keyId">The id of the key.</param>
    /// <param name="cancellationToken">Ends the wait; then nothing was changed.</param>
    /// <returns>The key afterwards.</returns>
    /// <exception cref="ArgumentException">The id breaks its rule.</exception>
    /// <exception cref="NotSupportedException">The store has a key provider of its own.</exception>
    /// <exception cref="SecretUnavailableException">There is no such key (<c>Forbidden.KeyNotFound</c>), or it is not enabled (<c>Rejected.Disabled</c>, <c>Rejected.PendingDeletion</c>).</exception>
    /// <exception cref="SecretRequestException">The generations would become too many (<c>Rejected.LimitExceeded</c>).</exception>
    /// <exception cref="SecretStoreException">The store cannot be read or written.</exception>
    public ValueTask<EncryptionKeyDescription> RotateKeyAsync(string keyId, CancellationToken cancellationToken = default)
    {
        return ChangeAsync(keyId, (ring, now) => EncryptionKeyLife.Rotate(ring, keyId, now), cancellationToken);
    }

    /// <summary>
    /// Schedules the deletion of an encryption key. Until the end of the window it can be cancelled; after it the key is removed,
    /// and whatever was only readable with it is gone, unless a secret still uses it: then it waits. Looks at every secret.
    /// </summary>
    /// <param name="keyId">The id of the key. The key of secrets that name none cannot be deleted.</param>
    /// <param name="window">7 to 366 days, as cloud key services have it; null for 30 days.</param>
    /// <param name="options">What else is asked; null for nothing.</param>
    /// <param name="cancellationToken">Ends the wait; then nothing was changed.</param>
    /// <returns>The key afterwards.</returns>
    /// <exception cref="ArgumentException">The id or the window breaks its rule.</exception>
    /// <exception cref="NotSupportedException">The store has a key provider of its own.</exception>
    /// <exception cref="SecretConflictException">Secrets use the key, and the options do not say to schedule it even so, or it is the key of secrets that name none (<c>Rejected.ResourceInUse</c>).</exception>
    /// <exception cref="SecretUnavailableException">There is no such key (<c>Forbidden.KeyNotFound</c>), or it is scheduled already (<c>Rejected.PendingDeletion</c>).</exception>
    /// <exception cref="SecretStoreException">The store cannot be read or written.</exception>
    public async ValueTask<EncryptionKeyDescription> ScheduleKeyDeletionAsync(
        string keyId, TimeSpan? window = null, ScheduleKeyDeletionOptions? options = null, CancellationToken cancellationToken = default)
    {
        SecretRules.CheckManagedKeyId(keyId, nameof(keyId));
        TimeSpan waits = window ?? TimeSpan.FromDays(DefaultDeletionWindowDays);
        SecretRules.CheckKeyDeletionWindow(waits, nameof(window));
        bool evenIfInUse = options?.EvenIfInUse ?? false;
        return await RunAsync(
            writes: true,
            async (open, requestId) =>
            {
                if (keyId == EncryptionKeys.Default || keyId == _options.DefaultEncryptionKeyId)
                {
                    throw KeyFailures.DefaultKeyKept(keyId);
                }

                EncryptionKeyDescription Schedule(RingChange ring)
                {
                    EncryptionKeyLife.ScheduleDeletion(ring, keyId, waits, Now());
                    return KeyDescriptions.Of(ring.Require(keyId), requestId);
                }

                for (int attempt = 0; attempt < CountingAttempts && !evenIfInUse; attempt++)
                {
                    long sequence = await open.CurrentSequenceAsync(cancellationToken).ConfigureAwait(false);
                    long secrets = await KeyUse.CountAsync(open, keyId, Now(), cancellationToken).ConfigureAwait(false);
                    if (secrets > 0)
                    {
                        throw KeyFailures.KeyInUse(keyId, secrets);
                    }

                    if (await open.Header.TryChangeRingAsync(Schedule, sequence, cancellationToken).ConfigureAwait(false) is { } done)
                    {
                        return done;
                    }
                }

                // A store that never stands still: what begins to use the key meanwhile keeps it from being removed.
                return await open.Header.ChangeRingAsync(Schedule, cancellationToken).ConfigureAwait(false);
            },
            cancellationToken,
            keyId).ConfigureAwait(false);
    }

    /// <summary>Cancels the deletion of an encryption key. The key is disabled afterwards; enable it to use it.</summary>
    /// <param name="keyId">The id of the key.</param>
    /// <param name="cancellationToken">Ends the wait; then nothing was changed.</param>
    /// <returns>The key afterwards.</returns>
    /// <exception cref="ArgumentException">The id breaks its rule.</exception>
    /// <exception cref="NotSupportedException">The store has a key provider of its own.</exception>
    /// <exception cref="SecretConflictException">The key is not scheduled for deletion (<c>Rejected.ResourceInUse</c>).</exception>
    /// <exception cref="SecretUnavailableException">There is no such key (<c>Forbidden.KeyNotFound</c>).</exception>
    /// <exception cref="SecretStoreException">The store cannot be read or written.</exception>
    public ValueTask<EncryptionKeyDescription> CancelKeyDeletionAsync(string keyId, CancellationToken cancellationToken = default)
    {
        return ChangeAsync(keyId, (ring, _) => EncryptionKeyLife.CancelDeletion(ring, keyId), cancellationToken);
    }

    /// <summary>For tests: what the hourly sweep does to keys. Removes the keys whose window has ended and that nothing uses, and rotates those that are due. The files lose the bytes of a removed key with the next compaction.</summary>
    internal ValueTask<KeySweep> SweepKeysAsync(CancellationToken cancellationToken = default)
    {
        return RunAsync(
            writes: true,
            (open, _) => KeySweeping.SweepAsync(open, _ring!, _options.DefaultEncryptionKeyId, Now(), cancellationToken),
            cancellationToken);
    }

    private ValueTask<EncryptionKeyDescription> ChangeAsync(
        string keyId, Action<RingChange, DateTimeOffset> change, CancellationToken cancellationToken, [CallerMemberName] string caller = "")
    {
        SecretRules.CheckManagedKeyId(keyId, nameof(keyId));
        return RunAsync(
            writes: true,
            (open, requestId) => open.Header.ChangeRingAsync(
                ring =>
                {
                    change(ring, Now());
                    return KeyDescriptions.Of(ring.Require(keyId), requestId);
                },
                cancellationToken),
            cancellationToken,
            keyId,
            caller);
    }

    private ValueTask<T> ReadAsync<T>(
        Func<RingKeys, RequestId, T> read, CancellationToken cancellationToken, string? keyId = null, [CallerMemberName] string caller = "")
    {
        return RunAsync(
            writes: false,
            async (open, requestId) =>
            {
                await open.ReloadKeysAsync(cancellationToken).ConfigureAwait(false);
                return read(_ring!.Keys, requestId);
            },
            cancellationToken,
            keyId,
            caller);
    }

    private ValueTask<T> RunAsync<T>(
        bool writes, Func<OpenStore, RequestId, ValueTask<T>> operation, CancellationToken cancellationToken, string? keyId = null, [CallerMemberName] string caller = "")
    {
        return _ring is not null
            ? RunOnAnyProviderAsync(writes, operation, cancellationToken, keyId, caller)
            : ValueTask.FromException<T>(new NotSupportedException("The encryption keys of this store live in a key provider of its own. Manage them there; the store only uses them."));
    }

    private ValueTask<T> RunOnAnyProviderAsync<T>(
        bool writes, Func<OpenStore, RequestId, ValueTask<T>> operation, CancellationToken cancellationToken, string? keyId = null, [CallerMemberName] string caller = "")
    {
        var requestId = RequestId.Next();
        return _observer.RunAsync(
            new ObservedOperation(ObservedOperation.NameOf(caller), requestId, null, ObservedOperation.NoSecret, keyId),
            () => _session.RunAsync(
                requestId,
                open => writes && _options.ReadOnly ? throw StoreFailures.ReadOnly(_session.Location) : operation(open, requestId),
                cancellationToken),
            static (_, _) => default,
            cancellationToken);
    }

    private DateTimeOffset Now()
    {
        return _options.TimeProvider.GetUtcNow();
    }
}
