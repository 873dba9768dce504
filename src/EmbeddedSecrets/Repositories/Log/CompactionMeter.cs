namespace EmbeddedSecrets.Repositories.Log;

/// <summary>Tells how far a compaction is.</summary>
internal sealed class CompactionMeter(long totalBytes, IProgress<CompactionProgress>? progress)
{
    private long _copied;

    public void Add(int bytes)
    {
        _copied += bytes;
        progress?.Report(new CompactionProgress(_copied, Math.Max(totalBytes, _copied)));
    }
}
