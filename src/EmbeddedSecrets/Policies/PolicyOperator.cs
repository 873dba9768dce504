namespace EmbeddedSecrets.Policies;

/// <summary>How a condition compares; those with Not hold where every value differs.</summary>
internal enum PolicyOperator
{
    StringEquals,
    StringNotEquals,
    StringEqualsIgnoreCase,
    StringNotEqualsIgnoreCase,
    StringLike,
    StringNotLike,
}
