using EmbeddedSecrets.Caching;

namespace EmbeddedSecrets.Repositories;

/// <summary>
/// What a repository offers whose index is in memory: a record without waiting, and what it takes to read a value that was read
/// before without a look-up of its record, a token that stays the same for as long as the record does and the payload in the cache.
/// </summary>
internal interface IResidentRepository
{
    /// <summary>What <see cref="ISecretRepository.FindAsync"/> answers, by a call that never waits.</summary>
    RepositoryRecord? Find(string name, RecordStamp known);

    /// <summary>The token of whatever a name has now. Take it before you find the record.</summary>
    RecordToken TokenOf(string name);

    /// <summary>Whether the record is still what it was when the token was taken, everything acknowledged before the call included. False whenever that is not certain.</summary>
    bool IsCurrent(RecordToken token);

    /// <summary>A sealed payload that is in the cache; null when it is not there.</summary>
    CachedPayload? FindCachedPayload(UniqueId id);
}

/// <summary>
/// Names a state of the names that share a counter: the counter moves with every change of one of them. The index is named by
/// an object that holds nothing: whoever keeps a token must not keep an index that a compaction has replaced.
/// </summary>
internal readonly record struct RecordToken(object? IndexIdentity, int Stripe, int Moves);
