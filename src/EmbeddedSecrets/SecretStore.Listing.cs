using System.Runtime.CompilerServices;
using EmbeddedSecrets.Pipeline;
using EmbeddedSecrets.Policies;

namespace EmbeddedSecrets;

/// <content>Listing, in ordinal order of the names.</content>
public sealed partial class SecretStore
{
    /// <summary>The most secrets on a page: 100.</summary>
    public const int MaxPageSize = 100;

    /// <summary>Lists secrets in ordinal order of their names, those scheduled for deletion among them, page by page as the caller goes on.</summary>
    /// <param name="filter">Which secrets; null for all.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <returns>The secrets. What is created or deleted meanwhile may or may not be seen; everything else is seen exactly once.</returns>
    /// <exception cref="SecretStoreException">The store cannot be read.</exception>
    public async IAsyncEnumerable<SecretDescription> ListSecretsAsync(SecretFilter? filter = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        string? cursor = null;
        do
        {
            SecretPage page = await ListSecretsPageAsync(filter, MaxPageSize, cursor, cancellationToken).ConfigureAwait(false);
            foreach (SecretDescription secret in page.Secrets)
            {
                yield return secret;
            }

            cursor = page.NextCursor;
        }
        while (cursor is not null);
    }

    /// <summary>Lists one page of secrets in ordinal order of their names, those scheduled for deletion among them.</summary>
    /// <param name="filter">Which secrets; null for all.</param>
    /// <param name="size">1 to 100 secrets.</param>
    /// <param name="cursor">The <see cref="SecretPage.NextCursor"/> of the page before; null for the first page.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The page. A filter that examines many secrets may end a page early, with a cursor.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The size is below 1 or above 100.</exception>
    /// <exception cref="ArgumentException">The cursor is not one that a page returned.</exception>
    /// <exception cref="SecretStoreException">The store cannot be read.</exception>
    public async ValueTask<SecretPage> ListSecretsPageAsync(SecretFilter? filter = null, int size = 10, string? cursor = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, MaxPageSize);
        string? after = cursor is null ? null : ListCursor.Decode(cursor, nameof(cursor));
        Request request = NewRequest(SecretAction.ListSecrets);
        var asked = (Filter: filter ?? SecretFilter.All, Size: size, After: after);
        return await RunAsync(
            request,
            null,
            () => EnterAsync(
                request,
                asked,
                static (store, open, request, asked, cancellationToken) =>
                    SecretListing.ReadPageAsync(open, asked.Filter, asked.Size, asked.After, store.Now(), request, cancellationToken),
                cancellationToken),
            null,
            cancellationToken).ConfigureAwait(false);
    }
}
