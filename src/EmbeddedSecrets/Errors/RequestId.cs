using System.Buffers.Binary;
using System.Security.Cryptography;

namespace EmbeddedSecrets.Errors;

/// <summary>
/// The id of one operation: 8 random bytes of this process and a counter. Kept as two numbers and written as text only
/// when somebody looks, so that a read does not pay for it.
/// </summary>
internal readonly record struct RequestId(ulong Process, ulong Number)
{
    private static readonly ulong ProcessId = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(ulong)));

    private static ulong _last;

    public static RequestId Next()
    {
        return new RequestId(ProcessId, Interlocked.Increment(ref _last));
    }

    public override string ToString()
    {
        return Number == 0 ? string.Empty : $"{Process:x16}-{Number:x8}";
    }
}
