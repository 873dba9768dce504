using EmbeddedSecrets.Keys;
using EmbeddedSecrets.Secrets;

namespace EmbeddedSecrets.Pipeline;

/// <summary>
/// What the time alone does to a store (DESIGN K12): removes secrets whose recovery window has ended, removes and rotates
/// keys, finishes rotations, and writes down the days on which secrets were read. Begins in the background, a moment after a store
/// was opened for writing, and then every hour; of all instances of a store one does it. What fails is tried again an hour later.
/// </summary>
internal sealed class StoreSweeping : IAsyncDisposable
{
    public static readonly TimeSpan Period = TimeSpan.FromHours(1);

    /// <summary>What a store was opened for comes first: beside a sweep the first read of a process took twice as long (decision 0022).</summary>
    public static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(100);

    /// <summary>A little shorter: a timer that ticks a moment early must not cost an hour.</summary>
    private static readonly TimeSpan ClaimPeriod = Period - TimeSpan.FromMinutes(1);

    private readonly OpenStore _open;
    private readonly SecretStoreOptions _options;
    private readonly AccessDays? _accesses;
    private readonly CancellationTokenSource _closing = new();
    private readonly ITimer _timer;

    private Task _running = Task.CompletedTask;
    private bool _isNextDue;

    private StoreSweeping(OpenStore open, SecretStoreOptions options, AccessDays? accesses)
    {
        _open = open;
        _options = options;
        _accesses = accesses;
        _timer = options.TimeProvider.CreateTimer(static sweeping => ((StoreSweeping)sweeping!).Tick(), this, Delay, Period);
    }

    /// <summary>Begins to sweep, on another thread, until it is disposed.</summary>
    public static StoreSweeping Start(OpenStore open, SecretStoreOptions options, AccessDays? accesses)
    {
        return new StoreSweeping(open, options, accesses);
    }

    /// <summary>Sweeps now: secrets first, since they keep keys from being removed.</summary>
    public static async ValueTask SweepAsync(OpenStore open, SecretStoreOptions options, CancellationToken cancellationToken)
    {
        DateTimeOffset now = options.TimeProvider.GetUtcNow();
        var removal = new BulkChange(open, (stored, _) => ValueTask.FromResult<BulkStep?>(Removal(open, stored, now)), static _ => { });
        await removal.RunAsync(cancellationToken).ConfigureAwait(false);
        if (open.Ring is { } ring)
        {
            _ = await KeySweeping.SweepAsync(open, ring, options.DefaultEncryptionKeyId, now, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Ends it, and waits until it has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync().ConfigureAwait(false);
        await _closing.CancelAsync().ConfigureAwait(false);
        Task running;
        lock (_closing)
        {
            running = _running;
        }

        await running.ConfigureAwait(false);
        _closing.Dispose();
    }

    private static BulkStep Removal(OpenStore open, StoredSecret stored, DateTimeOffset now)
    {
        return SecretLife.Existing(stored.Secret, now) is null ? new BulkStep(open.SealRewritten(stored, null, []), 0) : default;
    }

    /// <summary>Lets a sweep follow the one that is at work, if any: one, however often the time comes meanwhile.</summary>
    private void Tick()
    {
        lock (_closing)
        {
            if (!_isNextDue && !_closing.IsCancellationRequested)
            {
                Task before = _running;
                _isNextDue = true;
                _running = Task.Run(() => SweepAfterAsync(before));
            }
        }
    }

    private async Task SweepAfterAsync(Task before)
    {
        await before.ConfigureAwait(false);
        lock (_closing)
        {
            _isNextDue = false;
        }

        await SweepAsync().ConfigureAwait(false);
    }

    private async Task SweepAsync()
    {
        CancellationToken closing = _closing.Token;
        try
        {
            if (_accesses is { HasPending: true })
            {
                await _accesses.TryWriteAsync(_open, closing).ConfigureAwait(false);
            }

            if (await _open.TryBeginSweepAsync(ClaimPeriod, closing).ConfigureAwait(false))
            {
                await SweepAsync(_open, _options, closing).ConfigureAwait(false);
                await FinishRotationsAsync(closing).ConfigureAwait(false);
            }
        }
        catch (Exception)
        {
            // Nobody waits for this; whoever uses the store meets the cause by themselves.
        }
    }

    /// <summary>A key that is rotated by itself is rewrapped by itself, also where an earlier attempt ended half-way.</summary>
    private async ValueTask FinishRotationsAsync(CancellationToken cancellationToken)
    {
        if (_open.Ring is not { } ring)
        {
            return;
        }

        string[] unfinished = [.. ring.Keys.Keys.Values.Where(IsUnfinished).Select(static key => key.Id)];
        foreach (string keyId in unfinished)
        {
            _ = await new KeyRewrapping(_open, keyId, null).RunAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static bool IsUnfinished(EncryptionKey key)
    {
        return key is { RotationPeriod: not null, State: EncryptionKeyState.Enabled, Generations.Count: > 1 };
    }
}
