using EmbeddedSecrets.Tests.Contracts;

namespace EmbeddedSecrets.Tests.Repositories;

[TestFixture]
public sealed class InMemorySecretRepositoryTests : SecretRepositoryContract
{
    [Test]
    public async Task FindAsync_BeforeItIsStarted_SaysWhatIsMissing()
    {
        await using var repository = new InMemorySecretRepository();

        (await repository.Awaiting(static r => r.FindAsync("n").AsTask()).Should().ThrowAsync<InvalidOperationException>()).WithMessage("*StartAsync*");
    }

    [Test]
    public async Task StartAsync_AgainWithAHeaderThatItNeverHad_IsRefused()
    {
        await using var repository = new InMemorySecretRepository();
        await repository.StartAsync(Samples.Header(), new FixedKeyProtector());
        Func<Task> later = async () => await repository.StartAsync(Samples.Header(2), new FixedKeyProtector());
        Func<Task> other = async () => await repository.StartAsync(new RepositoryHeader(new UniqueId(9, 9), 1, new byte[] { 1 }), new FixedKeyProtector());
        Func<Task> same = async () => await repository.StartAsync(Samples.Header(), new FixedKeyProtector());

        await later.Should().ThrowAsync<SecretStoreIntegrityException>();
        await other.Should().ThrowAsync<SecretStoreIntegrityException>();
        await same.Should().NotThrowAsync();
    }

    protected override Task<ISecretRepository> CreateAsync() => Task.FromResult<ISecretRepository>(new InMemorySecretRepository());
}
