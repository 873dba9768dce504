namespace EmbeddedSecrets.Tests.Properties;

/// <summary>What the calls of a store and of its core take, made of what an operation says.</summary>
internal static class OperationArguments
{
    public static SecretVersionSelector Selector(Operation.Read o) => (o.VersionId, o.Stage) switch
    {
        (null, null) => default,
        (null, { } stage) => SecretVersionSelector.Stage(stage),
        ({ } id, null) => SecretVersionSelector.Version(id),
        ({ } id, { } stage) => SecretVersionSelector.VersionWithStage(id, stage),
    };

    public static VersionStageMove Move(Operation.MoveStage o) => (o.From, o.To) switch
    {
        (null, { } to) => VersionStageMove.To(to),
        ({ } from, null) => VersionStageMove.RemoveFrom(from),
        ({ } from, { } to) => VersionStageMove.FromTo(from, to),
        _ => throw new NotSupportedException(),
    };

    public static Dictionary<string, string> ToDictionary(this (string Key, string Value)[] pairs) => pairs.ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal);
}
