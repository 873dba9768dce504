using System.Buffers.Binary;
using System.Globalization;
using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Fuzz;
using EmbeddedSecrets.Fuzz.Targets;
using EmbeddedSecrets.Records;
using EmbeddedSecrets.Repositories.Log;
using EmbeddedSecrets.Tests.Repositories;

namespace EmbeddedSecrets.Tests.Faults;

/// <summary>
/// Lengths that lie, and files that are far too long (DESIGN F11): a typed error or the right answer, and never more memory
/// than the file has bytes, and a constant. What an opening allocates is measured on its thread.
/// </summary>
[TestFixture]
public sealed class HostileLengthTests
{
    /// <summary>Beside the buffer of a reader, which is as long as what it reads: the repository itself, its locks, the error.</summary>
    private const long Constant = 1 << 20;

    private const long TwoGibibytes = 1L << 31;

    private static readonly bool Full = Environment.GetEnvironmentVariable("EMBEDDEDSECRETS_FULL_TESTS") == "1";

    [TestCase(8)]
    [TestCase(12)]
    [TestCase(16)]
    [TestCase(20)]
    public async Task FrameHeader_AnyLengthOfAnyFrame_IsRefusedInBoundedMemory(int field)
    {
        byte[] log = await WriteAsync(4);
        foreach (int offset in OffsetsOf(log))
        {
            uint right = BinaryPrimitives.ReadUInt32LittleEndian(log.AsSpan(offset + field));
            foreach (uint value in Lies(right))
            {
                byte[] changed = [.. log];
                BinaryPrimitives.WriteUInt32LittleEndian(changed.AsSpan(offset + field), value);
                BinaryPrimitives.WriteUInt32LittleEndian(changed.AsSpan(offset + 76), Checksum.Of(changed.AsSpan(offset, 76)));
                using var directory = new TemporaryDirectory();
                directory.WriteLog(changed);

                (string? code, long allocated) = Open(new FileSecretRepository(directory.Store), new FixedKeyProtector());

                code.Should().BeOneOf([SecretStoreErrorCodes.Tampered, SecretStoreErrorCodes.Corrupt], "offset {0}, value {1}", offset, value);
                allocated.Should().BeLessThan(changed.Length + Constant);
            }
        }
    }

    /// <summary>Behind authentication, where only the holder of the key can write: every place that may be a length, of two or four bytes.</summary>
    [Test]
    public void Index_AnyLengthAnywhere_OnlyTypedErrorsInBoundedMemory()
    {
        int openings = 0;
        foreach (byte[] log in LogSeeds.WithMode().Where(static seed => seed.Name is "closed" or "compacted").Select(static seed => seed.Bytes[1..]))
        {
            for (int offset = LogFileHeader.Length; FrameHeader.TryRead(log.AsSpan(offset), out FrameHeader header); offset += header.FrameLength)
            {
                for (int position = offset + FrameHeader.Size; position < offset + header.BodyStart - 20; position++)
                {
                    foreach (uint value in Lies(BinaryPrimitives.ReadUInt32LittleEndian(log.AsSpan(position))))
                    {
                        byte[] changed = [.. log];
                        BinaryPrimitives.WriteUInt32LittleEndian(changed.AsSpan(position), value);
                        FrameRepair.Repair(changed, chain: true);
                        using var directory = new MemoryLogDirectory(changed);

                        (_, long allocated) = Open(new FileSecretRepository("memory", null, () => directory), new OpenProtector());

                        allocated.Should().BeLessThan(changed.Length + Constant, "position {0}, value {1}", position, value);
                        openings++;
                    }
                }

                if (offset + header.FrameLength >= log.Length - FrameHeader.Size)
                {
                    break;
                }
            }
        }

        TestContext.Out.WriteLine($"{openings} openings");
        openings.Should().BeGreaterThan(1000);
    }

    [Test]
    public void Record_TextOfLength65535_IsTampered()
    {
        var writer = new FieldWriter(new byte[RecordCodec.UsualLength]);
        RecordCodec.Encode(ref writer, Envelope.Samples.Secret());
        byte[] record = writer.Written.ToArray();
        const int Description = 9;
        BinaryPrimitives.WriteUInt16LittleEndian(record.AsSpan(Description), ushort.MaxValue);
        long before = GC.GetAllocatedBytesForCurrentThread();

        Envelope.Samples.ShouldBeTampered(() => RecordCodec.Decode("n", new UniqueId(0, 1), record));

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(Constant);
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Log_OfTwoGibibytesOfNothing_IsCorruptInBoundedMemory(bool behindAStore)
    {
        using var directory = new TemporaryDirectory();
        directory.WriteLog(behindAStore ? await WriteAsync(4) : []);
        Extend(directory.LogPath, TwoGibibytes);
        long start = System.Diagnostics.Stopwatch.GetTimestamp();

        (string? code, long allocated) = Open(new FileSecretRepository(directory.Store), new FixedKeyProtector());

        TestContext.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{allocated} bytes, {System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalMilliseconds:F1} ms"));
        code.Should().Be(SecretStoreErrorCodes.Corrupt);
        allocated.Should().BeLessThan(4 << 20);
    }

    /// <summary>The longest tail that a store may leave: all of it is read, through one buffer.</summary>
    [Test]
    public async Task Log_LongestTailOfHoles_OpensInBoundedMemory()
    {
        using var directory = new TemporaryDirectory();
        byte[] log = await WriteAsync(4);
        directory.WriteLog(log);
        Extend(directory.LogPath, FrameHeader.MaxFrameLength);
        long start = System.Diagnostics.Stopwatch.GetTimestamp();

        (string? code, long allocated) = Open(new FileSecretRepository(directory.Store), new FixedKeyProtector());

        TestContext.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{allocated} bytes, {System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalMilliseconds:F1} ms"));
        code.Should().BeNull();
        allocated.Should().BeLessThan(4 << 20);
    }

    [Test]
    public async Task Log_ManyTinyRecords_OpensWithAllOfThem()
    {
        int records = Full ? 1_000_000 : 20_000;
        using var directory = new TemporaryDirectory();
        directory.WriteLog(await WriteAsync(records));
        long start = System.Diagnostics.Stopwatch.GetTimestamp();

        await using var repository = new FileSecretRepository(directory.Store);
        RecoveryReport report = await FileSecretRepositoryTests.OpenAsync(repository);

        TestContext.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{records} records, {System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalMilliseconds:F0} ms"));
        report.RecordCount.Should().Be(records);
    }

    private static IEnumerable<uint> Lies(uint right) =>
        new uint[] { 0xFFFFFFFF, 0x7FFFFFFF, 0x80000000, 0u, unchecked(right + 1), unchecked(right - 1) }.Where(value => value != right).Distinct();

    private static void Extend(string path, long length)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        stream.SetLength(length);
    }

    /// <summary>Opens on this thread, and says with which error it ended; any that is not the library's own fails the test.</summary>
    private static (string? Code, long Allocated) Open(FileSecretRepository repository, IStoreProtector protector)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        string? code = null;
        long allocated;
        try
        {
            RepositoryHeader header = Now(repository.ReadHeaderAsync())!;
            Now(repository.StartAsync(header, protector)).Should().NotBeNull();
        }
        catch (SecretStoreException exception)
        {
            code = exception.Code;
        }
        finally
        {
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            repository.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }

        return (code, allocated);
    }

    private static T Now<T>(ValueTask<T> call)
    {
        call.IsCompleted.Should().BeTrue("it must run on this thread");
        return call.GetAwaiter().GetResult();
    }

    private static List<int> OffsetsOf(byte[] log)
    {
        List<int> offsets = [];
        int offset = LogFileHeader.Length;
        while (FrameHeader.HasChecksum(log.AsSpan(offset)) && FrameHeader.TryRead(log.AsSpan(offset), out FrameHeader header))
        {
            offsets.Add(offset);
            offset += header.FrameLength;
        }

        return offsets;
    }

    /// <summary>A log that was not closed.</summary>
    private static async Task<byte[]> WriteAsync(int records)
    {
        using var directory = new TemporaryDirectory();
        await using var repository = new FileSecretRepository(directory.Store);
        await repository.ReadHeaderAsync();
        await repository.StartAsync(Repositories.Samples.Header(), new FixedKeyProtector());
        foreach (int[] chunk in Enumerable.Range(0, records).Chunk(records < 1000 ? 1 : 1000))
        {
            await repository.CommitAsync(Repositories.Samples.Commit([.. chunk.Select(static i => Repositories.Samples.Create(string.Create(CultureInfo.InvariantCulture, $"n{i}")))]));
        }

        return directory.ReadLog();
    }
}
