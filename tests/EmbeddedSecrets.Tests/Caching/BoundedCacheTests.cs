using EmbeddedSecrets.Caching;

namespace EmbeddedSecrets.Tests.Caching;

[TestFixture]
public sealed class BoundedCacheTests
{
    [Test]
    public void Set_OverCapacity_EvictsTheOldest()
    {
        var cache = new BoundedCache<int, Entry>(3);
        for (int i = 0; i < 4; i++)
        {
            cache.Set(new Entry(i));
        }

        cache.Count.Should().Be(3);
        cache.TryGet(0, out _).Should().BeFalse();
    }

    [Test]
    public void Set_OverCapacity_KeepsWhatWasUsed()
    {
        BoundedCache<int, Entry> cache = Of(3, 0, 1, 2);
        cache.TryGet(0, out _);

        cache.Set(new Entry(3));

        cache.TryGet(0, out _).Should().BeTrue();
        cache.TryGet(1, out _).Should().BeFalse();
    }

    [Test]
    public void Set_OverCapacity_EvictsWhatWasOnlyLookedAt()
    {
        BoundedCache<int, Entry> cache = Of(3, 0, 1, 2);
        cache.TryPeek(0, out Entry? peeked).Should().BeTrue();
        peeked!.Key.Should().Be(0);

        cache.Set(new Entry(3));

        cache.TryPeek(0, out _).Should().BeFalse();
    }

    [Test]
    public void Set_SecondChanceTaken_IsEvictedTheNextTime()
    {
        BoundedCache<int, Entry> cache = Of(2, 0, 1);
        cache.TryGet(0, out _);
        cache.Set(new Entry(2));
        cache.TryPeek(0, out _).Should().BeTrue();

        cache.Set(new Entry(3));
        cache.Set(new Entry(4));

        cache.TryPeek(0, out _).Should().BeFalse();
        cache.Count.Should().Be(2);
    }

    [Test]
    public void Set_TooLarge_IsNotKept()
    {
        var cache = new BoundedCache<int, Entry>(3);
        var kept = new Entry(0, 2);
        var tooLarge = new Entry(0, 4);
        cache.Set(kept);

        cache.Set(tooLarge);

        cache.TryGet(0, out _).Should().BeFalse();
        cache.Count.Should().Be(0);
        cache.IsFull.Should().BeFalse();
        (kept.Left, tooLarge.Left).Should().Be((1, 1), "both are told");
    }

    [Test]
    public void Keep_NoRoom_LeavesTheOthersWhereTheyAre()
    {
        BoundedCache<int, Entry> cache = Of(2, 0, 1);
        var entry = new Entry(2);

        cache.Keep(entry);

        cache.TryPeek(2, out _).Should().BeFalse();
        cache.Count.Should().Be(2);
        entry.Left.Should().Be(0, "it was not taken over");
    }

    [Test]
    public void Keep_Room_IsKept()
    {
        BoundedCache<int, Entry> cache = Of(2, 0);

        cache.Keep(new Entry(1));

        cache.TryPeek(1, out _).Should().BeTrue();
        cache.TryPeek(0, out _).Should().BeTrue();
    }

    [Test]
    public void Keep_SameKeyInAFullCache_StandsInItsPlace()
    {
        BoundedCache<int, Entry> cache = Of(2, 0, 1);
        var entry = new Entry(0);

        cache.Keep(entry);

        cache.TryPeek(0, out Entry? kept).Should().BeTrue();
        kept.Should().BeSameAs(entry);
        cache.TryPeek(1, out _).Should().BeTrue();
    }

    [Test]
    public void Keep_NoCapacity_IsNotKept()
    {
        var cache = new BoundedCache<int, Entry>(0);

        cache.Keep(new Entry(0));

        cache.Count.Should().Be(0);
    }

    [Test]
    public void Set_SameKeyOften_CountsItOnce()
    {
        var cache = new BoundedCache<int, Entry>(10);
        Entry[] entries = [.. Enumerable.Range(0, 1000).Select(static _ => new Entry(1))];
        foreach (Entry entry in entries)
        {
            cache.Set(entry);
        }

        cache.Set(new Entry(2));
        cache.TryGet(1, out Entry? value).Should().BeTrue();
        value.Should().BeSameAs(entries[^1]);
        cache.Count.Should().Be(2);
        entries[..^1].Should().OnlyContain(static entry => entry.Left == 1);
        entries[^1].Left.Should().Be(0);
    }

    [Test]
    public void AnyOperations_DifferentCosts_StayWithinTheCapacity()
    {
        const int Capacity = 100;
        var cache = new BoundedCache<int, Entry>(Capacity);
        var random = new Random(1);
        var inside = new List<Entry>();
        for (int i = 0; i < 10_000; i++)
        {
            Entry? expected = inside.Count > 0 && random.Next(4) == 0 ? inside[random.Next(inside.Count)] : null;
            var entry = new Entry(expected?.Key ?? random.Next(50), random.Next(1, 110));
            inside.Add(entry);
            if (expected is not null)
            {
                cache.TryReplace(expected, entry).Should().BeTrue();
            }
            else
            {
                cache.Set(entry);
            }

            if (random.Next(4) == 0)
            {
                cache.Remove(random.Next(50));
            }

            if (random.Next(500) == 0)
            {
                cache.Clear();
            }

            _ = cache.TryGet(random.Next(50), out _);
            inside.RemoveAll(static one => one.Left > 0);
            inside.Count.Should().Be(cache.Count);
            inside.Sum(static one => one.Cost).Should().BeLessThanOrEqualTo(Capacity);
            inside.TrueForAll(one => cache.TryPeek(one.Key, out Entry? found) && found == one).Should().BeTrue();
        }
    }

    [Test]
    public void Remove_Present_IsGone()
    {
        BoundedCache<int, Entry> cache = Of(1, 1);
        cache.Remove(1);
        cache.Set(new Entry(2));

        cache.TryGet(1, out _).Should().BeFalse();
        cache.TryGet(2, out _).Should().BeTrue();
    }

    [Test]
    public void TryReplace_ValueThatIsThere_StandsInItsPlace()
    {
        var cache = new BoundedCache<int, Entry>(2);
        var first = new Entry(1);
        var second = new Entry(1);
        cache.Set(first);

        cache.TryReplace(first, second).Should().BeTrue();

        cache.TryGet(1, out Entry? value).Should().BeTrue();
        value.Should().BeSameAs(second);
        cache.Count.Should().Be(1);
        (first.Left, second.Left).Should().Be((1, 0));
    }

    [Test]
    public void TryReplace_ValueThatHasLeftOrWasReplaced_ChangesNothing()
    {
        var cache = new BoundedCache<int, Entry>(2);
        var first = new Entry(1);
        var second = new Entry(1);
        cache.Set(first);
        cache.Set(second);

        cache.TryReplace(first, new Entry(1)).Should().BeFalse();
        cache.TryReplace(new Entry(2), new Entry(2)).Should().BeFalse("it was never there");

        cache.TryGet(1, out Entry? value).Should().BeTrue();
        value.Should().BeSameAs(second);
        cache.TryGet(2, out _).Should().BeFalse();
        cache.Remove(1);
        cache.TryReplace(second, new Entry(1)).Should().BeFalse();
        cache.TryGet(1, out _).Should().BeFalse();
    }

    [TestCase("evicted")]
    [TestCase("removed")]
    [TestCase("replaced")]
    [TestCase("cleared")]
    public void Value_Leaves_IsToldOnce(string how)
    {
        var cache = new BoundedCache<int, Entry>(1);
        var entry = new Entry(1);
        cache.Set(entry);
        entry.Left.Should().Be(0);

        switch (how)
        {
            case "evicted":
                cache.Set(new Entry(2));
                break;
            case "removed":
                cache.Remove(1);
                break;
            case "replaced":
                cache.Set(new Entry(1));
                break;
            default:
                cache.Clear();
                break;
        }

        cache.Remove(1);
        cache.Clear();
        entry.Left.Should().Be(1);
        cache.Count.Should().Be(0);
        cache.IsFull.Should().BeFalse();
    }

    [TestCase("evicted")]
    [TestCase("removed")]
    [TestCase("replaced")]
    [TestCase("cleared")]
    public void Values_HaveLeft_AreNotHeldAnyMore(string how)
    {
        const int Count = 100;
        var cache = new BoundedCache<int, Entry>(Count);
        WeakReference[] left = Filled(cache, Count);

        for (int i = 0; i < Count; i++)
        {
            switch (how)
            {
                case "evicted":
                    cache.Set(new Entry(Count + i));
                    break;
                case "removed":
                    cache.Remove(i);
                    break;
                case "replaced":
                    cache.Set(new Entry(i));
                    break;
                default:
                    cache.Clear();
                    break;
            }
        }

        GC.Collect();
        left.Count(static one => one.IsAlive).Should().Be(0);
        GC.KeepAlive(cache);
    }

    [Test]
    public void Set_ValueThatIsThereAlready_ChangesNothing()
    {
        var cache = new BoundedCache<int, Entry>(2);
        var entry = new Entry(1);
        cache.Set(entry);

        cache.Set(entry);
        cache.Set(new Entry(2));
        cache.Set(new Entry(3));

        entry.Left.Should().Be(1);
        cache.Count.Should().Be(2);
    }

    [Test]
    public void TryOffer_NoCapacity_IsNotTaken()
    {
        var cache = new BoundedCache<int, Entry>(0);

        cache.KeepsAny.Should().BeFalse();
        cache.TryOffer(new Entry(1)).Should().BeFalse();
        cache.TryGet(1, out _).Should().BeFalse();
    }

    [Test]
    public void TryOffer_NobodyElseIsAtWork_IsKept()
    {
        var cache = new BoundedCache<int, Entry>(1);

        cache.TryOffer(new Entry(1)).Should().BeTrue();

        cache.TryGet(1, out _).Should().BeTrue();
    }

    [Test]
    public void TryOffer_AnotherThreadIsAtWork_IsLeftWithoutWaiting()
    {
        (bool Offered, bool Replaced)? taken = null;
        var cache = new BoundedCache<int, Entry>(1);
        var second = new Entry(2);
        cache.Set(new Entry(1, onLeft: () =>
        {
            // The cache is in the middle of a change until the other thread has its answer.
            var other = new Thread(() => taken = (cache.TryOffer(new Entry(3)), cache.TryReplace(second, new Entry(2))));
            other.Start();
            other.Join();
        }));

        cache.Set(second);

        taken.Should().Be((false, false));
        cache.TryGet(3, out _).Should().BeFalse();
        cache.TryGet(2, out Entry? value).Should().BeTrue();
        value.Should().BeSameAs(second);
    }

    [Test]
    public void Payload_HasLeft_IsEmptyForWhoStillHoldsIt()
    {
        byte[] bytes = [1, 2, 3];
        var cache = new BoundedCache<UniqueId, CachedPayload>(1000);
        var payload = new CachedPayload(new UniqueId(0, 1), bytes);
        cache.Set(payload);
        payload.Use().Should().BeSameAs(bytes);

        cache.Remove(new UniqueId(0, 1));

        payload.Use().Should().BeNull();
        cache.IsFull.Should().BeFalse();
    }

    [Test]
    public void Payload_UsedByWhoHoldsIt_HasASecondChance()
    {
        var cache = new BoundedCache<UniqueId, CachedPayload>(500);
        CachedPayload[] payloads = [.. Enumerable.Range(0, 3).Select(static i => new CachedPayload(new UniqueId(0, (ulong)i), new byte[50]))];
        cache.Set(payloads[0]);
        cache.Set(payloads[1]);
        _ = payloads[0].Use();

        cache.Set(payloads[2]);

        payloads.Select(static payload => payload.Use() is not null).Should().Equal(true, false, true);
    }

    /// <summary>In a method of its own, so that nothing of it stays on the stack.</summary>
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static WeakReference[] Filled(BoundedCache<int, Entry> cache, int count)
    {
        Entry[] entries = [.. Enumerable.Range(0, count).Select(static key => new Entry(key))];
        Array.ForEach(entries, cache.Set);
        return [.. entries.Select(static entry => new WeakReference(entry))];
    }

    private static BoundedCache<int, Entry> Of(long capacity, params int[] keys)
    {
        var cache = new BoundedCache<int, Entry>(capacity);
        foreach (int key in keys)
        {
            cache.Set(new Entry(key));
        }

        return cache;
    }

    private sealed class Entry(int key, long cost = 1, Action? onLeft = null) : ICacheable<int>
    {
        private CacheMark _mark;

        public int Key => key;

        public long Cost => cost;

        public int Left { get; private set; }

        int ICacheable<int>.CacheKey => key;

        long ICacheable<int>.CacheCost => cost;

        ref CacheMark ICacheable.CacheMark => ref _mark;

        void ICacheable.OnLeft()
        {
            Left++;
            onLeft?.Invoke();
        }
    }
}
