using EmbeddedSecrets.Buffers;

namespace EmbeddedSecrets.Tests.Buffers;

[TestFixture]
public sealed class ScratchTests
{
    [TestCase(0)]
    [TestCase(1)]
    [TestCase(1_024)]
    [TestCase(1_025)]
    [TestCase(SecretMemory.MaxLength)]
    [TestCase(SecretMemory.MaxLength + 1)]
    public void Dispose_AnyLength_ZeroesTheBytes(int length)
    {
        var scratch = new Scratch(length);
        Span<byte> bytes = scratch.Span;
        bytes.Length.Should().Be(length);
        bytes.ContainsAnyExcept((byte)0).Should().BeFalse();
        bytes.Fill(0xff);

        scratch.Dispose();

        bytes.ContainsAnyExcept((byte)0).Should().BeFalse();
    }

    [Test]
    public void New_WhileOthersAreInUse_IsZeroAndApart()
    {
        Nest(1);
        Scratch.OfThisThread.ContainsAnyExcept((byte)0).Should().BeFalse();

        // Deeper than the memory of the thread reaches.
        static void Nest(int depth)
        {
            using var scratch = new Scratch(depth * 37);
            scratch.Span.ContainsAnyExcept((byte)0).Should().BeFalse();
            scratch.Span.Fill((byte)depth);
            if (depth < 27)
            {
                Nest(depth + 1);
            }

            scratch.Span.ContainsAnyExcept((byte)depth).Should().BeFalse();
        }
    }

    [Test]
    public void Dispose_OneThatWasTakenInItsTimeWasNeverGivenBack_ZeroesBothAndStartsAgain()
    {
        using (var outer = new Scratch(10))
        {
            outer.Span.Fill(1);
            var forgotten = new Scratch(1_000);
            forgotten.Span.Fill(2);
        }

        Scratch.OfThisThread.ContainsAnyExcept((byte)0).Should().BeFalse();
        for (int i = 0; i < 100; i++)
        {
            using var next = new Scratch(1_024);
            next.Span.Overlaps(Scratch.OfThisThread).Should().BeTrue("what was forgotten takes no room for ever");
        }
    }

    [Test]
    public void Dispose_InTheWrongOrderOrTwice_LosesNothing()
    {
        var first = new Scratch(16);
        var second = new Scratch(16);
        second.Span.Fill(2);

        first.Dispose();
        second.Dispose();
        first.Dispose();

        Scratch.OfThisThread.ContainsAnyExcept((byte)0).Should().BeFalse();
        using var next = new Scratch(1_024);
        next.Span.Overlaps(Scratch.OfThisThread).Should().BeTrue();
    }

    [Test]
    public void New_NegativeLength_ThrowsAndTakesNothing()
    {
        using var outer = new Scratch(32);
        FluentActions.Invoking(static () => new Scratch(-20).Dispose()).Should().Throw<ArgumentOutOfRangeException>();
        using var inner = new Scratch(32);
        inner.Span.Overlaps(outer.Span).Should().BeFalse();
    }

    [Test]
    public void New_OnTwoThreads_IsApart()
    {
        using var here = new Scratch(64);
        here.Span.Fill(1);
        bool isZero = false;
        var other = new Thread(() =>
        {
            using var there = new Scratch(64);
            isZero = !there.Span.ContainsAnyExcept((byte)0);
            there.Span.Fill(2);
        });
        other.Start();
        other.Join();

        isZero.Should().BeTrue();
        here.Span.ContainsAnyExcept((byte)1).Should().BeFalse();
    }
}
