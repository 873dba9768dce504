namespace EmbeddedSecrets.Tests.Pipeline;

[TestFixture(true)]
[TestFixture(false)]
public sealed class WatchTests(bool inFile)
{
    private TemporaryDirectory _directory = null!;
    private SecretStore _store = null!;

    [SetUp]
    public async Task OpenAsync()
    {
        _directory = new TemporaryDirectory();
        _store = inFile ? await OpenFileAsync() : SecretStore.CreateInMemory();
    }

    [TearDown]
    public async Task CloseAsync()
    {
        await _store.DisposeAsync();
        _directory.Dispose();
    }

    [Test]
    public async Task WatchAsync_EveryKindOfChange_IsToldInOrderWithItsVersion()
    {
        await CreateAsync("name");
        await PutAsync("name");
        await _store.UpdateSecretVersionStageAsync("name", SecretStages.Current, VersionStageMove.To("v1"));
        await _store.UpdateSecretVersionAsync("name", "v2", new UpdateSecretVersionOptions { Enabled = false });
        await _store.DestroySecretVersionAsync("name", "v2");
        await _store.UpdateSecretAsync("name", new UpdateSecretOptions { Description = "changed" });
        await _store.TagSecretsAsync(["name"], new Dictionary<string, string> { ["key"] = "value" });
        await _store.DeleteSecretAsync("name");
        await _store.RestoreSecretAsync("name");
        await _store.DeleteSecretAsync("name", SecretDeletion.Immediately);
        await CreateAsync("name");

        List<SecretChange> changes = await TakeAsync(after: 0, 11);

        changes.Select(static change => $"{change.Sequence} {change.Kind} {change.VersionId}").Should().Equal(
            "1 Created v1",
            "2 ValuePut v2",
            "3 StagesMoved v1",
            "4 VersionUpdated v2",
            "5 VersionDestroyed v2",
            "6 Updated ",
            "7 Updated ",
            "8 DeletionScheduled ",
            "9 Restored ",
            "10 Deleted ",
            "11 Created v1");
        changes.Should().OnlyContain(static change => change.Name == "name");
    }

    [Test]
    public async Task WatchAsync_FromNow_TellsWhatComesAndNotWhatWas()
    {
        await CreateAsync("before");
        Task<List<SecretChange>> watching = TakeAsync(after: null, 2);

        await CreateAsync("one");
        await PutAsync("one");

        (await watching).Select(static change => $"{change.Name} {change.Kind}").Should().Equal("one Created", "one ValuePut");
    }

    [Test]
    public async Task WatchAsync_ChangedBeforeTheFirstStepOfTheEnumeration_IsTold()
    {
        await CreateAsync("before");
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        IAsyncEnumerable<SecretChange> watch = _store.WatchAsync(cancellationToken: patience.Token);
        await CreateAsync("between");

        await using IAsyncEnumerator<SecretChange> enumerator = watch.GetAsyncEnumerator(patience.Token);

        (await enumerator.MoveNextAsync()).Should().BeTrue();
        enumerator.Current.Name.Should().Be("between");
    }

    [Test]
    public void WatchAsync_NegativeSequence_IsRefusedAtOnce()
    {
        FluentActions.Invoking(() => _store.WatchAsync(-1)).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Test]
    public async Task WatchAsync_SecretsTaggedTogether_HaveOneSequence()
    {
        await CreateAsync("a");
        await CreateAsync("b");
        await _store.TagSecretsAsync(["a", "b"], new Dictionary<string, string> { ["key"] = "value" });

        List<SecretChange> changes = await TakeAsync(after: 2, 2);

        changes.Select(static change => $"{change.Sequence} {change.Name}").Should().BeEquivalentTo("3 a", "3 b");
    }

    [Test]
    public async Task WatchAsync_SequenceOfTheFuture_IsToldToReload()
    {
        await CreateAsync("name");

        List<SecretChange> changes = await TakeAsync(after: 99, 1);

        changes.Should().ContainSingle().Which.Kind.Should().Be(SecretChangeKind.Reload);
        changes[0].Sequence.Should().Be(1);
        changes[0].Name.Should().BeNull();
    }

    [Test]
    public async Task WatchAsync_MoreThanIsKept_IsToldToReloadAndGoesOn()
    {
        await CreateAsync("name");
        for (int i = 0; i < (inFile ? 1 : 4100); i++)
        {
            await PutAsync("name");
        }

        // For a log, what is kept is what was committed since it was made.
        await _store.Maintenance.CompactAsync();
        await PutAsync("name");

        List<SecretChange> changes = await TakeAsync(after: 1, 1);
        changes[0].Kind.Should().Be(SecretChangeKind.Reload);
        await PutAsync("name");
        (await TakeAsync(changes[0].Sequence, 1))[0].Kind.Should().Be(SecretChangeKind.ValuePut);
    }

    [Test]
    public async Task WatchAsync_StoreIsClosed_Ends()
    {
        await CreateAsync("name");
        Task<List<SecretChange>> watching = TakeAsync(after: null, 1);

        await _store.DisposeAsync();

        Func<Task> wait = () => watching;
        await wait.Should().ThrowAsync<ObjectDisposedException>();
    }

    [Test]
    public async Task WatchAsync_Cancelled_Ends()
    {
        await CreateAsync("name");
        using var end = new CancellationTokenSource();
        Func<Task> watch = async () =>
        {
            await foreach (SecretChange change in _store.WatchAsync(0, end.Token))
            {
                await end.CancelAsync();
            }
        };

        await watch.Should().ThrowAsync<OperationCanceledException>();
    }

    /// <summary>When it returns, watching has begun.</summary>
    private Task<List<SecretChange>> TakeAsync(long? after, int count) => TakeAsync(_store, after, count);

    internal static Task<List<SecretChange>> TakeAsync(SecretStore store, long? after, int count, long until = long.MaxValue)
    {
        IAsyncEnumerator<SecretChange> watch = store.WatchAsync(after).GetAsyncEnumerator();
        ValueTask<bool> first = watch.MoveNextAsync();
        return CollectAsync();

        async Task<List<SecretChange>> CollectAsync()
        {
            await using (watch)
            {
                var changes = new List<SecretChange>();
                bool more = await first;
                while (more)
                {
                    changes.Add(watch.Current);
                    if (changes.Count == count || watch.Current.Sequence >= until)
                    {
                        break;
                    }

                    more = await watch.MoveNextAsync();
                }

                return changes;
            }
        }
    }

    private Task<SecretStore> OpenFileAsync() => SecretStore.OpenAsync(_directory.Store, RootKey.FromFile(_directory["root.key"])).AsTask();

    private async Task CreateAsync(string name)
    {
        using SecretValue value = SecretValue.FromText("value");
        await _store.CreateSecretAsync(name, value);
    }

    private async Task PutAsync(string name)
    {
        using SecretValue value = SecretValue.FromText("another value");
        await _store.PutSecretValueAsync(name, value);
    }
}
