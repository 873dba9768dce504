using System.Collections.Immutable;
using EmbeddedSecrets.Errors;
using EmbeddedSecrets.Secrets;

namespace EmbeddedSecrets.Pipeline;

/// <summary>What callers are told of a secret and of its versions.</summary>
internal static class Descriptions
{
    /// <summary>Describes a secret; <paramref name="lastAccessDay"/> is the day that is known here, written down or not.</summary>
    public static SecretDescription Of(Secret secret, RequestId requestId, int lastAccessDay = 0)
    {
        ImmutableSortedDictionary<string, string>.Builder stages = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (SecretVersion version in secret.Versions)
        {
            foreach (string stage in version.Stages)
            {
                stages.Add(stage, version.VersionId);
            }
        }

        return new SecretDescription
        {
            Name = secret.Name,
            Description = secret.Description,
            EncryptionKeyId = secret.EncryptionKeyId,
            CreateTime = secret.CreateTime,
            UpdateTime = secret.UpdateTime,
            PlannedDeleteTime = secret.PlannedDeleteTime,
            CreatedBy = secret.CreatedBy,
            Tags = secret.Tags,
            Annotations = secret.Annotations,
            LastAccessDay = Math.Max(secret.LastAccessDay, lastAccessDay) is > 0 and int day ? DateOnly.FromDayNumber(day) : null,
            VersionIdsByStage = stages.ToImmutable(),
            Revision = secret.Revision,
            RequestId = requestId.ToString(),
        };
    }

    public static SecretVersionDescription Of(Secret secret, SecretVersion version, RequestId requestId)
    {
        return new SecretVersionDescription
        {
            SecretName = secret.Name,
            VersionId = version.VersionId,
            Stages = version.Stages,
            ValueKind = version.ValueKind,
            State = version.State,
            Validity = version.Validity,
            CreateTime = version.CreateTime,
            CreatedBy = version.CreatedBy,
            Revision = secret.Revision,
            RequestId = requestId.ToString(),
        };
    }
}
