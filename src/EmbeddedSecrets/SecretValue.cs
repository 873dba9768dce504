namespace EmbeddedSecrets;

/// <summary>SecretValue</summary>
public sealed class SecretValue : IDisposable
{
    /// <summary>The most bytes of a value: 30,720 (SPEC section 2.2).</summary>
    public const int MaxBytes = 30_720;

    /// <summary>Takes over memory that holds the value from an offset on.</summary>
    internal SecretValue(SecretValueKind kind, Buffers.SecretMemory memory, int offset) => throw new NotImplementedException();

    /// <summary>Kind</summary>
    public SecretValueKind Kind => throw new NotImplementedException();

    /// <summary>Length</summary>
    public int Length => throw new NotImplementedException();

    /// <summary>Span</summary>
    public ReadOnlySpan<byte> Span => throw new NotImplementedException();

    /// <summary>From</summary>
    public static SecretValue FromText(string text) => throw new NotImplementedException();

    /// <summary>From</summary>
    public static SecretValue FromUtf8(ReadOnlySpan<byte> utf8) => throw new NotImplementedException();

    /// <summary>From</summary>
    public static SecretValue FromBinary(ReadOnlySpan<byte> bytes) => throw new NotImplementedException();

    /// <summary>From</summary>
    public static SecretValue FromKeyValues(IEnumerable<KeyValuePair<string, string>> pairs) => throw new NotImplementedException();

    /// <summary>From</summary>
    public static SecretValue FromJson(string json) => throw new NotImplementedException();

    /// <summary>Text</summary>
    public string RevealText(string? key = null) => throw new NotImplementedException();

    /// <summary>Dispose</summary>
    public void Dispose() => throw new NotImplementedException();
}
