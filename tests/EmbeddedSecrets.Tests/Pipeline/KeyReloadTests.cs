using EmbeddedSecrets.Keys;
using EmbeddedSecrets.Pipeline;
using static EmbeddedSecrets.Tests.StoreExtensions;

namespace EmbeddedSecrets.Tests.Pipeline;

/// <summary>Instances whose keys are changed by others while they work.</summary>
[TestFixture]
public sealed class KeyReloadTests
{
    private static readonly IRootKey First = RootKey.FromBytes(Envelope.Samples.Bytes(32, 1));
    private static readonly IRootKey Second = RootKey.FromBytes(Envelope.Samples.Bytes(32, 2));

    private TemporaryDirectory _directory = null!;

    [SetUp]
    public void MakeDirectory() => _directory = new TemporaryDirectory();

    [TearDown]
    public void RemoveDirectory() => _directory.Dispose();

    [Test]
    public async Task Read_AnotherCallersReloadIsCancelledMeanwhile_Succeeds()
    {
        using var cancelled = new CancellationTokenSource();
        var repository = new InterceptedRepository();
        var key = new CancellingRootKey(First);
        await using var store = new SecretStore(repository, new KeyRing(key));
        await store.CreateTextAsync("name", "value");
        repository.BeforePayload = async () =>
        {
            await repository.TouchHeaderAsync();
            key.Source = cancelled;
            await FluentActions.Awaiting(() => store.DescribeSecretAsync("name", cancelled.Token).AsTask()).Should().ThrowAsync<OperationCanceledException>();
        };

        string text = await store.ReadTextAsync("name");

        text.Should().Be("value");
        cancelled.IsCancellationRequested.Should().BeTrue();
    }

    [Test]
    public async Task Open_SecondStoreOnTheRingOfAnotherAndTheSameDirectory_IsRefusedAndTheFirstGoesOn()
    {
        using var ring = new KeyRing(First);
        await using var store = new SecretStore(new FileSecretRepository(_directory.Store), ring);
        await store.CreateTextAsync("name", "value");
        await using (var second = new SecretStore(new FileSecretRepository(_directory.Store), ring))
        {
            await FluentActions.Awaiting(() => second.ReadTextAsync("name")).Should().ThrowAsync<InvalidOperationException>();
        }

        (await store.ReadTextAsync("name")).Should().Be("value");
    }

    [Test]
    public async Task Watch_RootKeyOfTheInstanceIsRemoved_IsToldNothingMore()
    {
        await using SecretStore store = await SecretStore.OpenAsync(_directory.Store, First);
        RootKeyDescription added = await store.Keys.AddRootKeyAsync(Second);
        await using SecretStore other = await SecretStore.OpenAsync(_directory.Store, Second);
        await using IAsyncEnumerator<SecretChange> watching = other.WatchAsync(0).GetAsyncEnumerator();
        await store.CreateTextAsync("before", "value");
        (await watching.MoveNextAsync()).Should().BeTrue();
        await store.Keys.RemoveRootKeyAsync(added.RootKeyId);
        await store.CreateTextAsync("after", "value");

        (await CodeOfAsync(watching.MoveNextAsync)).Should().Be(SecretStoreErrorCodes.WrongKey);
    }

    [Test]
    public async Task WaitForErasure_RemovalOfARootKeyDiedBeforeItsCompaction_NoFileHoldsTheOldSlot()
    {
        await using var repository = new FileSecretRepository(_directory.Store);
        await using var store = new SecretStore(repository, new KeyRing(First));
        RootKeyDescription added = await store.Keys.AddRootKeyAsync(Second);
        byte[] slot = KeyRingState.Decode(StoreHeader.Decode(repository.CurrentHeader.Content).RingState).Slots[1].Wrapped.ToArray();
        OpenStore open = await store.Session.EnterAsync(default);
        await open.Header.ChangeRingAsync(
            ring =>
            {
                RootKeySlots.Remove(ring, added.RootKeyId, RootKeySlot.TryParse(added.RootKeyId)!.Value);
                return added;
            },
            default);
        store.Session.Leave();
        HoldsAnywhere(slot).Should().BeTrue();

        await store.DisposeAsync();

        HoldsAnywhere(slot).Should().BeFalse("the last who writes erases before it goes");
    }

    private bool HoldsAnywhere(byte[] bytes) =>
        Directory.GetFiles(_directory.Store, "*.ess").Any(file =>
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            byte[] content = new byte[stream.Length];
            stream.ReadExactly(content);
            return content.AsSpan().IndexOf(bytes) >= 0;
        });

    /// <summary>Opens a slot, and then the caller gives up.</summary>
    private sealed class CancellingRootKey(IRootKey inner) : IRootKey
    {
        public CancellationTokenSource? Source { get; set; }

        public string Kind => inner.Kind;

        public bool CompletesSynchronously => false;

        public ValueTask<byte[]> WrapAsync(ReadOnlyMemory<byte> slotKey, RootKeyContext context, CancellationToken cancellationToken = default) =>
            inner.WrapAsync(slotKey, context, cancellationToken);

        public async ValueTask<bool> TryUnwrapAsync(ReadOnlyMemory<byte> slot, RootKeyContext context, Memory<byte> slotKey, CancellationToken cancellationToken = default)
        {
            bool isOpen = await inner.TryUnwrapAsync(slot, context, slotKey, cancellationToken);
            Source?.Cancel();
            return isOpen;
        }
    }
}
