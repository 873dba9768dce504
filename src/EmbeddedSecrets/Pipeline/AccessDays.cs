using System.Collections.Concurrent;
using EmbeddedSecrets.Secrets;

namespace EmbeddedSecrets.Pipeline;

/// <summary>
/// The days on which secrets were read, until they are written into the records: within the hour, and when the store is
/// closed. A read of a secret whose day is known costs one comparison.
/// </summary>
internal sealed class AccessDays
{
    private readonly ConcurrentDictionary<string, Access> _pending = new(StringComparer.Ordinal);

    public bool HasPending => !_pending.IsEmpty;

    public static int DayOf(DateTimeOffset time) => (int)(time.UtcTicks / TimeSpan.TicksPerDay);

    public void Note(StoredSecret stored, DateTimeOffset now)
    {
        int day = DayOf(now);
        if (stored.NotedDay >= day)
        {
            return;
        }

        stored.NotedDay = day;
        if (stored.Secret.LastAccessDay < day)
        {
            var noted = new Access(stored.Secret.Incarnation, day);
            _ = _pending.AddOrUpdate(
                stored.Secret.Name, static (_, noted) => noted, static (_, known, noted) => known.Incarnation == noted.Incarnation && known.Day > noted.Day ? known : noted, noted);
        }
    }

    /// <summary>The last day on which a secret was read, whether it is written down or not; 0 for never.</summary>
    public int LastOf(Secret secret)
    {
        return _pending.TryGetValue(secret.Name, out Access? access) && access.Incarnation == secret.Incarnation
            ? Math.Max(access.Day, secret.LastAccessDay)
            : secret.LastAccessDay;
    }

    /// <summary>Writes what is pending, if that can be done. Whatever fails, such as a record that is damaged or a store whose writing has stopped: the days stay pending, and nothing else is kept from being done.</summary>
    public async ValueTask TryWriteAsync(OpenStore open, CancellationToken cancellationToken)
    {
        try
        {
            await WriteAsync(open, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // At closing a day of reading is lost then, and nothing else.
        }
    }

    /// <summary>Writes what is pending into the records: the repository's revision of a secret moves, its own does not.</summary>
    public async ValueTask WriteAsync(OpenStore open, CancellationToken cancellationToken)
    {
        if (!HasPending)
        {
            return;
        }

        KeyValuePair<string, Access>[] written = await ReadableAsync(open, cancellationToken).ConfigureAwait(false);
        var days = new Dictionary<string, Access>(written, StringComparer.Ordinal);
        var change = new BulkChange(
            open,
            (stored, _) =>
            {
                // A name that was deleted and created anew meanwhile is another secret, which nobody has read.
                Access access = days[stored.Secret.Name];
                return ValueTask.FromResult<BulkStep?>(access.Incarnation != stored.Secret.Incarnation || access.Day <= stored.Secret.LastAccessDay ? default
                    : new BulkStep(open.SealRewritten(stored, stored.Secret with { LastAccessDay = access.Day }, []), 1));
            },
            static _ => { });
        await change.RunAsync(days.Keys, cancellationToken).ConfigureAwait(false);
        foreach (KeyValuePair<string, Access> entry in written)
        {
            _ = _pending.TryRemove(entry);
        }
    }

    /// <summary>Without those whose record is damaged: they must not keep the days of others from being written.</summary>
    private async ValueTask<KeyValuePair<string, Access>[]> ReadableAsync(OpenStore open, CancellationToken cancellationToken)
    {
        var readable = new List<KeyValuePair<string, Access>>();
        foreach (KeyValuePair<string, Access> entry in _pending)
        {
            try
            {
                _ = await open.LoadToReplaceAsync(entry.Key, cancellationToken).ConfigureAwait(false);
                readable.Add(entry);
            }
            catch (SecretStoreIntegrityException)
            {
                // Whoever reads it is told.
            }
        }

        return [.. readable];
    }

    /// <summary>No struct: a dictionary of references is there when the process starts, one of structs waits for the compiler.</summary>
    private sealed record Access(UniqueId Incarnation, int Day);
}
