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
    public void TryRent_KeyThatWasAdded_OpensWhatItSealed()
    {
        using var cache = new DataKeyCache(4);
        cache.Add(new UniqueId(0, 1), cache.Make(Key, Wrapped), cache.Epoch);
        byte[] payload = ValueEnvelope.Seal(Key, Samples.Context, Samples.Utf8("s3cret"));

        System.Security.Cryptography.AesGcm? cipher = cache.TryRent(Content(new UniqueId(0, 1)), out _);

        using SecretValue value = ValueEnvelope.Open(cipher!, Samples.Context, payload);
        value.RevealText().Should().Be("s3cret");
    }

    [Test]
    public void TryRent_RecordNamesAnotherKeyOrGeneration_IsAMiss()
    {
        using var cache = new DataKeyCache(4);
        cache.Add(new UniqueId(0, 1), cache.Make(Key, Wrapped), cache.Epoch);

        cache.TryRent(Content(new UniqueId(0, 1)) with { DataKey = new WrappedDataKey("other", 1, new byte[1]) }, out _).Should().BeNull();
        cache.TryRent(Content(new UniqueId(0, 1)) with { DataKey = new WrappedDataKey("default", 2, new byte[1]) }, out _).Should().BeNull();
    }

    [Test]
    public void Add_BeyondTheBound_KeepsTheBound()
    {
        using var cache = new DataKeyCache(4);

        for (int i = 0; i < 100; i++)
        {
            cache.Add(new UniqueId(0, (ulong)i), cache.Make(Key, Wrapped), cache.Epoch);
        }

        cache.Count.Should().Be(4);
    }

    [Test]
    public void Add_UnwrappedBeforeTheLastClearing_IsKeptOut()
    {
        using var cache = new DataKeyCache(4);
        long before = cache.Epoch;
        cache.Clear();

        cache.Add(new UniqueId(0, 1), cache.Make(Key, Wrapped), before);

        cache.Count.Should().Be(0);
    }

    [Test]
    public void Add_AfterDispose_IsKeptOut()
    {
        var cache = new DataKeyCache(4);
        cache.Dispose();

        cache.Add(new UniqueId(0, 1), cache.Make(Key, Wrapped), cache.Epoch);

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
        var key = new CachedDataKey(memory, Wrapped, static _ => { });
        System.Security.Cryptography.AesGcm instance = key.Rent();
        key.GiveBack(instance);
        cache.Add(new UniqueId(0, 1), key, cache.Epoch);
        memory.Span.SequenceEqual(Key).Should().BeTrue();

        switch (how)
        {
            case "evicted":
                cache.Add(new UniqueId(0, 2), cache.Make(Key, Wrapped), cache.Epoch);
                break;
            case "removed":
                cache.Remove(new UniqueId(0, 1));
                break;
            case "replaced":
                cache.Add(new UniqueId(0, 1), cache.Make(Key, Wrapped), cache.Epoch);
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
        cache.Add(new UniqueId(0, 1), new CachedDataKey(memory, Wrapped, static _ => { }), cache.Epoch);
        System.Security.Cryptography.AesGcm used = cache.TryRent(Content(new UniqueId(0, 1)), out CachedDataKey? key)!;

        cache.Clear();

        memory.Span.ContainsAnyExcept((byte)0).Should().BeFalse();
        used.Encrypt(new byte[12], Key, new byte[32], new byte[16]);
        key!.GiveBack(used);
        used.Invoking(i => i.Encrypt(new byte[12], Key, new byte[32], new byte[16])).Should().Throw<ObjectDisposedException>();
        key.TryRent().Should().BeNull();
    }

    [Test]
    public void Add_FromManyThreads_ZeroesEveryKeyWhetherItWasTakenOrNot()
    {
        var cache = new DataKeyCache(8);
        PinnedBytes[] memories = [.. Enumerable.Range(0, 4_000).Select(static _ => new PinnedBytes(Key))];

        Parallel.For(0, memories.Length, i => cache.Add(new UniqueId(0, (ulong)(i % 20)), new CachedDataKey(memories[i], Wrapped, static _ => { }), cache.Epoch));
        cache.Count.Should().BeInRange(1, 8);
        cache.Dispose();

        memories.Count(static memory => memory.Span.ContainsAnyExcept((byte)0)).Should().Be(0);
    }

    [Test]
    public void Rent_WhileAnotherHasIt_IsAnotherInstance()
    {
        using var cache = new DataKeyCache(1);
        CachedDataKey key = cache.Make(Key, Wrapped);

        System.Security.Cryptography.AesGcm first = key.Rent();
        System.Security.Cryptography.AesGcm second = key.Rent();

        second.Should().NotBeSameAs(first);
        key.GiveBack(second);
        key.GiveBack(first);
        key.Rent().Should().BeSameAs(second, "one is kept");
        first.Invoking(i => i.Encrypt(new byte[12], Key, new byte[32], new byte[16])).Should().Throw<ObjectDisposedException>("the other is dropped");
    }

    [Test]
    public void TryRent_NoCapacity_IsAlwaysAMiss()
    {
        using var cache = new DataKeyCache(0);

        cache.Add(new UniqueId(0, 1), cache.Make(Key, Wrapped), cache.Epoch);

        cache.Admits().Should().BeFalse();
        cache.TryRent(Content(new UniqueId(0, 1)), out _).Should().BeNull();
    }

    [Test]
    public void Admits_Full_TakesOneOfSeveral()
    {
        using var cache = new DataKeyCache(1);
        cache.Admits().Should().BeTrue("there is room");
        cache.Add(new UniqueId(0, 1), cache.Make(Key, Wrapped), cache.Epoch);

        Enumerable.Range(0, 4 * (int)DataKeyCache.OffersPerPlace).Count(_ => cache.Admits()).Should().Be(4);
    }

    private static SealedContent Content(UniqueId payloadId) => new(payloadId, 100, Wrapped);
}
