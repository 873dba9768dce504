using EmbeddedSecrets.Errors;

namespace EmbeddedSecrets.Repositories.Log;

/// <summary>
/// Fills an index that nobody sees yet from the chunks of a snapshot, one after the other, on another thread: the next chunk
/// is read and authenticated meanwhile. Nobody else may touch the index between <see cref="Begin"/> and <see cref="Finish"/>.
/// </summary>
internal sealed class SnapshotFilling(LogIndex index, string path)
{
    private Task _filling = Task.CompletedTask;
    private byte[] _room = [];
    private long _offset;
    private bool _isBroken;

    /// <summary>Waits for the chunk before, and begins with the next one. Takes over the room that its index is in.</summary>
    /// <returns>Room that is free: that of the chunk before.</returns>
    /// <exception cref="SecretStoreIntegrityException">The chunk before breaks its rules.</exception>
    public byte[] Begin(byte[] room, int length, in FrameHeader header)
    {
        Finish();
        byte[] free = _room;
        _room = room;
        _offset = header.Offset;
        int bodyLength = header.BodyLength;
        long bodyOffset = header.Offset + header.BodyStart;
        _filling = Task.Run(() => _isBroken = !SnapshotReader.TryApply(room.AsSpan(0, length), bodyLength, bodyOffset, index));
        return free;
    }

    /// <summary>Waits until everything is in the index.</summary>
    /// <exception cref="SecretStoreIntegrityException">The last chunk breaks its rules.</exception>
    public void Finish()
    {
        _filling.GetAwaiter().GetResult();
        if (_isBroken)
        {
            throw StoreFailures.Tampered(path, _offset);
        }
    }
}
