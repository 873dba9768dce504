using System.Collections.Immutable;

namespace EmbeddedSecrets;

/// <summary>
/// Which secrets a listing returns. Conditions combine with AND, the values of one condition with OR (SPEC section 2.4).
/// Immutable: <see cref="Where"/> returns a new filter.
/// </summary>
/// <remarks>
/// A condition on the name with <see cref="SecretFilterOperator.Exact"/> or <see cref="SecretFilterOperator.Prefix"/> makes the
/// listing touch only those names. Every other condition opens one record for each secret that is examined.
/// </remarks>
public sealed class SecretFilter
{
    /// <summary>The most conditions in one filter, and the most values in one condition: 10.</summary>
    public const int MaxConditions = 10;

    private SecretFilter(ImmutableArray<Secrets.FilterCondition> conditions)
    {
        Conditions = conditions;
    }

    /// <summary>Gets the filter that lets every secret pass.</summary>
    public static SecretFilter All { get; } = new([]);

    internal ImmutableArray<Secrets.FilterCondition> Conditions { get; }

    /// <summary>Adds a condition.</summary>
    /// <param name="field">What is compared.</param>
    /// <param name="comparison">How it is compared. Descriptions are compared without regard to case, everything else ordinally.</param>
    /// <param name="values">1 to 10 values, one of which must match.</param>
    /// <returns>The filter with the further condition.</returns>
    /// <exception cref="ArgumentException">There are no values, more than 10, or one is null; or the filter has 10 conditions already.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The field or the comparison is not defined.</exception>
    public SecretFilter Where(SecretFilterField field, SecretFilterOperator comparison, params IReadOnlyList<string> values)
    {
        if (Conditions.Length == MaxConditions)
        {
            throw new ArgumentException($"A filter has at most {MaxConditions} conditions.", nameof(field));
        }

        return new SecretFilter(Conditions.Add(Secrets.FilterCondition.Create(field, comparison, values)));
    }
}
