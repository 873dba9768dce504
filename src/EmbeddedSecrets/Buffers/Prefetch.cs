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

    /// <summary>Of what is longer the processor notices by itself, while the beginning is read, that it is read in order.</summary>
    private const int MaxLength = 2048;

    /// <summary>How much of the beginning of what is longer: more of it holds up what else was asked for.</summary>
    private const int BeginningLength = 512;

    /// <summary>The bytes, or as many of them as are worth it.</summary>
    public static void Bytes(ReadOnlySpan<byte> bytes)
    {
        if (Sse.IsSupported)
        {
            Lines((byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(bytes)), bytes.Length);
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
    private static void Lines(byte* first, int length)
    {
        int asked = length > MaxLength ? BeginningLength : length;
        for (int i = 0; i < asked; i += LineLength)
        {
            Sse.Prefetch0(first + i);
        }

        // What begins in the middle of a line ends in one more.
        Sse.Prefetch0(first + asked);
    }

    /// <summary>
    /// Where bytes were when they were read last, to ask for them before the object that leads to them has come. It holds nothing
    /// and is never followed: where they have gone, or the collector has moved them, other memory is asked for, and nobody reads it.
    /// </summary>
    public struct Place
    {
        private nint _address;
        private int _length;

        /// <summary>Asks for the bytes as they were noted. Safe for several threads at once, as <see cref="Note"/> is.</summary>
        public readonly void Approach()
        {
            if (Sse.IsSupported && _address != 0)
            {
                Lines((byte*)_address, _length);
            }
        }

        /// <summary>Notes where they are now, and asks for them if that is elsewhere.</summary>
        public void Note(byte[] bytes)
        {
            nint address = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(bytes));
            if (_address != address)
            {
                // Written only when it changes, so that readers on several cores do not take the line from each other.
                _address = address;
                _length = bytes.Length;
                Bytes(bytes);
            }
        }
    }
}
