using System.Runtime.CompilerServices;
using EmbeddedSecrets.Caching;
using EmbeddedSecrets.Envelope;
using EmbeddedSecrets.Errors;
using EmbeddedSecrets.Records;
using EmbeddedSecrets.Repositories;
using EmbeddedSecrets.Secrets;

namespace EmbeddedSecrets.Pipeline;

/// <summary>
/// A store whose keys are unlocked: loads and decodes records, seals and commits changes, reads values. Safe for several
/// threads at once. It knows no rule of the domain.
/// </summary>
internal sealed partial class OpenStore : IDisposable
{
    private readonly ISecretRepository _repository;
    private readonly IKeyProvider _keyProvider;
    private readonly BoundedCache<string, StoredSecret> _records;
    private readonly DataKeyCache _dataKeys;
    private readonly StoreCipher _cipher;

    /// <summary>Takes over the cipher.</summary>
    public OpenStore(ISecretRepository repository, IKeyProvider keyProvider, SecretStoreOptions options, StoreCipher cipher, long headerRevision)
    {
        _repository = repository;
        _resident = repository as IResidentRepository;
        _keyProvider = keyProvider;
        _cipher = cipher;
        Header = new UnlockedHeader(repository, keyProvider, cipher, headerRevision);
        _records = new BoundedCache<string, StoredSecret>(options.RecordCacheEntries);
        var ring = keyProvider as KeyRing;
        _dataKeys = new DataKeyCache(options.DataKeyCacheEntries ?? (ring is null ? 0 : SecretStoreOptions.DefaultDataKeyCacheEntries));
        if (ring is not null)
        {
            // A ring that changes or locks may refuse from now on what it unwrapped before.
            ring.KeysReplaced += _dataKeys.Clear;
        }

        HashVersionId = (incarnation, versionId) => _cipher.HashVersionId(incarnation, versionId);
    }

    public Func<UniqueId, string, ulong> HashVersionId { get; }

    /// <summary>Gets the data keys of values that were read, for tests; empty and closed once the store is.</summary>
    internal DataKeyCache DataKeys => _dataKeys;

    public ValueTask<long> WaitForChangeAsync(long after, CancellationToken cancellationToken)
    {
        return _repository.WaitForChangeAsync(after, cancellationToken);
    }

    public async ValueTask<RepositoryChanges> ReadChangesAsync(long after, CancellationToken cancellationToken)
    {
        RepositoryChanges changes = await _repository.ReadChangesAsync(after, cancellationToken).ConfigureAwait(false);
        if (_repository.CurrentHeader.Revision != HeaderRevision)
        {
            // Whoever watches is told nothing more once the root key of this instance is removed.
            await ReloadKeysAsync(cancellationToken).ConfigureAwait(false);
        }

        return changes;
    }

    public ValueTask CompactAsync(IProgress<CopyProgress>? progress, CancellationToken cancellationToken)
    {
        return _repository.CompactAsync(progress, cancellationToken);
    }

    public ValueTask WaitForErasureAsync(CancellationToken cancellationToken)
    {
        return _repository.WaitForErasureAsync(cancellationToken);
    }

    public ValueTask<BackupDescription> BackUpAsync(Stream destination, IProgress<CopyProgress>? progress, CancellationToken cancellationToken)
    {
        return _repository.BackUpAsync(destination, progress, cancellationToken);
    }

    /// <summary>Reads the value of a version; the caller owns it.</summary>
    /// <returns>Null when the payload is gone because the secret was changed meanwhile: load it again.</returns>
    [AsyncMethodBuilder(typeof(PrecompiledAsyncBuilder<>))]
    public async ValueTask<SecretValue?> ReadValueAsync(StoredSecret stored, SecretVersion version, CancellationToken cancellationToken)
    {
        SealedContent content = version.Content ?? throw KeyFailures.Tampered();
        ValueContext context = ContextOf(stored.Secret, version);
        byte[] rented = System.Buffers.ArrayPool<byte>.Shared.Rent(content.PayloadLength);
        try
        {
            Memory<byte> payload = rented.AsMemory(0, content.PayloadLength);
            if (!await _repository.ReadPayloadAsync(content.PayloadId, payload, cancellationToken).ConfigureAwait(false))
            {
                return await IsCurrentAsync(stored, cancellationToken).ConfigureAwait(false) ? throw KeyFailures.Tampered() : null;
            }

            return ValueSealing.TryOpenCached(_dataKeys, context, content, payload.Span)
                ?? await ValueSealing.OpenAsync(_keyProvider, _dataKeys, context, content, payload, cancellationToken).ConfigureAwait(false);
        }
        catch (SecretUnavailableException)
        {
            // The secret may have been moved to another key meanwhile, and the old one disabled.
            if (await IsCurrentAsync(stored, cancellationToken).ConfigureAwait(false))
            {
                throw;
            }

            return null;
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>Seals a transition of one secret into a change of the repository. The value belongs to a version that has no content yet.</summary>
    /// <returns>Null when the key cannot be used and the secret was changed meanwhile: it may have another key now, so load it again.</returns>
    public async ValueTask<SealedChange?> TrySealAsync(
        string name, StoredSecret? stored, SecretTransition transition, SecretValue? value, CancellationToken cancellationToken)
    {
        try
        {
            return await SealAsync(name, stored, transition, value, cancellationToken).ConfigureAwait(false);
        }
        catch (SecretUnavailableException) when (stored is not null)
        {
            if (await IsCurrentAsync(stored, cancellationToken).ConfigureAwait(false))
            {
                throw;
            }

            return null;
        }
    }

    private async ValueTask<SealedChange> SealAsync(
        string name, StoredSecret? stored, SecretTransition transition, SecretValue? value, CancellationToken cancellationToken)
    {
        RecordStamp expected = stored?.Stamp ?? RecordStamp.Absent;
        Secret? next = transition.Next;
        RepositoryPayload[] added = [];
        if (next is not null && value is not null && transition.Version is { Content: null } written)
        {
            (SealedContent content, byte[] payload) = await ValueSealing.SealAsync(
                _keyProvider, next.EncryptionKeyId, ContextOf(next, written), value, cancellationToken).ConfigureAwait(false);
            next = next with { Versions = next.Versions.SetItem(next.Versions.LastIndexOf(written), written with { Content = content }) };
            added = [new RepositoryPayload(content.PayloadId, payload)];
        }

        if (next is not null && transition.Policy is { } policy)
        {
            (next, RepositoryPayload sealedPolicy) = SealPolicy(next, policy);
            added = [.. added, sealedPolicy];
        }

        if (next is not null && stored is not null && next.Incarnation == expected.Incarnation && next.EncryptionKeyId != stored.Secret.EncryptionKeyId)
        {
            next = await MovedAsync(next, cancellationToken).ConfigureAwait(false);
        }

        return Seal(name, stored, next, added);
    }

    /// <summary>Commits changes that were sealed by this store, all or nothing.</summary>
    /// <returns>False when a condition did not hold: load again, apply the transitions again, and seal again.</returns>
    public async ValueTask<bool> TryCommitAsync(IReadOnlyList<SealedChange> changes, long headerRevision, CancellationToken cancellationToken)
    {
        var commit = new RepositoryCommit { HeaderRevision = headerRevision, Changes = ChangesOf(changes) };
        try
        {
            await _repository.CommitAsync(commit, cancellationToken).ConfigureAwait(false);
        }
        catch (RepositoryConflictException exception)
        {
            if (exception.Conflict == RepositoryConflict.Header)
            {
                await ReloadKeysAsync(cancellationToken).ConfigureAwait(false);
            }

            return false;
        }

        for (int i = 0; i < changes.Count; i++)
        {
            UpdateCaches(changes[i]);
        }

        return true;
    }

    /// <summary>Brings the caches up to what was committed.</summary>
    private void UpdateCaches(SealedChange change)
    {
        IReadOnlyList<UniqueId> dropped = change.Change.DroppedPayloads;
        for (int i = 0; i < dropped.Count; i++)
        {
            _dataKeys.Remove(dropped[i]);
        }

        if (change.Stored is not null)
        {
            _records.Keep(change.Stored);
        }
        else
        {
            _records.Remove(change.Change.Name);
        }
    }

    /// <summary>The header whose keys are in use.</summary>
    public UnlockedHeader Header { get; }

    /// <summary>The revision of the header whose keys are in use: taken before sealing, given with the commit (DESIGN K7).</summary>
    public long HeaderRevision => Header.Revision;

    /// <summary>Unlocks again when the header was replaced.</summary>
    public ValueTask ReloadKeysAsync(CancellationToken cancellationToken)
    {
        return Header.ReloadAsync(cancellationToken);
    }

    public ValueTask<long> CurrentSequenceAsync(CancellationToken cancellationToken)
    {
        return _repository.WaitForChangeAsync(-1, cancellationToken);
    }

    public void Dispose()
    {
        if (Ring is { } ring)
        {
            ring.KeysReplaced -= _dataKeys.Clear;
        }

        _dataKeys.Dispose();
        _cipher.Dispose();
        Header.Dispose();
    }

    private static RepositoryChange[] ChangesOf(IReadOnlyList<SealedChange> changes)
    {
        var repositoryChanges = new RepositoryChange[changes.Count];
        for (int i = 0; i < repositoryChanges.Length; i++)
        {
            repositoryChanges[i] = changes[i].Change;
        }

        return repositoryChanges;
    }

    /// <summary>The secret with the data key of every version under its encryption key.</summary>
    private async ValueTask<Secret> MovedAsync(Secret secret, CancellationToken cancellationToken)
    {
        var versions = secret.Versions.ToBuilder();
        for (int i = 0; i < versions.Count; i++)
        {
            if (versions[i].Content is { } content && content.DataKey.KeyId != secret.EncryptionKeyId)
            {
                content = await ValueSealing.RewrapAsync(_keyProvider, secret.EncryptionKeyId, ContextOf(secret, versions[i]), content, cancellationToken).ConfigureAwait(false);
                versions[i] = versions[i] with { Content = content };
            }
        }

        return secret with { Versions = versions.ToImmutable() };
    }

    /// <summary>Seals a secret as it is to be stored, null to remove it: every commit moves the repository's revision of a record.</summary>
    private SealedChange Seal(string name, StoredSecret? stored, Secret? next, IReadOnlyList<RepositoryPayload> added)
    {
        RecordStamp expected = stored?.Stamp ?? RecordStamp.Absent;
        RecordStamp stamp = next is null ? RecordStamp.Absent
            : new RecordStamp(next.Incarnation, next.Incarnation == expected.Incarnation ? expected.Revision + 1 : 1);
        if (next is not null && next.Revision != stored?.Secret.Revision)
        {
            next = next with { LastChange = LastChange.Between(stored?.Secret, next, stamp.Revision) };
        }

        var change = new RepositoryChange
        {
            Name = name,
            Expected = expected,
            Record = next is null ? null : new RepositoryRecord(name, stamp, _cipher.SealRecord(next, stamp)),
            AddedPayloads = added,
            DroppedPayloads = DroppedPayloads.Between(stored?.Secret, next),
        };
        return new SealedChange(change, next is null ? null : new StoredSecret(stamp, next));
    }

    private ValueContext ContextOf(Secret secret, SecretVersion version)
    {
        return new ValueContext(_cipher.StoreId, secret.Name, secret.Incarnation, version.VersionId, version.ValueKind);
    }
}
