using System.Security.Cryptography;
using System.Text;
using EmbeddedSecrets.Buffers;

namespace EmbeddedSecrets.Auditing;

/// <summary>The keys of one trail: HKDF-SHA256(audit key, salt: trail id), one for the lines and one for names.</summary>
internal sealed class AuditKeys : IDisposable
{
    public const int TrailIdLength = 16;

    private const string HashMark = "hmac-sha256:";

    private readonly PinnedBytes _line = new(HMACSHA256.HashSizeInBytes);
    private readonly PinnedBytes _name = new(HMACSHA256.HashSizeInBytes);

    public AuditKeys(PinnedBytes auditKey, ReadOnlySpan<byte> trailId)
    {
        TrailId = Convert.ToHexStringLower(trailId);
        HKDF.DeriveKey(HashAlgorithmName.SHA256, auditKey.Span, _line.Span, trailId, "EmbeddedSecrets 1 audit line"u8);
        HKDF.DeriveKey(HashAlgorithmName.SHA256, auditKey.Span, _name.Span, trailId, "EmbeddedSecrets 1 audit name"u8);
    }

    public string TrailId { get; }

    public string Tag(ReadOnlySpan<byte> body)
    {
        Span<byte> tag = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_line.Span, body, tag);
        return Convert.ToHexStringLower(tag);
    }

    public string HashName(string name)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_name.Span, Encoding.UTF8.GetBytes(name), hash);
        return HashMark + Convert.ToHexStringLower(hash);
    }

    public void Dispose()
    {
        _line.Dispose();
        _name.Dispose();
    }
}
