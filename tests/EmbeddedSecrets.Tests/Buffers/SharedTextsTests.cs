using System.Text;
using EmbeddedSecrets.Buffers;

namespace EmbeddedSecrets.Tests.Buffers;

[TestFixture]
public sealed class SharedTextsTests
{
    [TestCase("")]
    [TestCase("v1")]
    [TestCase("ACSPrevious")]
    [TestCase("sixteen-bytes-16")]
    [TestCase("seventeen-bytes-17")]
    [TestCase("Schlüssel")]
    public void Of_Text_IsTheText(string text)
    {
        SharedTexts.Of(Encoding.UTF8.GetBytes(text)).Should().Be(text);
        SharedTexts.Of(Encoding.UTF8.GetBytes(text)).Should().Be(text);
    }

    [Test]
    public void Of_TheSameTextAgain_IsTheSameObject()
    {
        string first = SharedTexts.Of("ACSCurrent"u8);

        SharedTexts.Of("ACSCurrent"u8).Should().BeSameAs(first);
    }

    /// <summary>More than there are places, and texts that differ in one byte, at the end, or by zeros at the end.</summary>
    [Test]
    public void Of_ManyTexts_NeverGivesAnother()
    {
        for (int i = 0; i < 20_000; i++)
        {
            string text = $"v{i}";
            SharedTexts.Of(Encoding.UTF8.GetBytes(text)).Should().Be(text);
            SharedTexts.Of(Encoding.UTF8.GetBytes(text + '\0')).Should().Be(text + '\0');
        }
    }

    [Test]
    public void Of_TextsOfSeveralThreads_NeverGivesAnother()
    {
        byte[][] texts = [.. Enumerable.Range(0, 3_000).Select(i => Encoding.UTF8.GetBytes($"v{i}"))];

        Parallel.For(0, 40_000, i =>
        {
            byte[] text = texts[i * 7 % texts.Length];
            if (SharedTexts.Of(text) != Encoding.UTF8.GetString(text))
            {
                throw new InvalidOperationException("Another text.");
            }
        });
    }

    [Test]
    public void Of_BytesThatAreNoText_AreRefused()
    {
        FluentActions.Invoking(() => SharedTexts.Of([0x76, 0xff])).Should().Throw<DecoderFallbackException>();
    }
}
