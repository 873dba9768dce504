namespace EmbeddedSecrets.Tests.Policies;

/// <summary>Policies to test with.</summary>
internal static class PolicyTexts
{
    public static string Of(params string[] statements) => $$"""{"Version":"1","Statement":[{{string.Join(',', statements)}}]}""";

    public static string Allow(string principals, string actions, string? condition = null) => Statement("Allow", principals, actions, condition);

    public static string Deny(string principals, string actions, string? condition = null) => Statement("Deny", principals, actions, condition);

    /// <summary>The arguments are JSON.</summary>
    public static string Statement(string effect, string principals, string actions, string? condition = null, string? sid = null) =>
        $$"""{{{(sid is null ? "" : $"\"Sid\":{sid},")}}"Effect":"{{effect}}","Principal":{"RAM":{{principals}}},"Action":{{actions}},"Resource":["*"]{{(condition is null ? "" : $",\"Condition\":{condition}")}}}""";
}
