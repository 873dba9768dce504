using System.Security.Cryptography;

namespace EmbeddedSecrets.Tests.Pipeline;

/// <summary>A provider as a remote key service would be one: asynchronous, with keys of its own, and failing on demand.</summary>
internal sealed class RemoteKeyProvider : IKeyProvider
{
    private const int NonceLength = 12;
    private const int TagLength = 16;

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);

    /// <summary>Thrown by the next calls, if set.</summary>
    public Exception? Failure { get; set; }

    /// <summary>What the next calls wait for.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>Whether a data key is left all zero, as by a provider that forgot to fill it in.</summary>
    public bool ForgetsTheKey { get; set; }

    /// <summary>The generation under which data keys are wrapped; 0 does not tell.</summary>
    public long Generation { get; set; }

    public int Calls { get; private set; }

    public bool CompletesSynchronously => false;

    public async ValueTask<WrappedDataKey> GenerateDataKeyAsync(string keyId, ReadOnlyMemory<byte> associatedData, Memory<byte> dataKey, CancellationToken cancellationToken = default)
    {
        await AnswerAsync(cancellationToken);
        if (!ForgetsTheKey)
        {
            RandomNumberGenerator.Fill(dataKey.Span);
        }

        return Wrap(keyId, dataKey.Span, associatedData.Span);
    }

    public async ValueTask<WrappedDataKey> WrapAsync(string keyId, ReadOnlyMemory<byte> dataKey, ReadOnlyMemory<byte> associatedData, CancellationToken cancellationToken = default)
    {
        await AnswerAsync(cancellationToken);
        return Wrap(keyId, dataKey.Span, associatedData.Span);
    }

    public async ValueTask UnwrapAsync(WrappedDataKey wrapped, ReadOnlyMemory<byte> associatedData, Memory<byte> dataKey, CancellationToken cancellationToken = default)
    {
        await AnswerAsync(cancellationToken);
        ReadOnlySpan<byte> message = wrapped.Ciphertext.Span;
        if (ForgetsTheKey)
        {
            return;
        }

        using var cipher = new AesGcm(_key, TagLength);
        cipher.Decrypt(message[..NonceLength], message[NonceLength..^TagLength], message[^TagLength..], dataKey.Span, associatedData.Span);
    }

    private async Task AnswerAsync(CancellationToken cancellationToken)
    {
        Calls++;
        await Task.Yield();
        await Gate;
        cancellationToken.ThrowIfCancellationRequested();
        if (Failure is not null)
        {
            throw Failure;
        }
    }

    private WrappedDataKey Wrap(string keyId, ReadOnlySpan<byte> dataKey, ReadOnlySpan<byte> associatedData)
    {
        byte[] message = new byte[NonceLength + dataKey.Length + TagLength];
        RandomNumberGenerator.Fill(message.AsSpan(0, NonceLength));
        using var cipher = new AesGcm(_key, TagLength);
        cipher.Encrypt(message.AsSpan(0, NonceLength), dataKey, message.AsSpan(NonceLength, dataKey.Length), message.AsSpan(NonceLength + dataKey.Length), associatedData);
        return new WrappedDataKey(keyId, Generation, message);
    }
}
