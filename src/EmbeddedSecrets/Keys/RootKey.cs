namespace EmbeddedSecrets;

/// <summary>RootKey</summary>
public static class RootKey
{
    /// <summary>File</summary>
    public static IRootKey FromFile(string path) => throw new NotImplementedException();

    /// <summary>Mounted</summary>
    public static IRootKey FromMountedFile(string path) => throw new NotImplementedException();

    /// <summary>Passphrase</summary>
    public static IRootKey FromPassphrase(string passphrase) => throw new NotImplementedException();

    /// <summary>Bytes</summary>
    public static IRootKey FromBytes(ReadOnlySpan<byte> key) => throw new NotImplementedException();

    /// <summary>Environment</summary>
    public static IRootKey FromEnvironment(string variable) => throw new NotImplementedException();

    /// <summary>Generate</summary>
    public static SecretValue Generate() => throw new NotImplementedException();
}
