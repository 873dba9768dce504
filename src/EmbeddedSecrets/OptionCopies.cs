using EmbeddedSecrets.Secrets;

namespace EmbeddedSecrets;

/// <summary>
/// Copies the options of an operation and checks the copy, so that a caller who changes them meanwhile changes nothing.
/// </summary>
internal static class OptionCopies
{
    public static CreateSecretOptions Checked(CreateSecretOptions? options)
    {
        options ??= new CreateSecretOptions();
        var copy = new CreateSecretOptions
        {
            VersionId = options.VersionId,
            Description = options.Description,
            EncryptionKeyId = options.EncryptionKeyId,
            Tags = Copy(options.Tags),
            Annotations = Copy(options.Annotations),
            CreatedBy = options.CreatedBy,
            Validity = options.Validity,
            Policy = options.Policy,
            IfScheduledForDeletion = options.IfScheduledForDeletion,
            ExpectedRevision = options.ExpectedRevision,
        };
        OptionRules.Check(copy, nameof(options));
        return copy;
    }

    public static VerifyOptions Checked(VerifyOptions? options)
    {
        options ??= new VerifyOptions();
        var copy = new VerifyOptions
        {
            AuditDirectory = options.AuditDirectory,
            AuditKeyFile = options.AuditKeyFile,
        };
        return copy is { AuditDirectory: null, AuditKeyFile: null } or { AuditDirectory.Length: > 0, AuditKeyFile.Length: > 0 }
            ? copy
            : throw new ArgumentException("The directory and the key file of the audit trail are given together.", nameof(options));
    }

    public static PutSecretValueOptions Checked(PutSecretValueOptions? options)
    {
        if (options is null)
        {
            return new PutSecretValueOptions();
        }

        var copy = new PutSecretValueOptions
        {
            VersionId = options.VersionId,
            Stages = options.Stages is null ? null : [.. options.Stages],
            CreatedBy = options.CreatedBy,
            Validity = options.Validity,
            ExpectedRevision = options.ExpectedRevision,
        };
        OptionRules.Check(copy, nameof(options));
        return copy;
    }

    public static UpdateSecretOptions Checked(UpdateSecretOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var copy = new UpdateSecretOptions
        {
            Description = options.Description,
            Annotations = Copy(options.Annotations),
            EncryptionKeyId = options.EncryptionKeyId,
            ExpectedRevision = options.ExpectedRevision,
        };
        OptionRules.Check(copy, nameof(options));
        return copy;
    }

    public static CreateKeyOptions Checked(CreateKeyOptions? options)
    {
        options ??= new CreateKeyOptions();
        var copy = new CreateKeyOptions { Description = options.Description, RotationPeriod = options.RotationPeriod };
        OptionRules.Check(copy, nameof(options));
        return copy;
    }

    public static AddRootKeyOptions Checked(AddRootKeyOptions? options)
    {
        var copy = new AddRootKeyOptions { Description = options?.Description };
        OptionRules.Check(copy, nameof(options));
        return copy;
    }

    public static RewrapOptions Checked(RewrapOptions? options)
    {
        var copy = new RewrapOptions { KeyId = options?.KeyId };
        if (copy.KeyId is not null)
        {
            SecretRules.CheckManagedKeyId(copy.KeyId, nameof(options));
        }

        return copy;
    }

    public static ReencryptOptions Checked(ReencryptOptions? options)
    {
        var copy = new ReencryptOptions { KeyId = options?.KeyId, Names = options?.Names?.Distinct(StringComparer.Ordinal).ToArray() };
        if (copy.KeyId is not null && copy.Names is not null)
        {
            throw new ArgumentException("Give a key id or names, not both.", nameof(options));
        }

        if (copy.KeyId is not null)
        {
            SecretRules.CheckManagedKeyId(copy.KeyId, nameof(options));
        }

        foreach (string name in copy.Names ?? [])
        {
            SecretRules.CheckName(name, nameof(options));
        }

        return copy;
    }

    /// <summary>The names in ordinal order, each once.</summary>
    public static ExportOptions Checked(ExportOptions? options)
    {
        var copy = new ExportOptions
        {
            NamePrefix = options?.NamePrefix,
            Names = options?.Names?.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray(),
            CurrentVersionsOnly = options?.CurrentVersionsOnly ?? false,
        };
        if (copy.NamePrefix is not null && copy.Names is not null)
        {
            throw new ArgumentException("Give a prefix or names, not both.", nameof(options));
        }

        if (copy.NamePrefix is not null)
        {
            SecretRules.CheckName(copy.NamePrefix, nameof(options));
        }

        foreach (string name in copy.Names ?? [])
        {
            SecretRules.CheckName(name, nameof(options));
        }

        return copy;
    }

    public static ImportOptions Checked(ImportOptions? options)
    {
        options ??= new ImportOptions();
        var copy = new ImportOptions { OnConflict = options.OnConflict, DryRun = options.DryRun, EncryptionKeyId = options.EncryptionKeyId };
        if (!Enum.IsDefined(copy.OnConflict))
        {
            throw new ArgumentOutOfRangeException(nameof(options), copy.OnConflict, "There is no such rule for conflicts.");
        }

        if (copy.EncryptionKeyId is not null)
        {
            SecretRules.CheckManagedKeyId(copy.EncryptionKeyId, nameof(options));
        }

        return copy;
    }

    public static UpdateSecretVersionOptions Checked(UpdateSecretVersionOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var copy = new UpdateSecretVersionOptions { Enabled = options.Enabled, Validity = options.Validity, ExpectedRevision = options.ExpectedRevision };
        OptionRules.Check(copy, nameof(options));
        return copy;
    }

    /// <summary>The expected revisions by name. A name that the call does not change is a mistake that must not pass for a check.</summary>
    public static Dictionary<string, SecretRevision> Checked(TagOptions? options, IReadOnlyCollection<string> names)
    {
        Dictionary<string, SecretRevision> copy = options?.ExpectedRevisions is { } expected ? new(expected, StringComparer.Ordinal) : [];
        return copy.Keys.All(names.Contains)
            ? copy
            : throw new ArgumentException("ExpectedRevisions has a name that the call does not change. Add it to the names or leave it out.", nameof(options));
    }

    private static Dictionary<string, string>? Copy(IReadOnlyDictionary<string, string>? pairs)
    {
        return pairs is null ? null : new Dictionary<string, string>(pairs, StringComparer.Ordinal);
    }
}
