namespace EmbeddedSecrets;

/// <summary>
/// Stores records and payloads atomically. It knows names and revisions; records and payloads reach it sealed, and it never
/// sees a plaintext or an encryption key (DESIGN section 2).
/// </summary>
/// <remarks>
/// <para>Life: <see cref="ReadHeaderAsync"/>, then <see cref="StartAsync"/>, then everything else from any number of threads at
/// once, then <see cref="IAsyncDisposable.DisposeAsync"/>. One instance serves one <see cref="SecretStore"/>. When
/// <see cref="ReadHeaderAsync"/> or <see cref="StartAsync"/> fails, both can be called again from the beginning.</para>
/// <para>Failures: what concerns stored bytes or the medium is a <see cref="SecretStoreException"/>; a condition that does not
/// hold is a <see cref="RepositoryConflictException"/>. A name that is absent is no failure.</para>
/// <para>Cancellation is honoured before a commit becomes part of a write; a caller who gives up later, like one whose flush
/// failed, gets <c>Store.OutcomeUnknown</c>, never a cancellation.</para>
/// <para>Every implementation passes the fixture <c>SecretRepositoryContract</c> of the test project, which stands for use
/// with one's own.</para>
/// </remarks>
public interface ISecretRepository : IAsyncDisposable
{
    /// <summary>Gets a value indicating whether every call completes before it returns, so that the synchronous members of <see cref="SecretStore"/> can be used.</summary>
    bool CompletesSynchronously { get; }

    /// <summary>Gets where the data is, for messages: a directory, a server. It holds no secret.</summary>
    string Location { get; }

    /// <summary>
    /// Takes what locks are needed, and finds the newest well-formed header. Only its checksum was looked at: nothing of it
    /// is believed before <see cref="StartAsync"/>.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The header, or null where there is no store yet.</returns>
    /// <exception cref="SecretStoreException">The store is locked, damaged, of another format, or cannot be reached.</exception>
    ValueTask<RepositoryHeader?> ReadHeaderAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Authenticates everything that the repository holds, recovers from a crash, and makes the repository ready. Where there
    /// is no store yet, it creates one with <paramref name="header"/>, which is durable when the call completes.
    /// </summary>
    /// <param name="header">The header that <see cref="ReadHeaderAsync"/> returned and the key layer unlocked, or the first header of a new store.</param>
    /// <param name="protector">Seals what the repository itself must hide; used until the repository is disposed.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What was found. <see cref="CurrentHeader"/> tells whether a newer authentic header than <paramref name="header"/> stands.</returns>
    /// <exception cref="SecretStoreException">Stored bytes are not authentic, <paramref name="header"/> among them, or the medium failed.</exception>
    /// <exception cref="RepositoryConflictException">Another instance has replaced the header, or made the store, since <see cref="ReadHeaderAsync"/>: begin again with that.</exception>
    ValueTask<RecoveryReport> StartAsync(RepositoryHeader header, IStoreProtector protector, CancellationToken cancellationToken = default);

    /// <summary>
    /// Gives back the locks of an opening that ends before <see cref="StartAsync"/> succeeded, such as one whose root key was
    /// wrong; <see cref="ReadHeaderAsync"/> can be called again. Without effect on a repository that was started.
    /// </summary>
    /// <returns>When nothing is held any more.</returns>
    ValueTask ReleaseAsync();

    /// <summary>Gets the newest authentic header. Available after <see cref="StartAsync"/>.</summary>
    RepositoryHeader CurrentHeader { get; }

    /// <summary>Finds a record. A call that starts after a commit was acknowledged sees it.</summary>
    /// <param name="name">The name.</param>
    /// <param name="known">The state that the caller holds decoded already, or <see cref="RecordStamp.Absent"/>. If the record is in that state, the repository may leave <see cref="RepositoryRecord.Sealed"/> empty.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The record, or null.</returns>
    ValueTask<RepositoryRecord?> FindAsync(string name, RecordStamp known = default, CancellationToken cancellationToken = default);

    /// <summary>Reads a payload.</summary>
    /// <param name="id">The id that a record names.</param>
    /// <param name="destination">Exactly as long as the payload.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False when there is no such payload (any more), or its length is another.</returns>
    ValueTask<bool> ReadPayloadAsync(UniqueId id, Memory<byte> destination, CancellationToken cancellationToken = default);

    /// <summary>
    /// Makes the changes, wholly or not at all. Every condition, the header revision among them, is checked in one critical
    /// section with the write. When the call completes the changes are durable and visible to every reader.
    /// </summary>
    /// <param name="commit">The changes. The repository keeps no reference to its bytes.</param>
    /// <param name="cancellationToken">Ends the wait for a turn.</param>
    /// <returns>The change sequence of the commit; each is higher than all before it.</returns>
    /// <exception cref="RepositoryConflictException">A condition does not hold; nothing was changed.</exception>
    /// <exception cref="SecretStoreException">The medium failed. Nothing was changed, unless the code is <c>Store.OutcomeUnknown</c>.</exception>
    ValueTask<long> CommitAsync(RepositoryCommit commit, CancellationToken cancellationToken = default);

    /// <summary>Enumerates the records in ordinal order of their names. Changes made meanwhile may or may not be seen; what is not changed is seen exactly once.</summary>
    /// <param name="after">The name after which to begin, itself left out, or null for the beginning. It need not exist.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    /// <returns>The records; a consumer that stops early costs no more than what it took.</returns>
    IAsyncEnumerable<RepositoryRecord> EnumerateAsync(string? after, CancellationToken cancellationToken = default);

    /// <summary>Waits until something was committed after a change sequence.</summary>
    /// <param name="after">The change sequence that the caller has seen; a negative number returns the current one at once.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The current change sequence.</returns>
    ValueTask<long> WaitForChangeAsync(long after, CancellationToken cancellationToken = default);

    /// <summary>Reads what was committed after a change sequence, in order: some of it, if it is much.</summary>
    /// <param name="after">A change sequence, 0 for the beginning of the store.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The changes. They are empty when there is nothing after the sequence; a gap when the repository does not have them one by one any more.</returns>
    /// <exception cref="SecretStoreException">The medium failed, or what it holds is damaged.</exception>
    ValueTask<RepositoryChanges> ReadChangesAsync(long after, CancellationToken cancellationToken = default);

    /// <summary>
    /// Gives back the place of what nothing refers to any more, beside readers and writers; and makes a repository whose
    /// writing has stopped writable again, if the cause is gone. Completes at once where there is nothing to give back. It
    /// may complete asynchronously whatever <see cref="CompletesSynchronously"/> says.
    /// </summary>
    /// <param name="progress">Is told how far it is; null for nobody.</param>
    /// <param name="cancellationToken">Ends it; everything is as it was.</param>
    /// <returns>When it is done.</returns>
    /// <exception cref="SecretStoreException">The medium failed. Everything committed is as it was.</exception>
    ValueTask CompactAsync(IProgress<CopyProgress>? progress = null, CancellationToken cancellationToken = default);

    /// <summary>Writes everything that is committed, as of one moment, to a stream, beside readers and writers.</summary>
    /// <param name="destination">The stream; it is not closed. What was written to it is of no use when the call fails.</param>
    /// <param name="progress">Is told how far the copy is; null for nobody.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What the backup holds.</returns>
    /// <exception cref="NotSupportedException">The repository is backed up by other means, or not at all.</exception>
    /// <exception cref="SecretStoreException">The medium failed, or the repository is read only.</exception>
    ValueTask<BackupDescription> BackUpAsync(Stream destination, IProgress<CopyProgress>? progress = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Waits until nothing that was dropped before the call is in any file of the repository, nor in one that was deleted and
    /// is still open in some process of this library (DESIGN K12). Compaction by itself comes to that within about a minute.
    /// Completes at once where nothing of the kind is kept.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait, not the erasure.</param>
    /// <returns>When it is gone.</returns>
    /// <exception cref="SecretStoreException">Writing has stopped, or the repository is read only: it will not be erased from here.</exception>
    ValueTask WaitForErasureAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Says whether this instance should now remove what its time has come for, which every instance of a store would do alike:
    /// of all instances, one within each period. Who was told to and ends half-way is followed by another one a period later.
    /// </summary>
    /// <param name="period">How long nobody else is told to.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether to sweep. A repository that cannot tell its instances apart answers true; one that is read only, false.</returns>
    ValueTask<bool> TryBeginSweepAsync(TimeSpan period, CancellationToken cancellationToken = default);
}
