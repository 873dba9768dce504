using System.Security.Cryptography;
using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Envelope;

namespace EmbeddedSecrets.Tests.Envelope;

public sealed class SharedKeyTests
{
    [Test]
    public void Release_NotTheLastUser_LeavesTheKey()
    {
        using var bytes = new PinnedBytes(Samples.Bytes(32));
        var key = new CountingKey(bytes);
        key.TryUse().Should().BeTrue();

        key.Release();

        key.TimesZeroed.Should().Be(0);
        bytes.Span.ToArray().Should().Equal(Samples.Bytes(32));
    }

    [Test]
    public void Release_TheLastUser_ZeroesTheKeyOnce()
    {
        using var bytes = new PinnedBytes(Samples.Bytes(32));
        var key = new CountingKey(bytes);
        key.TryUse();

        key.Release();
        key.Release();

        key.TimesZeroed.Should().Be(1);
        bytes.Span.ToArray().Should().OnlyContain(b => b == 0);
        key.TryUse().Should().BeFalse();
    }

    [Test]
    public void Rent_InstancesThatWereGivenBack_AreRentedAgain()
    {
        using var bytes = new PinnedBytes(Samples.Bytes(32));
        var key = new CountingKey(bytes);
        AesGcm first = key.Rent();
        AesGcm second = key.Rent();
        key.GiveBack(first);
        key.GiveBack(second);

        AesGcm[] again = [key.Rent(), key.Rent()];

        first.Should().NotBeSameAs(second);
        again.Should().BeEquivalentTo([first, second], options => options.ComparingByValue<AesGcm>());
        key.Rent().Should().NotBeSameAs(first).And.NotBeSameAs(second);
    }

    [Test]
    public void GiveBack_MoreInstancesThanAreKept_DisposesTheRest()
    {
        using var bytes = new PinnedBytes(Samples.Bytes(32));
        var key = new CountingKey(bytes);
        AesGcm[] rented = [key.Rent(), key.Rent(), key.Rent()];

        foreach (AesGcm instance in rented)
        {
            key.GiveBack(instance);
        }

        rented.Select(IsDisposed).Should().Equal(false, false, true);
    }

    [Test]
    public void Release_TheLastUser_DisposesTheInstancesThatAreKept()
    {
        using var bytes = new PinnedBytes(Samples.Bytes(32));
        var key = new CountingKey(bytes);
        AesGcm instance = key.Rent();
        key.GiveBack(instance);

        key.Release();

        IsDisposed(instance).Should().BeTrue();
    }

    [TestCase("key", 1, true)]
    [TestCase("key", 2, false)]
    [TestCase("kez", 1, false)]
    public void IsOf_KeyIdAndGeneration_BothCount(string keyId, long generation, bool isOf)
    {
        using var bytes = new PinnedBytes(Samples.Bytes(32));
        PinnedBytes? recycled = null;
        var key = new CachedDataKey(bytes, new WrappedDataKey("key", 1, new byte[1]), given => recycled = given);

        key.IsOf(new WrappedDataKey(keyId, generation, new byte[2])).Should().Be(isOf);
        recycled.Should().BeNull();
        key.Release();
        recycled.Should().BeSameAs(bytes);
    }

    private static bool IsDisposed(AesGcm cipher)
    {
        try
        {
            cipher.Encrypt(new byte[12], new byte[1], new byte[1], new byte[16]);
            return false;
        }
        catch (ObjectDisposedException)
        {
            return true;
        }
    }

    private sealed class CountingKey(PinnedBytes key) : SharedKey(key, 2)
    {
        public int TimesZeroed { get; private set; }

        protected override void OnZeroed(PinnedBytes key) => TimesZeroed++;
    }
}
