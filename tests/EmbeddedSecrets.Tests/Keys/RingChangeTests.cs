using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Keys;

namespace EmbeddedSecrets.Tests.Keys;

public sealed class RingChangeTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private RingKeys _ring = null!;
    private RingChange _change = null!;

    [SetUp]
    public void SetUp()
    {
        _ring = RingSamples.Ring(RingSamples.Slot(1, "key", [1]), RingSamples.Slot(2, "key", [2]));
        _change = new RingChange(_ring);
    }

    [TearDown]
    public void TearDown()
    {
        _change.Dispose();
        _ring.Dispose();
    }

    [Test]
    public void Constructor_Always_CopiesEverythingUnderTheNextRevision()
    {
        _change.IsChanged.Should().BeFalse();
        _change.NextRootKey.Should().BeNull();
        _change.Next.Revision.Should().Be(_ring.Revision + 1);
        _change.Next.StoreId.Should().Be(_ring.StoreId);
        _change.Next.SlotInUse.Should().Be(_ring.SlotInUse);
        _change.Next.RingKey.Span.SequenceEqual(_ring.RingKey.Span).Should().BeTrue();
        KeyOf(_change.Next).Should().Equal(KeyOf(_ring));
        _change.Slots.Select(slot => slot.Id).Should().Equal(1ul, 2ul);
    }

    [Test]
    public void Dispose_NotTaken_ZeroesTheCopyAndLeavesTheRing()
    {
        PinnedBytes slotKey = _change.Next.Slots[0].Key;
        _change.Dispose();

        _change.Next.RingKey.Span.ToArray().Should().OnlyContain(b => b == 0);
        slotKey.Span.ToArray().Should().OnlyContain(b => b == 0);
        KeyOf(_change.Next).Should().OnlyContain(b => b == 0);
        _ring.RingKey.Span.ToArray().Should().Contain(b => b != 0);
        _ring.Slots[0].Key.Span.ToArray().Should().Equal(RingSamples.SlotKey);
        KeyOf(_ring).Should().Contain(b => b != 0);
    }

    [Test]
    public void Dispose_Taken_LeavesTheNextRing()
    {
        using RingKeys next = _change.Take();
        _change.Dispose();

        next.RingKey.Span.ToArray().Should().Contain(b => b != 0);
    }

    [Test]
    public void AddGeneration_AfterOneWasDropped_NeverTakesItsNumberAgain()
    {
        EncryptionKeyLife.Rotate(_change, EncryptionKeys.Default, Now);
        EncryptionKeyLife.Rotate(_change, EncryptionKeys.Default, Now);
        _change.DropGeneration(EncryptionKeys.Default, 1);
        EncryptionKeyLife.Rotate(_change, EncryptionKeys.Default, Now);

        EncryptionKey key = _change.Require(EncryptionKeys.Default);
        key.CurrentGeneration.Should().Be(4);
        key.Generations.Keys.Should().BeEquivalentTo([2L, 3L, 4L]);
    }

    [Test]
    public void DropGeneration_Older_IsZeroed()
    {
        EncryptionKeyLife.Rotate(_change, EncryptionKeys.Default, Now);
        PinnedBytes key = _change.Require(EncryptionKeys.Default).Generations[1].Key;

        _change.DropGeneration(EncryptionKeys.Default, 1);

        key.Span.ToArray().Should().OnlyContain(b => b == 0);
        _change.IsChanged.Should().BeTrue();
    }

    [Test]
    public void DropGeneration_CurrentOrUnknown_ChangesNothing()
    {
        _change.Invoking(change => change.DropGeneration(EncryptionKeys.Default, 1)).Should().Throw<InvalidOperationException>();
        _change.DropGeneration(EncryptionKeys.Default, 9);

        _change.IsChanged.Should().BeFalse();
        _change.Require(EncryptionKeys.Default).Generations.Should().ContainKey(1);
    }

    [Test]
    public void Remove_Key_IsZeroedAndGone()
    {
        PinnedBytes key = _change.Require(EncryptionKeys.Default).Generations[1].Key;
        _change.Remove("nobody");
        _change.IsChanged.Should().BeFalse();

        _change.Remove(EncryptionKeys.Default);

        _change.IsChanged.Should().BeTrue();
        _change.Find(EncryptionKeys.Default).Should().BeNull();
        key.Span.ToArray().Should().OnlyContain(b => b == 0);
    }

    [Test]
    public void RemoveSlot_Always_MakesANewRingKey()
    {
        PinnedBytes slotKey = _change.Slots[0].Key;

        _change.RemoveSlot(1);

        _change.Slots.Select(slot => slot.Id).Should().Equal(2);
        _change.Next.RingKey.Span.SequenceEqual(_ring.RingKey.Span).Should().BeFalse();
        slotKey.Span.ToArray().Should().OnlyContain(b => b == 0);
        _change.IsChanged.Should().BeTrue();
    }

    [Test]
    public void AddSlot_Always_KeepsTheRingKey()
    {
        _change.AddSlot(RingSamples.Slot(3, "key", [3]));

        _change.Next.RingKey.Span.SequenceEqual(_ring.RingKey.Span).Should().BeTrue();
        _change.IsChanged.Should().BeTrue();
    }

    [TestCase(1ul, true)]
    [TestCase(2ul, false)]
    public void Replace_Slot_IsUsedOnlyInThePlaceOfTheOneInUse(ulong id, bool isUsed)
    {
        IRootKey rootKey = RootKey.FromBytes(RingSamples.SlotKey);
        using RootKeySlot slot = RingSamples.Slot(3, "key", [3]);

        RootKeySlot added = RootKeySlots.Replace(_change, "id", id, slot, rootKey);

        (added.Id, added.Description).Should().Be((3ul, $"slot {id}"));
        _change.Next.SlotInUse.Should().Be(isUsed ? 3ul : 1ul);
        _change.NextRootKey.Should().Be(isUsed ? rootKey : null);
    }

    [Test]
    public void Set_Key_KeepsTheGenerationsOfTheChange()
    {
        _change.Set(_ring.Keys[EncryptionKeys.Default] with { Description = "new" });

        EncryptionKey key = _change.Require(EncryptionKeys.Default);
        key.Description.Should().Be("new");
        key.Generations[1].Should().NotBeSameAs(_ring.Keys[EncryptionKeys.Default].Generations[1]);
        _change.IsChanged.Should().BeTrue();
    }

    private static byte[] KeyOf(RingKeys ring) => ring.Keys[EncryptionKeys.Default].Generations[1].Key.Span.ToArray();
}
