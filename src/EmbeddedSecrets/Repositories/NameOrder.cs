using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace EmbeddedSecrets.Repositories;

/// <summary>The names in ordinal order. Built by the first enumeration; from then on commits keep it up to date.</summary>
internal sealed class NameOrder(Func<IEnumerable<string>> allNames)
{
    private const int PageSize = 128;

    private readonly Lock _gate = new();
    private volatile ImmutableSortedSet<string>? _names;

    /// <summary>Called after a name has become visible to readers, or is not visible any more.</summary>
    public void Note(string name, bool present)
    {
        if (_names is null && !BuildIsRunning())
        {
            return;
        }

        lock (_gate)
        {
            if (_names is { } names)
            {
                // If memory runs out, the next enumeration builds the order anew: nobody tells of this name a second time.
                _names = null;
                _names = present ? names.Add(name) : names.Remove(name);
            }
        }
    }

    /// <summary>Called after all names may have changed for readers.</summary>
    public void Forget()
    {
        lock (_gate)
        {
            _names = null;
        }
    }

    public async IAsyncEnumerable<RepositoryRecord> EnumerateAsync(
        string? after,
        Func<string, CancellationToken, ValueTask<RepositoryRecord?>> find,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? cursor = after;
        while (true)
        {
            string[] page = PageAfter(cursor);
            foreach (string name in page)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (await find(name, cancellationToken).ConfigureAwait(false) is { } record)
                {
                    yield return record;
                }
            }

            if (page.Length < PageSize)
            {
                yield break;
            }

            cursor = page[^1];
        }
    }

    private string[] PageAfter(string? cursor)
    {
        ImmutableSortedSet<string> names = _names ?? Build();
        int index = cursor is null ? 0 : names.IndexOf(cursor);
        int first = cursor is null ? 0 : index < 0 ? ~index : index + 1;
        var page = new string[Math.Min(PageSize, names.Count - first)];
        for (int i = 0; i < page.Length; i++)
        {
            page[i] = names[first + i];
        }

        return page;
    }

    private ImmutableSortedSet<string> Build()
    {
        lock (_gate)
        {
            return _names ??= ImmutableSortedSet.CreateRange(StringComparer.Ordinal, allNames());
        }
    }

    /// <summary>A build that has read the names already, but not stored them yet, must not miss a change.</summary>
    private bool BuildIsRunning()
    {
        if (_gate.TryEnter())
        {
            _gate.Exit();
            return _names is not null;
        }

        return true;
    }
}
