using System.Security.Cryptography;
using EmbeddedSecrets.Diagnostics;

namespace EmbeddedSecrets.Pipeline;

/// <summary>What costs a process some milliseconds once, begun on another thread while the first store is being found on the disk.</summary>
internal static class ProcessStart
{
    private static int _begun;

    public static void Begin()
    {
        if (Interlocked.Exchange(ref _begun, 1) == 0)
        {
            _ = ThreadPool.UnsafeQueueUserWorkItem(static _ => Prepare(), null);
        }
    }

    private static void Prepare()
    {
        try
        {
            Span<byte> zeros = stackalloc byte[32];
            HKDF.DeriveKey(HashAlgorithmName.SHA256, zeros, zeros, [], []);
            using var cipher = new AesGcm(zeros, AesGcm.TagByteSizes.MaxSize);
            cipher.Encrypt(zeros[..12], [], [], zeros[16..], []);
            _ = Instruments.AreObserved;
        }
        catch (Exception exception) when (exception is CryptographicException or PlatformNotSupportedException or TypeInitializationException)
        {
            // Whoever needs it is told.
        }
    }
}
