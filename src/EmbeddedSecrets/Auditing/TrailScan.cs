using EmbeddedSecrets.Errors;
using EmbeddedSecrets.Files;

namespace EmbeddedSecrets.Auditing;

/// <summary>Reads a whole trail in order and goes on behind every fault.</summary>
internal sealed class TrailScan : IDisposable
{
    private readonly IStoreDirectory _directory;
    private readonly int[] _numbers;
    private readonly FirstLine[] _firsts;
    private readonly AuditKeys _keys;
    private readonly long _lastLength;

    public TrailScan(IStoreDirectory directory, string keyFile, CancellationToken cancellationToken)
    {
        _directory = directory;
        using (CommitLock? whole = directory.OpenLock(LockName.Commit) is { } made ? new CommitLock(null, made) : null)
        {
            // A record that is being written must not look torn.
            if (whole?.TryEnter(FileAuditSinkOptions.DefaultLockTimeout, cancellationToken) == false)
            {
                throw AuditFailures.Locked(directory.Path, FileAuditSinkOptions.DefaultLockTimeout);
            }

            try
            {
                _numbers = AuditFileName.NumbersIn(directory.ListNames());
                if (_numbers.Length == 0)
                {
                    throw AuditFailures.NoTrail(directory.Path);
                }

                _lastLength = ReadFirst(_numbers[^1]).FileLength;
            }
            finally
            {
                whole?.Exit();
            }
        }

        _firsts = [.. _numbers.Select(ReadFirst)];
        _keys = TrailKeys.Find(_firsts.Where(static first => first.IsTerminated).Select(static first => first.Line), keyFile, directory.Path);
    }

    /// <summary>Gets the last record that was read in its place.</summary>
    public AuditHead Head { get; private set; } = new(0, AuditLine.NoTag);

    public IEnumerable<ScanItem> Run()
    {
        for (int i = 0; i < _numbers.Length; i++)
        {
            int number = _numbers[i];
            string name = AuditFileName.Of(number);
            if (number != (i == 0 ? 1 : _numbers[i - 1] + 1))
            {
                yield return Fault(AuditFaultKind.MissingFile, name, 0, 0);
            }

            AuditFileHeader? header = HeaderOf(i);
            if (header is null || header.First <= Head.Sequence)
            {
                yield return Fault(_firsts[i].Failure is null ? AuditFaultKind.BadFileHeader : AuditFaultKind.UnreadableFile, name, 0, _firsts[i].Length, _firsts[i].Failure);
            }
            else if (header.First != Head.Sequence + 1 || header.Previous != Head.Tag)
            {
                yield return Fault(header.First == Head.Sequence + 1 ? AuditFaultKind.BrokenChain : AuditFaultKind.MissingRecords, name, 0, 0);
                Head = new AuditHead(header.First - 1, header.Previous);
            }

            foreach (ScanItem item in _firsts[i].Failure is null ? ScanFile(i, name) : [])
            {
                yield return item;
            }
        }
    }

    public void Dispose() => _keys.Dispose();

    private IEnumerable<ScanItem> ScanFile(int index, string name)
    {
        bool last = index == _numbers.Length - 1;
        long length = last ? _lastLength : _firsts[index].FileLength;
        long end = !last && _numbers[index + 1] == _numbers[index] + 1 && HeaderOf(index + 1) is { } next ? long.Min(next.End, length) : length;
        using IStoreFile? file = Try(() => _directory.Open(name, readOnly: true), out Exception? failure);
        if (file is null)
        {
            yield return Fault(AuditFaultKind.UnreadableFile, name, 0, length, failure);
            yield break;
        }

        var reader = new LineReader(file, _firsts[index].Length, end);
        long badOffset = -1;
        while (TryNext(reader, out AuditEntry? entry, out string previous, out failure))
        {
            if (entry is null)
            {
                badOffset = badOffset < 0 ? reader.Offset : badOffset;
                continue;
            }

            bool afterBad = badOffset >= 0;
            if (afterBad)
            {
                yield return Fault(AuditFaultKind.NotAuthentic, name, badOffset, reader.Offset - badOffset);
                badOffset = -1;
            }

            AuditFaultKind? kind = entry.Sequence <= Head.Sequence ? AuditFaultKind.OutOfOrder
                : entry.Sequence > Head.Sequence + 1 ? (afterBad ? null : AuditFaultKind.MissingRecords)
                : previous == Head.Tag ? null : AuditFaultKind.BrokenChain;
            if (kind is { } fault)
            {
                yield return Fault(fault, name, reader.Offset, 0);
            }

            if (entry.Sequence > Head.Sequence)
            {
                Head = entry.Head;
                yield return new ScanItem(entry, null);
            }
        }

        long read = failure is null ? end : reader.Offset + reader.Length;
        if (badOffset >= 0)
        {
            bool torn = last && failure is null && Try(() => TornTail.IsTorn(file, badOffset, end, _keys), out failure);
            yield return Fault(torn ? AuditFaultKind.TornTail : AuditFaultKind.NotAuthentic, name, badOffset, read - badOffset);
        }

        if (failure is not null)
        {
            yield return Fault(AuditFaultKind.UnreadableFile, name, read, length - read, failure);
        }
        else if (length > end)
        {
            yield return Fault(AuditFaultKind.AbandonedBytes, name, end, length - end);
        }
    }

    /// <summary>The next line; no entry where it is no authentic record.</summary>
    private bool TryNext(LineReader reader, out AuditEntry? entry, out string previous, out Exception? failure)
    {
        entry = null;
        previous = string.Empty;
        ReadOnlySpan<byte> line = default;
        try
        {
            failure = null;
            if (!reader.TryRead(out line))
            {
                return false;
            }
        }
        catch (Exception exception) when (IsOfTheFile(exception))
        {
            failure = exception;
            return false;
        }

        if (AuditLine.Authenticate(line, _keys) is { } tag && AuditRecordCodec.Read(line, out long sequence, out previous) is { } record)
        {
            entry = new AuditEntry(new AuditHead(sequence, tag), record);
        }

        return true;
    }

    private AuditFileHeader? HeaderOf(int index)
    {
        FirstLine first = _firsts[index];
        if (!first.IsTerminated || AuditLine.Authenticate(first.Line, _keys) is null)
        {
            return null;
        }

        AuditFileHeader? header = AuditFileHeader.Read(first.Line, out int format);
        if (format > AuditFileHeader.Format)
        {
            throw StoreFailures.UnsupportedFormat(Path.Combine(_directory.Path, AuditFileName.Of(_numbers[index])), (uint)format);
        }

        return header?.Number == _numbers[index] ? header : null;
    }

    private FirstLine ReadFirst(int number)
    {
        return Try(
            () =>
            {
                using IStoreFile file = _directory.Open(AuditFileName.Of(number), readOnly: true);
                var reader = new LineReader(file, 0, file.Length);
                reader.TryRead(out ReadOnlySpan<byte> line);
                return new FirstLine(line.ToArray(), reader.Length, reader.IsTerminated, file.Length, null);
            },
            out Exception? failure) ?? new FirstLine([], 0, IsTerminated: false, 0, failure);
    }

    private static T? Try<T>(Func<T> read, out Exception? failure)
    {
        failure = null;
        try
        {
            return read();
        }
        catch (Exception exception) when (IsOfTheFile(exception))
        {
            failure = exception;
            return default;
        }
    }

    private static bool IsOfTheFile(Exception exception) => exception is IOException or UnauthorizedAccessException or SecretStoreException;

    private ScanItem Fault(AuditFaultKind kind, string file, long offset, long length, Exception? cause = null) =>
        new(null, new AuditFault(kind, file, offset, length, Head.Sequence + 1), cause);

    private sealed record FirstLine(byte[] Line, int Length, bool IsTerminated, long FileLength, Exception? Failure);
}

/// <summary>A record in its place, or a fault, with what made reading fail.</summary>
internal readonly record struct ScanItem(AuditEntry? Entry, AuditFault? Fault, Exception? Cause = null);
