using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Tests.Envelope;

namespace EmbeddedSecrets.Tests.Buffers;

[TestFixture]
public sealed class PrefetchTests
{
    [TestCase(0)]
    [TestCase(1)]
    [TestCase(63)]
    [TestCase(64)]
    [TestCase(65)]
    [TestCase(2048)]
    [TestCase(30_781)]
    public void Bytes_AnyLength_ChangesNothing(int length)
    {
        byte[] bytes = Samples.Bytes(length);
        byte[] before = [.. bytes];

        Prefetch.Bytes(bytes);

        bytes.Should().Equal(before);
    }

    [Test]
    public void Bytes_MemoryThatMustNotBeTouched_IsNotRead()
    {
        // No page is mapped there: a read would end the process.
        Prefetch.Bytes(MemoryMarshal.CreateReadOnlySpan(ref Unsafe.AddByteOffset(ref Unsafe.NullRef<byte>(), 8), 100));
    }

    [Test]
    public void Fields_NothingOrAnything_DoesNotFail()
    {
        Prefetch.Fields(null);
        Prefetch.Fields(new object());
        Prefetch.Fields("a text");
    }

    [Test]
    public void Approach_NothingNoted_DoesNotFail()
    {
        default(Prefetch.Place).Approach();
    }

    [Test]
    public void Approach_BytesThatHaveGoneWithTheirMemory_DoesNotReadThem()
    {
        Prefetch.Place place = NoteForgotten(64 << 20);

        // Gives the memory back to the system: a read would end the process.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);

        place.Approach();
    }

    [Test]
    public void Note_Bytes_DoesNotKeepThem()
    {
        (Prefetch.Place place, WeakReference bytes) = NoteWeak();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);

        bytes.IsAlive.Should().BeFalse();
        place.Approach();
    }

    [Test]
    public void Note_Again_ChangesNothing()
    {
        byte[] bytes = Samples.Bytes(100);
        byte[] before = [.. bytes];
        var place = default(Prefetch.Place);

        place.Note(bytes);
        place.Note(bytes);
        place.Note(Samples.Bytes(3000));
        place.Approach();

        bytes.Should().Equal(before);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Prefetch.Place NoteForgotten(int length)
    {
        var place = default(Prefetch.Place);
        place.Note(new byte[length]);
        return place;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (Prefetch.Place Place, WeakReference Bytes) NoteWeak()
    {
        byte[] bytes = new byte[100];
        var place = default(Prefetch.Place);
        place.Note(bytes);
        return (place, new WeakReference(bytes));
    }
}
