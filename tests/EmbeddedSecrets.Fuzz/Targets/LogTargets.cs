using EmbeddedSecrets.Repositories.Log;

namespace EmbeddedSecrets.Fuzz.Targets;

/// <summary>
/// A whole log. The first byte of the input says whether checksums and chain are made right first, and whether the log is also
/// written: compacted, closed and opened again.
/// </summary>
internal static class LogTargets
{
    private const int MostBytesRead = 1 << 20;

    public static IEnumerable<FuzzTarget> All =>
    [
        new("log", OpenLog, LogSeeds.WithMode, typeof(SecretStoreException)),
        new("log-scan", FindHeader, LogSeeds.WithMode, typeof(SecretStoreException)),
    ];

    private static byte[] Prepare(byte[] input)
    {
        byte mode = input.Length == 0 ? (byte)0 : input[0];
        byte[] log = input.Length == 0 ? [] : input[1..];
        if ((mode & (LogSeeds.RepairsChecksums | LogSeeds.RepairsChain)) != 0)
        {
            FrameRepair.Repair(log, (mode & LogSeeds.RepairsChain) != 0);
        }

        return log;
    }

    private static void FindHeader(byte[] input)
    {
        RepositoryHeader header = LogScan.FindHeader(new MemoryLogFile(Prepare(input), "log"), null);
        FuzzTarget.Require(header.Revision >= 1, "A header has a revision of at least 1.");
    }

    private static void OpenLog(byte[] input)
    {
        byte[] log = Prepare(input);
        bool writes = input.Length > 0 && (input[0] & LogSeeds.Writes) != 0;
        using var directory = new MemoryLogDirectory(log);
        (long Sequence, List<string> Names) first = Open(directory, log.Length, readOnly: !writes, compacts: writes);
        if (writes)
        {
            (long Sequence, List<string> Names) second = Open(directory, null, readOnly: true, compacts: false);
            FuzzTarget.Require(first.Sequence == second.Sequence && first.Names.SequenceEqual(second.Names), "A log that was compacted holds what it held before.");
        }
    }

    private static (long Sequence, List<string> Names) Open(MemoryLogDirectory directory, int? length, bool readOnly, bool compacts)
    {
        var repository = new FileSecretRepository("memory", new SecretStoreOptions { ReadOnly = readOnly }, () => directory);
        try
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            RepositoryHeader header = repository.ReadHeaderAsync().AsTask().GetAwaiter().GetResult()
                ?? throw new FuzzFindingException("A directory with a log has a store.");
            RecoveryReport report = repository.StartAsync(header, new OpenProtector()).AsTask().GetAwaiter().GetResult();
            if (length is { } given)
            {
                FuzzTarget.CheckAllocation(given, before);
            }

            List<string> names = ReadNames(repository, out bool isWhole);
            FuzzTarget.Require(names.Count == report.RecordCount || !isWhole, "As many records are listed as the report counts.");
            if (compacts)
            {
                repository.CompactAsync().AsTask().GetAwaiter().GetResult();
            }

            return (report.Sequence, names);
        }
        finally
        {
            repository.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    /// <summary>Reads the records; several may stand in the same bytes, so it stops at a bound.</summary>
    private static List<string> ReadNames(FileSecretRepository repository, out bool isWhole)
    {
        List<string> names = [];
        long read = 0;
        IAsyncEnumerator<RepositoryRecord> records = repository.EnumerateAsync(null).GetAsyncEnumerator();
        try
        {
            while (read < MostBytesRead && records.MoveNextAsync().AsTask().GetAwaiter().GetResult())
            {
                names.Add(records.Current.Name);
                read += records.Current.Sealed.Length;
            }
        }
        finally
        {
            records.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }

        isWhole = read < MostBytesRead;
        return names;
    }
}
