using CsCheck;
using EmbeddedSecrets.Policies;
using EmbeddedSecrets.Secrets;

namespace EmbeddedSecrets.Tests.Policies;

public sealed class WildcardPatternTests
{
    [Test]
    public void Matches_RandomPatterns_IsTheNaiveMatcher() =>
        Gen.Select(Gen.String[Gen.Char["ab*?"], 0, 8], Gen.String[Gen.Char["abAB"], 0, 8], Gen.Bool).Sample(
            (pattern, text, ignoreCase) => WildcardPattern.Matches(pattern, text, ignoreCase) == Naive(pattern, text, ignoreCase), iter: 20_000);

    [Test]
    public void Matches_ManyStars_TakesPatternTimesTextSteps()
    {
        string pattern = string.Concat(Enumerable.Repeat("*a", 128)) + "b";
        string text = new('a', 256);

        WildcardPattern.Matches(pattern, text, ignoreCase: false, out long steps).Should().BeFalse();
        steps.Should().BeLessThan((pattern.Length + 1L) * (text.Length + 1));
    }

    [Test]
    public void Evaluate_RandomStatements_IsTheNaiveModel()
    {
        Gen<(bool Deny, string Who, string What)> statement = Gen.Select(Gen.Bool, OneOf("*", "a", "b", "?"), OneOf("kms:*", "kms:GetSecretValue", "kms:Put*"));
        Gen.Select(statement.Array[0, 5], OneOf("a", "b", "cc"), OneOf(SecretAction.GetSecretValue, SecretAction.PutSecretValue, SecretAction.DeleteSecret)).Sample((statements, who, what) =>
        {
            string json = PolicyTexts.Of([.. statements.Select(s => PolicyTexts.Statement(s.Deny ? "Deny" : "Allow", $"\"{s.Who}\"", $"\"{s.What}\""))]);
            var applying = statements.Where(s => Naive(s.Who, who, false) && Naive(s.What, "kms:" + what, false)).ToList();
            bool expected = statements.Length == 0 || (applying.Count > 0 && applying.TrueForAll(s => !s.Deny));
            return SecretPolicy.Parse(json).Evaluate(new PolicyRequest(who, what, new Dictionary<string, string>())).IsAllowed == expected;
        }, iter: 2_000);
    }

    [TestCase("a", true)]
    [TestCase("acs:ram::0:user/\u00e9", true)]
    [TestCase("", false)]
    [TestCase("a*", false)]
    [TestCase("a?", false)]
    [TestCase("a\n", false)]
    [TestCase("a\u202e", false)]
    [TestCase("a\u2028", false)]
    public void CheckPrincipal_Text_IsAllowedOrRefused(string principal, bool allowed)
    {
        Action check = () => SecretRules.CheckPrincipal(principal, "caller");
        _ = allowed ? check.Should().NotThrow() : (object)check.Should().Throw<ArgumentException>().WithParameterName("caller");
    }

    private static bool Naive(string pattern, string text, bool ignoreCase)
    {
        if (pattern.Length == 0)
        {
            return text.Length == 0;
        }

        if (pattern[0] == '*')
        {
            return Naive(pattern[1..], text, ignoreCase) || (text.Length > 0 && Naive(pattern, text[1..], ignoreCase));
        }

        return text.Length > 0
            && (pattern[0] == '?' || string.Equals(pattern[..1], text[..1], ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal))
            && Naive(pattern[1..], text[1..], ignoreCase);
    }

    /// <summary>Not a test case: an attribute cannot hold half a character.</summary>
    [Test]
    public void CheckPrincipal_LoneSurrogate_IsRefused()
    {
        FluentActions.Invoking(static () => EmbeddedSecrets.Secrets.SecretRules.CheckPrincipal("a\ud83d", "principal")).Should().Throw<ArgumentException>();
    }

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);
}
