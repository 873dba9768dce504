using System.Buffers;
using System.Security.Cryptography;
using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Envelope;
using EmbeddedSecrets.Files;
using EmbeddedSecrets.Pipeline;
using EmbeddedSecrets.Policies;
using EmbeddedSecrets.Records;
using EmbeddedSecrets.Repositories.Log;
using EmbeddedSecrets.Secrets;

namespace EmbeddedSecrets.Verification;

/// <summary>Opens every record, unwraps every data key and opens every value and every policy that the index tells of. Values are zeroed at once.</summary>
internal sealed class RecordPass(IStoreFile file, LogIndex index, StoreCipher cipher, KeyRing ring, Findings findings)
{
    private const int DataKeyLength = 32;

    private readonly HashSet<UniqueId> _named = [];

    public void Run(CancellationToken cancellationToken)
    {
        foreach ((string name, RecordLocation location) in index.Records)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (TryOpenRecord(name, location) is { } secret)
            {
                findings.Records++;
                VerifyPolicy(secret, location);
                foreach (SecretVersion version in secret.Versions)
                {
                    Verify(secret, version, location, cancellationToken);
                }
            }

            findings.Pass(location.Length);
        }

        long unnamed = index.PayloadCount - _named.Count;
        if (unnamed > 0)
        {
            findings.Note(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{unnamed} values or policies in the log are named by no record that could be read; a compaction keeps them."));
        }
    }

    private Secret? TryOpenRecord(string name, in RecordLocation location)
    {
        byte[] rented = ArrayPool<byte>.Shared.Rent(location.Length);
        try
        {
            Span<byte> bytes = rented.AsSpan(0, location.Length);
            if (TryRead(bytes, location.Offset))
            {
                return cipher.OpenRecord(name, location.Stamp, bytes);
            }

            Fault(VerificationFaultKind.Record, "The record cannot be read", location.Offset, location.Length, name);
        }
        catch (SecretStoreException exception)
        {
            Fault(VerificationFaultKind.Record, "The record does not open: " + exception.Message, location.Offset, location.Length, name);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        return null;
    }

    private void Verify(Secret secret, SecretVersion version, in RecordLocation record, CancellationToken cancellationToken)
    {
        if (version.Content is not { } content)
        {
            if (version.State != SecretVersionState.Destroyed)
            {
                Fault(VerificationFaultKind.Record, "The record has no value for a version that is not destroyed", record.Offset, record.Length, secret.Name, version.VersionId);
            }

            return;
        }

        var context = new ValueContext(cipher.StoreId, secret.Name, secret.Incarnation, version.VersionId, version.ValueKind);
        using SecretMemory dataKey = SecretMemory.Rent(DataKeyLength);
        bool hasKey = TryUnwrap(content, context, record, dataKey, cancellationToken);
        if (!index.TryFindPayload(content.PayloadId, out PayloadLocation payload))
        {
            Fault(VerificationFaultKind.Payload, "The value is not in the log; its record stands here", record.Offset, record.Length, secret.Name, version.VersionId);
            return;
        }

        _named.Add(content.PayloadId);
        findings.Pass(payload.Length);
        if (payload.Length != content.PayloadLength)
        {
            Fault(VerificationFaultKind.Payload, "The value has another length than its record says", payload.Offset, payload.Length, secret.Name, version.VersionId);
        }
        else if (hasKey && OpensValue(context, payload, dataKey.Span))
        {
            findings.Versions++;
        }
    }

    private void VerifyPolicy(Secret secret, in RecordLocation record)
    {
        if (secret.Policy is not { } reference)
        {
            return;
        }

        if (!index.TryFindPayload(reference.PayloadId, out PayloadLocation payload))
        {
            Fault(VerificationFaultKind.Payload, "The policy is not in the log; its record stands here", record.Offset, record.Length, secret.Name);
            return;
        }

        _named.Add(reference.PayloadId);
        findings.Pass(payload.Length);
        byte[] bytes = new byte[payload.Length];
        try
        {
            if (TryRead(bytes, payload.Offset))
            {
                _ = SecretPolicy.Parse(cipher.OpenPolicy(secret.Name, secret.Incarnation, reference, bytes));
                return;
            }

            Fault(VerificationFaultKind.Payload, "The policy cannot be read", payload.Offset, payload.Length, secret.Name);
        }
        catch (SecretStoreException)
        {
            Fault(VerificationFaultKind.Payload, "The policy is not authentic", payload.Offset, payload.Length, secret.Name);
        }
        catch (ArgumentException)
        {
            Fault(VerificationFaultKind.Payload, "The policy cannot be evaluated, so that it denies everything", payload.Offset, payload.Length, secret.Name);
        }
    }

    private bool TryUnwrap(SealedContent content, in ValueContext context, in RecordLocation record, SecretMemory dataKey, CancellationToken cancellationToken)
    {
        try
        {
            KeyProviderCalls.Unwrap(ring, content.DataKey, ValueEnvelope.DataKeyAssociatedData(context), dataKey.Span, cancellationToken);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            Fault(VerificationFaultKind.WrappedKey, "The wrapped data key is not authentic", record.Offset, record.Length, context.Name, context.VersionId);
        }
        catch (SecretUnavailableException exception)
        {
            Fault(VerificationFaultKind.WrappedKey, "The data key cannot be unwrapped: " + exception.Message, record.Offset, record.Length, context.Name, context.VersionId);
        }

        return false;
    }

    private bool OpensValue(in ValueContext context, in PayloadLocation location, ReadOnlySpan<byte> dataKey)
    {
        byte[] rented = ArrayPool<byte>.Shared.Rent(location.Length);
        try
        {
            Span<byte> bytes = rented.AsSpan(0, location.Length);
            if (TryRead(bytes, location.Offset))
            {
                using SecretValue value = ValueEnvelope.Open(dataKey, context, bytes);
                return true;
            }

            Fault(VerificationFaultKind.Payload, "The value cannot be read", location.Offset, location.Length, context.Name, context.VersionId);
        }
        catch (SecretStoreException)
        {
            Fault(VerificationFaultKind.Payload, "The value is not authentic", location.Offset, location.Length, context.Name, context.VersionId);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        return false;
    }

    private bool TryRead(Span<byte> bytes, long offset)
    {
        try
        {
            return file.Read(bytes, offset) == bytes.Length;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private void Fault(VerificationFaultKind kind, string problem, long? offset, long? length, string name, string? versionId = null) =>
        findings.Add(new VerificationFault(kind, $"{problem} (secret '{name}'{(versionId is null ? string.Empty : $", version '{versionId}'")}).")
        {
            Offset = offset,
            Length = length,
            SecretName = name,
            VersionId = versionId,
        });
}
