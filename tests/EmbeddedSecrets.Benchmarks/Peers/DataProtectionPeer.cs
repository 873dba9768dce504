using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.AuthenticatedEncryption;
using Microsoft.AspNetCore.DataProtection.AuthenticatedEncryption.ConfigurationModel;

namespace EmbeddedSecrets.Benchmarks.Peers;

/// <summary>ASP.NET Core DataProtection with AES-256-GCM: it encrypts and authenticates, and stores nothing.</summary>
internal sealed class DataProtectionPeer
{
    private readonly IDataProtector _protector;

    public DataProtectionPeer(string directory)
    {
        var algorithms = new AuthenticatedEncryptorConfiguration { EncryptionAlgorithm = EncryptionAlgorithm.AES_256_GCM };
        _protector = DataProtectionProvider.Create(new DirectoryInfo(directory), builder => builder.UseCryptographicAlgorithms(algorithms)).CreateProtector("benchmark");
    }

    public byte[] Protect(byte[] value) => _protector.Protect(value);

    public byte[] Unprotect(byte[] message) => _protector.Unprotect(message);
}
