using System.Diagnostics;
using EmbeddedSecrets.Benchmarks.Fixtures;
using EmbeddedSecrets.Benchmarks.Peers;

namespace EmbeddedSecrets.Benchmarks.Children;

/// <summary>From nothing to the first value, in a process that has done nothing before: seconds, and bytes of managed memory that stay.</summary>
internal static class OpeningMeasurement
{
    private const int LargestValue = 1024;

    public static double[] OfStore(string place, string name)
    {
        long before = GC.GetTotalMemory(forceFullCollection: true);
        long start = Stopwatch.GetTimestamp();
        using SecretStore store = Workspace.Open(place);
        store.GetSecretValue(name).Dispose();
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        double bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        GC.KeepAlive(store);
        return [seconds, bytes];
    }

    public static double[] OfSqlite(string directory, byte[] key, string name)
    {
        long before = GC.GetTotalMemory(forceFullCollection: true);
        long start = Stopwatch.GetTimestamp();
        using var sqlite = new SqlitePeer(directory);
        using var envelope = new ReferenceEnvelope(key);
        envelope.Open(sqlite.Read(name), new byte[LargestValue]);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        double bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        return [seconds, bytes];
    }
}
