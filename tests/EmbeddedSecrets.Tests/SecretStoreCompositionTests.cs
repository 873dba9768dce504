using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace EmbeddedSecrets.Tests;

/// <summary>A store that is put together by hand: what is said to one part must not be lost to another.</summary>
[TestFixture]
public sealed class SecretStoreCompositionTests
{
    private static readonly byte[] Key = Envelope.Samples.Bytes(32);

    private TemporaryDirectory _directory = null!;

    private static SecretStoreOptions[] Contradictions =>
    [
        new() { ReadOnly = true },
        new() { Recovery = RecoveryMode.Strict },
        new() { RollbackAnchor = EmbeddedSecrets.RollbackAnchor.FromCallbacks(static () => null, static _ => { }) },
        new() { AcceptRollback = true },
        new() { LockTimeout = TimeSpan.FromSeconds(3) },
        new() { PayloadCacheBytes = 0 },
    ];

    [SetUp]
    public void SetUp() => _directory = new TemporaryDirectory();

    [TearDown]
    public void TearDown() => _directory.Dispose();

    [TestCaseSource(nameof(Contradictions))]
    public void Constructor_RepositoryWithOtherOptions_IsRefused(SecretStoreOptions options)
    {
        var repository = new FileSecretRepository(_directory.Store);
        using var ring = new KeyRing(RootKey.FromBytes(Key));

        FluentActions.Invoking(() => new SecretStore(repository, ring, options: options)).Should().Throw<ArgumentException>().WithParameterName(nameof(options)).WithMessage("*Give both the same*");
        new SecretStore(new FileSecretRepository(_directory.Store, options), ring, options: options).Dispose();
    }

    [Test]
    public void Constructor_OptionsThatTheRepositoryHasNothingToDoWith_MayDiffer()
    {
        using var ring = new KeyRing(RootKey.FromBytes(Key));

        new SecretStore(new FileSecretRepository(_directory.Store), ring, options: new SecretStoreOptions { TrackLastAccess = false, TimeProvider = new FakeTimeProvider() }).Dispose();
    }

    [Test]
    public async Task Constructor_NoOptions_HasThoseOfTheRepository()
    {
        await using (SecretStore made = await SecretStore.OpenAsync(_directory.Store, RootKey.FromBytes(Key)))
        {
            await made.CreateTextAsync("name", "value");
        }

        using var ring = new KeyRing(RootKey.FromBytes(Key));
        await using var store = new SecretStore(new FileSecretRepository(_directory.Store, new SecretStoreOptions { ReadOnly = true }), ring);

        (await store.ReadTextAsync("name")).Should().Be("value");
        store.Session.Options.ReadOnly.Should().BeTrue("otherwise it would sweep, and count days of reading, in vain");
        (await StoreExtensions.CodeOfAsync(() => store.DeleteSecretAsync("name"))).Should().Be(SecretStoreErrorCodes.WritesStopped);
    }

    [Test]
    public void FileSecretRepository_OptionOutOfItsRange_IsRefused()
    {
        FluentActions.Invoking(() => new FileSecretRepository(_directory.Store, new SecretStoreOptions { PayloadCacheBytes = -1 })).Should().Throw<OptionsValidationException>();
    }

    [Test]
    public async Task Constructor_AClock_IsThatOfTheRingToo()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2000, 1, 2, 0, 0, 0, TimeSpan.Zero));
        using var ring = new KeyRing(RootKey.FromBytes(Key));
        await using var store = new SecretStore(new InMemorySecretRepository(), ring, options: new SecretStoreOptions { TimeProvider = clock });

        EncryptionKeyDescription key = await store.Keys.DescribeKeyAsync(EncryptionKeys.Default);

        key.CreateTime.Should().Be(clock.GetUtcNow());
    }
}
