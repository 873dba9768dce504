namespace EmbeddedSecrets.Repositories.Log;

/// <summary>Tells how far a compaction is.</summary>
internal sealed class CompactionMeter(long totalBytes, IProgress<CopyProgress>? progress)
{
    private long _copied;
    private long _told;

    public void Add(int bytes) => _copied += bytes;

    /// <summary>Tells what was added. It runs the code of others: never while commits wait for it.</summary>
    public void Tell()
    {
        if (_copied > _told)
        {
            _told = _copied;
            progress?.Report(new CopyProgress(_copied, Math.Max(totalBytes, _copied)));
        }
    }
}
