using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace EmbeddedSecrets.Buffers;

/// <summary>
/// Asks the processor for memory that is read soon, so that it comes while something else is done: who reads by random keys
/// waits for memory otherwise, for one line after the other. A hint: it changes no result, and does nothing where the platform
/// has no such instruction.
/// </summary>
internal static unsafe class Prefetch
{
    private const int LineLength = 64;

    /// <summary>Behind these the processor has noticed that memory is read in order, and fetches ahead by itself.</summary>
    private const int MaxLength = 2048;

    /// <summary>The bytes, or as many of them as are worth it.</summary>
    public static void Bytes(ReadOnlySpan<byte> bytes)
    {
        if (Sse.IsSupported)
        {
            ref byte first = ref MemoryMarshal.GetReference(bytes);
            int length = Math.Min(bytes.Length, MaxLength);
            for (int i = 0; i < length; i += LineLength)
            {
                Line(ref Unsafe.Add(ref first, i));
            }

            // What begins in the middle of a line ends in one more.
            Line(ref Unsafe.Add(ref first, length));
        }
    }

    /// <summary>The fields of an object, of two lines at most. The object itself is not looked at.</summary>
    public static void Fields(object? value)
    {
        if (Sse.IsSupported)
        {
            byte* address = (byte*)Unsafe.As<object?, nint>(ref value);
            Sse.Prefetch0(address);
            Sse.Prefetch0(address + LineLength);
        }
    }

    /// <summary>Where the collector moves the memory meanwhile, the address leads elsewhere, which does no harm: nothing is read.</summary>
    private static void Line(ref byte first) => Sse.Prefetch0(Unsafe.AsPointer(ref first));
}
