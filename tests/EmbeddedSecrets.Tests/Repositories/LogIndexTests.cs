using System.Runtime.CompilerServices;
using EmbeddedSecrets.Repositories;
using EmbeddedSecrets.Repositories.Log;

namespace EmbeddedSecrets.Tests.Repositories;

[TestFixture]
public sealed class LogIndexTests
{
    [Test]
    public void Put_ManyRecordsWithAPayloadEach_StaysCompact()
    {
        const int Count = 50_000;
        string[] names = Enumerable.Range(0, Count).Select(static i => "name-" + i).ToArray();
        var index = new LogIndex(static _ => { });
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < Count; i++)
        {
            index.AddPayload(new UniqueId(0, (ulong)i), new PayloadLocation(i, 100));
            index.Put(names[i], new RecordLocation(Samples.Stamp(1), i, 100));
        }

        double bytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / Count;
        TestContext.Out.WriteLine($"{bytes:0} bytes for a record and its version");
        bytes.Should().BeLessThan(176);
        GC.KeepAlive(index);
        GC.KeepAlive(names);
    }

    [Test]
    public void IsCurrent_OnlyUntilTheNextChangeOfTheName()
    {
        LogIndex index = Published();
        index.Put("a", new RecordLocation(Samples.Stamp(1), 0, 100));
        RecordToken first = index.TokenOf("a");
        index.IsCurrent(first).Should().BeTrue();
        Published().IsCurrent(first).Should().BeFalse("it is another index");

        index.Put("a", new RecordLocation(Samples.Stamp(2), 0, 100));
        RecordToken second = index.TokenOf("a");
        index.Remove("a");

        index.IsCurrent(first).Should().BeFalse();
        index.IsCurrent(second).Should().BeFalse();
        index.IsCurrent(index.TokenOf("a")).Should().BeTrue();
    }

    [Test]
    public void TokenOf_Kept_DoesNotKeepTheIndexThatItIsOf()
    {
        (RecordToken token, WeakReference index) = TokenAndItsIndex();

        GC.Collect();

        index.IsAlive.Should().BeFalse("each compaction replaces the index, and a secret that is not read again keeps its token");
        GC.KeepAlive(token.IndexIdentity);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static (RecordToken Token, WeakReference Index) TokenAndItsIndex()
        {
            LogIndex index = Published();
            return (index.TokenOf("a"), new WeakReference(index));
        }
    }

    private static LogIndex Published()
    {
        var index = new LogIndex(static _ => { });
        index.Publish(new NameOrder(static () => []));
        return index;
    }
}
