namespace EmbeddedSecrets.Tests.Properties;

/// <summary>Something that plays <see cref="Operation"/>s: the model, the core, a store.</summary>
public interface ISecretSubject
{
    /// <summary>
    /// Plays one step. The answer is the error code, <c>ArgumentException</c>, the value that was read, the id of the version
    /// that was written, or <c>ok</c>.
    /// </summary>
    string Apply(Operation operation);

    /// <summary>What is there now under the name; null for nothing.</summary>
    SecretState? Observe(string name);
}
