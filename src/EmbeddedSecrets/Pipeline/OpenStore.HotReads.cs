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

    /// <summary>A secret whose current version was read before, with its sealed payload. Null for the long way.</summary>
    public HotSecret? FindHot(string name, out byte[]? payload)
    {
        payload = null;
        return _resident is not null && _records.TryGet(name, out StoredSecret? stored) && stored is HotSecret hot && (payload = hot.Approach()) is not null ? hot : null;
    }

    /// <summary>Reads what was found, if it is still so; the caller owns the value. Null for the long way.</summary>
    public SecretValue? TryReadHot(HotSecret hot, ReadOnlySpan<byte> payload, DateTimeOffset now)
    {
        if (!hot.IsValidAt(now) || !_resident!.IsCurrent(hot.Token) || _repository.CurrentHeader.Revision != HeaderRevision)
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

    /// <summary>After a read of the current version the long way: keeps what the next one needs, where that can go the short way at all.</summary>
    public void NoteRead(StoredSecret stored, SecretVersion version)
    {
        if (_resident is null || (Ring is null && !_dataKeys.KeepsAny) || !version.Stages.Contains(SecretStages.Current) || version.Content is not { } content
            || _resident.FindCachedPayload(content.PayloadId) is not { } payload)
        {
            return;
        }

        // The token first: a change in between leaves one that is out of date already.
        string name = stored.Secret.Name;
        RecordToken token = _resident.TokenOf(name);
        if (_resident.Find(name, stored.Stamp) is { } now && now.Stamp == stored.Stamp
            && HotSecret.TryMake(stored, version, ContextOf(stored.Secret, version), token, payload) is { } hot)
        {
            _ = _records.TryReplace(stored, hot);
        }
    }
}
