namespace EmbeddedSecrets.Files;

/// <summary>A generation and where its log ends, in one word. Of the generation it holds 24 bits: enough to see that it is another one.</summary>
internal readonly record struct LogEnd(long Word)
{
    private const int OffsetBits = 40;
    private const long GenerationMask = (1L << 24) - 1;

    public LogEnd(long generation, long offset)
        : this(unchecked(((generation & GenerationMask) << OffsetBits) | (offset >> 3)))
    {
    }

    /// <summary>Gets the highest offset that a word can hold: 8 TiB.</summary>
    public static long MaxOffset => ((1L << OffsetBits) - 1) << 3;

    public long Offset => (Word & ((1L << OffsetBits) - 1)) << 3;

    public bool IsOf(long generation) => ((Word >>> OffsetBits) & GenerationMask) == (generation & GenerationMask);
}
