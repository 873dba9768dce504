namespace EmbeddedSecrets.Samples.CustomProvider.Service;

/// <summary>The service refused a call. The message names the key and never holds what was wrapped.</summary>
internal sealed class KeyServiceException(KeyServiceFault fault, string keyId) : Exception($"The key service refused a call for the key '{keyId}': {fault}.")
{
    public KeyServiceFault Fault => fault;
}
