using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace EmbeddedSecrets.Pipeline;

/// <summary>
/// Builds an asynchronous method as the framework does, but begins it by code of this assembly. The framework's own start is
/// generic code over our structure, which only this assembly could compile ahead of time and may not: two methods to compile at the
/// first call of each asynchronous method, a third of a millisecond (decision 0022). For the methods of an opening and of a first
/// read, which complete without waiting where all parts are embedded.
/// </summary>
/// <typeparam name="TResult">What the method returns.</typeparam>
internal struct PrecompiledAsyncBuilder<TResult>
{
    // The fields of a builder live in the method's structure, which moves to the heap when the method waits: no copies of it.
    private AsyncValueTaskMethodBuilder<TResult> _inner;

    public ValueTask<TResult> Task => _inner.Task;

    public static PrecompiledAsyncBuilder<TResult> Create()
    {
        return default;
    }

    /// <summary>Runs the method up to its first wait. Like the framework's, it gives the caller its contexts back; where their flow is suppressed there is none to give back.</summary>
    [SuppressMessage("Performance", "CA1822:Mark members as static", Justification = "The compiler asks for a method of the instance.")]
    public readonly void Start<TStateMachine>(ref TStateMachine stateMachine)
        where TStateMachine : IAsyncStateMachine
    {
        ExecutionContext? context = ExecutionContext.Capture();
        SynchronizationContext? synchronization = SynchronizationContext.Current;
        try
        {
            stateMachine.MoveNext();
        }
        finally
        {
            if (context is not null && !ReferenceEquals(context, ExecutionContext.Capture()))
            {
                ExecutionContext.Restore(context);
            }

            if (synchronization != SynchronizationContext.Current)
            {
                SynchronizationContext.SetSynchronizationContext(synchronization);
            }
        }
    }

    public void SetStateMachine(IAsyncStateMachine stateMachine)
    {
        _inner.SetStateMachine(stateMachine);
    }

    public void SetResult(TResult result)
    {
        _inner.SetResult(result);
    }

    public void SetException(Exception exception)
    {
        _inner.SetException(exception);
    }

    public void AwaitOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : INotifyCompletion
        where TStateMachine : IAsyncStateMachine
    {
        _inner.AwaitOnCompleted(ref awaiter, ref stateMachine);
    }

    public void AwaitUnsafeOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : ICriticalNotifyCompletion
        where TStateMachine : IAsyncStateMachine
    {
        _inner.AwaitUnsafeOnCompleted(ref awaiter, ref stateMachine);
    }
}
