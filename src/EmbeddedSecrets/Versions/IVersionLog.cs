namespace EmbeddedSecrets;

/// <summary>
/// Decides which versions of a secret fall out when a new one was written. It is called with the versions as they are
/// after the write, the stages moved already. Pure: no I/O, no clock; the same input gives the same answer. Called by
/// several threads at once.
/// </summary>
/// <remarks>
/// The store checks the answer against the invariants of SPEC section 2.1 and makes no change when it breaks one: only
/// versions without a stage may go, the oldest first, never the one just written, and at most
/// <see cref="RingVersionLog.MaxCapacity"/> may remain (I1, I8).
/// </remarks>
public interface IVersionLog
{
    /// <summary>Names the versions that fall out.</summary>
    /// <param name="versions">All versions in ascending order of <see cref="SecretVersion.Sequence"/>; the last one is the one just written.</param>
    /// <returns>The ids of the versions that fall out, the oldest first; empty when all stay.</returns>
    IReadOnlyList<string> Evict(IReadOnlyList<SecretVersion> versions);
}
