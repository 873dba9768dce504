namespace EmbeddedSecrets;

/// <summary>What a password of <see cref="SecretStore.GetRandomPassword"/> is made of (SPEC section 2.4).</summary>
public sealed class RandomPasswordOptions
{
    /// <summary>Gets or sets the length.</summary>
    /// <value>8 to 128 characters; the default is 32.</value>
    public int Length { get; set; } = 32;

    /// <summary>Gets or sets the characters that must not occur.</summary>
    /// <value>Any characters; null or empty for none.</value>
    public string? ExcludeCharacters { get; set; }

    /// <summary>Gets or sets a value indicating whether <c>a</c> to <c>z</c> are left out.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool ExcludeLowercase { get; set; }

    /// <summary>Gets or sets a value indicating whether <c>A</c> to <c>Z</c> are left out.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool ExcludeUppercase { get; set; }

    /// <summary>Gets or sets a value indicating whether <c>0</c> to <c>9</c> are left out.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool ExcludeNumbers { get; set; }

    /// <summary>Gets or sets a value indicating whether the 32 punctuation characters of ASCII are left out.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool ExcludePunctuation { get; set; }

    /// <summary>Gets or sets a value indicating whether every type of character that is not left out must occur at least once.</summary>
    /// <value>The default is <see langword="true"/> (SPEC D-18).</value>
    public bool RequireEachIncludedType { get; set; } = true;
}
