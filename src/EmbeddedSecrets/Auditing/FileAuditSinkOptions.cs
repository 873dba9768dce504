namespace EmbeddedSecrets;

/// <summary>How a <see cref="FileAuditSink"/> writes.</summary>
public sealed class FileAuditSinkOptions
{
    internal const long MinFileLength = 64 << 10;
    internal const long MaxMaxFileLength = 1 << 30;
    internal static readonly TimeSpan MinLockTimeout = TimeSpan.FromMilliseconds(1);
    internal static readonly TimeSpan MaxLockTimeout = TimeSpan.FromHours(1);
    internal static readonly TimeSpan DefaultLockTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Gets or sets the length in bytes at which the next file of the trail is begun. A file may become one batch of records longer.</summary>
    /// <value>65,536 to 1,073,741,824; the default is 16,777,216 (16 MiB). Old files are never removed.</value>
    public long MaxFileLength { get; set; } = 16 << 20;

    /// <summary>Gets or sets a value indicating whether names of secrets are written as HMAC-SHA256 under a key that is derived from the audit key.</summary>
    /// <value>The default is <see langword="false"/>: names are written as they are.</value>
    public bool HashNames { get; set; }

    /// <summary>Gets or sets a value indicating whether a write completes only when its record is on the disk.</summary>
    /// <value>
    /// The default is <see langword="true"/>: one flush (fdatasync) for a record, which threads that write at the same time
    /// share. With <see langword="false"/> the last records are lost in a power cut, but not when the process dies.
    /// </value>
    public bool FlushEveryRecord { get; set; } = true;

    /// <summary>Gets or sets how long a write waits while other sinks, in this process or another, write the trail.</summary>
    /// <value>1 millisecond to 1 hour; the default is 30 seconds. A write whose turn does not come in this time fails with <c>Store.Locked</c>, and nothing is written.</value>
    public TimeSpan LockTimeout { get; set; } = DefaultLockTimeout;
}
