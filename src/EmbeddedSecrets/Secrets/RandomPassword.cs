namespace EmbeddedSecrets.Secrets;

/// <summary>Passwords without modulo bias (SPEC section 2.4, GetRandomPassword).</summary>
internal static class RandomPassword
{
    /// <summary>Generates a password; the caller owns the value. Options that leave nothing to choose from are an <see cref="ArgumentException"/>.</summary>
    public static SecretValue Generate(RandomPasswordOptions options) => throw new NotImplementedException();
}
