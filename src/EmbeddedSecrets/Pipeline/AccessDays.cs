using System.Collections.Concurrent;

namespace EmbeddedSecrets.Pipeline;

/// <summary>
/// The days on which secrets were read, until they are written into the records: within the hour, and when the store is
/// closed. A read of a secret whose day is known costs one comparison.
/// </summary>
internal sealed class AccessDays
{
    private readonly ConcurrentDictionary<string, int> _pending = new(StringComparer.Ordinal);

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
            _pending[stored.Secret.Name] = day;
        }
    }

    /// <summary>The last day on which a secret was read, whether it is written down or not; 0 for never.</summary>
    public int LastOf(string name, int written) => _pending.TryGetValue(name, out int day) ? Math.Max(day, written) : written;

    /// <summary>Writes what is pending into the records: the repository's revision of a secret moves, its own does not.</summary>
    public async ValueTask WriteAsync(OpenStore open, CancellationToken cancellationToken)
    {
        if (_pending.IsEmpty)
        {
            return;
        }

        KeyValuePair<string, int>[] written = [.. _pending];
        var days = new Dictionary<string, int>(written, StringComparer.Ordinal);
        var change = new BulkChange(
            open,
            (stored, _) =>
            {
                int day = days[stored.Secret.Name];
                return ValueTask.FromResult<BulkStep?>(day <= stored.Secret.LastAccessDay ? default
                    : new BulkStep(open.SealRewritten(stored, stored.Secret with { LastAccessDay = day }, []), 1));
            },
            static _ => { });
        await change.RunAsync(days.Keys, cancellationToken).ConfigureAwait(false);
        foreach (KeyValuePair<string, int> entry in written)
        {
            _ = _pending.TryRemove(entry);
        }
    }
}
