namespace EmbeddedSecrets.Samples.QuickStart;

/// <summary>The .env file cannot be used. The message says where and why, never what stands there.</summary>
internal sealed class EnvFileException(string message) : Exception(message);
