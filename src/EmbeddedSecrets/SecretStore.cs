namespace EmbeddedSecrets;

/// <summary>Store</summary>
public sealed partial class SecretStore
{
    /// <summary>x</summary>
    public void UpdateSecretVersionStageAsync() => throw new NotImplementedException();
    /// <summary>x</summary>
    public void DeleteSecretAsync() => throw new NotImplementedException();
    /// <summary>x</summary>
    public void CreateSecretAsync() => throw new NotImplementedException();
    /// <summary>x</summary>
    public void UpdateSecretAsync() => throw new NotImplementedException();
    /// <summary>x</summary>
    public void UpdateSecretVersionAsync() => throw new NotImplementedException();
    /// <summary>x</summary>
    public void GetRandomPassword() => throw new NotImplementedException();
}
