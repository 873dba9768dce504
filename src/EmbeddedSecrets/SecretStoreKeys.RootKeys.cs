using System.Runtime.CompilerServices;
using EmbeddedSecrets.Keys;
using EmbeddedSecrets.Pipeline;

namespace EmbeddedSecrets;

/// <content>The root keys that open the store.</content>
public sealed partial class SecretStoreKeys
{
    /// <summary>
    /// Adds a root key: from now on each of them opens the store alone. Losing one then loses nothing, and whoever has one of them and
    /// the files can read everything. No secret is touched.
    /// </summary>
    /// <param name="rootKey">The root key. It must exist already: a key file is made only together with a new store; <see cref="RootKey.Generate"/> makes its line.</param>
    /// <param name="options">What else is said about it; null for nothing.</param>
    /// <param name="cancellationToken">Ends the wait; then nothing was changed.</param>
    /// <returns>The new root key, which was tried and opens the store.</returns>
    /// <exception cref="ArgumentException">The root key is null, its kind breaks the rule of <see cref="IRootKey.Kind"/>, or an option breaks its rule.</exception>
    /// <exception cref="InvalidOperationException">The root key made a slot that does not have 1 to 4,096 bytes.</exception>
    /// <exception cref="NotSupportedException">The store has a key provider of its own.</exception>
    /// <exception cref="SecretRequestException">The store has 32 root keys already (<c>Rejected.LimitExceeded</c>).</exception>
    /// <exception cref="SecretStoreAccessException">The root key is absent or cannot be used, or does not open what it has wrapped.</exception>
    /// <exception cref="SecretStoreException">The store cannot be read or written.</exception>
    public ValueTask<RootKeyDescription> AddRootKeyAsync(IRootKey rootKey, AddRootKeyOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(rootKey);
        KeyRing.CheckKind(rootKey, nameof(rootKey));
        string description = OptionCopies.Checked(options).Description ?? string.Empty;
        return ChangeSlotsAsync(rootKey, description, RootKeySlots.Add, cancellationToken);
    }

    /// <summary>Lists the root keys that open the store, in the order in which they were added.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The root keys as they stood together at one moment; at least one.</returns>
    /// <exception cref="NotSupportedException">The store has a key provider of its own.</exception>
    /// <exception cref="SecretStoreException">The store cannot be read.</exception>
    public ValueTask<IReadOnlyList<RootKeyDescription>> ListRootKeysAsync(CancellationToken cancellationToken = default)
    {
        return ReadAsync<IReadOnlyList<RootKeyDescription>>(
            static (ring, requestId) => [.. ring.Slots.Select(slot => KeyDescriptions.Of(slot, ring.SlotInUse, requestId))],
            cancellationToken);
    }

    /// <summary>
    /// Removes a root key: it does not open the store any more. The ring of encryption keys is sealed under a new key, and the files are
    /// compacted, so that none of them holds what the root key opened. No secret is encrypted again.
    /// </summary>
    /// <param name="rootKeyId">The id of the root key, from <see cref="ListRootKeysAsync"/>. The last one cannot be removed.</param>
    /// <param name="cancellationToken">Ends the wait; then nothing was changed.</param>
    /// <returns>A task that completes when the root key is gone and the files are compacted.</returns>
    /// <remarks>
    /// <para>It does not help against an older copy of the files: the root key goes on opening a backup or a snapshot that was taken
    /// before, and what is found in one also opens the store as it is now until every other root key is changed too
    /// (<see cref="ChangeRootKeyAsync"/>). Where a root key was stolen together with a copy, do that, and change the secrets themselves.</para>
    /// <para>Every instance that was opened with the root key, this one too, unlocks again before its next operation and fails with
    /// <c>Store.WrongKey</c>; close it and open the store with another root key.</para>
    /// <para>Where the compaction fails, its exception is thrown although the root key is gone already; make up for it with
    /// <see cref="SecretStoreMaintenance.CompactAsync"/>.</para>
    /// </remarks>
    /// <exception cref="ArgumentException">The id does not have 16 characters of <c>0-9 a-f</c>.</exception>
    /// <exception cref="NotSupportedException">The store has a key provider of its own.</exception>
    /// <exception cref="SecretConflictException">It is the last root key (<c>Rejected.ResourceInUse</c>).</exception>
    /// <exception cref="SecretNotFoundException">There is no such root key (<c>Forbidden.KeyNotFound</c>).</exception>
    /// <exception cref="SecretStoreException">The store cannot be read or written.</exception>
    public async ValueTask RemoveRootKeyAsync(string rootKeyId, CancellationToken cancellationToken = default)
    {
        ulong id = ParseRootKeyId(rootKeyId);
        _ = await RunAsync(
            writes: true,
            async (open, _) =>
            {
                string removed = await open.Header.ChangeRingAsync(
                    ring =>
                    {
                        RootKeySlots.Remove(ring, rootKeyId, id);
                        return rootKeyId;
                    },
                    cancellationToken).ConfigureAwait(false);
                await open.CompactAsync(null, CancellationToken.None).ConfigureAwait(false);
                return removed;
            },
            cancellationToken,
            rootKeyId).ConfigureAwait(false);
    }

    /// <summary>
    /// Replaces a root key by another one in one step: at no moment do both open the store, or neither. Otherwise as
    /// <see cref="AddRootKeyAsync"/> and <see cref="RemoveRootKeyAsync"/> one after the other, and with the same limits.
    /// </summary>
    /// <param name="rootKeyId">The id of the root key that goes, from <see cref="ListRootKeysAsync"/>; it may be the only one.</param>
    /// <param name="replacement">The root key that comes. It must exist already. It gets an id of its own and the description of the old one.</param>
    /// <param name="cancellationToken">Ends the wait; then nothing was changed.</param>
    /// <returns>The new root key, which was tried and opens the store.</returns>
    /// <remarks>
    /// <para>It does not help against an older copy of the files: see <see cref="RemoveRootKeyAsync"/>, also for a compaction that fails.</para>
    /// <para>An instance that replaces the root key with which it was opened itself goes on with the replacement. Every other one that was
    /// opened with the old one fails with <c>Store.WrongKey</c> at its next operation.</para>
    /// </remarks>
    /// <exception cref="ArgumentException">The id does not have 16 characters of <c>0-9 a-f</c>, the replacement is null, or its kind breaks the rule of <see cref="IRootKey.Kind"/>.</exception>
    /// <exception cref="InvalidOperationException">The replacement made a slot that does not have 1 to 4,096 bytes.</exception>
    /// <exception cref="NotSupportedException">The store has a key provider of its own.</exception>
    /// <exception cref="SecretNotFoundException">There is no such root key (<c>Forbidden.KeyNotFound</c>).</exception>
    /// <exception cref="SecretStoreAccessException">The replacement is absent or cannot be used, or does not open what it has wrapped.</exception>
    /// <exception cref="SecretStoreException">The store cannot be read or written.</exception>
    public ValueTask<RootKeyDescription> ChangeRootKeyAsync(string rootKeyId, IRootKey replacement, CancellationToken cancellationToken = default)
    {
        ulong id = ParseRootKeyId(rootKeyId);
        ArgumentNullException.ThrowIfNull(replacement);
        KeyRing.CheckKind(replacement, nameof(replacement));
        return ChangeSlotsAsync(
            replacement, string.Empty, (ring, slot) => RootKeySlots.Replace(ring, rootKeyId, id, slot, replacement), cancellationToken, rootKeyId, compacts: true);
    }

    /// <summary>Makes a slot for a root key, once, and puts it into the ring, again where somebody was faster.</summary>
    private ValueTask<RootKeyDescription> ChangeSlotsAsync(
        IRootKey rootKey, string description, Func<RingChange, RootKeySlot, RootKeySlot> change, CancellationToken cancellationToken, string? replacedId = null, bool compacts = false, [CallerMemberName] string caller = "")
    {
        return RunAsync(
            writes: true,
            async (open, requestId) =>
            {
                // A passphrase costs tenths of a second: not for a store that cannot be changed with the root key of this instance.
                await open.ReloadKeysAsync(cancellationToken).ConfigureAwait(false);
                var context = new RootKeyContext(_ring!.Keys.StoreId, _session.Location, IsNewStore: false);
                using RootKeySlot slot = await RootKeySlot.MakeAsync(rootKey, context, Now(), description, cancellationToken).ConfigureAwait(false);
                RootKeyDescription changed = await open.Header.ChangeRingAsync(
                    ring => KeyDescriptions.Of(change(ring, slot), ring.Next.SlotInUse, requestId), cancellationToken).ConfigureAwait(false);
                if (compacts)
                {
                    await open.CompactAsync(null, CancellationToken.None).ConfigureAwait(false);
                }

                return changed;
            },
            cancellationToken,
            replacedId,
            caller);
    }

    private static ulong ParseRootKeyId(string rootKeyId)
    {
        ArgumentException.ThrowIfNullOrEmpty(rootKeyId);
        return RootKeySlot.TryParse(rootKeyId)
            ?? throw new ArgumentException("The id of a root key has 16 characters of 0-9 a-f, as ListRootKeysAsync gives it.", nameof(rootKeyId));
    }
}
