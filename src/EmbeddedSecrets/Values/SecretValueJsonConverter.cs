using System.Text.Json;
using System.Text.Json.Serialization;

namespace EmbeddedSecrets.Values;

/// <summary>Refuses to write a value into JSON, and to read one from it: what is printed by accident is the commonest leak.</summary>
internal sealed class SecretValueJsonConverter : JsonConverter<SecretValue>
{
    private const string Refusal = "A secret value is never written to JSON or read from it. Use Span or RevealText where the value itself is wanted.";

    public override SecretValue Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException(Refusal);

    public override void Write(Utf8JsonWriter writer, SecretValue value, JsonSerializerOptions options) => throw new NotSupportedException(Refusal);
}
