namespace EmbeddedSecrets.Policies;

/// <summary>What a policy can allow or deny; the names are those of the operations (SPEC section 2.4).</summary>
internal enum SecretAction
{
    GetSecretValue,
    DescribeSecret,
    CreateSecret,
    PutSecretValue,
    UpdateSecret,
    DeleteSecret,
    RestoreSecret,
    ListSecrets,
    ListSecretVersionIds,
    UpdateSecretVersionStage,
    UpdateSecretVersion,
    DestroySecretVersion,
    TagResources,
    UntagResources,
    SetSecretPolicy,
    GetSecretPolicy,
}
