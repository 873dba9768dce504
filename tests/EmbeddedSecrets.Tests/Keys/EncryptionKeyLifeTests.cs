using EmbeddedSecrets.Keys;

namespace EmbeddedSecrets.Tests.Keys;

public sealed class EncryptionKeyLifeTests
{
    private const string Id = EncryptionKeys.Default;

    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private RingKeys _ring = null!;
    private RingChange _change = null!;

    private EncryptionKey Key => _change.Require(Id);

    [SetUp]
    public void SetUp()
    {
        _ring = RingSamples.Ring();
        _change = new RingChange(_ring);
    }

    [TearDown]
    public void TearDown()
    {
        _change.Dispose();
        _ring.Dispose();
    }

    [Test]
    public void EnableAndDisable_WhatHoldsAlready_ChangesNothing()
    {
        EncryptionKeyLife.Enable(_change, Id);
        _change.IsChanged.Should().BeFalse();

        EncryptionKeyLife.Disable(_change, Id);
        _change.IsChanged.Should().BeTrue();
        Key.State.Should().Be(EncryptionKeyState.Disabled);

        EncryptionKeyLife.Enable(_change, Id);
        Key.State.Should().Be(EncryptionKeyState.Enabled);
    }

    [Test]
    public void ScheduleDeletion_ThenCancel_LeavesTheKeyDisabled()
    {
        EncryptionKeyLife.ScheduleDeletion(_change, Id, TimeSpan.FromDays(7), Now);
        (Key.State, Key.PlannedDeleteTime).Should().Be((EncryptionKeyState.PendingDeletion, Now.AddDays(7)));

        EncryptionKeyLife.CancelDeletion(_change, Id);
        (Key.State, Key.PlannedDeleteTime).Should().Be((EncryptionKeyState.Disabled, null));
    }

    [Test]
    public void Change_OfAKeyThatIsPendingDeletion_IsRefused()
    {
        EncryptionKeyLife.ScheduleDeletion(_change, Id, TimeSpan.FromDays(7), Now);

        foreach (Action<RingChange> change in (Action<RingChange>[])
            [
                static ring => EncryptionKeyLife.Enable(ring, Id),
                static ring => EncryptionKeyLife.Disable(ring, Id),
                static ring => EncryptionKeyLife.ScheduleDeletion(ring, Id, TimeSpan.FromDays(7), Now),
                static ring => EncryptionKeyLife.Rotate(ring, Id, Now),
            ])
        {
            _change.Invoking(change).Should().Throw<SecretUnavailableException>().Which.Reason.Should().Be(UnavailabilityReason.KeyPendingDeletion);
        }
    }

    [TestCase(-1, false)]
    [TestCase(0, true)]
    [TestCase(1, true)]
    public void IsDeletionDue_AroundTheEndOfTheWindow_BeginsThere(int ticks, bool due)
    {
        EncryptionKeyLife.ScheduleDeletion(_change, Id, TimeSpan.FromDays(7), Now);

        EncryptionKeyLife.IsDeletionDue(Key, Now.AddDays(7).AddTicks(ticks)).Should().Be(due);
        EncryptionKeyLife.IsDeletionDue(Key with { State = EncryptionKeyState.Disabled }, Now.AddDays(7).AddTicks(ticks)).Should().BeFalse();
    }

    [TestCase(-1, false)]
    [TestCase(0, true)]
    public void IsRotationDue_AroundTheEndOfThePeriod_BeginsThere(int ticks, bool due)
    {
        EncryptionKeyLife.Create(_change, "rotating", new CreateKeyOptions { RotationPeriod = TimeSpan.FromDays(1) }, Now);
        EncryptionKey key = _change.Require("rotating");
        DateTimeOffset then = Now.AddDays(1).AddTicks(ticks);

        EncryptionKeyLife.IsRotationDue(key, then).Should().Be(due);
        EncryptionKeyLife.IsRotationDue(key with { State = EncryptionKeyState.Disabled }, then).Should().BeFalse();
        EncryptionKeyLife.IsRotationDue(Key, then).Should().BeFalse("it has no period");
    }

    [TestCase(1, false)]
    [TestCase(0, false)]
    [TestCase(-1, true)]
    public void After_NearTheEndOfTheCalendar_EndsThereAtTheLatest(int ticks, bool fits)
    {
        DateTimeOffset time = DateTimeOffset.MaxValue.AddDays(-1);
        TimeSpan span = TimeSpan.FromDays(1) + TimeSpan.FromTicks(ticks);

        EncryptionKey.After(time, span).Should().Be(fits ? time + span : DateTimeOffset.MaxValue);
    }

    [TestCase(0x0123456789abcdeful, "0123456789abcdef")]
    [TestCase(0ul, "0000000000000000")]
    public void RootKeySlotId_FormatAndParse_AreTheSame(ulong id, string text)
    {
        RootKeySlot.Format(id).Should().Be(text);
        RootKeySlot.TryParse(text).Should().Be(id);
    }

    [TestCase("0123456789ABCDEF")]
    [TestCase("123456789abcdef")]
    [TestCase("00123456789abcdef")]
    [TestCase("0123456789abcdeg")]
    public void RootKeySlotId_OtherText_IsNone(string text) => RootKeySlot.TryParse(text).Should().BeNull();
}
