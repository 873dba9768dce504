namespace EmbeddedSecrets.Tests.Pipeline;

/// <summary>An opening that fails after the log was started is tried again by the next operation, as every other one.</summary>
[TestFixture]
public sealed class OpeningAgainTests
{
    [Test]
    public async Task Operation_KeysChangedDuringTheOpeningAndTheRootKeyFailed_WorksOnceItAnswersAgain()
    {
        using var directory = new TemporaryDirectory();
        await using SecretStore other = await SecretStore.OpenAsync(directory.Store, RootKey.FromFile(directory["root.key"]));
        await other.CreateTextAsync("name", "value");
        var key = new HookedRootKey(RootKey.FromFile(directory["root.key"]));
        await using var store = new SecretStore(new FileSecretRepository(directory.Store), new KeyRing(key));
        key.Before = async call =>
        {
            if (call == 1)
            {
                await other.Keys.CreateKeyAsync("another");
            }
            else if (call == 2)
            {
                throw new IOException("The key service is away.");
            }
        };

        await FluentActions.Awaiting(() => store.ReadTextAsync("name")).Should().ThrowAsync<IOException>();

        key.Calls.Should().Be(2);
        (await store.ReadTextAsync("name")).Should().Be("value");
    }

    private sealed class HookedRootKey(IRootKey inner) : IRootKey
    {
        public Func<int, Task>? Before { get; set; }

        public int Calls { get; private set; }

        public string Kind => inner.Kind;

        public bool CompletesSynchronously => false;

        public ValueTask<byte[]> WrapAsync(ReadOnlyMemory<byte> slotKey, RootKeyContext context, CancellationToken cancellationToken = default) =>
            inner.WrapAsync(slotKey, context, cancellationToken);

        public async ValueTask<bool> TryUnwrapAsync(ReadOnlyMemory<byte> slot, RootKeyContext context, Memory<byte> slotKey, CancellationToken cancellationToken = default)
        {
            Calls++;
            if (Before is { } before)
            {
                await before(Calls);
            }

            return await inner.TryUnwrapAsync(slot, context, slotKey, cancellationToken);
        }
    }
}
