using EmbeddedSecrets.Files;

namespace EmbeddedSecrets.Repositories.Log;

/// <summary>Real zero bytes: they are never a valid frame, and unlike a hole they have their place on the disk.</summary>
internal static class Zeros
{
    private static readonly byte[] Block = new byte[1 << 20];

    public static void Write(IStoreFile file, long from, long to)
    {
        for (long offset = from; offset < to; offset += Block.Length)
        {
            file.Write(Block.AsSpan(0, (int)Math.Min(Block.Length, to - offset)), offset);
        }
    }
}
