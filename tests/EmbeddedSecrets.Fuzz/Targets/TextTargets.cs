using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using EmbeddedSecrets.Pipeline;
using EmbeddedSecrets.Policies;

namespace EmbeddedSecrets.Fuzz.Targets;

/// <summary>Text that callers pass in.</summary>
internal static class TextTargets
{
    public static IEnumerable<FuzzTarget> All =>
    [
        new("list-cursor", Cursor, () => [("cursor", Text(ListCursor.Encode("db/password")))], typeof(ArgumentException)),
        new("secret-revision", Revision, () => [("revision", Text(new SecretRevision(LogSeeds.StoreId, 1234).ToString()))], typeof(FormatException)),
        new("value-json", Json, JsonSeeds, typeof(ArgumentException)),
        new("policy", Policy, PolicySeeds, typeof(ArgumentException)),
    ];

    /// <summary>UTF-8, or UTF-16 behind a zero byte, so that halves of surrogate pairs occur.</summary>
    private static string Read(byte[] input) => input is [0, .. byte[] units]
        ? new string(MemoryMarshal.Cast<byte, char>(units))
        : Encoding.UTF8.GetString(input);

    private static void Cursor(byte[] input)
    {
        string name = ListCursor.Decode(Read(input), "cursor");
        FuzzTarget.Require(ListCursor.Decode(ListCursor.Encode(name), "cursor") == name, "A cursor reads as it was written.");
    }

    private static void Revision(byte[] input)
    {
        string text = Read(input);
        var revision = SecretRevision.Parse(text);
        FuzzTarget.Require(SecretRevision.Parse(revision.ToString()) == revision, "A revision reads as it was written.");
        FuzzTarget.Require(text.All(static c => char.IsAsciiHexDigit(c) || c == '-'), "A revision is hexadecimal digits, a hyphen and a number.");
    }

    private static void Json(byte[] input)
    {
        string text = Read(input);
        using SecretValue value = SecretValue.FromJson(text);
        FuzzTarget.Require(value.RevealText() == text, "The exact text is kept.");
        using JsonDocument document = JsonDocument.Parse(text);
        foreach (JsonProperty pair in document.RootElement.EnumerateObject())
        {
            FuzzTarget.Require(value.RevealText(pair.Name) == pair.Value.GetString(), "A field is what another reader finds.");
        }

        using SecretValue again = SecretValue.FromKeyValues(document.RootElement.EnumerateObject().Select(static pair => KeyValuePair.Create(pair.Name, pair.Value.GetString()!)));
        foreach (JsonProperty pair in document.RootElement.EnumerateObject())
        {
            FuzzTarget.Require(again.RevealText(pair.Name) == pair.Value.GetString(), "Pairs that are written read the same.");
        }
    }

    private static void Policy(byte[] input)
    {
        var request = new PolicyRequest("alice", SecretAction.GetSecretValue, new Dictionary<string, string> { ["env"] = "prod" });
        SecretPolicyDecision decision = SecretPolicy.Parse(Read(input)).Evaluate(request);
        FuzzTarget.Require(decision.Reason != SecretPolicyReason.NotEvaluable, "What is parsed can be evaluated.");
    }

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    private static IEnumerable<(string Name, byte[] Bytes)> JsonSeeds() =>
    [
        ("pairs", Text("""{"user":"a","password":"p\u00e9\n\"x"}""")), ("empty", Text("{}")), ("surrogates", Text("""{"a":"\ud83d\ude00","b":"\ud83d"}""")),
        ("same-key", Text("""{"a":"1","\u0061":"2"}""")), ("spaces", Text("\r\n{ \"a\" : \"b\" }\t")), ("nested", Text("""{"a":{"b":"c"}}""")),
    ];

    private static IEnumerable<(string Name, byte[] Bytes)> PolicySeeds() =>
    [
        ("none", Text("""{"Version":"1","Statement":[]}""")),
        ("allow", Text("""{"Version":"1","Statement":[{"Effect":"Allow","Principal":{"RAM":"*"},"Action":"kms:*","Resource":"*"}]}""")),
        ("condition", Text("""{"Version":"1","Statement":[{"Sid":"s","Effect":"Deny","Principal":{"RAM":["a*e","b?"]},"Action":["kms:Get*"],"Resource":["*"],"Condition":{"StringNotLike":{"acs:ResourceTag/env":["p*","x"]},"StringEquals":{"acs:PrincipalName":"alice"}}}]}""")),
    ];
}
