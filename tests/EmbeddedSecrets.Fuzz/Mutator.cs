using System.Buffers.Binary;

namespace EmbeddedSecrets.Fuzz;

/// <summary>Changes an input a little, as fuzzers do: bits, bytes, numbers at their limits, pieces moved, cut, copied and spliced.</summary>
internal sealed class Mutator(Random random)
{
    private const int MaxLength = 1 << 14;

    private static readonly long[] Limits = [0, 1, -1, 16, 127, 128, 255, 256, 32767, 65535, 65536, int.MaxValue, int.MinValue, uint.MaxValue, long.MaxValue, long.MaxValue - 1, long.MinValue];

    public byte[] Mutate(byte[] input, byte[] other)
    {
        byte[] bytes = [.. input];
        for (int left = 1 << random.Next(5); left > 0; left--)
        {
            bytes = Step(bytes, other);
        }

        return bytes.Length > MaxLength ? bytes[..MaxLength] : bytes;
    }

    private byte[] Step(byte[] bytes, byte[] other)
    {
        int at = random.Next(bytes.Length + 1);
        int length = random.Next(Math.Min(bytes.Length - at, 64) + 1);
        switch (random.Next(9))
        {
            case 0 when at < bytes.Length:
                bytes[at] ^= (byte)(1 << random.Next(8));
                return bytes;
            case 1 when at < bytes.Length:
                bytes[at] = (byte)random.Next(256);
                return bytes;
            case 2 when at < bytes.Length:
                bytes[at] = unchecked((byte)(bytes[at] + random.Next(-8, 9)));
                return bytes;
            case 3:
                return [.. bytes[..at], .. bytes[(at + length)..]];
            case 4:
                return [.. bytes[..(at + length)], .. bytes[at..]];
            case 5:
                byte[] inserted = new byte[random.Next(1, 32)];
                random.NextBytes(inserted);
                return [.. bytes[..at], .. inserted, .. bytes[at..]];
            case 6 when other.Length > 0:
                int from = random.Next(other.Length);
                return [.. bytes[..at], .. other[from..Math.Min(other.Length, from + random.Next(1, 256))], .. bytes[(at + length)..]];
            case 7:
                return bytes[..at];
            default:
                WriteLimit(bytes.AsSpan(at));
                return bytes;
        }
    }

    private void WriteLimit(Span<byte> place)
    {
        Span<byte> number = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(number, Limits[random.Next(Limits.Length)]);
        int size = 1 << random.Next(4);
        if (size <= place.Length)
        {
            number[..size].CopyTo(place);
        }
    }
}
