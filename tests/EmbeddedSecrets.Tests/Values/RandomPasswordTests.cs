using System.Text;
using EmbeddedSecrets.Values;

namespace EmbeddedSecrets.Tests.Values;

public sealed class RandomPasswordTests
{
    private const string Punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

    [Test]
    public void Fill_Default_UsesTheWholeAlphabetAndEveryType()
    {
        var seen = new HashSet<char>();
        for (int i = 0; i < 200; i++)
        {
            string password = Fill(8, new RandomPasswordOptions());
            password.Should().MatchRegex("[a-z]").And.MatchRegex("[A-Z]").And.MatchRegex("[0-9]");
            password.Should().Match(text => text.Any(Punctuation.Contains));
            seen.UnionWith(password + Fill(128, new RandomPasswordOptions()));
        }

        seen.Should().HaveCount(26 + 26 + 10 + 32);
        seen.Should().Contain(Punctuation);
    }

    [Test]
    public void Fill_RequiredCharacters_StandAnywhere()
    {
        var options = new RandomPasswordOptions { ExcludeUppercase = true, ExcludePunctuation = true, ExcludeCharacters = "123456789" };
        IEnumerable<int> places = Enumerable.Range(0, 500).Select(_ => Fill(8, options).IndexOf('0', StringComparison.Ordinal)).Distinct();

        places.Should().Contain(0).And.HaveCountGreaterThan(4);
    }

    [Test]
    public void Fill_Exclusions_DoNotOccur()
    {
        var options = new RandomPasswordOptions { ExcludeLowercase = true, ExcludePunctuation = true, ExcludeCharacters = "O0é", RequireEachIncludedType = false };

        Fill(128, options).Should().MatchRegex("^[A-NP-Z1-9]{128}$");
    }

    [Test]
    public void Fill_NothingLeft_Throws()
    {
        var options = new RandomPasswordOptions { ExcludeLowercase = true, ExcludeUppercase = true, ExcludePunctuation = true, ExcludeNumbers = true };

        FluentActions.Invoking(() => Fill(8, options)).Should().Throw<ArgumentException>();
    }

    [Test]
    public void Fill_RequiredTypeEmptied_Throws()
    {
        var options = new RandomPasswordOptions { ExcludeCharacters = "0123456789" };

        FluentActions.Invoking(() => Fill(8, options)).Should().Throw<ArgumentException>();
        options.RequireEachIncludedType = false;
        Fill(128, options).Should().NotMatchRegex("[0-9]");
    }

    [TestCase(7)]
    [TestCase(129)]
    public void Generate_LengthOutOfRange_Throws(int length)
    {
        FluentActions.Invoking(() => RandomPassword.Generate(new RandomPasswordOptions { Length = length })).Should().Throw<ArgumentOutOfRangeException>();
    }

    private static string Fill(int length, RandomPasswordOptions options)
    {
        byte[] password = new byte[length];
        RandomPassword.Fill(password, options);
        return Encoding.ASCII.GetString(password);
    }
}
