using EmbeddedSecrets.Caching;
using EmbeddedSecrets.Secrets;

namespace EmbeddedSecrets.Pipeline;

/// <summary>A decoded record and the state of the repository that it was decoded from.</summary>
internal class StoredSecret(RecordStamp stamp, Secret secret) : ICacheable<string>
{
    private readonly long _revision = stamp.Revision;
    private CacheMark _mark;

    public RecordStamp Stamp => new(Secret.Incarnation, _revision);

    public Secret Secret { get; } = secret;

    /// <summary>The day of a read that is, or is still to be, written into the record; see <see cref="AccessDays"/>.</summary>
    public int NotedDay { get; set; }

    string ICacheable<string>.CacheKey => Secret.Name;

    long ICacheable<string>.CacheCost => 1;

    ref CacheMark ICacheable.CacheMark => ref _mark;
}
