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
}
