using Microsoft.Extensions.Options;

namespace EmbeddedSecrets.Tests.Options;

/// <summary>Each option by itself: what its limits let through, and that a refusal names it.</summary>
[TestFixture]
public sealed class SecretStoreOptionsValidatorTests
{
    private static IEnumerable<TestCaseData> Refused()
    {
        yield return Case(nameof(SecretStoreOptions.DefaultEncryptionKeyId), static o => o.DefaultEncryptionKeyId = "no key");
        yield return Case(nameof(SecretStoreOptions.DefaultEncryptionKeyId), static o => o.DefaultEncryptionKeyId = EncryptionKeys.Store);
        yield return Case(nameof(SecretStoreOptions.RecoveryWindow), static o => o.RecoveryWindow = TimeSpan.FromDays(7) - TimeSpan.FromTicks(1));
        yield return Case(nameof(SecretStoreOptions.RecoveryWindow), static o => o.RecoveryWindow = TimeSpan.FromDays(366));
        yield return Case(nameof(SecretStoreOptions.PayloadCacheBytes), static o => o.PayloadCacheBytes = -1);
        yield return Case(nameof(SecretStoreOptions.PayloadCacheBytes), static o => o.PayloadCacheBytes = SecretStoreOptions.MaxPayloadCacheBytes + 1);
        yield return Case(nameof(SecretStoreOptions.RecordCacheEntries), static o => o.RecordCacheEntries = -1);
        yield return Case(nameof(SecretStoreOptions.RecordCacheEntries), static o => o.RecordCacheEntries = SecretStoreOptions.MaxRecordCacheEntries + 1);
        yield return Case(nameof(SecretStoreOptions.DataKeyCacheEntries), static o => o.DataKeyCacheEntries = -1);
        yield return Case(nameof(SecretStoreOptions.DataKeyCacheEntries), static o => o.DataKeyCacheEntries = SecretStoreOptions.MaxDataKeyCacheEntries + 1);
        yield return Case(nameof(SecretStoreOptions.LockTimeout), static o => o.LockTimeout = SecretStoreOptions.MinLockTimeout - TimeSpan.FromTicks(1));
        yield return Case(nameof(SecretStoreOptions.LockTimeout), static o => o.LockTimeout = SecretStoreOptions.MaxLockTimeout + TimeSpan.FromTicks(1));
        yield return Case(nameof(SecretStoreOptions.AuditFailure), static o => o.AuditFailure = (AuditFailureBehavior)9);
        yield return Case(nameof(SecretStoreOptions.Recovery), static o => o.Recovery = (RecoveryMode)9);
        yield return Case(nameof(SecretStoreOptions.TimeProvider), static o => o.TimeProvider = null!);
    }

    private static IEnumerable<TestCaseData> Taken()
    {
        yield return Case("defaults", static _ => { });
        yield return Case("smallest", static o => (o.PayloadCacheBytes, o.RecordCacheEntries, o.DataKeyCacheEntries, o.LockTimeout) = (0, 0, 0, SecretStoreOptions.MinLockTimeout));
        yield return Case("largest", static o => (o.PayloadCacheBytes, o.RecordCacheEntries, o.DataKeyCacheEntries, o.LockTimeout) =
            (SecretStoreOptions.MaxPayloadCacheBytes, SecretStoreOptions.MaxRecordCacheEntries, SecretStoreOptions.MaxDataKeyCacheEntries, SecretStoreOptions.MaxLockTimeout));
        yield return Case("others", static o => (o.AuditFailure, o.Recovery) = (AuditFailureBehavior.Proceed, RecoveryMode.Strict));
    }

    [TestCaseSource(nameof(Refused))]
    public void Constructor_OptionOutOfItsRange_IsRefusedByName(string option, Action<SecretStoreOptions> change)
    {
        var options = new SecretStoreOptions();
        change(options);

        FluentActions.Invoking(() => Open(options)).Should().Throw<OptionsValidationException>().Which.Failures.Should().ContainSingle().Which.Should().Contain(option);
    }

    [TestCaseSource(nameof(Taken))]
    public void Constructor_OptionInItsRange_IsTaken(string what, Action<SecretStoreOptions> change)
    {
        var options = new SecretStoreOptions();
        change(options);

        FluentActions.Invoking(() => Open(options)).Should().NotThrow(what);
    }

    private static void Open(SecretStoreOptions options) =>
        new SecretStore(new InMemorySecretRepository(), new KeyRing(RootKey.FromBytes(Envelope.Samples.Bytes(32))), null, options).Dispose();

    private static TestCaseData Case(string name, Action<SecretStoreOptions> change) => new TestCaseData(name, change).SetArgDisplayNames(name);
}
