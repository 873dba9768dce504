using EmbeddedSecrets.Secrets;
using Microsoft.Extensions.Options;

namespace EmbeddedSecrets;

/// <summary>Checks <see cref="SecretStoreOptions"/>: each failure names the option, what it is and what it may be.</summary>
internal static class SecretStoreOptionsValidator
{
    /// <summary>A copy of the options, or of the defaults, that is known to be valid.</summary>
    /// <exception cref="OptionsValidationException">An option is out of its range.</exception>
    public static SecretStoreOptions CopyValid(SecretStoreOptions? options)
    {
        options ??= new SecretStoreOptions();
        var copy = new SecretStoreOptions
        {
            DefaultEncryptionKeyId = options.DefaultEncryptionKeyId,
            RecoveryWindow = options.RecoveryWindow,
            PurgeProtection = options.PurgeProtection,
            ReadOnly = options.ReadOnly,
            Recovery = options.Recovery,
            RollbackAnchor = options.RollbackAnchor,
            AcceptRollback = options.AcceptRollback,
            PayloadCacheBytes = options.PayloadCacheBytes,
            RecordCacheEntries = options.RecordCacheEntries,
            DataKeyCacheEntries = options.DataKeyCacheEntries,
            LockTimeout = options.LockTimeout,
            AuditSink = options.AuditSink,
            AuditFailure = options.AuditFailure,
            TrackLastAccess = options.TrackLastAccess,
            TimeProvider = options.TimeProvider,
        };
        IReadOnlyList<string> failures = FindFailures(copy);
        return failures.Count == 0 ? copy : throw Invalid(failures);
    }

    public static IReadOnlyList<string> FindFailures(SecretStoreOptions options)
    {
        var failures = new List<string>();
        Try(() => WrappedDataKey.CheckKeyId(options.DefaultEncryptionKeyId, nameof(SecretStoreOptions.DefaultEncryptionKeyId)));
        Try(() => SecretRules.CheckRecoveryWindow(options.RecoveryWindow, nameof(SecretStoreOptions.RecoveryWindow)));
        Require(options.DefaultEncryptionKeyId != EncryptionKeys.Store, () => $"{nameof(SecretStoreOptions.DefaultEncryptionKeyId)} is '{EncryptionKeys.Store}', which is reserved for the store itself. Name another key.");
        Require(options.PayloadCacheBytes is >= 0 and <= SecretStoreOptions.MaxPayloadCacheBytes, () => $"{nameof(SecretStoreOptions.PayloadCacheBytes)} is {options.PayloadCacheBytes}. Set 0 to {SecretStoreOptions.MaxPayloadCacheBytes} bytes.");
        Require(options.RecordCacheEntries is >= 0 and <= SecretStoreOptions.MaxRecordCacheEntries, () => $"{nameof(SecretStoreOptions.RecordCacheEntries)} is {options.RecordCacheEntries}. Set 0 to {SecretStoreOptions.MaxRecordCacheEntries} records.");
        Require(options.DataKeyCacheEntries is null or (>= 0 and <= SecretStoreOptions.MaxDataKeyCacheEntries), () => $"{nameof(SecretStoreOptions.DataKeyCacheEntries)} is {options.DataKeyCacheEntries}. Set 0 to {SecretStoreOptions.MaxDataKeyCacheEntries} keys, or null for the default of the key provider.");
        Require(options.LockTimeout >= SecretStoreOptions.MinLockTimeout && options.LockTimeout <= SecretStoreOptions.MaxLockTimeout, () => $"{nameof(SecretStoreOptions.LockTimeout)} is {options.LockTimeout}. Set 1 millisecond to 1 hour.");
        Require(options.AuditFailure is AuditFailureBehavior.Refuse or AuditFailureBehavior.Proceed, () => $"{nameof(SecretStoreOptions.AuditFailure)} is {options.AuditFailure}. Set {nameof(AuditFailureBehavior.Refuse)} or {nameof(AuditFailureBehavior.Proceed)}.");
        Require(options.Recovery is RecoveryMode.DropUnfinished or RecoveryMode.Strict, () => $"{nameof(SecretStoreOptions.Recovery)} is {options.Recovery}. Set {nameof(RecoveryMode.DropUnfinished)} or {nameof(RecoveryMode.Strict)}.");
        Require(options.TimeProvider is not null, () => $"{nameof(SecretStoreOptions.TimeProvider)} is null. Set a clock, or leave the default.");
        return failures;

        void Require(bool holds, Func<string> failure)
        {
            if (!holds)
            {
                failures.Add(failure());
            }
        }

        void Try(Action check)
        {
            try
            {
                check();
            }
            catch (ArgumentException exception)
            {
                failures.Add(exception.Message);
            }
        }
    }

    /// <summary>Apart, so that a process with valid options does not load the assembly of the exception.</summary>
    private static OptionsValidationException Invalid(IReadOnlyList<string> failures) =>
        new(nameof(SecretStoreOptions), typeof(SecretStoreOptions), failures);
}
