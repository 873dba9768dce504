using EmbeddedSecrets.Caching;

namespace EmbeddedSecrets.Tests.Caching;

[TestFixture]
public sealed class BoundedCacheTests
{
    [Test]
    public void Set_OverCapacity_EvictsTheOldest()
    {
        var cache = new BoundedCache<int, string>(3, static _ => 1);
        for (int i = 0; i < 4; i++)
        {
            cache.Set(i, "v");
        }

        cache.Count.Should().Be(3);
        cache.TryGet(0, out _).Should().BeFalse();
    }

    [Test]
    public void Set_OverCapacity_KeepsWhatWasUsed()
    {
        var cache = new BoundedCache<int, string>(3, static _ => 1);
        cache.Set(0, "v");
        cache.Set(1, "v");
        cache.Set(2, "v");
        cache.TryGet(0, out _);
        cache.Set(3, "v");

        cache.TryGet(0, out _).Should().BeTrue();
        cache.TryGet(1, out _).Should().BeFalse();
    }

    [Test]
    public void Set_TooLarge_IsNotKept()
    {
        var cache = new BoundedCache<int, string>(3, static value => value.Length);
        cache.Set(0, "ab");
        cache.Set(0, "abcd");

        cache.TryGet(0, out _).Should().BeFalse();
        cache.Count.Should().Be(0);
    }

    [Test]
    public void Set_SameKeyOften_CountsItOnce()
    {
        var cache = new BoundedCache<int, string>(10, static _ => 1);
        for (int i = 0; i < 1000; i++)
        {
            cache.Set(1, "v" + i);
        }

        cache.Set(2, "w");
        cache.TryGet(1, out string? value).Should().BeTrue();
        value.Should().Be("v999");
        cache.Count.Should().Be(2);
    }

    [Test]
    public void Remove_Present_IsGone()
    {
        var cache = new BoundedCache<int, string>(1, static _ => 1);
        cache.Set(1, "v");
        cache.Remove(1);
        cache.Set(2, "w");

        cache.TryGet(1, out _).Should().BeFalse();
        cache.TryGet(2, out _).Should().BeTrue();
    }

    [Test]
    public void TryReplace_ValueThatIsThere_StandsInItsPlace()
    {
        var cache = new BoundedCache<int, string>(2, static _ => 1);
        cache.Set(1, "v");
        BoundedCache<int, string>.Slot? place = cache.Find(1);

        cache.TryReplace(1, place!.Value!, "w");

        place.Use().Should().Be("w");
        cache.Count.Should().Be(1);
    }

    [Test]
    public void TryReplace_ValueThatHasLeftOrWasReplaced_ChangesNothing()
    {
        var cache = new BoundedCache<int, string>(2, static _ => 1);
        string first = new('v', 1);
        cache.Set(1, first);
        cache.Set(1, new string('v', 1));

        cache.TryReplace(1, first, "w");
        cache.TryReplace(2, first, "w");

        cache.TryGet(1, out string? value).Should().BeTrue();
        value.Should().Be("v");
        cache.TryGet(2, out _).Should().BeFalse();
        cache.Remove(1);
        cache.TryReplace(1, first, "w");
        cache.TryGet(1, out _).Should().BeFalse();
    }

    [Test]
    public void TryOffer_NoCapacity_IsNotTaken()
    {
        var cache = new BoundedCache<int, string>(0, static _ => 1);

        cache.KeepsAny.Should().BeFalse();
        cache.TryOffer(1, "v").Should().BeFalse();
        cache.TryGet(1, out _).Should().BeFalse();
    }

    [Test]
    public void TryOffer_NobodyElseIsAtWork_IsKept()
    {
        var cache = new BoundedCache<int, string>(1, static _ => 1);

        cache.TryOffer(1, "v").Should().BeTrue();

        cache.TryGet(1, out _).Should().BeTrue();
    }

    [Test]
    public void TryOffer_AnotherThreadIsAtWork_IsLeftWithoutWaiting()
    {
        bool? isTaken = null;
        BoundedCache<int, string>? cache = null;
        cache = new BoundedCache<int, string>(1, static _ => 1, _ =>
        {
            // The cache is in the middle of a change until the other thread has its answer.
            var other = new Thread(() => isTaken = cache!.TryOffer(3, "w"));
            other.Start();
            other.Join();
        });
        cache.Set(1, "v");
        cache.Set(2, "v");

        isTaken.Should().BeFalse();
        cache.TryGet(3, out _).Should().BeFalse();
        cache.TryGet(2, out _).Should().BeTrue();
    }
}
