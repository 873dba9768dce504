using System.Runtime.CompilerServices;
using EmbeddedSecrets.Repositories;
using EmbeddedSecrets.Secrets;

namespace EmbeddedSecrets.Pipeline;

/// <content>Finds records and decodes them: one that is asked for comes into the cache, one that is passed by does not.</content>
internal sealed partial class OpenStore
{
    /// <summary>Loads a secret as it is stored, whether its recovery window has ended or not.</summary>
    public ValueTask<StoredSecret?> LoadAsync(string name, CancellationToken cancellationToken)
    {
        return LoadAsync(name, isRead: true, cancellationToken);
    }

    /// <summary>As <see cref="LoadAsync(string, CancellationToken)"/>, for whoever replaces it: what it was until then does not come into the cache.</summary>
    public ValueTask<StoredSecret?> LoadToReplaceAsync(string name, CancellationToken cancellationToken)
    {
        return LoadAsync(name, isRead: false, cancellationToken);
    }

    /// <summary>Decodes a record that an enumeration found, and offers it to the cache.</summary>
    public StoredSecret Decode(in RepositoryRecord record)
    {
        _records.TryGet(record.Name, out StoredSecret? cached);
        return Decode(record, cached, isRead: true);
    }

    /// <summary>Opens a record as it was at a change, without a look at the cache.</summary>
    public Secret Open(in RepositoryRecord record)
    {
        return _cipher.OpenRecord(record.Name, record.Stamp, record.Sealed.Span);
    }

    public async IAsyncEnumerable<RepositoryRecord> EnumerateAsync(
        string? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (RepositoryRecord record in _repository.EnumerateAsync(after, cancellationToken).ConfigureAwait(false))
        {
            if (_repository.CurrentHeader.Revision != HeaderRevision)
            {
                await ReloadKeysAsync(cancellationToken).ConfigureAwait(false);
            }

            yield return record;
        }
    }

    /// <summary>
    /// Goes through all secrets, for whoever looks at each once and in the background. They do not come into the cache: there
    /// they would take the places of those that are asked for, and the collector would have to carry them.
    /// </summary>
    public async IAsyncEnumerable<StoredSecret> GoThroughAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        BackgroundPace pace = default;
        await foreach (RepositoryRecord record in EnumerateAsync(null, cancellationToken).ConfigureAwait(false))
        {
            // What is here already gets no second chance by it.
            yield return _records.TryPeek(record.Name, out StoredSecret? cached) && cached.Stamp == record.Stamp ? cached : DecodeNew(record);
            pace.Step();
        }
    }

    private ValueTask<StoredSecret?> LoadAsync(string name, bool isRead, CancellationToken cancellationToken)
    {
        _records.TryGet(name, out StoredSecret? cached);
        RecordStamp known = cached?.Stamp ?? RecordStamp.Absent;
        if (_resident is not null)
        {
            cancellationToken.ThrowIfCancellationRequested();
            RepositoryRecord? resident = _resident.Find(name, known);
            if (_repository.CurrentHeader.Revision == HeaderRevision)
            {
                return new(resident is { } record ? Decode(record, cached, isRead) : null);
            }
        }

        return LoadWaitingAsync(_repository.FindAsync(name, known, cancellationToken), cached, isRead, cancellationToken);
    }

    private async ValueTask<StoredSecret?> LoadWaitingAsync(ValueTask<RepositoryRecord?> finding, StoredSecret? cached, bool isRead, CancellationToken cancellationToken)
    {
        RepositoryRecord? record = await finding.ConfigureAwait(false);
        if (_repository.CurrentHeader.Revision != HeaderRevision)
        {
            // Another process has changed the keys: what it wrote since is wrapped under them (DESIGN K7).
            await ReloadKeysAsync(cancellationToken).ConfigureAwait(false);
        }

        return record is { } found ? Decode(found, cached, isRead) : null;
    }

    private StoredSecret Decode(in RepositoryRecord record, StoredSecret? cached, bool isRead)
    {
        if (cached is not null && cached.Stamp == record.Stamp)
        {
            return cached;
        }

        StoredSecret stored = DecodeNew(record);
        _ = isRead && _records.TryOffer(stored);
        return stored;
    }

    private StoredSecret DecodeNew(in RepositoryRecord record)
    {
        return new StoredSecret(record.Stamp, _cipher.OpenRecord(record.Name, record.Stamp, record.Sealed.Span));
    }
}
