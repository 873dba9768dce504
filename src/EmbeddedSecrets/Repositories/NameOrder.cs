using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace EmbeddedSecrets.Repositories;

/// <summary>The names in ordinal order. Built by the first enumeration; from then on commits keep it up to date.</summary>
/// <param name="allNames">Reads the names. One that is there all the time is among them, whatever is put in its place meanwhile.</param>
/// <param name="follow">Called before names are looked at: takes over what others have committed; null where there are no others.</param>
internal sealed class NameOrder(Func<IEnumerable<string>> allNames, Action? follow = null)
{
    private const int PageSize = 128;

    private readonly Lock _gate = new();
    private volatile ImmutableSortedSet<string>? _names;

    /// <summary>Whether a note ended half-way: nobody tells of its name a second time.</summary>
    private volatile bool _isIncomplete;

    /// <summary>Called after a name has come or gone, as readers see it; not where a record takes the place of another.</summary>
    public void Note(string name, bool present)
    {
        if (_names is null && !BuildIsRunning())
        {
            return;
        }

        try
        {
            lock (_gate)
            {
                if (_names is { } names)
                {
                    _names = present ? names.Add(name) : names.Remove(name);
                }
            }
        }
        catch
        {
            // Memory has run out, or the thread was interrupted while it waited.
            _isIncomplete = true;
            throw;
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
        follow?.Invoke();
        if (_isIncomplete)
        {
            _isIncomplete = false;
            Forget();
        }

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
