using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Envelope;
using EmbeddedSecrets.Errors;

namespace EmbeddedSecrets.Keys;

/// <summary>
/// What <see cref="RepositoryHeader.Content"/> holds: the state of the key ring (empty for a provider that keeps its keys
/// elsewhere) and the store's own key, wrapped by the provider.
/// </summary>
/// <remarks>
/// <code>
/// u8 version (1) | u32 length + ring state | text key id | i64 generation | u16 length + wrapped store key
/// </code>
/// </remarks>
internal sealed record StoreHeader(ReadOnlyMemory<byte> RingState, WrappedDataKey StoreKey)
{
    private const byte Version = 1;

    public byte[] Encode()
    {
        var writer = new FieldWriter(stackalloc byte[AssociatedData.UsualLength]);
        writer.Byte(Version);
        writer.UInt32(RingState.Length);
        writer.Bytes(RingState.Span);
        WrappedKeyCodec.Encode(ref writer, StoreKey);
        return writer.Written.ToArray();
    }

    /// <summary>Any bytes; what does not parse is Corrupt, an unknown version UnsupportedFormat.</summary>
    public static StoreHeader Decode(ReadOnlyMemory<byte> content)
    {
        var reader = new FieldReader(content.Span);
        try
        {
            byte version = reader.Byte();
            if (version != Version)
            {
                throw KeyFailures.UnsupportedFormat("header of the store", version);
            }

            int length = reader.UInt32();
            int offset = reader.Position;
            reader.Bytes(length);
            var header = new StoreHeader(content.Slice(offset, length), WrappedKeyCodec.Decode(ref reader));
            reader.End();
            return header;
        }
        catch (Exception exception) when (exception is InvalidDataException or ArgumentException)
        {
            throw KeyFailures.Corrupt("header of the store");
        }
    }
}
