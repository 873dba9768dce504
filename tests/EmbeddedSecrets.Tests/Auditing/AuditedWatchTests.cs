namespace EmbeddedSecrets.Tests.Auditing;

/// <summary>The change stream names secrets, so whoever begins it stands in the trail.</summary>
[TestFixture]
public sealed class AuditedWatchTests
{
    [Test]
    public async Task Watch_Begins_TellsIntentAndOutcome()
    {
        var sink = new RecordingSink();
        await using SecretStore store = Open(sink);

        await BeginAsync(store);

        sink.Records.Select(record => (record.Operation, record.Phase, record.Outcome)).Should().Equal(
            ("Watch", AuditPhase.Intent, null), ("Watch", AuditPhase.Outcome, AuditOutcome.Succeeded));
        sink.Records.Select(record => record.RequestId).Distinct().Should().ContainSingle();
    }

    [Test]
    public async Task Watch_IntentCannotBeWritten_IsRefused()
    {
        var sink = new RecordingSink { Fails = static _ => true };
        await using SecretStore store = Open(sink);

        Func<Task> begin = () => BeginAsync(store);

        (await begin.Should().ThrowAsync<SecretStoreUnavailableException>()).Which.RequestId.Should().NotBeEmpty();
    }

    private static SecretStore Open(RecordingSink sink) => new(
        new InMemorySecretRepository(), new KeyRing(RootKey.FromBytes([.. Enumerable.Repeat((byte)1, 32)])), null, new SecretStoreOptions { AuditSink = sink });

    private static async Task BeginAsync(SecretStore store)
    {
        using var ended = new CancellationTokenSource();
        await using IAsyncEnumerator<SecretChange> changes = store.WatchAsync(after: null, ended.Token).GetAsyncEnumerator(ended.Token);
        Task<bool> next = changes.MoveNextAsync().AsTask();
        if (next.IsFaulted)
        {
            await next;
        }

        await ended.CancelAsync();
        await FluentActions.Awaiting(() => next).Should().ThrowAsync<OperationCanceledException>();
    }
}
