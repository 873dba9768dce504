namespace EmbeddedSecrets;

/// <summary>What a backup holds.</summary>
public sealed class BackupDescription
{
    internal BackupDescription(UniqueId storeId, long sequence, long secretCount, long length)
    {
        StoreId = storeId;
        Sequence = sequence;
        SecretCount = secretCount;
        Length = length;
    }

    /// <summary>Gets the id of the store. A restored store keeps it.</summary>
    public UniqueId StoreId { get; }

    /// <summary>Gets the change sequence at which the store stood: everything up to it is in the backup, and nothing after it.</summary>
    public long Sequence { get; }

    /// <summary>Gets the number of secrets, those scheduled for deletion among them.</summary>
    public long SecretCount { get; }

    /// <summary>Gets the length of the backup in bytes.</summary>
    public long Length { get; }
}
