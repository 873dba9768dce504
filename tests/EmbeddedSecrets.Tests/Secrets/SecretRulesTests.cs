using EmbeddedSecrets.Secrets;

namespace EmbeddedSecrets.Tests.Secrets;

public sealed class SecretRulesTests
{
    [TestCase("a")]
    [TestCase("../../x")]
    [TestCase("AZaz09_/+=.@-")]
    [TestCase("ACS/x")]
    [TestCase("acs")]
    public void CheckName_Allowed_Passes(string name)
    {
        FluentActions.Invoking(() => SecretRules.CheckName(name, nameof(name))).Should().NotThrow();
    }

    [TestCase("")]
    [TestCase("acs/x")]
    [TestCase("a b")]
    [TestCase("a\n")]
    [TestCase("é")]
    [TestCase("a\0")]
    [TestCase("a\\b")]
    [TestCase("a:b")]
    public void CheckName_Forbidden_Throws(string name)
    {
        FluentActions.Invoking(() => SecretRules.CheckName(name, nameof(name))).Should().Throw<ArgumentException>().WithParameterName(nameof(name));
    }

    [Test]
    public void CheckName_WrongCharacter_NamesItsPositionAndNotTheText()
    {
        string message = FluentActions.Invoking(() => SecretRules.CheckName("hush!", "name")).Should().Throw<ArgumentException>().Which.Message;

        message.Should().Contain("character 5").And.NotContain("hush");
    }

    [Test]
    public void CheckName_Null_Throws()
    {
        FluentActions.Invoking(() => SecretRules.CheckName(null!, "name")).Should().Throw<ArgumentNullException>();
    }

    [TestCase(191, true)]
    [TestCase(192, true)]
    [TestCase(193, false)]
    public void CheckName_Length_Is192(int length, bool allowed) => Check(allowed, () => SecretRules.CheckName(new string('a', length), "name"));

    [TestCase(0, false)]
    [TestCase(1, true)]
    [TestCase(64, true)]
    [TestCase(65, false)]
    public void CheckVersionId_Length_Is64(int length, bool allowed) => Check(allowed, () => SecretRules.CheckVersionId(new string('1', length), "id"));

    [TestCase(0, false)]
    [TestCase(1, true)]
    [TestCase(64, true)]
    [TestCase(65, false)]
    public void CheckStage_Length_Is64(int length, bool allowed) => Check(allowed, () => SecretRules.CheckStage(new string('s', length), "stage"));

    [TestCase("ACSCurrent", true)]
    [TestCase("ACSNext", true)]
    [TestCase("a_B.9-", true)]
    [TestCase("acscurrent", false)]
    [TestCase("ACSPREVIOUS", false)]
    [TestCase("a/b", false)]
    [TestCase("a ", false)]
    public void CheckStage_Text_FollowsTheRule(string stage, bool allowed) => Check(allowed, () => SecretRules.CheckStage(stage, "stage"));

    [TestCase("", false)]
    [TestCase("a", true)]
    [TestCase("a a", false)]
    [TestCase("a,a", false)]
    [TestCase("1,2,3,4,5,6,7,8", true)]
    [TestCase("1,2,3,4,5,6,7,8,9", false)]
    [TestCase("ACSCurrent,ACSPrevious", false)]
    [TestCase("ACSPrevious,x", true)]
    public void CheckStages_List_FollowsTheRule(string stages, bool allowed) =>
        Check(allowed, () => SecretRules.CheckStages(stages.Split(',', StringSplitOptions.RemoveEmptyEntries), "stages"));

    [Test]
    public void CheckStages_NullElement_NamesItsPosition()
    {
        FluentActions.Invoking(() => SecretRules.CheckStages(["a", null!], "stages")).Should().Throw<ArgumentException>().WithMessage("*position 2*");
    }

    [TestCase(0, false)]
    [TestCase(1, true)]
    [TestCase(50, true)]
    [TestCase(51, false)]
    public void CheckNames_Count_Is50(int count, bool allowed) =>
        Check(allowed, () => SecretRules.CheckNames([.. Enumerable.Range(1, count).Select(n => $"n{n}")], "names"));

    [Test]
    public void CheckNames_TheSameTwice_Throws() => Check(false, () => SecretRules.CheckNames(["a", "A", "a"], "names"));

    [TestCase(8_192, true)]
    [TestCase(8_193, false)]
    public void CheckDescription_Length_Is8192(int length, bool allowed) => Check(allowed, () => SecretRules.CheckDescription(new string('d', length), "text"));

    [TestCase("a\n\t€\U0001F600", true)]
    public void CheckDescription_Text_MustBeWellFormed(string text, bool allowed) => Check(allowed, () => SecretRules.CheckDescription(text, "text"));

    [TestCase(256, true)]
    [TestCase(257, false)]
    public void CheckCreatedBy_Length_Is256(int length, bool allowed) => Check(allowed, () => SecretRules.CheckCreatedBy(new string('c', length), "by"));

    [TestCase("user/name é", true)]
    [TestCase("a\nb", false)]
    [TestCase("a\u0085", false)]
    public void CheckCreatedBy_Text_HasNoControlCharacters(string text, bool allowed) => Check(allowed, () => SecretRules.CheckCreatedBy(text, "by"));

    [TestCase("k /\\_-.+=:@9", "v", true)]
    [TestCase("ключ", "值", true)]
    [TestCase("\U00020000", "", true)]
    [TestCase("", "v", false)]
    [TestCase("aliyun", "v", false)]
    [TestCase("AliYunx", "v", false)]
    [TestCase("ACS:x", "v", false)]
    [TestCase("acs", "acs:x", true)]
    [TestCase("a\n", "v", false)]
    [TestCase("a", "v!", false)]
    [TestCase("a", "\U0001F600", false)]
    public void CheckTags_Pair_FollowsTheRule(string key, string value, bool allowed) =>
        Check(allowed, () => SecretRules.CheckTags(new Dictionary<string, string> { [key] = value }, "tags"));

    [TestCase(128, 128, true)]
    [TestCase(129, 0, false)]
    [TestCase(1, 129, false)]
    public void CheckTags_Lengths_Are128(int key, int value, bool allowed) =>
        Check(allowed, () => SecretRules.CheckTags(new Dictionary<string, string> { [new string('k', key)] = new string('v', value) }, "tags"));

    [TestCase(20, true)]
    [TestCase(21, false)]
    public void CheckTags_Count_Is20(int count, bool allowed) => Check(allowed, () => SecretRules.CheckTags(Pairs(count), "tags"));

    [Test]
    public void CheckTags_NullValue_Throws() => Check(false, () => SecretRules.CheckTags(new Dictionary<string, string> { ["k"] = null! }, "tags"));

    [TestCase("k", true)]
    [TestCase("aliyun.x", false)]
    [TestCase("Acs:x", false)]
    [TestCase("", false)]
    public void CheckTagKeys_Key_FollowsTheRule(string key, bool allowed) => Check(allowed, () => SecretRules.CheckTagKeys([key], "keys"));

    [TestCase(64, true)]
    [TestCase(65, false)]
    public void CheckAnnotations_Count_Is64(int count, bool allowed) => Check(allowed, () => SecretRules.CheckAnnotations(Pairs(count), "annotations"));

    [TestCase(0, 0, false)]
    [TestCase(1, 0, true)]
    [TestCase(128, 1_024, true)]
    [TestCase(129, 0, false)]
    [TestCase(1, 1_025, false)]
    public void CheckAnnotations_Lengths_FollowTheRule(int key, int value, bool allowed) =>
        Check(allowed, () => SecretRules.CheckAnnotations(new Dictionary<string, string> { [new string('k', key)] = new string('v', value) }, "annotations"));

    // Not test cases: attributes keep their texts as UTF-8, which has no lone surrogates.
    [Test]
    public void Checks_LoneSurrogate_Throw()
    {
        foreach (string text in (string[])["x\uD800", "\uDC00x", "\uD800\uD800\uDC00", "\uD83D\uDE00\uDE00"])
        {
            Check(false, () => SecretRules.CheckDescription(text, "text"));
            Check(false, () => SecretRules.CheckCreatedBy(text, "by"));
            Check(false, () => SecretRules.CheckAnnotations(new Dictionary<string, string> { [text] = "" }, "annotations"));
            Check(false, () => SecretRules.CheckTags(new Dictionary<string, string> { ["k"] = text }, "tags"));
        }
    }

    [Test]
    public void CheckAnnotations_LoneSurrogateInAValue_Throws() =>
        Check(false, () => SecretRules.CheckAnnotations(new Dictionary<string, string> { ["k"] = "\uDFFF" }, "annotations"));

    [TestCase(0, false)]
    [TestCase(7, true)]
    [TestCase(30, true)]
    [TestCase(31, false)]
    public void CheckRecoveryWindow_Days_Are7To30(int days, bool allowed) => Check(allowed, () => SecretRules.CheckRecoveryWindow(TimeSpan.FromDays(days), "window"));

    [Test]
    public void CheckRecoveryWindow_OneTickOutside_Throws()
    {
        Check(false, () => SecretRules.CheckRecoveryWindow(TimeSpan.FromDays(7) - TimeSpan.FromTicks(1), "window"));
        Check(false, () => SecretRules.CheckRecoveryWindow(TimeSpan.FromDays(30) + TimeSpan.FromTicks(1), "window"));
    }

    [TestCase("!~", true)]
    [TestCase("a b", false)]
    [TestCase("é", false)]
    [TestCase("a\u007F", false)]
    [TestCase("", false)]
    public void CheckKeyId_Text_FollowsTheRule(string keyId, bool allowed) => Check(allowed, () => WrappedDataKey.CheckKeyId(keyId, "key"));

    [TestCase(256, true)]
    [TestCase(257, false)]
    public void CheckKeyId_Length_Is256(int length, bool allowed) => Check(allowed, () => WrappedDataKey.CheckKeyId(new string('k', length), "key"));

    private static Dictionary<string, string> Pairs(int count) => Enumerable.Range(1, count).ToDictionary(n => $"k{n}", _ => "v");

    [Test]
    public void Checks_Null_NameTheParameter()
    {
        Action[] checks =
        [
            () => SecretRules.CheckedNames(null!, "given"),
            () => SecretRules.CheckNames(null!, "given"),
            () => SecretRules.CheckVersionId(null!, "given"),
            () => SecretRules.CheckStage(null!, "given"),
            () => SecretRules.CheckStages(null!, "given"),
            () => SecretRules.CheckDescription(null!, "given"),
            () => SecretRules.CheckCreatedBy(null!, "given"),
            () => SecretRules.CheckTags(null!, "given"),
            () => SecretRules.CheckTagKeys(null!, "given"),
            () => SecretRules.CheckAnnotations(null!, "given"),
        ];
        foreach (Action check in checks)
        {
            check.Should().Throw<ArgumentNullException>().WithParameterName("given");
        }
    }

    [Test]
    public void CheckedNames_NameThatBreaksItsRule_IsRefused() => Check(false, () => SecretRules.CheckedNames(["a", "b c"], "names"));

    [Test]
    public void CheckedNames_Valid_AreACopy()
    {
        string[] names = ["a", "b"];

        string[] copy = SecretRules.CheckedNames(names, nameof(names));
        names[0] = "c";

        copy.Should().Equal("a", "b");
    }

    [TestCase(20, true)]
    [TestCase(21, false)]
    public void CheckTagKeys_Count_Is20(int count, bool allowed) =>
        Check(allowed, () => SecretRules.CheckTagKeys([.. Enumerable.Range(0, count).Select(i => $"key{i}")], "keys"));

    [Test]
    public void Checks_OfSeveralTexts_NameThePositionOfTheWrongOne()
    {
        FluentActions.Invoking(() => SecretRules.CheckTags(new Dictionary<string, string> { ["a"] = "x", ["b"] = "!" }, "tags"))
            .Should().Throw<ArgumentException>().WithMessage("*value of tag 2*character 1 is another one*");
        FluentActions.Invoking(() => SecretRules.CheckTagKeys(["a", "b!"], "keys"))
            .Should().Throw<ArgumentException>().WithMessage("*Tag key 2*character 2 is another one*");
        FluentActions.Invoking(() => SecretRules.CheckTagKeys(["a", null!], "keys"))
            .Should().Throw<ArgumentException>().WithMessage("*Tag key 2 is null*");
        FluentActions.Invoking(() => SecretRules.CheckAnnotations(new Dictionary<string, string> { ["a"] = "x", ["b"] = null! }, "annotations"))
            .Should().Throw<ArgumentException>().WithMessage("*value of annotation 2 is null*");
    }

    [Test]
    public void Checks_OfCharacters_NameThePositionOfTheWrongOne()
    {
        FluentActions.Invoking(() => SecretRules.CheckDescription("ab\uD800", "text")).Should().Throw<ArgumentException>().WithMessage("*character 3 is half*");
        FluentActions.Invoking(() => SecretRules.CheckCreatedBy("ab\n", "text")).Should().Throw<ArgumentException>().WithMessage("*character 3 is one*");
    }

    [TestCase(6, false)]
    [TestCase(7, true)]
    [TestCase(366, true)]
    [TestCase(367, false)]
    public void CheckKeyDeletionWindow_Days_Are7To366(int days, bool allowed) =>
        Check(allowed, () => SecretRules.CheckKeyDeletionWindow(TimeSpan.FromDays(days), "window"));

    [TestCase("acs/store", false)]
    [TestCase("a b", false)]
    [TestCase("acs", true)]
    public void CheckManagedKeyId_Text_FollowsTheRule(string keyId, bool allowed) => Check(allowed, () => SecretRules.CheckManagedKeyId(keyId, "key"));

    private static void Check(bool allowed, Action check)
    {
        if (allowed)
        {
            check.Should().NotThrow();
        }
        else
        {
            check.Should().Throw<ArgumentException>();
        }
    }
}
