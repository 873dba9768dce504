using System.Security.Cryptography;
using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Diagnostics;
using EmbeddedSecrets.Secrets;

namespace EmbeddedSecrets.Pipeline;

/// <summary>What costs a process some milliseconds once, begun on another thread while the first store is being found on the disk.</summary>
internal static class ProcessStart
{
    /// <summary>After it an opening is over on any machine: what nobody waits for does not stand in its way.</summary>
    private static readonly TimeSpan OpeningTime = TimeSpan.FromSeconds(1);

    private static int _begun;
    private static Timer? _afterOpening;

    public static void Begin()
    {
        if (Interlocked.Exchange(ref _begun, 1) == 0)
        {
            try
            {
                new Thread(Prepare) { IsBackground = true, Name = nameof(ProcessStart) }.UnsafeStart();
            }
            catch (Exception exception) when (exception is OutOfMemoryException or ThreadStartException or PlatformNotSupportedException)
            {
                // No more threads are to be had: whoever needs it does it then.
            }
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
            _ = Checksum.Of(zeros);
            GC.KeepAlive(TransitionRules.NoPairs);
            if (ListenerPresence.IsPossible)
            {
                PrepareInstruments();
            }
            else
            {
                _afterOpening = new Timer(static _ => PrepareInstruments(), null, OpeningTime, Timeout.InfiniteTimeSpan);
            }
        }
        catch (Exception)
        {
            // Whoever needs it is told. Here it would be the end of the process.
        }
    }

    private static void PrepareInstruments()
    {
        try
        {
            Instruments.Prepare();
        }
        catch (Exception)
        {
            // A listener of the program has thrown. Nobody is told of operations then; they go on.
        }
    }
}
