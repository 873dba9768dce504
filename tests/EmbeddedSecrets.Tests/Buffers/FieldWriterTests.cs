using EmbeddedSecrets.Buffers;

namespace EmbeddedSecrets.Tests.Buffers;

[TestFixture]
public sealed class FieldWriterTests
{
    [TestCase(0)]
    [TestCase(63)]
    [TestCase(64)]
    [TestCase(65)]
    [TestCase(1_000)]
    public void Dispose_WhateverWasWritten_ZeroesIt(int length)
    {
        byte[] room = new byte[64];
        var writer = new FieldWriter(room);
        for (int i = 0; i < length; i++)
        {
            writer.Byte(7);
        }

        ReadOnlySpan<byte> written = writer.Written;
        written.Length.Should().Be(length);
        written.ContainsAnyExcept((byte)7).Should().BeFalse();

        writer.Dispose();

        written.ContainsAnyExcept((byte)0).Should().BeFalse();
        room.Should().OnlyContain(b => b == 0);
    }
}
