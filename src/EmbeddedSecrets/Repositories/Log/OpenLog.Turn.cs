using System.Diagnostics.CodeAnalysis;
using EmbeddedSecrets.Errors;
using EmbeddedSecrets.Files;

namespace EmbeddedSecrets.Repositories.Log;

/// <content>
/// What every holder of the commit lock does before anything else (DESIGN F6): is the page still the one that all share, is
/// there a newer log, did a writer die, what was committed meanwhile.
/// </content>
internal sealed partial class OpenLog
{
    private string? _nextName;
    private long _nextGeneration;

    /// <summary>Takes over what others have written so far, so that little is left of it once this one has the right to write.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "Whoever writes next meets it again.")]
    private void Approach()
    {
        try
        {
            _ = View;
        }
        catch (Exception)
        {
            // PrepareToWrite meets it again.
        }
    }

    private void Prepare()
    {
        try
        {
            PrepareToWrite();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw StoreFailures.WriteFailed(_directory.Path, exception);
        }
    }

    private void PrepareToWrite()
    {
        ThrowIfFailed();
        SharedPage page = _share.Page!;
        if (!page.HasMagic || !page.IsInPlace())
        {
            Settle();
            page = _share.Page!;
        }

        lock (_following)
        {
            FollowPage(page);
            if (page.StoppedGeneration == _state.Generation)
            {
                return;
            }

            if (_directory.Exists(NextName()))
            {
                AdoptNewest(page);
            }
            else if (LogFollowing.RemoveUnfinished(_view.File, page, _state.End))
            {
                RemovedUnfinished++;
            }
        }
    }

    /// <summary>The name that a compaction by somebody else gives to its log. Only while following.</summary>
    private string NextName()
    {
        long next = _state.Generation + 1;
        if (_nextName is null || _nextGeneration != next)
        {
            _nextName = LogName.Of(next);
            _nextGeneration = next;
        }

        return _nextName;
    }

    /// <summary>Gets how often bytes of a writer that died were met and became zeros.</summary>
    public int RemovedUnfinished { get; private set; }

    /// <summary>
    /// The page is gone, replaced or damaged. Whoever is alone now takes the log itself for the truth, as at an opening; who
    /// is not finds a page that another one has set up.
    /// </summary>
    private void Settle()
    {
        lock (_following)
        {
            _share.OpenPage();
            SharedPage page = _share.Page!;
            if (_share.Join() || !page.HasMagic)
            {
                Recover(page, LogGenerations.FindNewest(_directory));
            }
            else
            {
                _seen = 0;
                FollowPage(page);
                Use(_view, _state);
            }
        }
    }

    /// <summary>A compaction was killed after its log got its name and before it was published: it is whole, and it counts.</summary>
    private void AdoptNewest(SharedPage page)
    {
        Recover(page, LogGenerations.FindNewest(_directory));
        LogGenerations.RemoveOlder(_directory, _state.Generation);
    }

    [SuppressMessage("Reliability", "CA2000", Justification = "The log owns the file.")]
    private void Recover(SharedPage page, long newest)
    {
        LogView old = _view;
        IStoreFile file = LogGenerations.Open(_directory, newest, readOnly: false);
        try
        {
            var view = new LogView(file, _newIndex());
            var state = new LogState { Generation = newest };
            _ = new LogRecovery(file, _seal, state, _guard, strict: false).Run(Header, view.Index, readOnly: false, CancellationToken.None);
            Use(view, state);
        }
        catch
        {
            file.Dispose();
            throw;
        }

        Forget(old);
        Reset(page);
        Signal.MoveTo(_state.Sequence);
    }

    private void Reset(SharedPage page)
    {
        var end = new LogEnd(_state.Generation, _state.End);
        Volatile.Write(ref _seen, end.Word);
        page.Reset(BootId.Current, end);
    }
}
