using EmbeddedSecrets.Policies;
using EmbeddedSecrets.Secrets;

namespace EmbeddedSecrets.Pipeline;

/// <summary>
/// One page of a listing. Conditions on the name narrow the names that are looked at: an exact name is one look-up, a prefix
/// is one range. Everything else opens a record for each secret that is examined.
/// </summary>
internal static class SecretListing
{
    /// <summary>After so many records a page of the owner ends, full or not, so that no call takes long.</summary>
    private const int MaxExamined = 1_000;

    public static async ValueTask<SecretPage> ReadPageAsync(
        OpenStore open, SecretFilter filter, int size, string? after, DateTimeOffset now, Request request, CancellationToken cancellationToken)
    {
        var page = new List<SecretDescription>();
        string? last = after;
        int examined = 0;
        await foreach (StoredSecret stored in CandidatesAsync(open, filter, after, cancellationToken).ConfigureAwait(false))
        {
            Secret? shown = await FindShownAsync(open, filter, stored, now, request, cancellationToken).ConfigureAwait(false);
            bool isShown = shown is not null;

            // The cursor holds a name and says that more follows: a principal gets the name of a secret that it sees, or none.
            bool countsHidden = request.Principal is null;
            if ((page.Count == size && (isShown || countsHidden)) || (examined == MaxExamined && countsHidden))
            {
                return new SecretPage(page, ListCursor.Encode(last!));
            }

            if (isShown || countsHidden)
            {
                examined++;
                last = stored.Secret.Name;
            }

            if (shown is not null)
            {
                page.Add(Descriptions.Of(shown, request.Id));
            }
        }

        return new SecretPage(page, null);
    }

    /// <summary>A list shows what a description shows: who may not describe a secret does not see it there.</summary>
    /// <returns>Null when the secret was changed meanwhile.</returns>
    private static async ValueTask<bool?> IsSeenAsync(OpenStore open, Request request, StoredSecret stored, DateTimeOffset now, CancellationToken cancellationToken)
    {
        bool? isListed = await PolicyEnforcement.IsAllowedAsync(open, request, SecretAction.ListSecrets, stored, now, cancellationToken).ConfigureAwait(false);
        return isListed == true
            ? await PolicyEnforcement.IsAllowedAsync(open, request, SecretAction.DescribeSecret, stored, now, cancellationToken).ConfigureAwait(false)
            : isListed;
    }

    /// <summary>The secret as it is shown, or null. One whose policy is replaced meanwhile is looked at again: it is there all the time.</summary>
    private static async ValueTask<Secret?> FindShownAsync(
        OpenStore open, SecretFilter filter, StoredSecret found, DateTimeOffset now, Request request, CancellationToken cancellationToken)
    {
        for (StoredSecret? stored = found; stored is not null; stored = await open.LoadAsync(found.Secret.Name, cancellationToken).ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (SecretLife.Existing(stored.Secret, now) is not { } secret || !filter.Conditions.All(c => c.Matches(secret)))
            {
                return null;
            }

            if (await IsSeenAsync(open, request, stored, now, cancellationToken).ConfigureAwait(false) is { } isSeen)
            {
                return isSeen ? secret : null;
            }
        }

        return null;
    }

    private static IAsyncEnumerable<StoredSecret> CandidatesAsync(OpenStore open, SecretFilter filter, string? after, CancellationToken cancellationToken)
    {
        FilterCondition? exact = filter.Conditions.FirstOrDefault(static c => c.IsAboutName && c.Comparison == SecretFilterOperator.Exact);
        if (exact is not null)
        {
            return NamedAsync(open, exact.Values, after, cancellationToken);
        }

        FilterCondition? prefix = filter.Conditions.FirstOrDefault(static c => c.IsAboutName && c.Comparison == SecretFilterOperator.Prefix);
        return prefix is not null
            ? PrefixedAsync(open, prefix.Values, after, cancellationToken)
            : RangeAsync(open, after, string.Empty, cancellationToken);
    }

    private static async IAsyncEnumerable<StoredSecret> NamedAsync(
        OpenStore open, IReadOnlyList<string> names, string? after, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (string name in names.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            if (string.CompareOrdinal(name, after) > 0 && await open.LoadAsync(name, cancellationToken).ConfigureAwait(false) is { } stored)
            {
                yield return stored;
            }
        }
    }

    private static async IAsyncEnumerable<StoredSecret> PrefixedAsync(
        OpenStore open, IReadOnlyList<string> prefixes, string? after, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? covered = null;
        foreach (string prefix in prefixes.Order(StringComparer.Ordinal))
        {
            // In this order a prefix that begins with an earlier one lies inside its range.
            if (covered is not null && prefix.StartsWith(covered, StringComparison.Ordinal))
            {
                continue;
            }

            covered = prefix;
            string? begin = after;
            if (string.CompareOrdinal(prefix, after) > 0)
            {
                begin = prefix;
                if (prefix.Length > 0 && await open.LoadAsync(prefix, cancellationToken).ConfigureAwait(false) is { } stored)
                {
                    yield return stored;
                }
            }

            await foreach (StoredSecret stored in RangeAsync(open, begin, prefix, cancellationToken).ConfigureAwait(false))
            {
                yield return stored;
            }
        }
    }

    private static async IAsyncEnumerable<StoredSecret> RangeAsync(
        OpenStore open, string? after, string prefix, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (RepositoryRecord record in open.EnumerateAsync(after, cancellationToken).ConfigureAwait(false))
        {
            if (!record.Name.StartsWith(prefix, StringComparison.Ordinal))
            {
                // Names are in ordinal order: behind the range nothing begins with the prefix any more.
                if (string.CompareOrdinal(record.Name, prefix) > 0)
                {
                    yield break;
                }

                continue;
            }

            yield return open.Decode(record);
        }
    }
}
