namespace EmbeddedSecrets.Policies;

/// <summary>The names of the actions, as operations and as policies call them.</summary>
internal static class SecretActions
{
    /// <summary>What every action of a policy begins with.</summary>
    public const string Prefix = "kms:";

    // In the order of the enumeration.
    private static readonly string[] Operations =
    [
        nameof(SecretAction.GetSecretValue),
        nameof(SecretAction.DescribeSecret),
        nameof(SecretAction.CreateSecret),
        nameof(SecretAction.PutSecretValue),
        nameof(SecretAction.UpdateSecret),
        nameof(SecretAction.DeleteSecret),
        nameof(SecretAction.RestoreSecret),
        nameof(SecretAction.ListSecrets),
        nameof(SecretAction.ListSecretVersionIds),
        nameof(SecretAction.UpdateSecretVersionStage),
        nameof(SecretAction.UpdateSecretVersion),
        nameof(SecretAction.DestroySecretVersion),
        nameof(SecretAction.TagResources),
        nameof(SecretAction.UntagResources),
        nameof(SecretAction.SetSecretPolicy),
        nameof(SecretAction.GetSecretPolicy),
    ];

    private static readonly string[] Names = [.. Operations.Select(static operation => Prefix + operation)];

    public static IReadOnlyList<string> All => Names;

    /// <summary>The name in a policy: <c>kms:GetSecretValue</c>.</summary>
    public static string NameOf(SecretAction action) => Names[(int)action];

    /// <summary>The name of the operation: <c>GetSecretValue</c>.</summary>
    public static string OperationOf(SecretAction action) => Operations[(int)action];

    /// <exception cref="ArgumentException">There is no such action.</exception>
    public static SecretAction Parse(string action, string parameter)
    {
        ArgumentNullException.ThrowIfNull(action, parameter);
        int index = Array.FindIndex(Names, name => name.Equals(action, StringComparison.OrdinalIgnoreCase));
        return index >= 0 ? (SecretAction)index : throw new ArgumentException($"There is no such action. The actions are {string.Join(", ", Names)}.", parameter);
    }
}
