using System.Globalization;
using EmbeddedSecrets.Buffers;

namespace EmbeddedSecrets.Tests.Buffers;

public sealed class HexNumberTests
{
    [TestCase(0ul)]
    [TestCase(1ul)]
    [TestCase(0x0123456789abcdeful)]
    [TestCase(0xfedcba9876543210ul)]
    [TestCase(ulong.MaxValue)]
    public void Format_Number_IsThatOfTheFramework(ulong number)
    {
        string text = HexNumber.Format(number);

        text.Should().Be(number.ToString("x16", CultureInfo.InvariantCulture));
        HexNumber.TryParse(text, out ulong lower).Should().BeTrue();
        HexNumber.TryParse(text.ToUpperInvariant(), out ulong upper).Should().BeTrue();
        (lower, upper).Should().Be((number, number));
    }

    [TestCase("")]
    [TestCase("000000000000000")]
    [TestCase("00000000000000000")]
    [TestCase(" 00000000000000a")]
    [TestCase("0x0000000000000a")]
    [TestCase("-00000000000000a")]
    [TestCase("000000000000000\u0661")]
    public void TryParse_OtherText_IsNoNumber(string text) => HexNumber.TryParse(text, out _).Should().BeFalse();

    [Test]
    public void TryParse_EveryCharacter_IsADigitOrNot()
    {
        for (int character = 0; character <= 0x17f; character++)
        {
            bool isDigit = HexNumber.TryParse("000000000000000" + (char)character, out ulong number);

            isDigit.Should().Be(char.IsAsciiHexDigit((char)character), $"of character {character}");
            if (isDigit)
            {
                number.Should().Be(Convert.ToUInt64(((char)character).ToString(), 16));
            }
        }
    }
}
