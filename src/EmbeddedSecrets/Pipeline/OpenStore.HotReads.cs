using System.Security.Cryptography;
using EmbeddedSecrets.Repositories;

namespace EmbeddedSecrets.Pipeline;

/// <content>
/// The short way of a read: everything that it needs is in memory and known to be current. Whatever is not certain, and every
/// failure, goes the long way, which finds out by itself.
/// </content>
internal sealed partial class OpenStore
{
    private readonly IResidentRepository? _resident;

    /// <summary>Reads the current version of a secret that was read before; the caller owns the value. Null for the long way.</summary>
    public SecretValue? TryReadHot(string name, DateTimeOffset now, out HotSecret? hot)
    {
        hot = null;
        if (_resident is null || !_records.TryGet(name, out StoredSecret? stored) || (hot = stored as HotSecret) is null || hot.Approach() is not { } payload || !hot.IsValidAt(now)
            || !_resident.IsCurrent(hot.Token) || _repository.CurrentHeader.Revision != HeaderRevision)
        {
            return null;
        }

        try
        {
            return ValueSealing.TryOpenHot(_dataKeys, Ring, hot, payload);
        }
        catch (Exception exception) when (exception is SecretStoreException or CryptographicException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>After a read of the current version the long way: keeps what the next one needs.</summary>
    public void NoteRead(StoredSecret stored, SecretVersion version)
    {
        if (_resident is null || !version.Stages.Contains(SecretStages.Current) || version.Content is not { } content
            || _resident.FindCachedPayload(content.PayloadId) is not { } payload)
        {
            return;
        }

        // The token first: a change in between leaves one that is out of date already.
        string name = stored.Secret.Name;
        RecordToken token = _resident.TokenOf(name);
        ValueTask<RepositoryRecord?> finding = _repository.FindAsync(name, stored.Stamp);
        if (finding is { IsCompletedSuccessfully: true, Result: { } now } && now.Stamp == stored.Stamp
            && HotSecret.TryMake(stored, version, ContextOf(stored.Secret, version), token, payload) is { } hot)
        {
            _ = _records.TryReplace(stored, hot);
        }
    }
}
