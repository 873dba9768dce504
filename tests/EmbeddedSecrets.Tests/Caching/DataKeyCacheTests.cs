using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Caching;
using EmbeddedSecrets.Envelope;
using EmbeddedSecrets.Tests.Envelope;

namespace EmbeddedSecrets.Tests.Caching;

[TestFixture]
public sealed class DataKeyCacheTests
{
    private static readonly byte[] Key = Samples.Bytes(32);
    private static readonly WrappedDataKey Wrapped = new("default", 1, new byte[1]);

    [Test]
    public void Find_KeyThatWasAdded_OpensWhatItSealed()
    {
        using var cache = new DataKeyCache(4);
        cache.Add(cache.Make(Key, Content(1)), cache.Epoch);
        byte[] payload = ValueEnvelope.Seal(Key, Samples.Context, Samples.Utf8("s3cret"));

        System.Security.Cryptography.AesGcm cipher = cache.Find(Content(1))!.Rent();

        using SecretValue value = ValueEnvelope.Open(cipher, Samples.Context, payload);
        value.RevealText().Should().Be("s3cret");
    }

    [Test]
    public void Find_RecordNamesAnotherKeyOrGeneration_IsAMiss()
    {
        using var cache = new DataKeyCache(4);
        cache.Add(cache.Make(Key, Content(1)), cache.Epoch);

        cache.Find(Content(1) with { DataKey = new WrappedDataKey("other", 1, new byte[1]) }).Should().BeNull();
        cache.Find(Content(1) with { DataKey = new WrappedDataKey("default", 2, new byte[1]) }).Should().BeNull();
    }

    [Test]
    public void Add_BeyondTheBound_KeepsTheBound()
    {
        using var cache = new DataKeyCache(4);

        for (int i = 0; i < 100; i++)
        {
            cache.Add(cache.Make(Key, Content((ulong)i)), cache.Epoch);
        }

        cache.Count.Should().Be(4);
    }

    [Test]
    public void Add_UnwrappedBeforeTheLastClearing_IsKeptOut()
    {
        using var cache = new DataKeyCache(4);
        long before = cache.Epoch;
        cache.Clear();

        cache.Add(cache.Make(Key, Content(1)), before);

        cache.Count.Should().Be(0);
    }

    [Test]
    public void Add_AfterDispose_IsKeptOut()
    {
        var cache = new DataKeyCache(4);
        cache.Dispose();

        cache.Add(cache.Make(Key, Content(1)), cache.Epoch);

        cache.Count.Should().Be(0);
    }

    [TestCase("evicted")]
    [TestCase("removed")]
    [TestCase("replaced")]
    [TestCase("cleared")]
    [TestCase("closed")]
    public void Entry_Leaves_IsZeroedAndItsInstanceDisposed(string how)
    {
        using var cache = new DataKeyCache(1);
        var memory = new PinnedBytes(Key);
        var key = new CachedDataKey(memory, Content(1), static _ => { });
        System.Security.Cryptography.AesGcm instance = key.Rent();
        key.GiveBack(instance);
        cache.Add(key, cache.Epoch);
        memory.Span.SequenceEqual(Key).Should().BeTrue();

        switch (how)
        {
            case "evicted":
                cache.Add(cache.Make(Key, Content(2)), cache.Epoch);
                break;
            case "removed":
                cache.Remove(new UniqueId(0, 1));
                break;
            case "replaced":
                cache.Add(cache.Make(Key, Content(1)), cache.Epoch);
                break;
            case "cleared":
                cache.Clear();
                break;
            default:
                cache.Dispose();
                break;
        }

        memory.Span.ContainsAnyExcept((byte)0).Should().BeFalse();
        instance.Invoking(i => i.Encrypt(new byte[12], Key, new byte[32], new byte[16])).Should().Throw<ObjectDisposedException>();
        key.TryRent().Should().BeNull();
    }

    [Test]
    public void Entry_LeavesWhileItIsUsed_IsZeroedAndItsInstanceEndsWithTheUse()
    {
        using var cache = new DataKeyCache(1);
        var memory = new PinnedBytes(Key);
        cache.Add(new CachedDataKey(memory, Content(1), static _ => { }), cache.Epoch);
        CachedDataKey key = cache.Find(Content(1))!;
        System.Security.Cryptography.AesGcm used = key.Rent();

        cache.Clear();

        memory.Span.ContainsAnyExcept((byte)0).Should().BeFalse();
        used.Encrypt(new byte[12], Key, new byte[32], new byte[16]);
        key.GiveBack(used);
        used.Invoking(i => i.Encrypt(new byte[12], Key, new byte[32], new byte[16])).Should().Throw<ObjectDisposedException>();
        key.TryRent().Should().BeNull();
    }

    [Test]
    public void TryUse_FullCache_KeepsTheKeyWhenAnotherMustLeave()
    {
        using var cache = new DataKeyCache(2);
        CachedDataKey[] keys = [.. Enumerable.Range(1, 3).Select(i => cache.Make(Key, Content((ulong)i)))];
        cache.Add(keys[0], cache.Epoch);
        cache.Add(keys[1], cache.Epoch);
        keys[0].GiveBack(keys[0].TryUse()!);

        cache.Add(keys[2], cache.Epoch);

        keys.Select(static key => key.TryRent() is not null).Should().Equal(true, false, true);
    }

    [Test]
    public void Add_FromManyThreads_ZeroesEveryKeyWhetherItWasTakenOrNot()
    {
        var cache = new DataKeyCache(8);
        PinnedBytes[] memories = [.. Enumerable.Range(0, 4_000).Select(static _ => new PinnedBytes(Key))];

        Parallel.For(0, memories.Length, i => cache.Add(new CachedDataKey(memories[i], Content((ulong)(i % 20)), static _ => { }), cache.Epoch));
        cache.Count.Should().BeInRange(1, 8);
        cache.Dispose();

        memories.Count(static memory => memory.Span.ContainsAnyExcept((byte)0)).Should().Be(0);
    }

    [Test]
    public void Rent_WhileAnotherHasIt_IsAnotherInstance()
    {
        using var cache = new DataKeyCache(1);
        CachedDataKey key = cache.Make(Key, Content(1));

        System.Security.Cryptography.AesGcm first = key.Rent();
        System.Security.Cryptography.AesGcm second = key.Rent();

        second.Should().NotBeSameAs(first);
        key.GiveBack(second);
        key.GiveBack(first);
        key.Rent().Should().BeSameAs(second, "one is kept");
        first.Invoking(i => i.Encrypt(new byte[12], Key, new byte[32], new byte[16])).Should().Throw<ObjectDisposedException>("the other is dropped");
    }

    [Test]
    public void Find_NoCapacity_IsAlwaysAMiss()
    {
        using var cache = new DataKeyCache(0);

        cache.Add(cache.Make(Key, Content(1)), cache.Epoch);

        cache.KeepsAny.Should().BeFalse();
        cache.Admits().Should().BeFalse();
        cache.Find(Content(1)).Should().BeNull();
    }

    [Test]
    public void Admits_Full_TakesOneOfSeveral()
    {
        using var cache = new DataKeyCache(1);
        cache.Admits().Should().BeTrue("there is room");
        cache.Add(cache.Make(Key, Content(1)), cache.Epoch);

        Enumerable.Range(0, 4 * (int)DataKeyCache.OffersPerPlace).Count(_ => cache.Admits()).Should().Be(4);
    }

    private static SealedContent Content(ulong payloadId) => new(new UniqueId(0, payloadId), 100, Wrapped);
}
