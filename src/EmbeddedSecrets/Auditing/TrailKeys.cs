using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Errors;
using EmbeddedSecrets.Keys;

namespace EmbeddedSecrets.Auditing;

/// <summary>Finds the keys of a trail. The audit key has a file of its own, so that who verifies needs no key that opens secrets.</summary>
internal static class TrailKeys
{
    /// <summary>The keys under which one of these first lines is authentic.</summary>
    public static AuditKeys Find(IEnumerable<byte[]> firstLines, string keyFile, string location)
    {
        using PinnedBytes key = Read(keyFile) ?? throw AuditFailures.KeyMissing(keyFile, location);
        foreach (byte[] line in firstLines)
        {
            if (AuditFileHeader.TrailIdOf(line) is not { } trailId)
            {
                continue;
            }

            var keys = new AuditKeys(key, trailId);
            if (AuditLine.Authenticate(line, keys) is not null)
            {
                return keys;
            }

            keys.Dispose();
        }

        throw AuditFailures.WrongKey(keyFile, location);
    }

    /// <summary>The audit key for a trail that has no file yet; made if there is none.</summary>
    public static PinnedBytes ReadOrCreate(string keyFile, string location)
    {
        if (Read(keyFile) is { } key)
        {
            return key;
        }

        KeyFileCreation.TryCreate(keyFile);
        return Read(keyFile) ?? throw AuditFailures.KeyMissing(keyFile, location);
    }

    private static PinnedBytes? Read(string keyFile)
    {
        try
        {
            return PrivateKeyFile.TryRead(keyFile);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw KeyFailures.KeyFileUnavailable(keyFile, exception);
        }
    }
}
