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
}
