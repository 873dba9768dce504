using System.Runtime.CompilerServices;
using EmbeddedSecrets.Pipeline;

namespace EmbeddedSecrets.Tests.Pipeline;

/// <summary>Asynchronous methods that begin by code of the library behave as all others do.</summary>
[TestFixture]
public sealed class PrecompiledAsyncBuilderTests
{
    private static readonly AsyncLocal<string?> Ambient = new();

    [Test]
    public async Task Call_WithAndWithoutWaiting_ReturnsTheResult([Values] bool waits)
    {
        ValueTask<int> call = RunAsync(waits, static () => 42);

        call.IsCompleted.Should().Be(!waits);
        (await call).Should().Be(42);
    }

    [Test]
    public async Task Call_Throws_TheTaskFails([Values] bool waits)
    {
        ValueTask<int> call = RunAsync(waits, static () => throw new InvalidOperationException("told"));

        Func<Task> awaiting = async () => await call;

        await awaiting.Should().ThrowAsync<InvalidOperationException>().WithMessage("told");
    }

    [Test]
    public async Task Call_ChangesItsContexts_TheCallerKeepsHisOwn()
    {
        Ambient.Value = "of the caller";
        SynchronizationContext? own = SynchronizationContext.Current;
        string? after = null;
        SynchronizationContext? context = null;

        await RunAsync(waits: false, () =>
        {
            Ambient.Value = "of the method";
            SynchronizationContext.SetSynchronizationContext(new SynchronizationContext());
            return 0;
        }).AsTask().ContinueWith(
            _ =>
            {
                after = Ambient.Value;
                context = SynchronizationContext.Current;
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);

        after.Should().Be("of the caller");
        context.Should().Be(own);
    }

    [Test]
    public async Task Call_Waits_KeepsItsContextBehindTheWait()
    {
        Ambient.Value = "of the caller";

        (await ReadAmbientAsync("of the method")).Should().Be("of the method");

        Ambient.Value.Should().Be("of the caller");
    }

    [AsyncMethodBuilder(typeof(PrecompiledAsyncBuilder<>))]
    private static async ValueTask<int> RunAsync(bool waits, Func<int> run)
    {
        if (waits)
        {
            await Task.Delay(10).ConfigureAwait(false);
        }

        return run();
    }

    [AsyncMethodBuilder(typeof(PrecompiledAsyncBuilder<>))]
    private static async ValueTask<string?> ReadAmbientAsync(string value)
    {
        Ambient.Value = value;
        await Task.Yield();
        return Ambient.Value;
    }
}
