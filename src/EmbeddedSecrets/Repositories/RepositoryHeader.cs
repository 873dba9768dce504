namespace EmbeddedSecrets;

/// <summary>
/// What a repository keeps about the store as a whole: the state of the key layer, sealed by it. Immutable.
/// </summary>
public sealed class RepositoryHeader
{
    /// <summary>Makes a header.</summary>
    /// <param name="storeId">The id of the store, 16 random bytes drawn when it was created.</param>
    /// <param name="revision">1 for the first header, one more for each that takes its place.</param>
    /// <param name="content">The state of the key layer, at most 1 MiB. Not copied: nobody may change the bytes afterwards.</param>
    /// <exception cref="ArgumentOutOfRangeException">The revision is below 1, or the content is larger than 1 MiB.</exception>
    public RepositoryHeader(UniqueId storeId, long revision, ReadOnlyMemory<byte> content)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(revision, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(content.Length, MaxContentBytes);
        StoreId = storeId;
        Revision = revision;
        Content = content;
    }

    /// <summary>The most bytes of <see cref="Content"/>: 1 MiB.</summary>
    public const int MaxContentBytes = 1 << 20;

    /// <summary>A header with bytes of its own: who gave the first one may use its bytes again.</summary>
    internal RepositoryHeader Copy() => new(StoreId, Revision, Content.ToArray());

    /// <summary>Gets the id of the store.</summary>
    public UniqueId StoreId { get; }

    /// <summary>Gets the revision of the header; every commit names the one that it was sealed under.</summary>
    public long Revision { get; }

    /// <summary>Gets the state of the key layer.</summary>
    public ReadOnlyMemory<byte> Content { get; }
}
