using EmbeddedSecrets.Tests.Contracts;

namespace EmbeddedSecrets.Tests.Repositories;

[TestFixture]
public sealed class InMemorySecretRepositoryTests : SecretRepositoryContract
{
    protected override Task<ISecretRepository> CreateAsync() => Task.FromResult<ISecretRepository>(new InMemorySecretRepository());
}
