namespace EmbeddedSecrets.Verification;

/// <summary>Lists what is wrong in the audit trail among the faults of the store. What a crash leaves is a note.</summary>
internal static class AuditPass
{
    public static async ValueTask RunAsync(VerifyOptions options, Findings findings, CancellationToken cancellationToken)
    {
        if (options is not { AuditDirectory: { } directory, AuditKeyFile: { } keyFile })
        {
            return;
        }

        try
        {
            AuditVerification found = await AuditTrail.VerifyAsync(directory, keyFile, cancellationToken: cancellationToken).ConfigureAwait(false);
            foreach (AuditFault fault in found.Faults)
            {
                Take(fault, findings);
            }
        }
        catch (SecretStoreException exception)
        {
            findings.Add(new VerificationFault(VerificationFaultKind.Audit, "The audit trail was not verified: " + exception.Message));
        }
    }

    private static void Take(AuditFault fault, Findings findings)
    {
        string message = $"The audit trail: {fault}.";
        if (fault.IsTampering)
        {
            findings.Add(new VerificationFault(VerificationFaultKind.Audit, message) { File = fault.File, Offset = fault.Offset, Length = fault.Length });
        }
        else
        {
            findings.Note(message);
        }
    }
}
