namespace EmbeddedSecrets.Samples.CustomProvider.Service;

/// <summary>
/// Stands in for a key service in the network: asynchronous, slow, at times busy, with keys that never leave it. It keeps an
/// audit trail of what it was asked. Safe for several threads at once.
/// </summary>
internal sealed class FakeKeyService(TimeSpan latency)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, RemoteKey> _keys = new(StringComparer.Ordinal);
    private readonly List<string> _audit = [];
    private int _busyCalls;

    public void CreateKey(string keyId)
    {
        lock (_gate)
        {
            _keys.Add(keyId, new RemoteKey());
        }
    }

    public void SetState(string keyId, KeyState state)
    {
        lock (_gate)
        {
            _keys[keyId].State = state;
        }
    }

    /// <summary>Makes a new version of a key, which wraps from now on. The old ones still unwrap.</summary>
    public int Rotate(string keyId)
    {
        lock (_gate)
        {
            _keys[keyId].Rotate();
            return _keys[keyId].Version;
        }
    }

    /// <summary>Lets the next calls fail, as an overloaded service does.</summary>
    public void BeBusy(int calls)
    {
        lock (_gate)
        {
            _busyCalls = calls;
        }
    }

    /// <summary>What was asked since the last time, in order: "wrap default v1".</summary>
    public IReadOnlyList<string> TakeAudit()
    {
        lock (_gate)
        {
            string[] taken = [.. _audit];
            _audit.Clear();
            return taken;
        }
    }

    public async Task<byte[]> WrapAsync(string keyId, ReadOnlyMemory<byte> plaintext, ReadOnlyMemory<byte> associatedData, CancellationToken cancellationToken)
    {
        await Task.Delay(latency, cancellationToken);
        lock (_gate)
        {
            RemoteKey key = Use(keyId);
            _audit.Add($"wrap {keyId} v{key.Version}");
            return key.Wrap(plaintext.Span, associatedData.Span);
        }
    }

    public async Task<byte[]> UnwrapAsync(string keyId, ReadOnlyMemory<byte> wrapped, ReadOnlyMemory<byte> associatedData, CancellationToken cancellationToken)
    {
        await Task.Delay(latency, cancellationToken);
        lock (_gate)
        {
            (byte[] plaintext, int version) = Use(keyId).TryUnwrap(wrapped.Span, associatedData.Span)
                ?? throw new KeyServiceException(KeyServiceFault.InvalidCiphertext, keyId);
            _audit.Add($"unwrap {keyId} v{version}");
            return plaintext;
        }
    }

    private RemoteKey Use(string keyId)
    {
        if (_busyCalls > 0)
        {
            _busyCalls--;
            _audit.Add("busy");
            throw new KeyServiceException(KeyServiceFault.Busy, keyId);
        }

        if (!_keys.TryGetValue(keyId, out RemoteKey? key))
        {
            throw new KeyServiceException(KeyServiceFault.KeyNotFound, keyId);
        }

        return key.State switch
        {
            KeyState.Enabled => key,
            KeyState.Disabled => throw new KeyServiceException(KeyServiceFault.KeyDisabled, keyId),
            _ => throw new KeyServiceException(KeyServiceFault.KeyPendingDeletion, keyId),
        };
    }
}
