using System.Diagnostics;
using EmbeddedSecrets.Errors;

namespace EmbeddedSecrets;

/// <summary>A value that was read, with what it belongs to. It owns the value: dispose it as soon as the value was used.</summary>
[DebuggerDisplay("{SecretName,nq} {VersionId,nq} (value hidden)")]
public sealed class SecretValueResult : IDisposable
{
    private readonly Secrets.Secret _secret;
    private readonly SecretVersion _version;
    private readonly RequestId _requestId;

    internal SecretValueResult(Secrets.Secret secret, SecretVersion version, SecretValue value, RequestId requestId)
    {
        _secret = secret;
        _version = version;
        _requestId = requestId;
        Value = value;
    }

    /// <summary>Gets the name of the secret.</summary>
    public string SecretName => _secret.Name;

    /// <summary>Gets the id of the version that was read.</summary>
    public string VersionId => _version.VersionId;

    /// <summary>Gets the stages that the version carries, in ordinal order.</summary>
    public IReadOnlyList<string> Stages => _version.Stages;

    /// <summary>Gets the value. It is zeroed when this result, or the value itself, is disposed.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public SecretValue Value { get; }

    /// <summary>Gets when the secret was created, in UTC.</summary>
    public DateTimeOffset SecretCreateTime => _secret.CreateTime;

    /// <summary>Gets when the version was written, in UTC.</summary>
    public DateTimeOffset VersionCreateTime => _version.CreateTime;

    /// <summary>Gets the revision of the secret, for compare-and-set.</summary>
    public SecretRevision Revision => _secret.Revision;

    /// <summary>Gets the id of the operation that read the value.</summary>
    public string RequestId => _requestId.ToString();

    /// <summary>Zeroes the value. Disposing twice is harmless.</summary>
    public void Dispose()
    {
        Value.Dispose();
    }
}
