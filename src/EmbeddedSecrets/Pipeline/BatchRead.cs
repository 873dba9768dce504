using EmbeddedSecrets.Secrets;

namespace EmbeddedSecrets.Pipeline;

/// <summary>
/// Reads several values of one moment without a lock: all records are loaded, then all are looked at once more. When none
/// has moved, they stood together at the moment between; the values they name never change.
/// </summary>
internal static class BatchRead
{
    public static async ValueTask<SecretValueBatch> ReadAsync(
        OpenStore open, string[] names, SecretVersionSelector which, TimeProvider time, AccessDays? accesses, Request request, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (await TryReadAsync(open, names, which, time, accesses, request, cancellationToken).ConfigureAwait(false) is { } batch)
            {
                return batch;
            }
        }
    }

    private static async ValueTask<SecretValueBatch?> TryReadAsync(
        OpenStore open, string[] names, SecretVersionSelector which, TimeProvider time, AccessDays? accesses, Request request, CancellationToken cancellationToken)
    {
        Dictionary<string, SecretValueResult> values = new(StringComparer.Ordinal);
        Dictionary<string, SecretStoreException> errors = new(StringComparer.Ordinal);
        bool kept = false;
        try
        {
            if (await TryLoadAsync(open, names, errors, cancellationToken).ConfigureAwait(false) is not { } secrets)
            {
                return null;
            }

            DateTimeOffset now = time.GetUtcNow();
            foreach (string name in names.Where(n => !errors.ContainsKey(n)))
            {
                try
                {
                    StoredSecret? stored = secrets[name];
                    if (!await PolicyEnforcement.TryAuthorizeAsync(open, request, name, stored, now, cancellationToken).ConfigureAwait(false))
                    {
                        return null;
                    }

                    SecretVersion version = SecretVersions.Select(name, stored?.Secret, which, now);
                    SecretValue? value = await open.ReadValueAsync(stored!, version, cancellationToken).ConfigureAwait(false);
                    if (value is null)
                    {
                        return null;
                    }

                    values.Add(name, new SecretValueResult(stored!.Secret, version, value, request.Id));
                    accesses?.Note(stored!, now);
                }
                catch (SecretStoreException exception)
                {
                    errors.Add(name, exception);
                }
            }

            foreach (SecretStoreException error in errors.Values)
            {
                _ = error.Stamp(request.Id);
            }

            kept = true;
            return new SecretValueBatch(values, errors, request.Id.ToString());
        }
        finally
        {
            if (!kept)
            {
                foreach (SecretValueResult result in values.Values)
                {
                    result.Dispose();
                }
            }
        }
    }

    /// <summary>The secrets as they stood together at one moment, or null when one moved meanwhile.</summary>
    private static async ValueTask<Dictionary<string, StoredSecret?>?> TryLoadAsync(
        OpenStore open, string[] names, Dictionary<string, SecretStoreException> errors, CancellationToken cancellationToken)
    {
        Dictionary<string, StoredSecret?> secrets = new(StringComparer.Ordinal);
        foreach (string name in names)
        {
            try
            {
                secrets[name] = await open.LoadAsync(name, cancellationToken).ConfigureAwait(false);
            }
            catch (SecretStoreException exception)
            {
                errors[name] = exception;
            }
        }

        foreach ((string name, StoredSecret? seen) in secrets)
        {
            StoredSecret? now = await open.LoadAsync(name, cancellationToken).ConfigureAwait(false);
            if (now?.Stamp != seen?.Stamp)
            {
                return null;
            }
        }

        return secrets;
    }
}
