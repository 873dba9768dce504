namespace EmbeddedSecrets.Errors;

/// <summary>The failures of keys and of what is sealed, so that their wording can be read as a whole.</summary>
internal static class KeyFailures
{
    public static SecretUnavailableException KeyUnusable(string keyId, UnavailabilityReason reason, Exception? innerException) => throw new NotImplementedException();

    /// <summary>The one message for everything that the ring opened and that is not authentic, whatever step failed (DESIGN K9).</summary>
    public static SecretStoreIntegrityException Tampered() => throw new NotImplementedException();
}
