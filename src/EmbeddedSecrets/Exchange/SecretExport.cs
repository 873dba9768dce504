using System.Runtime.CompilerServices;
using EmbeddedSecrets.Errors;
using EmbeddedSecrets.Pipeline;
using EmbeddedSecrets.Secrets;

namespace EmbeddedSecrets.Exchange;

/// <summary>Writes secrets of an open store into a bundle: each as it was at one moment, one after the other.</summary>
internal static class SecretExport
{
    public static async ValueTask<ExportResult> RunAsync(
        OpenStore open, Stream destination, IRootKey rootKey, ExportOptions options, IProgress<ExportProgress>? progress, TimeProvider time, CancellationToken cancellationToken)
    {
        using BundleWriter writer = await BundleWriter.BeginAsync(destination, rootKey, cancellationToken).ConfigureAwait(false);
        long scheduled = 0;
        await foreach (StoredSecret found in FindAsync(open, options, cancellationToken).ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            StoredSecret? stored = found;
            while (stored is not null && SecretLife.Existing(stored.Secret, time.GetUtcNow()) is { } secret)
            {
                if (secret.PlannedDeleteTime is not null)
                {
                    scheduled++;
                    break;
                }

                if (await TryWriteAsync(open, stored, writer, options.CurrentVersionsOnly, cancellationToken).ConfigureAwait(false))
                {
                    progress?.Report(new ExportProgress(writer.Secrets, writer.Length));
                    break;
                }

                stored = await open.LoadAsync(secret.Name, cancellationToken).ConfigureAwait(false);
            }

            if (options.Names is not null)
            {
                // Also one whose recovery window has ended, or that was deleted while it was read.
                _ = SecretLife.Require(found.Secret.Name, stored?.Secret, time.GetUtcNow());
            }
        }

        await writer.EndAsync(cancellationToken).ConfigureAwait(false);
        return new ExportResult { Secrets = writer.Secrets, Versions = writer.Versions, ScheduledForDeletion = scheduled, Length = writer.Length };
    }

    /// <summary>In ordinal order of the names.</summary>
    private static async IAsyncEnumerable<StoredSecret> FindAsync(OpenStore open, ExportOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (string name in options.Names ?? [])
        {
            yield return await open.LoadAsync(name, cancellationToken).ConfigureAwait(false) ?? throw SecretFailures.SecretNotFound(name);
        }

        if (options.Names is not null)
        {
            yield break;
        }

        // What begins with the prefix follows it in the order of names; the enumeration begins behind it.
        string prefix = options.NamePrefix ?? string.Empty;
        if (prefix.Length > 0 && await open.LoadAsync(prefix, cancellationToken).ConfigureAwait(false) is { } exact)
        {
            yield return exact;
        }

        await foreach (RepositoryRecord record in open.EnumerateAsync(options.NamePrefix, cancellationToken).ConfigureAwait(false))
        {
            if (!record.Name.StartsWith(prefix, StringComparison.Ordinal))
            {
                yield break;
            }

            yield return open.Decode(record);
        }
    }

    /// <summary>False, and nothing written, where the secret was changed while its values were read.</summary>
    private static async ValueTask<bool> TryWriteAsync(
        OpenStore open, StoredSecret stored, BundleWriter writer, bool currentOnly, CancellationToken cancellationToken)
    {
        Secret secret = stored.Secret;
        if (currentOnly)
        {
            secret = secret with { Versions = [secret.Versions[SecretImporting.IndexOfCurrent(secret)]] };
        }

        string? policy = null;
        if (secret.Policy is not null)
        {
            policy = await open.ReadPolicyAsync(stored, cancellationToken).ConfigureAwait(false);
            if (policy is null)
            {
                return false;
            }
        }

        using var bundled = new BundledSecret(secret, new SecretValue?[secret.Versions.Length], policy);
        for (int i = 0; i < secret.Versions.Length; i++)
        {
            if (secret.Versions[i].State == SecretVersionState.Destroyed)
            {
                continue;
            }

            bundled.Values[i] = await open.ReadValueAsync(stored, secret.Versions[i], cancellationToken).ConfigureAwait(false);
            if (bundled.Values[i] is null)
            {
                return false;
            }
        }

        await writer.WriteAsync(bundled, cancellationToken).ConfigureAwait(false);
        return true;
    }
}
