using System.Buffers.Binary;
using System.Security.Cryptography;
using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Envelope;
using EmbeddedSecrets.Errors;
using EmbeddedSecrets.Secrets;

namespace EmbeddedSecrets.Records;

/// <summary>
/// The store's own key at work: it seals records and policies, hashes version ids, and protects what the repository itself must hide
/// (DESIGN K3, K5). Safe for several threads at once. Owns its keys and zeroes them when disposed.
/// </summary>
internal sealed class StoreCipher : IDisposable
{
    private readonly DerivedCipher _records;
    private readonly DerivedCipher _policies;
    private readonly DerivedCipher _log;
    private readonly PinnedBytes _retiredKey = new(CommittingCipher.KeyLength);
    private IncrementalHash? _retiredHash;

    /// <summary>Copies the key, 32 bytes.</summary>
    public StoreCipher(UniqueId storeId, ReadOnlySpan<byte> storeKey)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(storeKey.Length, CommittingCipher.KeyLength, nameof(storeKey));
        StoreId = storeId;
        _records = new DerivedCipher(storeKey, KeyPurposes.Record, commits: true);
        _policies = new DerivedCipher(storeKey, KeyPurposes.Policy, commits: true);
        _log = new DerivedCipher(storeKey, KeyPurposes.Log, commits: false);
        HKDF.DeriveKey(HashAlgorithmName.SHA256, storeKey, _retiredKey.Span, [], KeyPurposes.Retired);
        Protector = new LogProtector(_log);
    }

    public UniqueId StoreId { get; }

    public IStoreProtector Protector { get; }

    /// <summary>Encodes and seals a record, bound to store, name, incarnation and the repository's revision.</summary>
    public byte[] SealRecord(Secret secret, RecordStamp stamp)
    {
        var associatedData = new FieldWriter(stackalloc byte[AssociatedData.UsualLength]);
        AssociatedData.Record(ref associatedData, StoreId, secret.Name, stamp.Incarnation, stamp.Revision);
        using SecretMemory room = SecretMemory.Rent(RecordCodec.UsualLength);
        var record = new FieldWriter(room.Span);
        try
        {
            RecordCodec.Encode(ref record, secret);
            byte[] message = new byte[_records.Overhead + record.Written.Length];
            _records.Seal(record.Written, associatedData.Written, message);
            return message;
        }
        finally
        {
            record.Dispose();
        }
    }

    /// <summary>Opens, decodes and checks a record; anything that does not fit is the one Tampered failure.</summary>
    public Secret OpenRecord(string name, RecordStamp stamp, ReadOnlySpan<byte> sealedRecord)
    {
        int length = sealedRecord.Length - _records.Overhead;
        if (length < 0)
        {
            throw KeyFailures.Tampered();
        }

        var associatedData = new FieldWriter(stackalloc byte[AssociatedData.UsualLength]);
        AssociatedData.Record(ref associatedData, StoreId, name, stamp.Incarnation, stamp.Revision);
        using var record = new Scratch(length);
        if (!_records.TryOpen(sealedRecord, associatedData.Written, record.Span))
        {
            throw KeyFailures.Tampered();
        }

        Secret secret = RecordCodec.Decode(name, stamp.Incarnation, record.Span);
        return SecretInvariants.FindViolation(secret) is null ? secret : throw KeyFailures.Tampered();
    }

    /// <summary>Seals the text of a policy into a payload of its own, bound to store, secret and payload.</summary>
    public byte[] SealPolicy(string name, UniqueId incarnation, UniqueId payloadId, string policy)
    {
        var associatedData = new FieldWriter(stackalloc byte[AssociatedData.UsualLength]);
        AssociatedData.Policy(ref associatedData, StoreId, name, incarnation, payloadId);
        byte[] text = Utf8.Strict.GetBytes(policy);
        byte[] payload = new byte[_policies.Overhead + text.Length];
        _policies.Seal(text, associatedData.Written, payload);
        return payload;
    }

    /// <summary>Opens the payload of a policy that the record names; anything that does not fit is the one Tampered failure.</summary>
    public string OpenPolicy(string name, UniqueId incarnation, PolicyReference reference, ReadOnlySpan<byte> payload)
    {
        var associatedData = new FieldWriter(stackalloc byte[AssociatedData.UsualLength]);
        AssociatedData.Policy(ref associatedData, StoreId, name, incarnation, reference.PayloadId);
        byte[] text = new byte[Math.Max(0, payload.Length - _policies.Overhead)];
        if (payload.Length < _policies.Overhead || !reference.IsOf(payload) || !_policies.TryOpen(payload, associatedData.Written, text))
        {
            throw KeyFailures.Tampered();
        }

        return Utf8.Strict.GetString(text);
    }

    /// <summary>8 bytes of a keyed hash of a version id (SPEC D-10).</summary>
    public ulong HashVersionId(UniqueId incarnation, string versionId)
    {
        // HMAC-SHA256( incarnation 16 | u16 length + version id )
        var message = new FieldWriter(stackalloc byte[AssociatedData.UsualLength]);
        message.Id(incarnation);
        message.Text(versionId);
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];

        // One that is set up already costs half of what setting one up does; it is rented, since it keeps a state.
        IncrementalHash hmac = Interlocked.Exchange(ref _retiredHash, null) ?? IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _retiredKey.Span);
        hmac.AppendData(message.Written);
        hmac.GetHashAndReset(hash);
        Interlocked.Exchange(ref _retiredHash, hmac)?.Dispose();
        return BinaryPrimitives.ReadUInt64LittleEndian(hash);
    }

    /// <summary>Whether both work with the same key, in constant time.</summary>
    public bool HasSameKey(StoreCipher other) => CryptographicOperations.FixedTimeEquals(_retiredKey.Span, other._retiredKey.Span);

    public void Dispose()
    {
        _records.Dispose();
        _policies.Dispose();
        _log.Dispose();
        Interlocked.Exchange(ref _retiredHash, null)?.Dispose();
        _retiredKey.Dispose();
    }
}
