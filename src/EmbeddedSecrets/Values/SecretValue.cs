using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Values;

namespace EmbeddedSecrets;

/// <summary>
/// The value of a secret: text, bytes or key/value pairs, 1 to 30,720 bytes, in pinned memory that is zeroed when the value
/// is disposed. It is never printed: <see cref="ToString"/>, the debugger and JSON show its kind and length at most.
/// </summary>
/// <remarks>
/// <para>Dispose what you own. A value that is never disposed is not zeroed: there is no finalizer, because one could zero the
/// bytes while a span over them is still in use. The memory itself is reclaimed in time.</para>
/// <para>Reading is safe for several threads at once; so is <see cref="Dispose"/>, but not while another thread still uses
/// <see cref="Span"/> or <see cref="RevealText"/>: the memory is used again for other values.</para>
/// <para>A string cannot be zeroed, can be copied by the collector, and lives until it is collected: prefer spans.</para>
/// </remarks>
[JsonConverter(typeof(SecretValueJsonConverter))]
[DebuggerDisplay("{ToString(),nq}")]
public sealed class SecretValue : IDisposable
{
    /// <summary>The most bytes of a value: 30,720 (SPEC section 2.2).</summary>
    public const int MaxBytes = 30_720;

    private readonly SecretMemory _memory;
    private readonly int _offset;
    private int _isDisposed;

    /// <summary>Takes over memory that holds the value from an offset on.</summary>
    internal SecretValue(SecretValueKind kind, SecretMemory memory, int offset)
    {
        Debug.Assert(memory.Length - offset is > 0 and <= MaxBytes, "The size was checked before.");
        Kind = kind;
        Length = memory.Length - offset;
        _memory = memory;
        _offset = offset;
    }

    /// <summary>Gets what the value is. Still there after <see cref="Dispose"/>.</summary>
    public SecretValueKind Kind { get; }

    /// <summary>Gets the length in bytes, 1 to 30,720: of the UTF-8 form where the value is text. Still there after <see cref="Dispose"/>.</summary>
    public int Length { get; }

    /// <summary>Gets the bytes, UTF-8 where the value is text. The span must not be used after <see cref="Dispose"/>.</summary>
    /// <exception cref="ObjectDisposedException">The value was disposed.</exception>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public ReadOnlySpan<byte> Span
    {
        get
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _isDisposed) != 0, this);
            return _memory.Span[_offset..];
        }
    }

    /// <summary>Makes a value from text. The string itself stays in memory until it is collected.</summary>
    /// <param name="text">The text: 1 to 30,720 bytes in UTF-8.</param>
    /// <returns>The value; the caller disposes it.</returns>
    /// <exception cref="ArgumentNullException">The text is null.</exception>
    /// <exception cref="ArgumentException">The text is empty, too long, or holds half of a surrogate pair.</exception>
    public static SecretValue FromText(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new SecretValue(SecretValueKind.Text, Encode(text, nameof(text)), 0);
    }

    /// <summary>Makes a value of kind text from UTF-8. The bytes are copied; the caller clears its own.</summary>
    /// <param name="utf8">The text: 1 to 30,720 bytes of valid UTF-8.</param>
    /// <returns>The value; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">The text is empty, too long, or not UTF-8.</exception>
    public static SecretValue FromUtf8(ReadOnlySpan<byte> utf8)
    {
        CheckLength(utf8.Length, nameof(utf8));
        if (!System.Text.Unicode.Utf8.IsValid(utf8))
        {
            throw new ArgumentException("The bytes are not valid UTF-8; FromBinary takes any bytes.", nameof(utf8));
        }

        return Copy(SecretValueKind.Text, utf8);
    }

    /// <summary>Makes a value from bytes. They are copied; the caller clears its own.</summary>
    /// <param name="bytes">1 to 30,720 bytes.</param>
    /// <returns>The value; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">There are no bytes, or too many.</exception>
    public static SecretValue FromBinary(ReadOnlySpan<byte> bytes)
    {
        CheckLength(bytes.Length, nameof(bytes));
        return Copy(SecretValueKind.Binary, bytes);
    }

    /// <summary>Makes a value from key/value pairs, kept as a compact JSON object in the order given.</summary>
    /// <param name="pairs">The pairs; keys differ by ordinal comparison. The JSON has at most 30,720 bytes.</param>
    /// <returns>The value; the caller disposes it.</returns>
    /// <exception cref="ArgumentNullException">The pairs are null.</exception>
    /// <exception cref="ArgumentException">A key is given twice, a key or value is null or holds half of a surrogate pair, or the JSON is too long.</exception>
    public static SecretValue FromKeyValues(IEnumerable<KeyValuePair<string, string>> pairs)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        return new SecretValue(SecretValueKind.KeyValue, KeyValueJson.Write(pairs, nameof(pairs)), 0);
    }

    /// <summary>Makes a value of key/value pairs from JSON. The exact text is kept.</summary>
    /// <param name="json">A JSON object whose values are strings and whose keys differ; 1 to 30,720 bytes in UTF-8.</param>
    /// <returns>The value; the caller disposes it.</returns>
    /// <exception cref="ArgumentNullException">The text is null.</exception>
    /// <exception cref="ArgumentException">The text is not such an object, or is too long.</exception>
    public static SecretValue FromJson(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        SecretMemory memory = Encode(json, nameof(json));
        try
        {
            KeyValueJson.Check(memory.Span, nameof(json));
        }
        catch
        {
            memory.Dispose();
            throw;
        }

        return new SecretValue(SecretValueKind.KeyValue, memory, 0);
    }

    /// <summary>Reveals the text, or one field of key/value pairs, as a string that nobody can zero.</summary>
    /// <param name="key">Null for the whole text (the JSON of key/value pairs); else the key of the field.</param>
    /// <returns>The text.</returns>
    /// <exception cref="InvalidOperationException">The value is binary; or a key is given and the value is not key/value pairs.</exception>
    /// <exception cref="KeyNotFoundException">There is no field with this key.</exception>
    /// <exception cref="ObjectDisposedException">The value was disposed.</exception>
    public string RevealText(string? key = null)
    {
        ReadOnlySpan<byte> bytes = Span;
        if (Kind == SecretValueKind.Binary)
        {
            throw new InvalidOperationException("The value is binary and has no text; read Span.");
        }

        if (key is null)
        {
            return Utf8.Strict.GetString(bytes);
        }

        if (Kind != SecretValueKind.KeyValue)
        {
            throw new InvalidOperationException("The value is plain text and has no fields; call RevealText without a key.");
        }

        return KeyValueJson.Find(bytes, key) ?? throw new KeyNotFoundException($"The value has no field '{key}'.");
    }

    /// <summary>Zeroes the bytes and gives the memory back. Calling it again does nothing.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            _memory.Dispose();
        }
    }

    /// <summary>Describes the value without showing it.</summary>
    /// <returns>Kind and length, such as <c>SecretValue(Text, 12 bytes)</c>.</returns>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"SecretValue({Kind}, {Length} bytes)");

    /// <summary>Whether both hold the same bytes of the same data type, in a time that does not depend on the bytes. Key/value pairs count as text.</summary>
    internal bool FixedTimeEquals(SecretValue other) =>
        (Kind == SecretValueKind.Binary) == (other.Kind == SecretValueKind.Binary)
        && CryptographicOperations.FixedTimeEquals(Span, other.Span);

    /// <summary>A value of its own memory, for a call that goes on after the caller may have disposed this one.</summary>
    internal SecretValue Copy() => Copy(Kind, Span);

    private static SecretValue Copy(SecretValueKind kind, ReadOnlySpan<byte> bytes)
    {
        SecretMemory memory = SecretMemory.Rent(bytes.Length);
        bytes.CopyTo(memory.Span);
        return new SecretValue(kind, memory, 0);
    }

    private static SecretMemory Encode(string text, string parameter)
    {
        int length;
        try
        {
            length = Utf8.Strict.GetByteCount(text);
        }
        catch (EncoderFallbackException)
        {
            throw new ArgumentException("The text holds half of a surrogate pair, which has no UTF-8 form.", parameter);
        }

        CheckLength(length, parameter);
        SecretMemory memory = SecretMemory.Rent(length);
        Utf8.Strict.GetBytes(text, memory.Span);
        return memory;
    }

    private static void CheckLength(int length, string parameter)
    {
        if (length == 0)
        {
            throw new ArgumentException("A secret needs a value: it cannot be empty.", parameter);
        }

        if (length > MaxBytes)
        {
            throw new ArgumentException(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"The value has {length:N0} bytes; at most {MaxBytes:N0} are allowed."), parameter);
        }
    }
}
