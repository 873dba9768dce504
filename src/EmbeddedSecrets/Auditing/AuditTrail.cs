using System.Runtime.CompilerServices;
using EmbeddedSecrets.Auditing;
using EmbeddedSecrets.Errors;
using EmbeddedSecrets.Files;

namespace EmbeddedSecrets;

/// <summary>
/// Reads and verifies the trail that a <see cref="FileAuditSink"/> writes, with the audit key alone. Nothing is changed, and
/// writers may go on meanwhile: what is there when the call begins is read.
/// </summary>
public static class AuditTrail
{
    private const int ChunkLength = 256;

    /// <summary>Reads the records of all files in order, each of them once it was authenticated, in bounded memory.</summary>
    /// <param name="directory">The directory of the trail.</param>
    /// <param name="keyFile">The file with the audit key.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The records. What a crash left at an end is passed over.</returns>
    /// <exception cref="ArgumentException">A path is empty.</exception>
    /// <exception cref="SecretNotFoundException">There is no trail.</exception>
    /// <exception cref="SecretStoreAccessException">The key is missing or another one, or a file can be used by others.</exception>
    /// <exception cref="SecretStoreIntegrityException">The trail is not whole; the records before that were given.</exception>
    /// <exception cref="SecretStoreUnavailableException">Reading failed, or the lock of the trail was not to be had within 30 seconds (<c>Store.Locked</c>).</exception>
    public static IAsyncEnumerable<AuditEntry> ReadAsync(string directory, string keyFile, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        ArgumentException.ThrowIfNullOrEmpty(keyFile);
        return ReadChunksAsync(Path.GetFullPath(directory), Path.GetFullPath(keyFile), cancellationToken);
    }

    /// <summary>Checks every byte of the trail and goes on behind every fault. Takes time and reading in proportion to its length.</summary>
    /// <param name="directory">The directory of the trail.</param>
    /// <param name="keyFile">The file with the audit key.</param>
    /// <param name="expectedHead">A head that was kept elsewhere; without one a trail whose end was cut off looks whole.</param>
    /// <param name="cancellationToken">Ends the verification.</param>
    /// <returns>The faults and the head.</returns>
    /// <exception cref="ArgumentException">A path is empty.</exception>
    /// <exception cref="SecretNotFoundException">There is no trail.</exception>
    /// <exception cref="SecretStoreAccessException">The key is missing or another one, or the directory can be used by others.</exception>
    /// <exception cref="SecretStoreIntegrityException">The trail has a format that this version does not know.</exception>
    /// <exception cref="SecretStoreUnavailableException">The directory cannot be read, or its lock was not to be had within 30 seconds (<c>Store.Locked</c>). A single file that cannot be read is a fault.</exception>
    public static async ValueTask<AuditVerification> VerifyAsync(string directory, string keyFile, AuditHead? expectedHead = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        ArgumentException.ThrowIfNullOrEmpty(keyFile);
        string location = Path.GetFullPath(directory);
        return await Task.Run(() => Guarded(location, () => Verify(location, Path.GetFullPath(keyFile), expectedHead, cancellationToken)), cancellationToken).ConfigureAwait(false);
    }

    private static AuditVerification Verify(string directory, string keyFile, AuditHead? expected, CancellationToken cancellationToken)
    {
        using TrailScan scan = Open(directory, keyFile, cancellationToken);
        var unfinished = new UnfinishedOperations();
        var faults = new List<AuditFault>();
        long records = 0;
        bool found = expected is null || expected.Sequence == 0;
        foreach (ScanItem item in scan.Run())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (item.Fault is { } fault)
            {
                faults.Add(fault);
            }
            else
            {
                records++;
                unfinished.Note(item.Entry!.Record);
                found |= item.Entry!.Head == expected;
            }
        }

        if (!found)
        {
            faults.Add(new AuditFault(AuditFaultKind.HeadMissing, string.Empty, 0, 0, expected!.Sequence));
        }

        return new AuditVerification(scan.Head, records, unfinished.Count, faults);
    }

    private static async IAsyncEnumerable<AuditEntry> ReadChunksAsync(string directory, string keyFile, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using TrailScan scan = await Task.Run(() => Guarded(directory, () => Open(directory, keyFile, cancellationToken)), cancellationToken).ConfigureAwait(false);
        using IEnumerator<ScanItem> items = scan.Run().GetEnumerator();
        List<ScanItem> chunk;
        do
        {
            chunk = await Task.Run(() => Guarded(directory, () => Take(items)), cancellationToken).ConfigureAwait(false);
            foreach (ScanItem item in chunk)
            {
                if (item.Cause is { } cause)
                {
                    throw cause is SecretStoreException ? cause : AuditFailures.Unreadable(Path.Combine(directory, item.Fault!.File), cause);
                }

                if (item.Fault is { IsTampering: true } fault)
                {
                    throw AuditFailures.Tampered(Path.Combine(directory, fault.File), fault.Offset);
                }

                if (item.Entry is { } entry)
                {
                    yield return entry;
                }
            }
        }
        while (chunk.Count == ChunkLength);
    }

    private static List<ScanItem> Take(IEnumerator<ScanItem> items)
    {
        var chunk = new List<ScanItem>();
        while (chunk.Count < ChunkLength && items.MoveNext())
        {
            chunk.Add(items.Current);
        }

        return chunk;
    }

    private static TrailScan Open(string directory, string keyFile, CancellationToken cancellationToken) => new(OpenDirectory(directory), keyFile, cancellationToken);

    private static StoreDirectory OpenDirectory(string directory)
    {
        try
        {
            return StoreDirectory.OpenOrMake(directory, readOnly: true) ?? throw AuditFailures.NoTrail(directory);
        }
        catch (SecretStoreUnavailableException exception) when (exception.InnerException is { } cause)
        {
            // Its words are those of a store.
            throw AuditFailures.Unreadable(directory, cause);
        }
    }

    private static T Guarded<T>(string directory, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw AuditFailures.Unreadable(directory, exception);
        }
    }
}
