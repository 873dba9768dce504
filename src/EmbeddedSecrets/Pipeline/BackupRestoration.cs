using EmbeddedSecrets.Errors;
using EmbeddedSecrets.Repositories.Log;

namespace EmbeddedSecrets.Pipeline;

/// <summary>
/// Makes a store of a backup: copies it into a folder of its own inside the directory, opens and reads all of it there, and
/// only then puts it in its place.
/// </summary>
internal static class BackupRestoration
{
    public static async ValueTask<BackupDescription> RunAsync(
        Stream backup, string directory, IRootKey rootKey, bool overwrite, IRollbackAnchor? anchor, CancellationToken cancellationToken)
    {
        var requestId = RequestId.Next();
        try
        {
            using RestoreTarget target = RestoreTarget.Open(directory, overwrite, cancellationToken);
            (string staging, long length) = await target.ReceiveAsync(backup, cancellationToken).ConfigureAwait(false);
            var options = new SecretStoreOptions { ReadOnly = true, Recovery = RecoveryMode.Strict };
            var repository = new FileSecretRepository(staging, options);
            using var ring = new KeyRing(rootKey) { UnwrapsInAnyState = true };
            var session = new StoreSession(repository, ring, ownsKeyProvider: false, options);
            await using (session.ConfigureAwait(false))
            {
                OpenStore open = await session.EnterAsync(cancellationToken).ConfigureAwait(false);
                try
                {
                    long secrets = await VerifyAsync(open, cancellationToken).ConfigureAwait(false);
                    RollbackHead restored = target.TakePlace(repository, anchor);
                    return new BackupDescription(restored.StoreId, restored.Sequence, secrets, length);
                }
                finally
                {
                    session.Leave();
                }
            }
        }
        catch (SecretStoreException exception) when (exception.Stamp(requestId))
        {
            throw;
        }
    }

    /// <summary>Opens every record, every value and every policy.</summary>
    private static async ValueTask<long> VerifyAsync(OpenStore open, CancellationToken cancellationToken)
    {
        long secrets = 0;
        await foreach (StoredSecret stored in open.GoThroughAsync(cancellationToken).ConfigureAwait(false))
        {
            foreach (SecretVersion version in stored.Secret.Versions.Where(static version => version.Content is not null))
            {
                using SecretValue? value = await open.ReadValueAsync(stored, version, cancellationToken).ConfigureAwait(false);
            }

            if (stored.Secret.Policy is not null)
            {
                _ = await open.ReadPolicyAsync(stored, cancellationToken).ConfigureAwait(false);
            }

            secrets++;
        }

        return secrets;
    }
}
