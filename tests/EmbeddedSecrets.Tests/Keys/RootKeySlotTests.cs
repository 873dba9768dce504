using EmbeddedSecrets.Keys;

namespace EmbeddedSecrets.Tests.Keys;

/// <summary>A slot that is made for a root key: it is tried before it counts.</summary>
[TestFixture]
public sealed class RootKeySlotTests
{
    private static readonly RootKeyContext Context = new(new UniqueId(0, 7), "/stores/a", IsNewStore: true);

    [TestCase(1)]
    [TestCase(KeyRingState.MaxSlotLength)]
    public async Task Make_WrappedKeyOfAnAllowedLength_IsKept(int length)
    {
        var rootKey = new FakeRootKey(new byte[length]);

        using RootKeySlot slot = await RootKeySlot.MakeAsync(rootKey, Context, DateTimeOffset.UnixEpoch, "d", default);

        (slot.Kind, slot.Description, slot.CreateTime).Should().Be(("fake", "d", DateTimeOffset.UnixEpoch));
        slot.Wrapped.Length.Should().Be(length);
        slot.Key.Span.SequenceEqual(rootKey.Given).Should().BeTrue();
    }

    [TestCase(-1)]
    [TestCase(0)]
    [TestCase(KeyRingState.MaxSlotLength + 1)]
    public async Task Make_WrappedKeyOfAnotherLength_SaysWhoseFaultItIs(int length)
    {
        var rootKey = new FakeRootKey(length < 0 ? null! : new byte[length]);
        Func<Task> make = async () => await RootKeySlot.MakeAsync(rootKey, Context, DateTimeOffset.UnixEpoch, "d", default);

        await make.Should().ThrowAsync<InvalidOperationException>().WithMessage("*'fake'*1 to 4,096 bytes*");
    }

    [Test]
    public async Task Make_RootKeyChangesItsArrayAfterwards_KeepsWhatWasTried()
    {
        var rootKey = new FakeRootKey([1, 2, 3]);

        using RootKeySlot slot = await RootKeySlot.MakeAsync(rootKey, Context, DateTimeOffset.UnixEpoch, "d", default);
        rootKey.Wrapped[0] = 9;

        slot.Wrapped.ToArray().Should().Equal(1, 2, 3);
    }

    [TestCase(false, true)]
    [TestCase(true, false)]
    public async Task Make_SlotThatDoesNotOpenToItsKey_IsNeverStored(bool opens, bool opensToTheKey)
    {
        var rootKey = new FakeRootKey([1]) { Opens = opens, OpensToTheKey = opensToTheKey };
        Func<Task> make = async () => await RootKeySlot.MakeAsync(rootKey, Context, DateTimeOffset.UnixEpoch, "d", default);

        (await make.Should().ThrowAsync<SecretStoreAccessException>()).Which.Code.Should().Be(SecretStoreErrorCodes.WrongKey);
    }

    [Test]
    public async Task Make_Twice_HasAnotherIdAndAnotherKey()
    {
        using RootKeySlot one = await RootKeySlot.MakeAsync(new FakeRootKey([1]), Context, DateTimeOffset.UnixEpoch, "d", default);
        using RootKeySlot two = await RootKeySlot.MakeAsync(new FakeRootKey([1]), Context, DateTimeOffset.UnixEpoch, "d", default);

        one.Id.Should().NotBe(two.Id);
        one.Key.Span.SequenceEqual(two.Key.Span).Should().BeFalse();
    }

    [Test]
    public async Task Copy_Slot_OutlivesTheOneThatItWasMadeOf()
    {
        RootKeySlot slot = await RootKeySlot.MakeAsync(new FakeRootKey([1]), Context, DateTimeOffset.UnixEpoch, "d", default);
        byte[] key = slot.Key.Span.ToArray();
        using RootKeySlot same = slot.Copy();
        using RootKeySlot renamed = slot.Copy("e");

        slot.Dispose();

        (same.Id, same.Description, renamed.Id, renamed.Description).Should().Be((slot.Id, "d", slot.Id, "e"));
        same.Key.Span.ToArray().Should().Equal(key);
        renamed.Key.Span.ToArray().Should().Equal(key);
    }

    private sealed class FakeRootKey(byte[] wrapped) : IRootKey
    {
        private byte[] _given = [];

        public byte[] Wrapped => wrapped;

        public byte[] Given => _given;

        public bool Opens { get; init; } = true;

        public bool OpensToTheKey { get; init; } = true;

        public string Kind => "fake";

        public bool CompletesSynchronously => true;

        public ValueTask<byte[]> WrapAsync(ReadOnlyMemory<byte> slotKey, RootKeyContext context, CancellationToken cancellationToken = default)
        {
            _given = slotKey.ToArray();
            return new ValueTask<byte[]>(wrapped);
        }

        public ValueTask<bool> TryUnwrapAsync(ReadOnlyMemory<byte> slot, RootKeyContext context, Memory<byte> slotKey, CancellationToken cancellationToken = default)
        {
            _given.CopyTo(slotKey);
            slotKey.Span[0] ^= OpensToTheKey ? (byte)0 : (byte)1;
            return new ValueTask<bool>(Opens);
        }
    }
}
