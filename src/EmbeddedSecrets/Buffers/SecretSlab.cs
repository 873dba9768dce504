using System.Security.Cryptography;

namespace EmbeddedSecrets.Buffers;

/// <summary>
/// Pinned memory from which one thread at a time takes pieces one after the other, without a lock. A slab is used again only
/// when every piece was given back, so that whatever is taken is zero.
/// </summary>
internal sealed class SecretSlab
{
    public const int Size = 256 * 1024;
    private const int Alignment = 32;
    private const int MaxFreeSlabs = 16;

    private static readonly Lock FreeGate = new();
    private static readonly Stack<SecretSlab> FreeSlabs = new(MaxFreeSlabs);

    /// <summary>One for the thread that takes from the slab, and one for each piece that is out.</summary>
    private int _users = 1;
    private int _used;

    private SecretSlab()
    {
    }

    public byte[] Bytes { get; } = PinnedBytes.NewArray(Size);

    /// <summary>A slab of which nothing is taken.</summary>
    public static SecretSlab Acquire()
    {
        lock (FreeGate)
        {
            if (FreeSlabs.TryPop(out SecretSlab? slab))
            {
                return slab;
            }
        }

        return new SecretSlab();
    }

    /// <summary>Takes the next piece; only for the thread that owns the slab.</summary>
    public bool TryTake(int length, out int offset)
    {
        int size = (length + Alignment - 1) / Alignment * Alignment;

        // Only the owner adds users, so when it is the only one nobody can hold a piece. Memory that was just used is near.
        if (Volatile.Read(ref _users) == 1)
        {
            _used = 0;
        }
        else if (size > Size - _used)
        {
            offset = 0;
            return false;
        }

        offset = _used;
        _used += size;
        Interlocked.Increment(ref _users);
        return true;
    }

    /// <summary>Zeroes a piece and gives it back; any thread.</summary>
    public void GiveBack(int offset, int length)
    {
        CryptographicOperations.ZeroMemory(Bytes.AsSpan(offset, length));
        Release();
    }

    /// <summary>One user less: a piece, or the owner when the slab is used up. The last one makes it free.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _users) != 0)
        {
            return;
        }

        _used = 0;
        _users = 1;
        lock (FreeGate)
        {
            if (FreeSlabs.Count < MaxFreeSlabs)
            {
                FreeSlabs.Push(this);
            }
        }
    }
}
