using EmbeddedSecrets.Errors;

namespace EmbeddedSecrets.Keys;

/// <summary>The life of an encryption key: pure changes of a ring. What is asked for and holds already changes nothing.</summary>
internal static class EncryptionKeyLife
{
    public static void Create(RingChange ring, string keyId, CreateKeyOptions options, DateTimeOffset now)
    {
        if (ring.Find(keyId) is not null)
        {
            throw KeyFailures.KeyExists(keyId);
        }

        ring.Add(EncryptionKey.Generate(keyId, now) with { Description = options.Description ?? string.Empty, RotationPeriod = options.RotationPeriod });
    }

    public static void Enable(RingChange ring, string keyId) => SetState(ring, keyId, EncryptionKeyState.Enabled);

    public static void Disable(RingChange ring, string keyId) => SetState(ring, keyId, EncryptionKeyState.Disabled);

    public static void ScheduleDeletion(RingChange ring, string keyId, TimeSpan window, DateTimeOffset now)
    {
        EncryptionKey key = RequireNotPending(ring, keyId);
        ring.Set(key with { State = EncryptionKeyState.PendingDeletion, PlannedDeleteTime = EncryptionKey.After(now, window) });
    }

    /// <summary>The key is disabled afterwards: enabling it is a decision of its own.</summary>
    public static void CancelDeletion(RingChange ring, string keyId)
    {
        EncryptionKey key = ring.Require(keyId);
        if (key.State != EncryptionKeyState.PendingDeletion)
        {
            throw KeyFailures.KeyNotScheduled(keyId);
        }

        ring.Set(key with { State = EncryptionKeyState.Disabled, PlannedDeleteTime = null });
    }

    public static void Rotate(RingChange ring, string keyId, DateTimeOffset now)
    {
        ring.Require(keyId).RequireEnabled();
        ring.AddGeneration(keyId, KeyGeneration.Generate(now));
    }

    public static bool IsRotationDue(EncryptionKey key, DateTimeOffset now) => key.NextRotationTime <= now;

    /// <summary>Whether the window has ended. The key may still be in use.</summary>
    public static bool IsDeletionDue(EncryptionKey key, DateTimeOffset now) =>
        key.State == EncryptionKeyState.PendingDeletion && key.PlannedDeleteTime <= now;

    private static void SetState(RingChange ring, string keyId, EncryptionKeyState state)
    {
        EncryptionKey key = RequireNotPending(ring, keyId);
        if (key.State != state)
        {
            ring.Set(key with { State = state });
        }
    }

    private static EncryptionKey RequireNotPending(RingChange ring, string keyId)
    {
        EncryptionKey key = ring.Require(keyId);
        return key.State == EncryptionKeyState.PendingDeletion
            ? throw KeyFailures.KeyUnusable(keyId, UnavailabilityReason.KeyPendingDeletion, null)
            : key;
    }
}
