using System.Security.Cryptography;

namespace EmbeddedSecrets.Tests.Contracts;

/// <summary>What every <see cref="IRootKey"/> must do; inherit it to test one of your own.</summary>
public abstract class RootKeyContract
{
    private static readonly byte[] RingKey = RandomNumberGenerator.GetBytes(32);

    private static readonly RootKeyContext New = new(new UniqueId(0, 7), "/stores/a", IsNewStore: true);
    private static readonly RootKeyContext Existing = New with { IsNewStore = false };

    /// <summary>Gets how many damaged slots are tried; fewer where each try is slow by design.</summary>
    protected virtual int DamageStep => 1;

    /// <summary>The same root key each time within a test.</summary>
    protected abstract IRootKey Create();

    /// <summary>A root key of the same kind that is another one.</summary>
    protected abstract IRootKey CreateOther();

    [Test]
    public async Task TryUnwrap_OwnSlot_GivesTheRingKey()
    {
        byte[] slot = await Create().WrapAsync(RingKey, New);
        byte[] opened = new byte[32];

        bool isOpen = await Create().TryUnwrapAsync(slot, Existing, opened);

        isOpen.Should().BeTrue();
        opened.Should().Equal(RingKey);
        slot.Length.Should().BeInRange(1, 4096);
    }

    [Test]
    public async Task TryUnwrap_OtherKeyOrStore_IsFalseAndZero()
    {
        byte[] slot = await Create().WrapAsync(RingKey, New);
        await CreateOther().WrapAsync(RingKey, New);
        byte[] opened = RandomNumberGenerator.GetBytes(32);

        (await CreateOther().TryUnwrapAsync(slot, Existing, opened)).Should().BeFalse();
        opened.Should().Equal(new byte[32]);
        opened = RandomNumberGenerator.GetBytes(32);
        (await Create().TryUnwrapAsync(slot, Existing with { StoreId = new UniqueId(0, 8) }, opened)).Should().BeFalse();
        opened.Should().Equal(new byte[32]);
    }

    [Test]
    public async Task TryUnwrap_DamagedSlot_IsFalse()
    {
        IRootKey rootKey = Create();
        byte[] slot = await rootKey.WrapAsync(RingKey, New);

        int index = 0;
        foreach (byte[] damaged in Envelope.Samples.Damaged(slot))
        {
            if (index++ % DamageStep == 0)
            {
                byte[] opened = RandomNumberGenerator.GetBytes(32);
                (await rootKey.TryUnwrapAsync(damaged, Existing, opened)).Should().BeFalse();
                opened.Should().Equal(new byte[32]);
            }
        }
    }

    [Test]
    public async Task Calls_AlreadyCancelled_GiveUp()
    {
        IRootKey rootKey = Create();
        byte[] slot = await rootKey.WrapAsync(RingKey, New);
        var cancelled = new CancellationToken(canceled: true);
        Func<Task> wrap = async () => await rootKey.WrapAsync(RingKey, New, cancelled);
        Func<Task> open = async () => await rootKey.TryUnwrapAsync(slot, Existing, new byte[32], cancelled);

        await wrap.Should().ThrowAsync<OperationCanceledException>();
        await open.Should().ThrowAsync<OperationCanceledException>();
    }

    [Test]
    public async Task Wrap_Twice_MakesTwoSlotsThatBothOpen()
    {
        byte[] one = await Create().WrapAsync(RingKey, New);
        byte[] two = await Create().WrapAsync(RingKey, Existing);
        byte[] opened = new byte[32];

        one.Should().NotEqual(two, "each draws its own salt, nonce or key");
        (await Create().TryUnwrapAsync(one, Existing, opened)).Should().BeTrue();
        (await Create().TryUnwrapAsync(two, Existing, opened)).Should().BeTrue();
        opened.Should().Equal(RingKey);
    }

    [Test]
    public void Kind_Always_IsPrintable() => Create().Kind.Should().MatchRegex("^[a-z0-9-]{1,64}$");
}
