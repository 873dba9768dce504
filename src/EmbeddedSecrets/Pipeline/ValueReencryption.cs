using EmbeddedSecrets.Envelope;
using EmbeddedSecrets.Errors;

namespace EmbeddedSecrets.Pipeline;

/// <summary>New data keys and new ciphertexts for every version (DESIGN K7); the old payloads are dropped with the same commit.</summary>
internal sealed class ValueReencryption(OpenStore open, ReencryptOptions options, IProgress<ReencryptProgress>? progress, DateTimeOffset now)
{
    private long _secrets;
    private long _reencrypted;
    private long _unavailable;

    public async ValueTask<ReencryptResult> RunAsync(CancellationToken cancellationToken)
    {
        await open.ReloadKeysAsync(cancellationToken).ConfigureAwait(false);
        if (open.Ring is { } ring && options.KeyId is { } keyId && !ring.Keys.Keys.ContainsKey(keyId))
        {
            throw KeyFailures.KeyUnusable(keyId, UnavailabilityReason.KeyNotFound, null);
        }

        var bulk = new BulkChange(open, (stored, token) => VersionRewriting.StepAsync(open, stored, options.KeyId, ReencryptAsync, token), Count);
        if (options.Names is { } names)
        {
            // All names before the first change: a name that is wrong changes nothing.
            foreach (string name in names)
            {
                StoredSecret? stored = await open.LoadToReplaceAsync(name, cancellationToken).ConfigureAwait(false);
                _ = Secrets.SecretLife.Require(name, stored?.Secret, now);
            }

            await bulk.RunAsync(names, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await bulk.RunAsync(cancellationToken).ConfigureAwait(false);
        }

        return new ReencryptResult { Reencrypted = _reencrypted, Unavailable = _unavailable };
    }

    private async ValueTask<(SealedContent Content, RepositoryPayload? Payload)?> ReencryptAsync(StoredSecret stored, SecretVersion version, CancellationToken cancellationToken)
    {
        return await open.ReencryptAsync(stored, version, cancellationToken).ConfigureAwait(false) is { } sealedAnew ? (sealedAnew.Content, sealedAnew.Payload) : null;
    }

    private void Count(BulkStep step)
    {
        _secrets++;
        _reencrypted += step.Changed;
        _unavailable += step.Unavailable;
        progress?.Report(new ReencryptProgress(_secrets, _reencrypted));
    }
}
