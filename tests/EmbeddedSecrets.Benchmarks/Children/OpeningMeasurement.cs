using System.Diagnostics;
using System.Security.Cryptography;
using EmbeddedSecrets.Benchmarks.Fixtures;
using EmbeddedSecrets.Benchmarks.Peers;
using EmbeddedSecrets.Repositories.Log;
using Microsoft.Win32.SafeHandles;

namespace EmbeddedSecrets.Benchmarks.Children;

/// <summary>From nothing to the first value, in a process that has done nothing before: seconds, and bytes of managed memory that stay.</summary>
internal static class OpeningMeasurement
{
    private const int LargestValue = 1024;
    private const int LargestIndex = 96 << 10;

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

    /// <summary>
    /// No store at all: its log is read as an opening reads it, frame by frame without the bodies of snapshots, and as many
    /// bytes are encrypted as an opening decrypts. What stays is what the runtime and its cryptography take to start.
    /// </summary>
    public static double[] OfScan(string place)
    {
        long start = Stopwatch.GetTimestamp();
        using SafeFileHandle file = File.OpenHandle(Directory.GetFiles(place, "log-*.ess").Max()!);
        byte[] key = HKDF.DeriveKey(HashAlgorithmName.SHA256, new byte[32], 32);
        using var cipher = new AesGcm(key, AesGcm.TagByteSizes.MaxSize);
        byte[] buffer = new byte[LargestIndex];
        byte[] output = new byte[LargestIndex];
        byte[] tag = new byte[AesGcm.TagByteSizes.MaxSize];
        long offset = LogFileHeader.Length;
        for (int read; (read = RandomAccess.Read(file, buffer, offset)) >= FrameHeader.Size && FrameHeader.TryRead(buffer, out FrameHeader header); offset += header.FrameLength)
        {
            ReadOnlySpan<byte> index = buffer.AsSpan(header.IndexStart, Math.Min(header.IndexLength, read - header.IndexStart));
            cipher.Encrypt(key.AsSpan(0, 12), index, output.AsSpan(0, index.Length), tag);
        }

        return [Stopwatch.GetElapsedTime(start).TotalSeconds, 0];
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
