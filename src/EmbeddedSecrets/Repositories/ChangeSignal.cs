using EmbeddedSecrets.Errors;

namespace EmbeddedSecrets.Repositories;

/// <summary>The change sequence, and those who wait until it moves.</summary>
internal sealed class ChangeSignal
{
    private readonly Lock _gate = new();
    private TaskCompletionSource? _moved;
    private bool _closed;
    private Type? _owner;
    private SecretStoreIntegrityException? _failure;
    private long _sequence;

    public long Sequence => Volatile.Read(ref _sequence);

    public bool IsWaitedFor => Volatile.Read(ref _moved) is not null;

    public void MoveTo(long sequence)
    {
        TaskCompletionSource? moved;
        lock (_gate)
        {
            if (sequence == _sequence)
            {
                return;
            }

            Volatile.Write(ref _sequence, sequence);
            moved = _moved;
            _moved = null;
        }

        moved?.SetResult();
    }

    /// <summary>Ends every wait, since nothing that comes can be believed any more.</summary>
    public void Fail(SecretStoreIntegrityException failure)
    {
        TaskCompletionSource? moved;
        lock (_gate)
        {
            _failure = failure;
            moved = _moved;
            _moved = null;
        }

        moved?.SetResult();
    }

    /// <summary>Ends every wait with an <see cref="ObjectDisposedException"/>.</summary>
    public void Close(Type owner)
    {
        TaskCompletionSource? moved;
        lock (_gate)
        {
            _closed = true;
            _owner = owner;
            moved = _moved;
            _moved = null;
        }

        moved?.SetException(new ObjectDisposedException(owner.FullName));
    }

    public async ValueTask<long> WaitAsync(long after, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        while (true)
        {
            Task moved;
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_closed, _owner!);
                if (_failure is { } failure)
                {
                    throw StoreFailures.Again(failure);
                }

                if (_sequence > after)
                {
                    return _sequence;
                }

                _moved ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                moved = _moved.Task;
            }

            await moved.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
