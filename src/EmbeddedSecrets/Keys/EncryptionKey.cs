using EmbeddedSecrets.Envelope;
using EmbeddedSecrets.Errors;

namespace EmbeddedSecrets.Keys;

/// <summary>What may be done with an encryption key (DESIGN K8). The numbers are those of the format.</summary>
internal enum EncryptionKeyState : byte
{
    Enabled = 0,
    Disabled = 1,
    PendingDeletion = 2,
}

/// <summary>One named encryption key of an open ring: its generations, each a cipher of its own.</summary>
internal sealed record EncryptionKey(string Id, EncryptionKeyState State, long CurrentGeneration, IReadOnlyDictionary<long, KeyGeneration> Generations)
{
    /// <summary>The cipher of a generation, if the key may be used. The store's own key always may.</summary>
    public DerivedCipher Use(long generation)
    {
        if (State != EncryptionKeyState.Enabled && Id != EncryptionKeys.Store)
        {
            throw KeyFailures.KeyUnusable(Id, State == EncryptionKeyState.Disabled ? UnavailabilityReason.KeyDisabled : UnavailabilityReason.KeyPendingDeletion, null);
        }

        return Generations.TryGetValue(generation, out KeyGeneration? found) ? found.Cipher : throw KeyFailures.GenerationUnknown(Id, generation);
    }
}

/// <summary>One generation of an encryption key; owned by the ring. It holds a key, so it is a class and prints nothing.</summary>
internal sealed class KeyGeneration(DateTimeOffset createTime, Buffers.PinnedBytes key) : IDisposable
{
    public DateTimeOffset CreateTime => createTime;

    public Buffers.PinnedBytes Key => key;

    public DerivedCipher Cipher { get; } = new(key.Span, KeyPurposes.Wrap, commits: true);

    public void Dispose()
    {
        Cipher.Dispose();
        key.Dispose();
    }
}
