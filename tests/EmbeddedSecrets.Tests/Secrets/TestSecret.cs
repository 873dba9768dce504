using System.Security.Cryptography;
using System.Text;
using EmbeddedSecrets.Envelope;
using EmbeddedSecrets.Secrets;

namespace EmbeddedSecrets.Tests.Secrets;

/// <summary>Secrets and contexts for the tests of the core.</summary>
internal static class TestSecret
{
    public const SecretValueKind Text = SecretValueKind.Text;

    public static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    public static TransitionContext Context(DateTimeOffset? now = null, IVersionLog? log = null) => new(now ?? Now, log ?? new RingVersionLog(), Hash);

    public static ulong Hash(UniqueId incarnation, string versionId)
    {
        return BitConverter.ToUInt64(SHA256.HashData(Encoding.UTF8.GetBytes($"{incarnation}/{versionId}")));
    }

    public static SealedContent Content(UniqueId id) => new(id, 0, null!);

    public static Secret Create(CreateSecretOptions? options = null, string name = "name", DateTimeOffset? now = null)
    {
        return SecretLife.Create(null, new CreateRequest(name, new UniqueId(0, 7), Text, "default", options ?? new CreateSecretOptions()), null, Context(now)).Next!;
    }

    public static SecretTransition Put(this Secret secret, string? versionId = null, string[]? stages = null, bool? same = null, SecretRevision? expected = null, IVersionLog? log = null)
    {
        var options = new PutSecretValueOptions { VersionId = versionId, Stages = stages, ExpectedRevision = expected };
        return SecretVersions.Put(secret.Name, secret, Text, options, same, Context(Now.AddMinutes(1), log));
    }

    public static Secret With(this Secret secret, string? versionId = null, params string[] stages) => secret.Put(versionId, stages.Length == 0 ? null : stages).Next!;

    public static SecretTransition Move(this Secret secret, string stage, VersionStageMove move, SecretRevision? expected = null) =>
        SecretVersions.MoveStage(secret.Name, secret, stage, move, expected, Context());

    public static Secret Scheduled(this Secret secret, int days = 7) =>
        SecretLife.Delete(secret.Name, secret, TimeSpan.FromDays(days), false, null, Context()).Next!;

    public static Secret Destroyed(this Secret secret, string versionId) => SecretVersions.Destroy(secret.Name, secret, versionId, null, Context()).Next!;

    public static Secret Disabled(this Secret secret, string versionId) =>
        SecretVersions.Update(secret.Name, secret, versionId, new UpdateSecretVersionOptions { Enabled = false }, Context()).Next!;

    /// <summary>The id of the version that carries the stage, or null.</summary>
    public static string? At(this Secret secret, string stage) => secret.Versions.FirstOrDefault(version => version.Stages.Contains(stage))?.VersionId;

    public static void ShouldFail(this Action action, string code)
    {
        action.Should().Throw<SecretStoreException>().Which.Code.Should().Be(code);
    }
}
