namespace EmbeddedSecrets.Secrets;

/// <summary>The invariants I1 to I8 of SPEC section 2.1, checked on every new state before it is committed and on every record that is read.</summary>
internal static class SecretInvariants
{
    /// <summary>What is broken, in words, or null. Covers I1 to I6 of one state and the order of its versions.</summary>
    public static string? FindViolation(Secret secret) => throw new NotImplementedException();
}
