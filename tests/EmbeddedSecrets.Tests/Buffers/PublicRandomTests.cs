using EmbeddedSecrets.Buffers;

namespace EmbeddedSecrets.Tests.Buffers;

public sealed class PublicRandomTests
{
    [TestCase(1)]
    [TestCase(12)]
    [TestCase(16)]
    [TestCase(256)]
    [TestCase(1000)]
    public void Fill_ManyTimes_NeverGivesTheSameBytesTwice(int length)
    {
        // Of one byte only that all values come; of more that none comes twice.
        var seen = new HashSet<string>();
        for (int i = 0; i < 4_000; i++)
        {
            byte[] bytes = new byte[length];
            PublicRandom.Fill(bytes);
            seen.Add(Convert.ToHexString(bytes));
        }

        seen.Count.Should().Be(length == 1 ? 256 : 4_000);
    }

    [Test]
    public void NextId_OnSeveralThreads_NeverGivesOneTwice()
    {
        var all = new System.Collections.Concurrent.ConcurrentBag<UniqueId>();
        Parallel.For(0, 8, _ =>
        {
            for (int i = 0; i < 2_000; i++)
            {
                all.Add(PublicRandom.NextId());
            }
        });

        all.Distinct().Should().HaveCount(16_000);
        all.Should().NotContain(static id => id.IsNone);
    }
}
