using System.Buffers.Binary;
using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Envelope;
using EmbeddedSecrets.Errors;
using EmbeddedSecrets.Secrets;
using EmbeddedSecrets.Values;

namespace EmbeddedSecrets.Exchange;

/// <summary>Reads a bundle, any bytes, one secret at a time; what it returns is authentic, whole and satisfies every rule. One thread at a time.</summary>
internal sealed class BundleReader(Stream source, BundleKey key) : IDisposable
{
    private readonly byte[] _head = new byte[BundleFormat.FrameHead];
    private byte[] _frame = [];
    private string? _lastName;
    private long _number;
    private long _secrets;
    private long _versions;

    /// <summary>Reads the preamble and unwraps the key.</summary>
    public static async ValueTask<BundleReader> BeginAsync(Stream source, IRootKey rootKey, CancellationToken cancellationToken)
    {
        BundlePreamble preamble = await BundlePreamble.ReadAsync(source, cancellationToken).ConfigureAwait(false);
        return new BundleReader(source, await BundleKey.OpenAsync(rootKey, preamble.BundleId, preamble.Kind, preamble.Slot, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>The next secret, which the caller disposes; null at the end, which was verified.</summary>
    public async ValueTask<BundledSecret?> ReadAsync(CancellationToken cancellationToken)
    {
        (byte kind, int length) = await ReadFrameAsync(cancellationToken).ConfigureAwait(false);
        if (kind == BundleFormat.End)
        {
            CheckEnd(length);
            await CheckNothingFollowsAsync(cancellationToken).ConfigureAwait(false);
            return null;
        }

        if (kind != BundleFormat.Record)
        {
            throw BundleFailures.Tampered(_number - 1);
        }

        (Secret secret, string? policy) = OpenRecord(length);
        var bundled = new BundledSecret(secret, new SecretValue?[secret.Versions.Length], policy);
        try
        {
            await ReadValuesAsync(bundled, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            bundled.Dispose();
            throw;
        }

        _secrets++;
        _versions += secret.Versions.Length;
        return bundled;
    }

    public void Dispose() => key.Dispose();

    private async ValueTask ReadValuesAsync(BundledSecret bundled, CancellationToken cancellationToken)
    {
        for (int i = 0; i < bundled.Values.Length; i++)
        {
            SecretVersion version = bundled.Secret.Versions[i];
            if (version.State == SecretVersionState.Destroyed)
            {
                continue;
            }

            (byte kind, int length) = await ReadFrameAsync(cancellationToken).ConfigureAwait(false);
            bundled.Values[i] = kind == BundleFormat.Value ? OpenValue(version.ValueKind, length) : throw BundleFailures.Tampered(_number - 1);
        }
    }

    /// <summary>Reads the next frame and checks its checksum; its message is in the buffer.</summary>
    private async ValueTask<(byte Kind, int Length)> ReadFrameAsync(CancellationToken cancellationToken)
    {
        long number = _number++;
        await FillAsync(_head, number, cancellationToken).ConfigureAwait(false);
        byte kind = _head[0];
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(_head.AsSpan(1));
        if (kind is not (BundleFormat.Record or BundleFormat.Value or BundleFormat.End) || length < BundleFormat.MinMessage || length > BundleFormat.MaxMessage(kind))
        {
            throw BundleFailures.Damaged(number);
        }

        int whole = BundleFormat.FrameOverhead + (int)length;
        if (_frame.Length < whole)
        {
            _frame = new byte[whole];
        }

        _head.CopyTo(_frame, 0);
        await FillAsync(_frame.AsMemory(BundleFormat.FrameHead, whole - BundleFormat.FrameHead), number, cancellationToken).ConfigureAwait(false);
        return BinaryPrimitives.ReadUInt32LittleEndian(_frame.AsSpan(whole - sizeof(uint))) == Checksum.Of(_frame.AsSpan(0, whole - sizeof(uint)))
            ? (kind, (int)length)
            : throw BundleFailures.Damaged(number);
    }

    private (Secret Secret, string? Policy) OpenRecord(int length)
    {
        long number = _number - 1;
        using var record = new Scratch(length - DerivedCipher.CommittedOverhead);
        Open(BundleFormat.Record, length, record.Span);
        (Secret secret, string? policy) = BundledSecretCodec.Decode(record.Span, number);
        if (string.CompareOrdinal(_lastName, secret.Name) >= 0)
        {
            throw BundleFailures.BrokenRule(number, "names ascend, each once.");
        }

        _lastName = secret.Name;
        return (secret, policy);
    }

    private SecretValue OpenValue(SecretValueKind kind, int length)
    {
        SecretMemory memory = SecretMemory.Rent(length - DerivedCipher.CommittedOverhead);
        try
        {
            Open(BundleFormat.Value, length, memory.Span);
            CheckValue(kind, memory.Span);
        }
        catch
        {
            memory.Dispose();
            throw;
        }

        return new SecretValue(kind, memory, 0);
    }

    private void CheckValue(SecretValueKind kind, ReadOnlySpan<byte> value)
    {
        bool isFit = kind == SecretValueKind.Binary || System.Text.Unicode.Utf8.IsValid(value);
        try
        {
            if (isFit && kind == SecretValueKind.KeyValue)
            {
                KeyValueJson.Check(value, nameof(value));
            }
        }
        catch (ArgumentException)
        {
            isFit = false;
        }

        if (!isFit)
        {
            throw BundleFailures.BrokenRule(_number - 1, "a value is not of its kind.");
        }
    }

    private void CheckEnd(int length)
    {
        if (length != DerivedCipher.CommittedOverhead + BundleFormat.EndLength)
        {
            throw BundleFailures.Tampered(_number - 1);
        }

        Span<byte> counts = stackalloc byte[BundleFormat.EndLength];
        Open(BundleFormat.End, length, counts);
        if (BinaryPrimitives.ReadInt64LittleEndian(counts) != _secrets || BinaryPrimitives.ReadInt64LittleEndian(counts[sizeof(long)..]) != _versions)
        {
            throw BundleFailures.Tampered(_number - 1);
        }
    }

    private void Open(byte kind, int length, Span<byte> plaintext)
    {
        if (!key.TryOpen(kind, _number - 1, _frame.AsSpan(BundleFormat.FrameHead, length), plaintext))
        {
            throw BundleFailures.Tampered(_number - 1);
        }
    }

    private async ValueTask CheckNothingFollowsAsync(CancellationToken cancellationToken)
    {
        if (await source.ReadAsync(_head.AsMemory(0, 1), cancellationToken).ConfigureAwait(false) != 0)
        {
            throw BundleFailures.Damaged(_number);
        }
    }

    private async ValueTask FillAsync(Memory<byte> room, long number, CancellationToken cancellationToken)
    {
        if (await source.ReadAtLeastAsync(room, room.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false) != room.Length)
        {
            throw BundleFailures.Damaged(number);
        }
    }
}
