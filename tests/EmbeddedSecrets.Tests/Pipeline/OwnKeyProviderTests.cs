using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Pipeline;

namespace EmbeddedSecrets.Tests.Pipeline;

/// <summary>A store on a key provider of one's own, without a ring (DESIGN sections 2 and 4, K8).</summary>
[TestFixture]
public sealed class OwnKeyProviderTests
{
    private TemporaryDirectory _directory = null!;
    private RemoteKeyProvider _provider = null!;

    [SetUp]
    public void SetUp()
    {
        _directory = new TemporaryDirectory();
        _provider = new RemoteKeyProvider();
    }

    [TearDown]
    public void TearDown()
    {
        _directory.Dispose();
    }

    [Test]
    public async Task Store_OnARemoteProvider_WorksAndReopens()
    {
        await using (SecretStore store = Open())
        {
            await PutAsync(store, "name");
            (await ReadAsync(store, "name")).Should().Be("the value");
        }

        await using SecretStore again = Open();
        (await ReadAsync(again, "name")).Should().Be("the value");
    }

    [Test]
    public async Task GetSecretValue_ProviderIsAsynchronous_IsNotSupported()
    {
        await using SecretStore store = Open();
        await PutAsync(store, "name");

        Action read = () => store.GetSecretValue("name");

        read.Should().Throw<NotSupportedException>().WithMessage("*IKeyProvider*GetSecretValueAsync*");
    }

    [Test]
    public async Task GetSecretValue_OnlyTheRootKeyIsAsynchronous_ReadsOnceTheStoreIsOpen()
    {
        await using var store = new SecretStore(new FileSecretRepository(_directory["store"]), new KeyRing(new RemoteRootKey()));
        Action read = () => store.GetSecretValue("name").Dispose();

        read.Should().Throw<NotSupportedException>("opening needs the root key").WithMessage("*IRootKey*OpenAsync*");
        await PutAsync(store, "name");

        read.Should().NotThrow("a read never touches the root key");
    }

    [Test]
    public async Task Put_ProviderFails_IsUnavailableAndNothingChanges()
    {
        await using SecretStore store = Open();
        await PutAsync(store, "name");
        _provider.Failure = new TimeoutException("the key service did not answer");
        using SecretValue value = SecretValue.FromText("another value");

        Func<Task> put = () => store.PutSecretValueAsync("name", value).AsTask();

        SecretUnavailableException error = (await put.Should().ThrowAsync<SecretUnavailableException>()).Which;
        error.Code.Should().Be(SecretStoreErrorCodes.Unavailable);
        error.Reason.Should().Be(UnavailabilityReason.KeyUnavailable);
        error.InnerException.Should().BeSameAs(_provider.Failure);
        _provider.Failure = null;
        (await ReadAsync(store, "name")).Should().Be("the value");
        (await store.ListSecretVersionIdsAsync("name")).Should().ContainSingle();
    }

    [Test]
    public async Task Get_ProviderFails_IsNeverTakenForTampering([Values] bool cancelledByItself)
    {
        await using SecretStore store = Open();
        await PutAsync(store, "name");
        _provider.Failure = cancelledByItself ? new TaskCanceledException("a time-out of the service") : new InvalidOperationException("no connection");

        Func<Task> read = () => ReadAsync(store, "name");

        (await read.Should().ThrowAsync<SecretUnavailableException>()).Which.Code.Should().Be(SecretStoreErrorCodes.Unavailable);
    }

    [TestCase(UnavailabilityReason.KeyDisabled, "Rejected.Disabled", 409)]
    [TestCase(UnavailabilityReason.KeyPendingDeletion, "Rejected.PendingDeletion", 409)]
    [TestCase(UnavailabilityReason.KeyUnavailable, "Rejected.Unavailable", 409)]
    [TestCase(UnavailabilityReason.KeyNotFound, "Forbidden.KeyNotFound", 404)]
    public async Task Get_ProviderSaysWhy_KeepsCodeAndStatus(UnavailabilityReason reason, string code, int status)
    {
        await using SecretStore store = Open();
        await PutAsync(store, "name");
        _provider.Failure = SecretUnavailableException.ForKey("default", reason);

        Func<Task> read = () => ReadAsync(store, "name");

        SecretUnavailableException error = (await read.Should().ThrowAsync<SecretUnavailableException>()).Which;
        (error.Code, error.HttpStatus, error.Reason).Should().Be((code, status, reason));
        error.RequestId.Should().NotBeEmpty();
        (await store.DescribeSecretAsync("name")).Name.Should().Be("name", "a key that cannot be used blocks values only");
    }

    [Test]
    public async Task Unwrap_ProviderWritesAfterItsCallHasFailed_TouchesNoValue()
    {
        // Enough to hand out every piece of a slab again; a thread of its own has a slab of its own.
        const int Values = SecretSlab.Size / 32 * 2;
        int changed = await Task.Factory.StartNew(
            () =>
            {
                var provider = new LateKeyProvider();
                using (SecretMemory dataKey = SecretMemory.Rent(32))
                {
                    KeyProviderCalls.UnwrapAsync(provider, new WrappedDataKey("default", 0, new byte[1]), default, dataKey.Memory, default).AsTask().IsFaulted.Should().BeTrue();
                }

                int count = 0;
                for (int i = 0; i < Values; i++)
                {
                    using SecretMemory value = SecretMemory.Rent(32);
                    provider.AnswerLate();
                    count += value.Span.ContainsAnyExcept((byte)0) ? 1 : 0;
                }

                return count;
            },
            TaskCreationOptions.LongRunning);

        changed.Should().Be(0);
    }

    [Test]
    public async Task Put_ProviderForgetsTheDataKey_IsRefused()
    {
        await using SecretStore store = Open();
        await PutAsync(store, "name");
        _provider.ForgetsTheKey = true;
        using SecretValue value = SecretValue.FromText("would be open to everybody");

        Func<Task> put = () => store.PutSecretValueAsync("name", value).AsTask();

        await put.Should().ThrowAsync<SecretUnavailableException>();
    }

    [Test]
    public async Task Get_ProviderForgetsTheDataKey_IsNeverTakenForTampering()
    {
        await using SecretStore store = Open();
        await PutAsync(store, "name");
        _provider.ForgetsTheKey = true;

        Func<Task> read = () => ReadAsync(store, "name");

        (await read.Should().ThrowAsync<SecretUnavailableException>()).Which.Reason.Should().Be(UnavailabilityReason.KeyUnavailable);
    }

    [Test]
    public async Task OpenAsync_ProviderForgetsTheStoreKey_IsNeverTakenForTampering()
    {
        await using (SecretStore store = Open())
        {
            await PutAsync(store, "name");
        }

        _provider.ForgetsTheKey = true;
        await using SecretStore again = Open();

        Func<Task> read = () => ReadAsync(again, "name");

        (await read.Should().ThrowAsync<SecretUnavailableException>()).Which.Reason.Should().Be(UnavailabilityReason.KeyUnavailable);
    }

    [Test]
    public async Task Get_ProviderFailsWithTheErrorOfAStoreOfItsOwn_IsUnavailable()
    {
        await using SecretStore store = Open();
        await PutAsync(store, "name");
        await using SecretStore own = SecretStore.CreateInMemory();
        foreach (string failing in new[] { "absent", "expired" })
        {
            if (failing == "expired")
            {
                using SecretValue value = SecretValue.FromText("a key");
                await own.CreateSecretAsync(failing, value, new CreateSecretOptions { Validity = new SecretVersionValidity(null, DateTimeOffset.UnixEpoch) });
            }

            Func<Task> readOwn = () => ReadAsync(own, failing);
            _provider.Failure = (await readOwn.Should().ThrowAsync<SecretStoreException>()).Which;

            Func<Task> read = () => ReadAsync(store, "name");

            SecretUnavailableException error = (await read.Should().ThrowAsync<SecretUnavailableException>()).Which;
            error.Reason.Should().Be(UnavailabilityReason.KeyUnavailable, "the secret that was asked for is there");
            error.InnerException.Should().BeSameAs(_provider.Failure);
        }
    }

    [Test]
    public async Task OpenAsync_AnotherProvider_IsWrongKey()
    {
        await using (SecretStore store = Open())
        {
            await PutAsync(store, "name");
        }

        _provider = new RemoteKeyProvider();
        await using SecretStore other = Open();

        Func<Task> read = () => ReadAsync(other, "name");

        (await read.Should().ThrowAsync<SecretStoreAccessException>()).Which.Code.Should().Be(SecretStoreErrorCodes.WrongKey);
    }

    [Test]
    public async Task Get_Cancelled_StaysACancellation()
    {
        await using SecretStore store = Open();
        await PutAsync(store, "name");
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        Func<Task> read = () => store.GetSecretValueAsync("name", cancellationToken: cancelled.Token).AsTask();

        await read.Should().ThrowAsync<OperationCanceledException>();
    }

    [Test]
    public async Task Put_ValueIsDisposedMeanwhile_StoresWhatWasGiven()
    {
        await using SecretStore store = Open();
        await PutAsync(store, "name");
        var gate = new TaskCompletionSource();
        _provider.Gate = gate.Task;
        Task put;
        using (SecretValue value = SecretValue.FromText("another value"))
        {
            put = store.PutSecretValueAsync("name", value).AsTask();
        }

        gate.SetResult();
        await put;

        (await ReadAsync(store, "name")).Should().Be("another value");
    }

    [Test]
    public async Task Create_NameIsTakenAndTheKeyIsDisabled_SaysThatTheNameIsTaken()
    {
        await using SecretStore store = Open();
        await PutAsync(store, "name");
        int before = DisableTheKey();
        using SecretValue value = SecretValue.FromText("the value");

        Func<Task> create = () => store.CreateSecretAsync("name", value, new CreateSecretOptions { VersionId = "v1" }).AsTask();

        (await create.Should().ThrowAsync<SecretConflictException>()).Which.Code.Should().Be(SecretStoreErrorCodes.ResourceExist);
        _provider.Calls.Should().Be(before, "no value is read for an answer that needs none");
    }

    [Test]
    public async Task CreateAndPut_ScheduledForDeletionAndTheKeyIsDisabled_SaySoBeforeAValueIsRead()
    {
        await using SecretStore store = Open();
        await PutAsync(store, "name");
        await store.DeleteSecretAsync("name");
        int before = DisableTheKey();
        using SecretValue value = SecretValue.FromText("the value");

        Func<Task> create = () => store.CreateSecretAsync("name", value, new CreateSecretOptions { VersionId = "v1" }).AsTask();
        Func<Task> put = () => store.PutSecretValueAsync("name", value, new PutSecretValueOptions { VersionId = "v1" }).AsTask();

        (await create.Should().ThrowAsync<SecretConflictException>()).Which.Code.Should().Be(SecretStoreErrorCodes.ResourceInDeleteWindow);
        (await put.Should().ThrowAsync<SecretConflictException>()).Which.Code.Should().Be(SecretStoreErrorCodes.ResourceInDeleteWindow);
        _provider.Calls.Should().Be(before, "no value is read for an answer that needs none");
    }

    private int DisableTheKey()
    {
        _provider.Failure = SecretUnavailableException.ForKey(EncryptionKeys.Default, UnavailabilityReason.KeyDisabled);
        return _provider.Calls;
    }

    private SecretStore Open()
    {
        return new SecretStore(new FileSecretRepository(_directory["store"]), _provider);
    }

    private static async Task PutAsync(SecretStore store, string name)
    {
        using SecretValue value = SecretValue.FromText("the value");
        await store.CreateSecretAsync(name, value);
    }

    private static async Task<string> ReadAsync(SecretStore store, string name)
    {
        using SecretValueResult result = await store.GetSecretValueAsync(name);
        return result.Value.RevealText();
    }
}
