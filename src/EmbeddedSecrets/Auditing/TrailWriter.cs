using System.Buffers;
using System.Security.Cryptography;
using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Errors;
using EmbeddedSecrets.Files;

namespace EmbeddedSecrets.Auditing;

/// <summary>
/// Appends to a trail, one thread at a time; other instances are kept out by the lock of the directory, and what they wrote is
/// read first. Nothing is ever cut off or written over: after a crash or a failed write the next file says how much of the one
/// before counts.
/// </summary>
internal sealed class TrailWriter(Func<IStoreDirectory> openDirectory, string keyFile, FileAuditSinkOptions options) : IDisposable
{
    private const long NotSuspect = -1;

    private IStoreDirectory? _directory;
    private CommitLock? _lock;
    private AuditKeys? _keys;
    private IStoreFile? _file;
    private int _number;
    private long _end;
    private AuditHead _head = new(0, AuditLine.NoTag);

    /// <summary>Where the bytes of a failed write may end: up to there the file is not believed any more, because a failed flush marks pages clean.</summary>
    private long _suspectEnd = NotSuspect;

    /// <summary>Takes the lock of the trail; every success is followed by one <see cref="Exit"/>.</summary>
    public void Enter(TimeSpan patience, CancellationToken cancellationToken)
    {
        bool entered = false;
        Guarded(() =>
        {
            _directory ??= openDirectory();
            _lock ??= new CommitLock(null, _directory.OpenLock(LockName.Commit)!);
            entered = _lock.TryEnter(patience, cancellationToken);
        });
        if (!entered)
        {
            throw Locked();
        }
    }

    /// <summary>What a wait that was too long fails with. The directory is known once a write has begun.</summary>
    public SecretStoreUnavailableException Locked() => AuditFailures.Locked(_directory?.Path ?? string.Empty, options.LockTimeout);

    public void Exit() => _lock!.Exit();

    /// <summary>Writes records, between <see cref="Enter"/> and <see cref="Exit"/>.</summary>
    public void Write(IReadOnlyList<AuditRecord> records) => Guarded(() =>
    {
        CatchUp(_directory!);
        Append(_directory!, records);
    });

    public void Dispose()
    {
        _file?.Dispose();
        _keys?.Dispose();
        _lock?.Dispose();
        _directory?.Dispose();
    }

    private void Guarded(Action action)
    {
        try
        {
            action();
        }
        catch (SystemCallException exception) when (exception.ErrorNumber == ErrorNumber.TooManyLinks || exception.ErrorNumber == ErrorNumber.NoDeviceOrAddress)
        {
            throw StoreFailures.Insecure(_directory!.Path, "holds a symbolic link, or what is no regular file, in place of a file of the audit trail", "Put the file itself in its place.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw AuditFailures.WriteFailed(_directory!.Path, exception);
        }
    }

    private void Append(IStoreDirectory directory, IReadOnlyList<AuditRecord> records)
    {
        if (_end >= options.MaxFileLength)
        {
            StartFile(directory);
        }

        var lines = new ArrayBufferWriter<byte>();
        AuditHead head = _head;
        foreach (AuditRecord record in records)
        {
            head = AuditRecordCodec.Append(record, head, options.HashNames, _keys!, lines);
        }

        _suspectEnd = _end + lines.WrittenCount;
        _file!.Write(lines.WrittenSpan, _end);
        if (options.FlushEveryRecord)
        {
            _file.FlushData();
        }

        _end = _suspectEnd;
        _suspectEnd = NotSuspect;
        _head = head;
    }

    private void CatchUp(IStoreDirectory directory)
    {
        if (_file is null)
        {
            Open(directory);
        }

        if (!directory.Exists(AuditFileName.Of(_number)) || _file!.Length < _end)
        {
            throw AuditFailures.Tampered(_file!.Path, _end);
        }

        while (directory.Exists(AuditFileName.Of(_number + 1)))
        {
            Follow(directory, _number + 1);
            _suspectEnd = NotSuspect;
        }

        if (_suspectEnd != NotSuspect && _file.Length <= _suspectEnd)
        {
            StartFile(directory);
        }

        _suspectEnd = NotSuspect;
        ReadTail(directory);
    }

    private void Open(IStoreDirectory directory)
    {
        int[] numbers = AuditFileName.NumbersIn(directory.ListNames());
        if (numbers.Length > 0)
        {
            Follow(directory, numbers[^1]);
            return;
        }

        // Read again where making the first file has failed before: the key file may be another one by now.
        _keys?.Dispose();
        _keys = null;
        using (PinnedBytes key = TrailKeys.ReadOrCreate(keyFile, directory.Path))
        {
            _keys = new AuditKeys(key, RandomNumberGenerator.GetBytes(AuditKeys.TrailIdLength));
        }

        StartFile(directory);
    }

    /// <summary>Goes on in another file, whose first line is authentic and says what came before.</summary>
    private void Follow(IStoreDirectory directory, int number)
    {
        IStoreFile? file = directory.Open(AuditFileName.Of(number), readOnly: false);
        try
        {
            var reader = new LineReader(file, 0, file.Length);
            reader.TryRead(out ReadOnlySpan<byte> line);
            if (_file is null)
            {
                _keys?.Dispose();
                _keys = null;
                _keys = TrailKeys.Find([line.ToArray()], keyFile, directory.Path);
            }

            if (!reader.IsTerminated || AuditLine.Authenticate(line, _keys!) is null)
            {
                throw AuditFailures.Tampered(file.Path, 0);
            }

            AuditFileHeader? header = AuditFileHeader.Read(line, out int format);
            if (header?.Number != number)
            {
                throw format == AuditFileHeader.Format ? AuditFailures.Tampered(file.Path, 0) : StoreFailures.UnsupportedFormat(file.Path, (uint)format);
            }

            // Whoever made the file may have died before its name was on the disk.
            directory.Flush();
            _file?.Dispose();
            (_file, file) = (file, null);
            _number = number;
            _end = reader.Length;
            _head = new AuditHead(header.First - 1, header.Previous);
        }
        finally
        {
            file?.Dispose();
        }
    }

    private void ReadTail(IStoreDirectory directory)
    {
        long length = _file!.Length;
        var reader = new LineReader(_file, _end, length);
        while (reader.TryRead(out ReadOnlySpan<byte> line))
        {
            string? tag = AuditLine.Authenticate(line, _keys!);
            if (tag is not null && AuditRecordCodec.Read(line, out long sequence, out string previous) is not null && sequence == _head.Sequence + 1 && previous == _head.Tag)
            {
                if (!reader.IsTerminated)
                {
                    // Only its line end was lost.
                    _file.Write("\n"u8, reader.Offset + reader.Length);
                }

                _head = new AuditHead(sequence, tag);
                _end = reader.Offset + reader.Length + (reader.IsTerminated ? 0 : 1);
            }
            else if (TornTail.IsTorn(_file, _end, length, _keys!))
            {
                StartFile(directory);
                return;
            }
            else
            {
                throw AuditFailures.Tampered(_file.Path, _end);
            }
        }
    }

    /// <summary>
    /// Begins the next file: whole and on the disk when it gets its name. Where the name is there and the flush of the directory
    /// fails, nothing changes here: the next write finds the file as one that another writer has made, and flushes again.
    /// </summary>
    private void StartFile(IStoreDirectory directory)
    {
        int number = _number + 1;
        var line = new ArrayBufferWriter<byte>();
        new AuditFileHeader(number, _head.Sequence + 1, _head.Tag, _end).Append(_keys!, line);
        if (directory.Exists(AuditFileName.Temporary))
        {
            directory.Delete(AuditFileName.Temporary);
        }

        IStoreFile? file = directory.Create(AuditFileName.Temporary);
        try
        {
            file.Write(line.WrittenSpan, 0);
            file.FlushData();
            directory.Rename(file, AuditFileName.Of(number));
            directory.Flush();
            _file?.Dispose();
            (_file, file) = (file, null);
            _number = number;
            _end = line.WrittenCount;
        }
        finally
        {
            file?.Dispose();
        }
    }
}
