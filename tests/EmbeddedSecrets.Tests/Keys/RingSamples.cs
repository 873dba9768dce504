using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Keys;

namespace EmbeddedSecrets.Tests.Keys;

/// <summary>Rings and slots made by hand, of the store 7.</summary>
internal static class RingSamples
{
    public static readonly byte[] SlotKey = Envelope.Samples.Bytes(32);

    public static RootKeySlot Slot(ulong id, string kind, byte[] wrapped, byte[]? slotKey = null) =>
        new(id, kind, wrapped, DateTimeOffset.UnixEpoch, $"slot {id}", new PinnedBytes(slotKey ?? SlotKey));

    public static RingKeys Ring(params RootKeySlot[] slots)
    {
        using RingKeys first = RingKeys.Generate(new UniqueId(0, 7), DateTimeOffset.UnixEpoch, slots.Length == 0 ? Slot(1, "key", [1]) : slots[0]);
        using var change = new RingChange(first);
        foreach (RootKeySlot slot in slots.Skip(1))
        {
            change.AddSlot(slot);
        }

        return change.Take();
    }

    public static byte[] State(params RootKeySlot[] slots)
    {
        using RingKeys ring = Ring(slots);
        return KeyRingState.Encode(ring);
    }
}
