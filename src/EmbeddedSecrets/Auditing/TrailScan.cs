using EmbeddedSecrets.Errors;
using EmbeddedSecrets.Repositories.Log;

namespace EmbeddedSecrets.Auditing;

/// <summary>Reads a whole trail in order and goes on behind every fault.</summary>
internal sealed class TrailScan : IDisposable
{
    private readonly ILogDirectory _directory;
    private readonly int[] _numbers;
    private readonly FirstLine[] _firsts;
    private readonly AuditKeys _keys;
    private readonly long _lastLength;

    public TrailScan(ILogDirectory directory, string keyFile)
    {
        _directory = directory;
        using (ISharedLock? whole = directory.OpenLock(LockName.Commit))
        {
            // A record that is being written must not look torn.
            whole?.Take();
            _numbers = AuditFileName.NumbersIn(directory.ListNames());
            if (_numbers.Length == 0)
            {
                throw StoreFailures.NoAuditTrail(directory.Path);
            }

            _lastLength = ReadFirst(_numbers[^1]).FileLength;
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
                yield return Fault(_firsts[i].IsReadable ? AuditFaultKind.BadFileHeader : AuditFaultKind.UnreadableFile, name, 0, _firsts[i].Length);
            }
            else if (header.First != Head.Sequence + 1 || header.Previous != Head.Tag)
            {
                yield return Fault(header.First == Head.Sequence + 1 ? AuditFaultKind.BrokenChain : AuditFaultKind.MissingRecords, name, 0, 0);
                Head = new AuditHead(header.First - 1, header.Previous);
            }

            foreach (ScanItem item in _firsts[i].IsReadable ? ScanFile(i, name) : [])
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
        using ILogFile file = _directory.Open(name, readOnly: true);
        var reader = new LineReader(file, _firsts[index].Length, end);
        long badOffset = -1;
        while (TryNext(reader, out AuditEntry? entry, out string previous))
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

        if (badOffset >= 0)
        {
            bool torn = last && TornTail.IsTorn(file, badOffset, end, _keys);
            yield return Fault(torn ? AuditFaultKind.TornTail : AuditFaultKind.NotAuthentic, name, badOffset, end - badOffset);
        }

        if (length > end)
        {
            yield return Fault(AuditFaultKind.AbandonedBytes, name, end, length - end);
        }
    }

    /// <summary>The next line; no entry where it is no authentic record.</summary>
    private bool TryNext(LineReader reader, out AuditEntry? entry, out string previous)
    {
        entry = null;
        previous = string.Empty;
        if (!reader.TryRead(out ReadOnlySpan<byte> line))
        {
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
        try
        {
            using ILogFile file = _directory.Open(AuditFileName.Of(number), readOnly: true);
            var reader = new LineReader(file, 0, file.Length);
            reader.TryRead(out ReadOnlySpan<byte> line);
            return new FirstLine(line.ToArray(), reader.Length, reader.IsTerminated, file.Length, IsReadable: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or SecretStoreException)
        {
            return new FirstLine([], 0, IsTerminated: false, 0, IsReadable: false);
        }
    }

    private ScanItem Fault(AuditFaultKind kind, string file, long offset, long length) =>
        new(null, new AuditFault(kind, file, offset, length, Head.Sequence + 1));

    private sealed record FirstLine(byte[] Line, int Length, bool IsTerminated, long FileLength, bool IsReadable);
}

/// <summary>A record in its place, or a fault.</summary>
internal readonly record struct ScanItem(AuditEntry? Entry, AuditFault? Fault);
