using EmbeddedSecrets.Interop;
using EmbeddedSecrets.Keys;
using Microsoft.Win32.SafeHandles;

namespace EmbeddedSecrets.Tests.Pipeline;

/// <summary>What changes of root keys do to the ring, the files and the secrets (DESIGN K7).</summary>
[TestFixture]
public sealed class RootKeySlotTests
{
    private static readonly IRootKey First = RootKey.FromBytes(Envelope.Samples.Bytes(32, 1));
    private static readonly IRootKey Second = RootKey.FromBytes(Envelope.Samples.Bytes(32, 2));

    private TemporaryDirectory _directory = null!;
    private FileSecretRepository _repository = null!;
    private KeyRing _ring = null!;
    private SecretStore _store = null!;

    [SetUp]
    public async Task SetUpAsync()
    {
        _directory = new TemporaryDirectory();
        _repository = new FileSecretRepository(_directory.Store);
        _ring = new KeyRing(First);
        _store = new SecretStore(_repository, _ring);
        await _store.CreateTextAsync("name", "value");
    }

    [TearDown]
    public async Task TearDownAsync()
    {
        await _store.DisposeAsync();
        await _repository.DisposeAsync();
        _ring.Dispose();
        _directory.Dispose();
    }

    [Test]
    public async Task Add_Always_KeepsTheRingKey()
    {
        byte[] before = _ring.Keys.RingKey.Span.ToArray();

        await _store.Keys.AddRootKeyAsync(Second);

        _ring.Keys.RingKey.Span.ToArray().Should().Equal(before);
        _ring.Keys.Slots.Should().HaveCount(2);
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task RemoveOrChange_Always_MakesANewRingKeyForTheOthers(bool changes)
    {
        RootKeyDescription added = await _store.Keys.AddRootKeyAsync(Second);
        byte[] before = _ring.Keys.RingKey.Span.ToArray();
        byte[] slotKey = _ring.Keys.Slots[0].Key.Span.ToArray();

        await RemoveAsync(added.RootKeyId, changes);

        _ring.Keys.RingKey.Span.ToArray().Should().NotEqual(before).And.NotEqual(new byte[32]);
        _ring.Keys.Slots[0].Key.Span.ToArray().Should().Equal(slotKey, "its root key is not at hand");
        SealedSlot slot = KeyRingState.Decode(StoreHeader.Decode(_repository.CurrentHeader.Content).RingState).Slots[0];
        byte[] opened = new byte[32];
        slot.TryOpen(_repository.CurrentHeader.StoreId, slotKey, opened).Should().BeTrue();
        opened.Should().Equal(_ring.Keys.RingKey.Span.ToArray());
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task RemoveOrChange_Always_LeavesTheOldSlotInNoFile(bool changes)
    {
        RootKeyDescription added = await _store.Keys.AddRootKeyAsync(Second);
        byte[] wrapped = _ring.Keys.Slots[1].Wrapped.ToArray();
        FilesHold(wrapped).Should().BeTrue("the search must be able to find it");

        await RemoveAsync(added.RootKeyId, changes);

        FilesHold(wrapped).Should().BeFalse();
    }

    [Test]
    public async Task AddAndRemove_Always_TouchNoSecret()
    {
        RepositoryRecord before = (await _repository.FindAsync("name"))!.Value;
        long sequence = await _repository.WaitForChangeAsync(-1);

        RootKeyDescription added = await _store.Keys.AddRootKeyAsync(Second);
        await _store.Keys.RemoveRootKeyAsync(added.RootKeyId);

        (await _repository.WaitForChangeAsync(-1)).Should().Be(sequence + 2, "two headers were replaced and nothing else");
        RepositoryRecord after = (await _repository.FindAsync("name"))!.Value;
        after.Stamp.Should().Be(before.Stamp);
        after.Sealed.ToArray().Should().Equal(before.Sealed.ToArray());
        (await _store.ReadTextAsync("name")).Should().Be("value");
    }

    [Test]
    public async Task Slots_AfterAChangeOfTheKeys_AreStillThere()
    {
        await _store.Keys.AddRootKeyAsync(Second, new AddRootKeyOptions { Description = "second" });
        await _store.Keys.RotateKeyAsync("default");
        await _store.DisposeAsync();

        await using SecretStore other = await SecretStore.OpenAsync(_directory.Store, Second);

        (await other.Keys.ListRootKeysAsync()).Select(key => key.Description).Should().Equal(string.Empty, "second");
    }

    [Test]
    public async Task Remove_KeyOfTheOldRing_DoesNotOpenTheNewOne()
    {
        RootKeyDescription added = await _store.Keys.AddRootKeyAsync(Second);
        byte[] old = _ring.Keys.RingKey.Span.ToArray();
        await _store.Keys.RemoveRootKeyAsync(added.RootKeyId);
        KeyRingState state = KeyRingState.Decode(StoreHeader.Decode(_repository.CurrentHeader.Content).RingState);

        Action open = () => state.Open(_repository.CurrentHeader.StoreId, old, 0).Dispose();

        open.Should().Throw<SecretStoreIntegrityException>();
    }

    [Test]
    public async Task AnyMember_OwnKeyProvider_IsNotSupported()
    {
        await using var store = new SecretStore(new InMemorySecretRepository(), new RemoteKeyProvider());
        Func<Task>[] calls =
        [
            () => store.Keys.AddRootKeyAsync(Second).AsTask(), () => store.Keys.ListRootKeysAsync().AsTask(),
            () => store.Keys.RemoveRootKeyAsync("0123456789abcdef").AsTask(), () => store.Keys.ChangeRootKeyAsync("0123456789abcdef", Second).AsTask(),
        ];
        foreach (Func<Task> call in calls)
        {
            await call.Should().ThrowAsync<NotSupportedException>();
        }
    }

    private async Task RemoveAsync(string id, bool changes)
    {
        if (changes)
        {
            await _store.Keys.ChangeRootKeyAsync(id, RootKey.FromBytes(Envelope.Samples.Bytes(32, 3)));
        }
        else
        {
            await _store.Keys.RemoveRootKeyAsync(id);
        }
    }

    private bool FilesHold(byte[] bytes)
    {
        return Directory.EnumerateFiles(_directory.Root, "*", SearchOption.AllDirectories).Any(path =>
        {
            using SafeFileHandle file = NativeFile.Open(path, FileAccessMode.Read);
            byte[] content = new byte[RandomAccess.GetLength(file)];
            RandomAccess.Read(file, content, 0);
            return content.AsSpan().IndexOf(bytes) >= 0;
        });
    }
}
