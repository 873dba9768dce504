using EmbeddedSecrets.Buffers;

namespace EmbeddedSecrets.Tests.Buffers;

public class SecretMemoryTests
{
    [Test]
    public void Dispose_Always_ZeroesTheBytes()
    {
        SecretMemory memory = SecretMemory.Rent(100);
        memory.Span.Fill(0xff);
        Span<byte> bytes = memory.Span;

        memory.Dispose();

        bytes.ContainsAnyExcept((byte)0).Should().BeFalse();
    }

    [Test]
    public void Rent_ManyAndReturned_IsAlwaysZeroAndApart()
    {
        var held = new Queue<SecretMemory>();
        for (int i = 0; i < 5000; i++)
        {
            SecretMemory memory = SecretMemory.Rent(1 + (i * 37 % 3000));
            memory.Span.ContainsAnyExcept((byte)0).Should().BeFalse();
            memory.Span.Fill(unchecked((byte)(i | 1)));
            held.Enqueue(memory);
            if (held.Count > 50)
            {
                SecretMemory oldest = held.Dequeue();
                oldest.Span.ContainsAnyExcept(oldest.Span[0]).Should().BeFalse();
                oldest.Dispose();
            }
        }

        foreach (SecretMemory memory in held)
        {
            memory.Dispose();
        }
    }

    [Test]
    public void Rent_OutOfRange_Throws()
    {
        FluentActions.Invoking(() => SecretMemory.Rent(-1)).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => SecretMemory.Rent(65_537)).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Test]
    public void Default_Dispose_IsHarmless()
    {
        SecretMemory memory = default;

        memory.Length.Should().Be(0);
        memory.Dispose();
    }

    [Test]
    public void Rent_InALoop_AllocatesNothing()
    {
        SecretMemory.Rent(1000).Dispose();
        long before = GC.GetAllocatedBytesForCurrentThread();

        for (int i = 0; i < 10_000; i++)
        {
            SecretMemory.Rent(1000).Dispose();
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(2000);
    }
}
