using EmbeddedSecrets.Policies;

namespace EmbeddedSecrets.Tests.Policies;

public sealed class SecretPolicyTests
{
    private const string Any = "\"*\"";
    private const string All = "\"kms:*\"";

    private static IEnumerable<TestCaseData> Decisions()
    {
        yield return Row("no statement", SecretPolicyReason.NoPolicy, null);
        yield return Row("allow everybody", SecretPolicyReason.Allowed, 1, PolicyTexts.Allow(Any, All));
        yield return Row("deny everybody", SecretPolicyReason.ExplicitDeny, 1, PolicyTexts.Deny(Any, All));
        yield return Row("deny after allow", SecretPolicyReason.ExplicitDeny, 2, PolicyTexts.Allow(Any, All), PolicyTexts.Deny(Any, All));
        yield return Row("deny before allow", SecretPolicyReason.ExplicitDeny, 1, PolicyTexts.Deny(Any, All), PolicyTexts.Allow(Any, All));
        yield return Row("first of two allows", SecretPolicyReason.Allowed, 1, PolicyTexts.Allow(Any, All), PolicyTexts.Allow(Any, All));
        yield return Row("deny for another", SecretPolicyReason.NoMatchingStatement, null, PolicyTexts.Deny("\"bob\"", All));
        yield return Row("exact name", SecretPolicyReason.Allowed, 1, PolicyTexts.Allow("\"acs:ram::0:user/alice\"", All));
        yield return Row("one of several names", SecretPolicyReason.Allowed, 1, PolicyTexts.Allow("[\"bob\",\"acs:ram::0:user/alice\"]", All));
        yield return Row("name by case", SecretPolicyReason.NoMatchingStatement, null, PolicyTexts.Allow("\"acs:ram::0:user/Alice\"", All));
        yield return Row("beginning of a name", SecretPolicyReason.NoMatchingStatement, null, PolicyTexts.Allow("\"acs:ram::0:user/ali\"", All));
        yield return Row("star over colons and slashes", SecretPolicyReason.Allowed, 1, PolicyTexts.Allow("\"acs*alice\"", All));
        yield return Row("one unknown character", SecretPolicyReason.Allowed, 1, PolicyTexts.Allow("\"acs:ram::?:user/alice\"", All));
        yield return Row("one character too many", SecretPolicyReason.NoMatchingStatement, null, PolicyTexts.Allow("\"acs:ram::0:user/alice?\"", All));
        yield return Row("exact action", SecretPolicyReason.Allowed, 1, PolicyTexts.Allow(Any, "\"kms:GetSecretValue\""));
        yield return Row("action in another case", SecretPolicyReason.Allowed, 1, PolicyTexts.Allow(Any, "[\"KMS:getsecretvalue\"]"));
        yield return Row("action pattern", SecretPolicyReason.Allowed, 1, PolicyTexts.Allow(Any, "\"kms:Get*\""));
        yield return Row("another action", SecretPolicyReason.NoMatchingStatement, null, PolicyTexts.Allow(Any, "\"kms:PutSecretValue\""));
        yield return Row("unknown action", SecretPolicyReason.NoMatchingStatement, null, PolicyTexts.Allow(Any, "\"kms:Fly\""));
        yield return Row("tag equal", SecretPolicyReason.Allowed, 1, When("""{"StringEquals":{"acs:ResourceTag/env":"Prod"}}"""));
        yield return Row("tag by case", SecretPolicyReason.NoMatchingStatement, null, When("""{"StringEquals":{"acs:ResourceTag/env":"prod"}}"""));
        yield return Row("tag without case", SecretPolicyReason.Allowed, 1, When("""{"StringEqualsIgnoreCase":{"acs:ResourceTag/env":"pROD"}}"""));
        yield return Row("tag not equal", SecretPolicyReason.NoMatchingStatement, null, When("""{"StringNotEquals":{"acs:ResourceTag/env":"Prod"}}"""));
        yield return Row("tag not equal to one of two", SecretPolicyReason.NoMatchingStatement, null, When("""{"StringNotEquals":{"acs:ResourceTag/env":["Test","Prod"]}}"""));
        yield return Row("tag not equal to both", SecretPolicyReason.Allowed, 1, When("""{"StringNotEquals":{"acs:ResourceTag/env":["Test","prod"]}}"""));
        yield return Row("tag not equal without case", SecretPolicyReason.NoMatchingStatement, null, When("""{"StringNotEqualsIgnoreCase":{"acs:ResourceTag/env":"prod"}}"""));
        yield return Row("one of two values", SecretPolicyReason.Allowed, 1, When("""{"StringEquals":{"acs:ResourceTag/env":["Test","Prod"]}}"""));
        yield return Row("one of two keys", SecretPolicyReason.NoMatchingStatement, null, When("""{"StringEquals":{"acs:ResourceTag/env":"Prod","acs:ResourceTag/team":"b"}}"""));
        yield return Row("both keys", SecretPolicyReason.Allowed, 1, When("""{"StringEquals":{"acs:ResourceTag/env":"Prod","acs:ResourceTag/team":"a"}}"""));
        yield return Row("one of two operators", SecretPolicyReason.NoMatchingStatement, null, When("""{"StringEquals":{"acs:ResourceTag/env":"Prod"},"StringLike":{"acs:ResourceTag/env":"x*"}}"""));
        yield return Row("tag like", SecretPolicyReason.Allowed, 1, When("""{"StringLike":{"acs:ResourceTag/env":"P?o*"}}"""));
        yield return Row("star is literal in equals", SecretPolicyReason.NoMatchingStatement, null, When("""{"StringEquals":{"acs:ResourceTag/env":"*"}}"""));
        yield return Row("tag not like", SecretPolicyReason.NoMatchingStatement, null, When("""{"StringNotLike":{"acs:ResourceTag/env":"P*"}}"""));
        yield return Row("absent tag equal", SecretPolicyReason.NoMatchingStatement, null, When("""{"StringEquals":{"acs:ResourceTag/none":""}}"""));
        yield return Row("absent tag like", SecretPolicyReason.NoMatchingStatement, null, When("""{"StringLike":{"acs:ResourceTag/none":"*"}}"""));
        yield return Row("absent tag not equal", SecretPolicyReason.Allowed, 1, When("""{"StringNotEquals":{"acs:ResourceTag/none":"x"}}"""));
        yield return Row("absent tag not like", SecretPolicyReason.Allowed, 1, When("""{"StringNotLike":{"acs:ResourceTag/none":"*"}}"""));
        yield return Row("tag key by case", SecretPolicyReason.NoMatchingStatement, null, When("""{"StringEquals":{"acs:ResourceTag/ENV":"Prod"}}"""));
        yield return Row("principal name", SecretPolicyReason.Allowed, 1, When("""{"StringLike":{"acs:PrincipalName":"*/alice"}}"""));
        yield return Row("deny under a condition", SecretPolicyReason.ExplicitDeny, 2, PolicyTexts.Allow(Any, All), PolicyTexts.Deny(Any, All, """{"StringEquals":{"acs:ResourceTag/env":"Prod"}}"""));
    }

    private static IEnumerable<TestCaseData> Malformed()
    {
        string ok = PolicyTexts.Allow(Any, All);
        (string Name, string Json, string Place)[] rows =
        [
            ("empty", "", "line 1"),
            ("no object", "[]", "The policy"),
            ("null", "null", "The policy"),
            ("comment", "/* hush */" + PolicyTexts.Of(ok), "line 1"),
            ("trailing comma", PolicyTexts.Of(ok + ","), "line 1"),
            ("two documents", PolicyTexts.Of(ok) + "{}", "line 1"),
            ("too deep", PolicyTexts.Of(PolicyTexts.Allow("[[[[[\"hush\"]]]]]", All)), "levels"),
            ("no version", """{"Statement":[]}""", "The policy"),
            ("version 2", """{"Version":"2","Statement":[]}""", "Version"),
            ("version number", """{"Version":1,"Statement":[]}""", "Version"),
            ("no statement", """{"Version":"1"}""", "The policy"),
            ("one statement bare", $$"""{"Version":"1","Statement":{{ok}}}""", "Statement"),
            ("unknown member", """{"Version":"1","Statement":[],"hush":1}""", "nothing else"),
            ("member twice", """{"Version":"1","Version":"1","Statement":[]}""", "twice"),
            ("member twice, escaped", """{"Version":"1","\u0056ersion":"1","Statement":[]}""", "twice"),
            ("statement no object", PolicyTexts.Of(ok, "\"hush\""), "Statement 2"),
            ("unknown member of a statement", PolicyTexts.Of(ok.Replace("\"Effect\"", "\"hush\":1,\"Effect\"", StringComparison.Ordinal)), "Statement 1"),
            ("NotAction", PolicyTexts.Of(ok.Replace("\"Action\"", "\"NotAction\"", StringComparison.Ordinal)), "Statement 1"),
            ("effect", PolicyTexts.Of(PolicyTexts.Statement("hush", Any, All)), "Effect"),
            ("effect by case", PolicyTexts.Of(PolicyTexts.Statement("allow", Any, All)), "Effect"),
            ("principal no object", PolicyTexts.Of(ok.Replace("{\"RAM\":\"*\"}", "\"*\"", StringComparison.Ordinal)), "Principal"),
            ("principal of another kind", PolicyTexts.Of(ok.Replace("RAM", "hush", StringComparison.Ordinal)), "Principal"),
            ("principal number", PolicyTexts.Of(PolicyTexts.Allow("1", All)), "Principal.RAM"),
            ("principals none", PolicyTexts.Of(PolicyTexts.Allow("[]", All)), "Principal.RAM"),
            ("principal empty", PolicyTexts.Of(PolicyTexts.Allow("\"\"", All)), "Principal.RAM"),
            ("principal null", PolicyTexts.Of(PolicyTexts.Allow("[null]", All)), "Principal.RAM"),
            ("principal too long", PolicyTexts.Of(PolicyTexts.Allow($"\"{new string('a', 257)}\"", All)), "256"),
            ("principal with a control", PolicyTexts.Of(PolicyTexts.Allow("\"hush\\u0001\"", All)), "control"),
            ("principal with an override", PolicyTexts.Of(PolicyTexts.Allow("\"hush\\u202e\"", All)), "format"),
            ("principal half a pair, escaped", PolicyTexts.Of(PolicyTexts.Allow("\"hush\\ud83d\"", All)), "surrogate"),
            ("half a pair", PolicyTexts.Of(PolicyTexts.Allow("\"hush\ud83d\"", All)), "surrogate"),
            ("half a pair in a name", """{"Version":"1","Statement":[],"\udc00":1}""", "surrogate"),
            ("action without prefix", PolicyTexts.Of(PolicyTexts.Allow(Any, "\"ram:hush\"")), "kms:"),
            ("action star", PolicyTexts.Of(PolicyTexts.Allow(Any, "\"*\"")), "Action"),
            ("action prefix alone", PolicyTexts.Of(PolicyTexts.Allow(Any, "\"kms:\"")), "Action"),
            ("action object", PolicyTexts.Of(PolicyTexts.Allow(Any, "{}")), "Action"),
            ("actions too many", PolicyTexts.Of(PolicyTexts.Allow(Any, $"[{string.Join(',', Enumerable.Repeat(All, 101))}]")), "100"),
            ("resource", PolicyTexts.Of(ok.Replace("[\"*\"]", "[\"hush\"]", StringComparison.Ordinal)), "Resource"),
            ("sid empty", PolicyTexts.Of(PolicyTexts.Statement("Allow", Any, All, sid: "\"\"")), "Sid"),
            ("sid too long", PolicyTexts.Of(PolicyTexts.Statement("Allow", Any, All, sid: $"\"{new string('s', 129)}\"")), "Sid"),
            ("sid character", PolicyTexts.Of(PolicyTexts.Statement("Allow", Any, All, sid: "\"hush!\"")), "Sid"),
            ("sid twice", PolicyTexts.Of(PolicyTexts.Statement("Allow", Any, All, sid: "\"hush\""), PolicyTexts.Statement("Deny", Any, All, sid: "\"hush\"")), "Statement 2, Sid"),
            ("condition no object", PolicyTexts.Of(When("[]")), "Condition"),
            ("condition empty", PolicyTexts.Of(When("{}")), "Condition"),
            ("operator unknown", PolicyTexts.Of(When("""{"hush":{"acs:PrincipalName":"a"}}""")), "operators"),
            ("operator number", PolicyTexts.Of(When("""{"1":{"acs:PrincipalName":"a"}}""")), "operators"),
            ("operator Bool", PolicyTexts.Of(When("""{"Bool":{"acs:PrincipalName":"true"}}""")), "operators"),
            ("operator twice", PolicyTexts.Of(When("""{"StringLike":{"acs:PrincipalName":"a"},"StringLike":{"acs:PrincipalName":"a"}}""")), "twice"),
            ("operator without key", PolicyTexts.Of(When("""{"StringLike":{}}""")), "StringLike"),
            ("key unknown", PolicyTexts.Of(When("""{"StringLike":{"acs:SourceIp":"hush"}}""")), "keys"),
            ("key without tag", PolicyTexts.Of(When("""{"StringLike":{"acs:ResourceTag/":"hush"}}""")), "key of a tag"),
            ("key twice", PolicyTexts.Of(When("""{"StringLike":{"acs:PrincipalName":"a","acs:PrincipalName":"b"}}""")), "twice"),
            ("value number", PolicyTexts.Of(When("""{"StringLike":{"acs:PrincipalName":1}}""")), "StringLike"),
            ("values none", PolicyTexts.Of(When("""{"StringLike":{"acs:PrincipalName":[]}}""")), "StringLike"),
            ("statements too many", PolicyTexts.Of([.. Enumerable.Repeat(ok, 101)]), "100"),
            ("too long", PolicyTexts.Of() + new string(' ', SecretPolicy.MaxBytes), "32,768"),
            ("too long in UTF-8", PolicyTexts.Of(PolicyTexts.Allow($"\"{new string('\u20ac', 11_000)}\"", All)), "32,768"),
        ];
        return rows.Select(static row => new TestCaseData(row.Json, row.Place).SetArgDisplayNames(row.Name));
    }

    [TestCaseSource(nameof(Decisions))]
    public void Evaluate_AliceReadsAProductionSecret_Decides(string json, SecretPolicyReason reason, int? statement)
    {
        SecretPolicyDecision decision = SecretPolicy.Parse(json).Evaluate(Request());

        (decision.Reason, decision.StatementNumber).Should().Be((reason, statement));
        decision.IsAllowed.Should().Be(reason is SecretPolicyReason.Allowed or SecretPolicyReason.NoPolicy);
    }

    [TestCaseSource(nameof(Malformed))]
    public void Parse_Malformed_NamesThePlaceAndNotTheContent(string json, string place)
    {
        ArgumentException exception = FluentActions.Invoking(() => SecretPolicy.Parse(json)).Should().ThrowExactly<ArgumentException>().WithParameterName("policy").Which;

        exception.Message.Should().Contain(place).And.NotContain("hush");
    }

    [TestCaseSource(nameof(Malformed))]
    public void Evaluate_StoredAndMalformed_Denies(string json, string place)
    {
        _ = place;
        SecretPolicy.Evaluate(json, Request()).Should().BeSameAs(SecretPolicyDecision.NotEvaluable);
        SecretPolicyDecision.NotEvaluable.IsAllowed.Should().BeFalse();
    }

    [Test]
    public void Evaluate_NoneStored_Allows() => SecretPolicy.Evaluate(null, Request()).Reason.Should().Be(SecretPolicyReason.NoPolicy);

    [TestCase(32_768, true)]
    [TestCase(32_769, false)]
    public void Parse_Length_Is32768(int length, bool allowed)
    {
        string json = PolicyTexts.Of().PadRight(length);
        Action parse = () => SecretPolicy.Parse(json);
        _ = allowed ? parse.Should().NotThrow() : (object)parse.Should().Throw<ArgumentException>();
    }

    [Test]
    public void Evaluate_SidGiven_IsInTheDecision() =>
        SecretPolicy.Parse(PolicyTexts.Of(PolicyTexts.Statement("Deny", Any, All, sid: "\"no-one\""))).Evaluate(Request()).StatementId.Should().Be("no-one");

    [TestCase("\"*\"", true)]
    [TestCase("\"**\"", true)]
    [TestCase("\"?\"", false)]
    [TestCase("\"a*\"", false)]
    public void Evaluate_NobodyNamed_OnlyStarsMatch(string principal, bool matches) =>
        SecretPolicy.Parse(PolicyTexts.Of(PolicyTexts.Deny(principal, All))).Evaluate(Request() with { Principal = "" }).Reason.Should().Be(matches ? SecretPolicyReason.ExplicitDeny : SecretPolicyReason.NoMatchingStatement);

    [Test]
    public void NameOf_EveryAction_IsThePrefixAndTheOperation()
    {
        foreach (SecretAction action in Enum.GetValues<SecretAction>())
        {
            SecretActions.OperationOf(action).Should().Be(action.ToString());
            SecretActions.NameOf(action).Should().Be("kms:" + action);
        }

        SecretActions.All.Should().HaveCount(Enum.GetValues<SecretAction>().Length);
    }

    private static string When(string condition) => PolicyTexts.Allow(Any, All, condition);

    private static PolicyRequest Request() =>
        new("acs:ram::0:user/alice", SecretAction.GetSecretValue, new Dictionary<string, string> { ["env"] = "Prod", ["team"] = "a" });

    private static TestCaseData Row(string name, SecretPolicyReason reason, int? statement, params string[] statements) =>
        new TestCaseData(PolicyTexts.Of(statements), reason, statement).SetArgDisplayNames(name);
}
