using EmbeddedSecrets.Errors;
using EmbeddedSecrets.Keys;

namespace EmbeddedSecrets.Pipeline;

/// <summary>What callers are told of encryption keys and root keys.</summary>
internal static class KeyDescriptions
{
    public static EncryptionKeyDescription Of(EncryptionKey key, RequestId requestId)
    {
        return new EncryptionKeyDescription
        {
            KeyId = key.Id,
            State = key.State,
            CurrentGeneration = key.CurrentGeneration,
            Generations =
            [
                .. key.Generations.OrderBy(static pair => pair.Key)
                    .Select(static pair => new EncryptionKeyGeneration { Number = pair.Key, CreateTime = pair.Value.CreateTime }),
            ],
            CreateTime = key.CreateTime,
            PlannedDeleteTime = key.PlannedDeleteTime,
            Description = key.Description,
            RotationPeriod = key.RotationPeriod,
            NextRotationTime = key.NextRotationTime,
            RequestId = requestId.ToString(),
        };
    }

    /// <summary>In ordinal order, without the store's own key.</summary>
    public static IReadOnlyList<EncryptionKeyDescription> Of(RingKeys ring, RequestId requestId)
    {
        return
        [
            .. ring.Keys.Values.Where(static key => key.Id != EncryptionKeys.Store)
                .OrderBy(static key => key.Id, StringComparer.Ordinal)
                .Select(key => Of(key, requestId)),
        ];
    }

    public static RootKeyDescription Of(RootKeySlot slot, ulong slotInUse, RequestId requestId)
    {
        return new RootKeyDescription
        {
            RootKeyId = RootKeySlot.Format(slot.Id),
            Kind = slot.Kind,
            CreateTime = slot.CreateTime,
            Description = slot.Description,
            IsInUse = slot.Id == slotInUse,
            RequestId = requestId.ToString(),
        };
    }
}
