using EmbeddedSecrets.Buffers;

namespace EmbeddedSecrets.Envelope;

/// <summary>The bytes of a wrapped data key: text key id | i64 generation | u16 length + ciphertext.</summary>
internal static class WrappedKeyCodec
{
    public static void Encode(ref FieldWriter writer, WrappedDataKey key)
    {
        writer.Text(key.KeyId);
        writer.Int64(key.Generation);
        writer.UInt16(key.Ciphertext.Length);
        writer.Bytes(key.Ciphertext.Span);
    }

    /// <summary>Copies the ciphertext. An id or a length that breaks its rule is an <see cref="ArgumentException"/>.</summary>
    public static WrappedDataKey Decode(ref FieldReader reader)
    {
        string keyId = reader.SharedText();
        long generation = reader.Count();
        return new WrappedDataKey(keyId, generation, reader.Bytes(reader.UInt16()).ToArray());
    }
}
