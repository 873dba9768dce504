using System.Buffers.Binary;

namespace EmbeddedSecrets.Repositories.Log;

/// <summary>The repository header inside a frame: store id 16, revision 8, content.</summary>
internal static class HeaderPart
{
    private const int RevisionOffset = 16;
    private const int ContentOffset = 24;

    public static int LengthOf(RepositoryHeader? header) => header is null ? 0 : ContentOffset + header.Content.Length;

    public static void Write(RepositoryHeader header, Span<byte> destination)
    {
        header.StoreId.CopyTo(destination);
        BinaryPrimitives.WriteInt64LittleEndian(destination[RevisionOffset..], header.Revision);
        header.Content.Span.CopyTo(destination[ContentOffset..]);
    }

    /// <summary>Returns null where the bytes are no header.</summary>
    public static RepositoryHeader? TryRead(ReadOnlySpan<byte> part)
    {
        if (part.Length is < ContentOffset or > ContentOffset + RepositoryHeader.MaxContentBytes)
        {
            return null;
        }

        long revision = BinaryPrimitives.ReadInt64LittleEndian(part[RevisionOffset..]);
        return revision is < 1 or > LogState.MaxNumber ? null : new RepositoryHeader(UniqueId.Read(part), revision, part[ContentOffset..].ToArray());
    }
}
