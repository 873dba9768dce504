using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace EmbeddedSecrets;

/// <summary>
/// An opaque mark of one state of one secret, for compare-and-set (SPEC D-22). It moves with every change that a caller
/// makes and with nothing else, and never repeats, not even when the secret is deleted and created again.
/// </summary>
public readonly struct SecretRevision : IEquatable<SecretRevision>
{
    internal SecretRevision(UniqueId incarnation, long number)
    {
        Incarnation = incarnation;
        Number = number;
    }

    internal UniqueId Incarnation { get; }

    internal long Number { get; }

    /// <summary>Reads a revision that <see cref="ToString"/> wrote.</summary>
    /// <param name="text">The text, 32 hexadecimal digits, a hyphen and a number.</param>
    /// <returns>The revision.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="text"/> is null.</exception>
    /// <exception cref="FormatException">The text is not a revision.</exception>
    public static SecretRevision Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out SecretRevision revision)
            ? revision
            : throw new FormatException("The text is not a secret revision. Pass on what SecretRevision.ToString() wrote, unchanged.");
    }

    /// <summary>Reads a revision that <see cref="ToString"/> wrote.</summary>
    /// <param name="text">The text; null is not a revision.</param>
    /// <param name="revision">The revision, or the default.</param>
    /// <returns>Whether the text is a revision.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out SecretRevision revision)
    {
        revision = default;

        // The number parsers of the BCL take zero characters at the end.
        if (text is null || text.Length < 34 || text[32] != '-' || text.Contains('\0', StringComparison.Ordinal)
            || !UniqueId.TryParse(text.AsSpan(0, 32), out UniqueId incarnation)
            || !long.TryParse(text.AsSpan(33), NumberStyles.None, CultureInfo.InvariantCulture, out long number))
        {
            return false;
        }

        revision = new SecretRevision(incarnation, number);
        return true;
    }

    /// <summary>Compares two revisions.</summary>
    /// <param name="left">One revision.</param>
    /// <param name="right">The other.</param>
    /// <returns>Whether they mark the same state of the same secret.</returns>
    public static bool operator ==(SecretRevision left, SecretRevision right) => left.Equals(right);

    /// <summary>Compares two revisions.</summary>
    /// <param name="left">One revision.</param>
    /// <param name="right">The other.</param>
    /// <returns>Whether they mark different states.</returns>
    public static bool operator !=(SecretRevision left, SecretRevision right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(SecretRevision other) => Incarnation == other.Incarnation && Number == other.Number;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is SecretRevision other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Incarnation, Number);

    /// <summary>Writes the revision as text that <see cref="Parse"/> reads, fit for an HTTP ETag.</summary>
    /// <returns>32 hexadecimal digits, a hyphen and a number.</returns>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Incarnation}-{Number}");
}
