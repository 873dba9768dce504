using System.Security.Cryptography;
using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Caching;
using EmbeddedSecrets.Envelope;

namespace EmbeddedSecrets.Tests.Envelope;

public sealed class SharedKeyTests
{
    [Test]
    public void Release_NotTheLastHolder_LeavesTheKey()
    {
        using var bytes = new PinnedBytes(Samples.Bytes(32));
        var key = new CountingKey(bytes);
        key.TryHold().Should().BeTrue();

        key.Release();

        key.TimesZeroed.Should().Be(0);
        bytes.Span.ToArray().Should().Equal(Samples.Bytes(32));
    }

    [Test]
    public void Release_TheLastHolder_ZeroesTheKeyOnce()
    {
        using var bytes = new PinnedBytes(Samples.Bytes(32));
        var key = new CountingKey(bytes);
        key.TryHold();

        key.Release();
        key.Release();

        key.TimesZeroed.Should().Be(1);
        bytes.Span.ToArray().Should().OnlyContain(b => b == 0);
        key.TryHold().Should().BeFalse();
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
    public void Release_TheLastHolder_DisposesTheInstancesThatAreKept()
    {
        using var bytes = new PinnedBytes(Samples.Bytes(32));
        var key = new CountingKey(bytes);
        AesGcm instance = key.Rent();
        key.GiveBack(instance);

        key.Release();

        IsDisposed(instance).Should().BeTrue();
    }

    [Test]
    public void GiveBack_AfterTheLastHolderHasGone_DisposesTheInstanceAndNobodyGetsIt()
    {
        using var bytes = new PinnedBytes(Samples.Bytes(32));
        var key = new CountingKey(bytes);
        AesGcm instance = key.Rent();

        key.Release();

        IsDisposed(instance).Should().BeFalse("somebody still uses it");
        key.TryRent().Should().BeNull();
        key.GiveBack(instance);
        IsDisposed(instance).Should().BeTrue();
        key.TryRent().Should().BeNull();
        key.Invoking(k => k.Rent()).Should().Throw<InvalidOperationException>();
    }

    /// <summary>Instances that are rented and given back while the key goes: each ends disposed, and none is had after it.</summary>
    [Test]
    public async Task Release_WhileOthersRentAndGiveBack_LeavesNoInstance()
    {
        for (int round = 0; round < 300; round++)
        {
            using var bytes = new PinnedBytes(Samples.Bytes(32));
            var key = new CountingKey(bytes);
            var seen = new System.Collections.Concurrent.ConcurrentBag<AesGcm>();
            using var ready = new Barrier(3);
            bool isGone = false;
            Task users = Task.WhenAll(OnItsOwnThread(Use), OnItsOwnThread(Use));
            ready.SignalAndWait();
            Thread.SpinWait(round * 10);
            key.Release();
            Volatile.Write(ref isGone, true);
            await users;

            seen.Count(static instance => !IsDisposed(instance)).Should().Be(0);
            key.TimesZeroed.Should().Be(1);

            void Use()
            {
                ready.SignalAndWait();
                while (true)
                {
                    bool wasGone = Volatile.Read(ref isGone);
                    if (key.TryRent() is not { } instance)
                    {
                        break;
                    }

                    wasGone.Should().BeFalse("who asks after the key has gone gets nothing");
                    IsDisposed(instance).Should().BeFalse("nobody disposes what another has");
                    seen.Add(instance);
                    key.GiveBack(instance);
                }
            }
        }
    }

    [TestCase("key", 1, true)]
    [TestCase("key", 2, false)]
    [TestCase("kez", 1, false)]
    public void IsOf_KeyIdAndGeneration_BothCount(string keyId, long generation, bool isOf)
    {
        using var bytes = new PinnedBytes(Samples.Bytes(32));
        PinnedBytes? recycled = null;
        var key = new CachedDataKey(bytes, new SealedContent(new UniqueId(0, 1), 100, new WrappedDataKey("key", 1, new byte[1])), given => recycled = given);

        key.IsOf(new WrappedDataKey(keyId, generation, new byte[2])).Should().Be(isOf);
        recycled.Should().BeNull();
        key.Release();
        recycled.Should().BeSameAs(bytes);
    }

    private static Task OnItsOwnThread(Action action) =>
        Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

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
