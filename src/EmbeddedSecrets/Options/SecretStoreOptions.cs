namespace EmbeddedSecrets;

/// <summary>How a <see cref="SecretStore"/> behaves. Read once, when the store is constructed.</summary>
public sealed class SecretStoreOptions
{
    internal const long MaxPayloadCacheBytes = 1L << 40;
    internal const int MaxRecordCacheEntries = 1 << 24;
    internal const int MaxDataKeyCacheEntries = 1 << 20;
    internal const int DefaultDataKeyCacheEntries = 16_384;
    internal static readonly TimeSpan MinLockTimeout = TimeSpan.FromMilliseconds(1);
    internal static readonly TimeSpan MaxLockTimeout = TimeSpan.FromHours(1);

    /// <summary>Gets or sets the encryption key of secrets that name no other.</summary>
    /// <value>1 to 256 printable ASCII characters without spaces; the default is <c>default</c>.</value>
    public string DefaultEncryptionKeyId { get; set; } = EncryptionKeys.Default;

    /// <summary>Gets or sets the recovery window of a deletion that names none.</summary>
    /// <value>7 to 30 days; the default is 30 days.</value>
    public TimeSpan RecoveryWindow { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Gets or sets a value indicating whether no secret can be deleted at once, only after its recovery window (SPEC D-8).</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool PurgeProtection { get; set; }

    /// <summary>Gets or sets a value indicating whether the store is opened for reading only: nothing is written, not even to recover.</summary>
    /// <value>The default is <see langword="false"/>. Others may write meanwhile; what they commit is seen.</value>
    public bool ReadOnly { get; set; }

    /// <summary>Gets or sets what an opening does with an unfinished last commit.</summary>
    /// <value>The default is <see cref="RecoveryMode.DropUnfinished"/>: it is dropped and reported.</value>
    public RecoveryMode Recovery { get; set; }

    /// <summary>Gets or sets who keeps the newest state of the store in another place, so that an older copy is found.</summary>
    /// <value>Null for nobody: then an older copy that is put back opens. See <see cref="EmbeddedSecrets.RollbackAnchor"/>.</value>
    public IRollbackAnchor? RollbackAnchor { get; set; }

    /// <summary>Gets or sets a value indicating whether an opening accepts a store that is older than its anchor, and begins a new epoch with it.</summary>
    /// <value>The default is <see langword="false"/>. Set it for one opening only, after a restore that is meant.</value>
    public bool AcceptRollback { get; set; }

    /// <summary>Gets or sets how many bytes of sealed values the file repository keeps in memory.</summary>
    /// <value>0 to 2^40 bytes; the default is 64 MiB. The values are kept as they are on the disk, encrypted.</value>
    public long PayloadCacheBytes { get; set; } = 64L << 20;

    /// <summary>Gets or sets how many decoded records are kept in memory: names, stages, tags and wrapped data keys, no values.</summary>
    /// <value>0 to 16,777,216 records; the default is 16,384. Where they are full, those that are read take the places of others, and those that are only written do not.</value>
    public int RecordCacheEntries { get; set; } = 16_384;

    /// <summary>Gets or sets how many unwrapped data keys are kept in memory, so that a value that was read before is read without the key provider.</summary>
    /// <value>
    /// 0 to 1,048,576 keys, 0 for none; null, the default, for what the provider suggests: 16,384 for a <see cref="KeyRing"/>, whose
    /// keys are in memory anyway, and 0 for a provider of one's own.
    /// </value>
    /// <remarks>
    /// A key that leaves is zeroed. Every change of the key ring, such as disabling a key, empties the cache before it completes, and
    /// so does closing the store. A provider of one's own is not asked again for a key that is kept: what it refuses from now on can
    /// still be read until the store is closed.
    /// </remarks>
    public int? DataKeyCacheEntries { get; set; }

    /// <summary>Gets or sets who is told of every operation, of the change stream when it begins, and not of random passwords, which touch nothing stored: an intent before it, an outcome after it, never a value.</summary>
    /// <value>Null for nobody. The sink belongs to the caller, who disposes it after the store; several stores may share one.</value>
    public IAuditSink? AuditSink { get; set; }

    /// <summary>Gets or sets what happens to an operation, reads included, whose intent cannot be written to the <see cref="AuditSink"/>.</summary>
    /// <value>The default is <see cref="AuditFailureBehavior.Refuse"/>. An outcome that cannot be written never undoes what was done.</value>
    public AuditFailureBehavior AuditFailure { get; set; }

    /// <summary>Gets or sets a value indicating whether the day of the last read of each secret is written down, for <see cref="SecretDescription.LastAccessDay"/>.</summary>
    /// <value>The default is <see langword="true"/>: a secret that is read costs one small write a day, made within the hour and when the store is closed. A store that is opened for reading only writes none.</value>
    public bool TrackLastAccess { get; set; } = true;

    /// <summary>Gets or sets how long a change waits while other instances of the store, in this process or another, write.</summary>
    /// <value>1 millisecond to 1 hour; the default is 30 seconds. A change whose turn does not come in this time fails with <c>Store.Locked</c>, and nothing is changed.</value>
    public TimeSpan LockTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets or sets the clock.</summary>
    /// <value>The default is <see cref="TimeProvider.System"/>.</value>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;
}
