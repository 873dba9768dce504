namespace EmbeddedSecrets;

/// <summary>
/// The answers of a batch read: every name stands in exactly one of the two dictionaries, and all answers are of one
/// moment. It owns the values: dispose it as soon as they were used.
/// </summary>
public sealed class SecretValueBatch : IDisposable
{
    internal SecretValueBatch(
        IReadOnlyDictionary<string, SecretValueResult> values,
        IReadOnlyDictionary<string, SecretStoreException> errors,
        string requestId)
    {
        Values = values;
        Errors = errors;
        RequestId = requestId;
    }

    /// <summary>Gets what was read, by name.</summary>
    public IReadOnlyDictionary<string, SecretValueResult> Values { get; }

    /// <summary>Gets why the other names have no value, by name. The exceptions were not thrown.</summary>
    public IReadOnlyDictionary<string, SecretStoreException> Errors { get; }

    /// <summary>Gets the id of the operation.</summary>
    public string RequestId { get; }

    /// <summary>Zeroes all values. Disposing twice is harmless.</summary>
    public void Dispose()
    {
        foreach (SecretValueResult result in Values.Values)
        {
            result.Dispose();
        }
    }
}
