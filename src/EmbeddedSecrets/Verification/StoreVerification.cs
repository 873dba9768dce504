using EmbeddedSecrets.Errors;
using EmbeddedSecrets.Files;
using EmbeddedSecrets.Keys;
using EmbeddedSecrets.Pipeline;
using EmbeddedSecrets.Records;
using EmbeddedSecrets.Repositories.Log;

namespace EmbeddedSecrets.Verification;

/// <summary>Verifies a store that need not open: checksums, then the frames, then records and values. It writes nothing.</summary>
internal static class StoreVerification
{
    public static async ValueTask<VerificationReport> RunAsync(
        string directory, IRootKey rootKey, VerifyOptions options, IProgress<VerificationProgress>? progress, CancellationToken cancellationToken, Func<IStoreFile, IStoreFile>? wrap = null)
    {
        var requestId = RequestId.Next();
        var findings = new Findings(progress);
        try
        {
            string location = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
            using VerifiedLog log = VerifiedLog.Open(location, file => new UnreadableRanges(wrap?.Invoke(file) ?? file, findings), cancellationToken);
            await VerifyAsync(log, location, rootKey, findings, cancellationToken).ConfigureAwait(false);
        }
        catch (SecretStoreAccessException exception) when (exception.Code == SecretStoreErrorCodes.InsecurePermissions)
        {
            // As everywhere, not a byte of such a file is used.
            findings.Add(new VerificationFault(VerificationFaultKind.Directory, exception.Message));
        }
        catch (SecretStoreException exception) when (exception.Stamp(requestId))
        {
            throw;
        }

        await AuditPass.RunAsync(options, findings, cancellationToken).ConfigureAwait(false);
        findings.Complete();
        return findings.ToReport();
    }

    private static async ValueTask VerifyAsync(VerifiedLog log, string location, IRootKey rootKey, Findings findings, CancellationToken cancellationToken)
    {
        DirectoryPass.Run(location, log.Generation, findings);
        ChecksumPass checksums = VerifyChecksums(log, findings, cancellationToken);
        if (checksums.Headers.Count == 0)
        {
            findings.Add(new VerificationFault(VerificationFaultKind.Header, "No header of the store can be read, so what needs a key was not verified."));
        }

        using var ring = new KeyRing(rootKey) { UnwrapsInAnyState = true };
        (RepositoryHeader? header, StoreCipher? cipher) = await UnlockAsync(ring, checksums.Headers, location, findings, cancellationToken).ConfigureAwait(false);
        using (cipher)
        {
            var index = new LogIndex(static _ => { });
            FrameSeal? seal = cipher is null ? null : new FrameSeal(cipher.Protector, cipher.StoreId);
            new FramePass(new LogReader(log.File, checksums.End), seal, index, findings, log.Generation, header).Run(cancellationToken);
            if (cipher is not null)
            {
                findings.TotalBytes += index.LiveBytes;
                new RecordPass(log.File, index, cipher, ring, findings).Run(cancellationToken);
            }
        }
    }

    private static ChecksumPass VerifyChecksums(VerifiedLog log, Findings findings, CancellationToken cancellationToken)
    {
        while (true)
        {
            long length = LogReader.LengthOf(log.File);
            var reader = new LogReader(log.File, Math.Min(log.End ?? length, length));
            var pass = new ChecksumPass(reader, log.End is not null);
            pass.Run(cancellationToken);
            if (pass.HasGaps && log.HasComeToUse(cancellationToken))
            {
                continue;
            }

            pass.Report(findings);
            if (log.End > length)
            {
                findings.Add(VerificationFaultKind.Frame, length, log.End.Value - length, "The log is shorter than what was published of it");
            }

            findings.Frames = pass.Frames;
            findings.Bytes = pass.End;
            findings.TotalBytes = 2 * pass.End;
            findings.Pass(pass.End);
            return pass;
        }
    }

    /// <summary>Tries the newest header first, and an older one only where the bytes and not the root key are at fault.</summary>
    private static async ValueTask<(RepositoryHeader? Header, StoreCipher? Cipher)> UnlockAsync(
        KeyRing ring, IReadOnlyList<RepositoryHeader> headers, string location, Findings findings, CancellationToken cancellationToken)
    {
        foreach (RepositoryHeader header in headers.Reverse())
        {
            try
            {
                return (header, await StoreUnlocking.UnlockAsync(ring, header, location, isReload: false, cancellationToken).ConfigureAwait(false));
            }
            catch (SecretStoreIntegrityException exception)
            {
                findings.Add(new VerificationFault(KindOf(header), "A header of the store does not open: " + exception.Message));
            }
            catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                findings.Add(new VerificationFault(VerificationFaultKind.RootKey, "What needs a key was not verified: " + exception.Message));
                break;
            }
        }

        return (null, null);
    }

    private static VerificationFaultKind KindOf(RepositoryHeader header)
    {
        try
        {
            _ = StoreHeader.Decode(header.Content);
            return VerificationFaultKind.Slot;
        }
        catch (SecretStoreIntegrityException)
        {
            return VerificationFaultKind.Header;
        }
    }
}
