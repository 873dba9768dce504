using EmbeddedSecrets.Secrets;

namespace EmbeddedSecrets.Envelope;

/// <summary>
/// The store's own key at work: it seals records, hashes version ids, and protects what the repository itself must hide
/// (DESIGN K3, K5). Safe for several threads at once. Owns its keys and zeroes them when disposed.
/// </summary>
internal sealed class StoreCipher : IDisposable
{
    /// <summary>Copies the key, 32 bytes.</summary>
    public StoreCipher(UInt128 storeId, ReadOnlySpan<byte> storeKey) => throw new NotImplementedException();

    public UInt128 StoreId => throw new NotImplementedException();

    public IStoreProtector Protector => throw new NotImplementedException();

    /// <summary>Encodes and seals a record, bound to store, name, incarnation and the repository's revision.</summary>
    public byte[] SealRecord(Secret secret, RecordStamp stamp) => throw new NotImplementedException();

    /// <summary>Opens, decodes and checks a record; anything that does not fit is the one Tampered failure.</summary>
    public Secret OpenRecord(string name, RecordStamp stamp, ReadOnlySpan<byte> sealedRecord) => throw new NotImplementedException();

    /// <summary>8 bytes of a keyed hash of a version id (SPEC D-10).</summary>
    public ulong HashVersionId(UInt128 incarnation, string versionId) => throw new NotImplementedException();

    public void Dispose() => throw new NotImplementedException();
}
