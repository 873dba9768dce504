using EmbeddedSecrets.Errors;

namespace EmbeddedSecrets.Keys;

/// <summary>The slots of the root keys: pure changes of a ring, which may be applied again. At least one stays.</summary>
internal static class RootKeySlots
{
    /// <summary>The slot stays the caller's.</summary>
    public static RootKeySlot Add(RingChange ring, RootKeySlot slot)
    {
        if (ring.Slots.Count >= KeyRingState.MaxSlots)
        {
            throw KeyFailures.RootKeysFull(KeyRingState.MaxSlots);
        }

        RootKeySlot added = slot.Copy();
        ring.AddSlot(added);
        return added;
    }

    public static void Remove(RingChange ring, string rootKeyId, ulong id)
    {
        _ = Require(ring, rootKeyId, id);
        if (ring.Slots.Count == 1)
        {
            throw KeyFailures.LastRootKey(rootKeyId);
        }

        ring.RemoveSlot(id);
    }

    /// <summary>Puts a slot in the place of another; the description stays. Whoever used the one goes on with the other.</summary>
    public static RootKeySlot Replace(RingChange ring, string rootKeyId, ulong id, RootKeySlot slot, IRootKey rootKey)
    {
        RootKeySlot added = slot.Copy(Require(ring, rootKeyId, id).Description);
        ring.AddSlot(added);
        ring.RemoveSlot(id);
        if (ring.Next.SlotInUse == id)
        {
            ring.Use(added.Id, rootKey);
        }

        return added;
    }

    private static RootKeySlot Require(RingChange ring, string rootKeyId, ulong id) =>
        ring.Slots.FirstOrDefault(slot => slot.Id == id) ?? throw KeyFailures.RootKeyUnknown(rootKeyId);
}
