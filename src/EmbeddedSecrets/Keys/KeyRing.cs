using System.Security.Cryptography;
using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Envelope;
using EmbeddedSecrets.Errors;
using EmbeddedSecrets.Keys;

namespace EmbeddedSecrets;

/// <summary>
/// The default key provider: named encryption keys that lie, sealed, in the store's own header and are opened by a root key.
/// A <see cref="SecretStore"/> opens the ring that it is given; until then, and for a second store at the same time, its
/// members throw <see cref="InvalidOperationException"/>.
/// </summary>
/// <remarks>
/// While the store is open the keys are in pinned memory; they are zeroed when it is disposed. The ring does not own the
/// root key. Safe for several threads at once.
/// </remarks>
public sealed class KeyRing : IKeyProvider, IDisposable
{
    private const int DataKeyLength = CommittingCipher.KeyLength;

    private TimeProvider _time;
    private readonly Lock _gate = new();
    private IRootKey _rootKey;
    private RingKeys? _open;
    private string? _openFor;
    private bool _isDisposed;

    /// <summary>Makes a ring that is opened by a root key. Nothing is read yet.</summary>
    /// <param name="rootKey">The root key, such as <see cref="RootKey.FromFile"/>.</param>
    /// <exception cref="ArgumentNullException">The root key is null.</exception>
    /// <exception cref="ArgumentException">The kind of the root key breaks the rule of <see cref="IRootKey.Kind"/>.</exception>
    public KeyRing(IRootKey rootKey)
        : this(rootKey, TimeProvider.System)
    {
    }

    internal KeyRing(IRootKey rootKey, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(rootKey);
        CheckKind(rootKey, nameof(rootKey));
        _rootKey = rootKey;
        _time = time;
    }

    /// <summary>Gets a value indicating whether the root key completes synchronously; the ring itself always does.</summary>
    public bool CompletesSynchronously => RootKey.CompletesSynchronously;

    /// <summary>Raised, under a lock, after the keys in use were replaced or zeroed: what was unwrapped with them must go.</summary>
    internal event Action? KeysReplaced;

    /// <summary>Gets a value indicating whether data keys of disabled keys are unwrapped too: to verify a backup, never to answer a caller.</summary>
    internal bool UnwrapsInAnyState { get; init; }

    internal IRootKey RootKey => Volatile.Read(ref _rootKey);

    /// <summary>Makes a new ring with the default key and the store's key, and its state for the header: slots and sealed ring. The ring is open afterwards.</summary>
    internal async ValueTask<byte[]> CreateAsync(RootKeyContext context, CancellationToken cancellationToken)
    {
        RequireFreeFor(null, context.StoreLocation);
        DateTimeOffset now = _time.GetUtcNow();

        // A store whose one slot does not open again is lost with its first secret: better no store at all.
        RootKeySlot slot = await RootKeySlot.MakeAsync(_rootKey, context, now, string.Empty, cancellationToken).ConfigureAwait(false);
        RingKeys? ring = RingKeys.Generate(context.StoreId, now, slot);
        try
        {
            byte[] state = KeyRingState.Encode(ring);
            Replace(ring, null, context.StoreLocation);
            ring = null;
            return state;
        }
        finally
        {
            ring?.Dispose();
        }
    }

    /// <summary>
    /// Opens the ring from its state. WrongKey, Tampered, Corrupt, UnsupportedFormat, KeyMissing. A ring that is open already,
    /// also for the same store, is an <see cref="InvalidOperationException"/>.
    /// </summary>
    internal ValueTask OpenAsync(ReadOnlyMemory<byte> state, RootKeyContext context, CancellationToken cancellationToken)
    {
        return OpenAsync(state, context, null, cancellationToken);
    }

    /// <summary>Opens the ring from a newer state of the store that opened it; otherwise as <see cref="OpenAsync(ReadOnlyMemory{byte}, RootKeyContext, CancellationToken)"/>. Where that fails, the ring stays as it is.</summary>
    internal ValueTask ReloadAsync(ReadOnlyMemory<byte> state, RootKeyContext context, CancellationToken cancellationToken)
    {
        return OpenAsync(state, context, context.StoreId, cancellationToken);
    }

    private async ValueTask OpenAsync(ReadOnlyMemory<byte> state, RootKeyContext context, UniqueId? openFor, CancellationToken cancellationToken)
    {
        RequireFreeFor(openFor, context.StoreLocation);
        KeyRingState decoded = KeyRingState.Decode(state);
        IRootKey rootKey = RootKey;
        bool hasSlot = false;
        using var slotKey = new PinnedBytes(CommittingCipher.KeyLength);
        foreach (SealedSlot slot in decoded.Slots)
        {
            if (slot.Kind != rootKey.Kind)
            {
                continue;
            }

            hasSlot = true;
            if (await rootKey.TryUnwrapAsync(slot.Wrapped, context, slotKey.Memory, cancellationToken).ConfigureAwait(false))
            {
                RingKeys? ring = decoded.Open(context.StoreId, slot, slotKey.Span);
                try
                {
                    Replace(ring, openFor, context.StoreLocation);
                    ring = null;
                }
                finally
                {
                    ring?.Dispose();
                }

                return;
            }
        }

        throw hasSlot
            ? KeyFailures.WrongKey(rootKey.Kind, context.StoreLocation)
            : KeyFailures.NoSlot(rootKey.Kind, decoded.Slots.Select(slot => slot.Kind).Distinct(), context.StoreLocation);
    }

    /// <summary>The clock of the store that the ring is given to: the dates of its keys are compared with those of secrets.</summary>
    internal void UseClock(TimeProvider time) => Volatile.Write(ref _time, time);

    /// <summary>Zeroes all keys; the ring can be opened again.</summary>
    internal void Lock()
    {
        lock (_gate)
        {
            Take(null);
        }
    }

    /// <summary>The keys that are in use now: for what is said about them.</summary>
    internal RingKeys Keys => Current();

    /// <summary>
    /// Makes the next ring from the open one, sealed for its slots. The caller commits the state over the one that the open ring
    /// came from and then calls <see cref="Adopt"/>, or disposes the keys.
    /// </summary>
    internal NextRing<T> Prepare<T>(Func<RingChange, T> change)
    {
        // Within the gate nobody zeroes what is copied: a ring of zeros would be the end of every secret.
        lock (_gate)
        {
            using var next = new RingChange(Current());
            T result = change(next);
            return next.IsChanged
                ? new NextRing<T>(KeyRingState.Encode(next.Next), next.Take(), next.NextRootKey, result)
                : new NextRing<T>(default, null, null, result);
        }
    }

    /// <summary>Takes over the ring that was committed, and the root key that opens it from now on; the ring before is zeroed.</summary>
    internal void Adopt(RingKeys next, IRootKey? rootKey)
    {
        lock (_gate)
        {
            _ = Current();
            Take(next);
            Volatile.Write(ref _rootKey, rootKey ?? _rootKey);
        }
    }

    /// <summary>Refuses a root key whose kind could not be written.</summary>
    internal static void CheckKind(IRootKey rootKey, string parameter)
    {
        if (!KeyRingState.IsKind(rootKey.Kind))
        {
            throw new ArgumentException("The kind of a root key has 1 to 64 characters of a-z 0-9 -.", parameter);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The ring is not open.</exception>
    /// <exception cref="SecretUnavailableException">The encryption key does not exist or cannot be used.</exception>
    /// <exception cref="ArgumentException">The buffer is not 32 bytes.</exception>
    public ValueTask<WrappedDataKey> GenerateDataKeyAsync(string keyId, ReadOnlyMemory<byte> associatedData, Memory<byte> dataKey, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(keyId);
        CheckLength(dataKey.Length, nameof(dataKey));
        cancellationToken.ThrowIfCancellationRequested();
        return new ValueTask<WrappedDataKey>(GenerateDataKey(keyId, associatedData.Span, dataKey.Span));
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The ring is not open.</exception>
    /// <exception cref="SecretUnavailableException">The encryption key does not exist or cannot be used.</exception>
    /// <exception cref="ArgumentException">The data key is not 32 bytes.</exception>
    public ValueTask<WrappedDataKey> WrapAsync(string keyId, ReadOnlyMemory<byte> dataKey, ReadOnlyMemory<byte> associatedData, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(keyId);
        CheckLength(dataKey.Length, nameof(dataKey));
        cancellationToken.ThrowIfCancellationRequested();
        return new ValueTask<WrappedDataKey>(Wrap(keyId, dataKey.Span, associatedData.Span));
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The ring is not open.</exception>
    /// <exception cref="SecretUnavailableException">The encryption key, or this generation of it, does not exist or cannot be used.</exception>
    /// <exception cref="ArgumentException">The buffer is not 32 bytes.</exception>
    public ValueTask UnwrapAsync(WrappedDataKey wrapped, ReadOnlyMemory<byte> associatedData, Memory<byte> dataKey, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(wrapped);
        CheckLength(dataKey.Length, nameof(dataKey));
        cancellationToken.ThrowIfCancellationRequested();
        Unwrap(wrapped, associatedData.Span, dataKey.Span);
        return ValueTask.CompletedTask;
    }

    /// <summary>Zeroes all keys. The ring cannot be used again.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            Lock();
        }
    }

    /// <summary>As <see cref="GenerateDataKeyAsync"/>, on this thread.</summary>
    internal WrappedDataKey GenerateDataKey(string keyId, ReadOnlySpan<byte> associatedData, Span<byte> dataKey)
    {
        RandomNumberGenerator.Fill(dataKey);
        return Wrap(keyId, dataKey, associatedData);
    }

    /// <summary>As <see cref="UnwrapAsync"/>, on this thread.</summary>
    internal void Unwrap(WrappedDataKey wrapped, ReadOnlySpan<byte> associatedData, Span<byte> dataKey) =>
        Unwrap(wrapped.KeyId, wrapped.Generation, wrapped.Ciphertext.Span, associatedData, dataKey);

    internal void Unwrap(string keyId, long generation, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> associatedData, Span<byte> dataKey)
    {
        RingKeys ring = Current();
        while (true)
        {
            try
            {
                ring.Unwrap(keyId, generation, ciphertext, associatedData, dataKey, UnwrapsInAnyState);
                return;
            }
            catch (ObjectDisposedException)
            {
                // The ring was replaced or locked meanwhile.
                ring = Next(ring);
            }
        }
    }

    private WrappedDataKey Wrap(string keyId, ReadOnlySpan<byte> dataKey, ReadOnlySpan<byte> associatedData)
    {
        RingKeys ring = Current();
        while (true)
        {
            try
            {
                return ring.Wrap(keyId, dataKey, associatedData);
            }
            catch (ObjectDisposedException)
            {
                ring = Next(ring);
            }
        }
    }

    private RingKeys Current()
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _isDisposed), this);
        return Volatile.Read(ref _open) ?? throw new InvalidOperationException("The key ring is not open; the store that it is given to opens it.");
    }

    private RingKeys Next(RingKeys disposed)
    {
        lock (_gate)
        {
            RingKeys current = Current();
            return current != disposed ? current : throw new InvalidOperationException("The key ring holds keys that were zeroed.");
        }
    }

    private void Replace(RingKeys ring, UniqueId? storeId, string location)
    {
        lock (_gate)
        {
            RequireFreeFor(storeId, location);
            _openFor = location;
            Take(ring);
        }
    }

    private void Take(RingKeys? next)
    {
        Interlocked.Exchange(ref _open, next)?.Dispose();
        KeysReplaced?.Invoke();
    }

    /// <summary>
    /// Null where nobody may have it open: of two stores of one place, the one that closes would take the keys from the other,
    /// and the one that lags behind would give it an older ring. A copy of a store has its id, so the place counts too.
    /// </summary>
    private void RequireFreeFor(UniqueId? storeId, string location)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_open is not null && (_open.StoreId != storeId || _openFor != location))
            {
                throw new InvalidOperationException("The key ring is open for another store; give each store a ring of its own.");
            }
        }
    }

    private static void CheckLength(int length, string parameter)
    {
        if (length != DataKeyLength)
        {
            throw new ArgumentException($"A data key has {DataKeyLength} bytes, not {length}.", parameter);
        }
    }
}
