using System.Text;
using EmbeddedSecrets.Collections;

namespace EmbeddedSecrets.Tests.Collections;

public sealed class AsciiSetTests
{
    [Test]
    public void Contains_EveryCharacter_IsSoForTheMembersOnly()
    {
        const string Members = "09AZaz_/+=.@-\0\u007f";
        var set = new AsciiSet(Members);
        for (int character = 0; character <= char.MaxValue; character++)
        {
            set.Contains((char)character).Should().Be(Members.Contains((char)character));
        }
    }

    [TestCase("abc", ExpectedResult = -1)]
    [TestCase("", ExpectedResult = -1)]
    [TestCase("abxc", ExpectedResult = 2)]
    [TestCase("xabc", ExpectedResult = 0)]
    [TestCase("abcx", ExpectedResult = 3)]
    [TestCase("ab\u0161", ExpectedResult = 2)]
    public int IndexOfOther_Text_IsThatOfTheFirstWhichIsNoMember(string text) => new AsciiSet("abc").IndexOfOther(text);

    [TestCase("abc", ExpectedResult = true)]
    [TestCase("", ExpectedResult = true)]
    [TestCase("abxc", ExpectedResult = false)]
    [TestCase("ab\u00e1", ExpectedResult = false)]
    public bool ContainsAll_Bytes_IsSoForMembersOnly(string text) => new AsciiSet("abc").ContainsAll(Encoding.Latin1.GetBytes(text));
}
