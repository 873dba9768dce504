extern alias customProvider;

using customProvider::EmbeddedSecrets.Samples.CustomProvider;
using customProvider::EmbeddedSecrets.Samples.CustomProvider.Service;
using EmbeddedSecrets.Tests.Contracts;

namespace EmbeddedSecrets.Tests.SamplePrograms;

/// <summary>The sample of a provider of one's own, as a program, and its provider as a provider.</summary>
public sealed class CustomProviderTests : KeyProviderContract
{
    [Test]
    public async Task Run_Always_TellsEveryStepAndLeavesNothing()
    {
        using var directory = new TemporaryDirectory();
        string temporary = Directory.CreateDirectory(directory["temporary"]).FullName;

        SampleRun run = await SampleProgram.RunAsync("CustomProvider", temporary);

        run.Should().BeEquivalentTo(new { ExitCode = 0, Error = string.Empty });
        run.Lines.Should().Equal(
            "1. A store whose keys are in a remote service",
            "2. shop/db-password: created",
            "      service: wrap acs/store v1, wrap default v1",
            "   reading version v1: 32 bytes",
            "      service: unwrap default v1",
            "3. The service is busy, twice",
            "   reading version v1: 32 bytes",
            "      service: busy, busy, unwrap default v1",
            "   The service is busy for longer",
            "   reading answers 409 Rejected.Unavailable",
            "      service: busy, busy, busy",
            "4. The service disables the key 'default'",
            "   reading answers 409 Rejected.Disabled",
            "   describing it still works: current version v1",
            "   The service schedules the key for deletion",
            "   reading answers 409 Rejected.PendingDeletion",
            "   The service enables the key",
            "   reading version v1: 32 bytes",
            "      service: unwrap default v1",
            "5. The service rotates the key 'default' to v2",
            "   reading version v1: 32 bytes",
            "      service: unwrap default v1",
            "   written again as version v2",
            "      service: unwrap default v1, wrap default v2",
            "   reading version v2: 32 bytes",
            "      service: unwrap default v2",
            "6. Closed the store and opened it again",
            "   reading version v2: 32 bytes",
            "      service: unwrap acs/store v1, unwrap default v2",
            "7. Opened it with a service that has other keys of the same names",
            "   it answers 500 Store.WrongKey");
        Directory.GetDirectories(temporary, "embeddedsecrets-*").Should().BeEmpty();
    }

    [Test]
    public async Task Unwrap_AfterRotation_FindsTheOldVersion()
    {
        FakeKeyService service = StartService();
        var provider = new RemoteKeyProvider(service, TimeSpan.Zero);
        byte[] generated = new byte[32];
        byte[] unwrapped = new byte[32];
        WrappedDataKey wrapped = await provider.GenerateDataKeyAsync(EncryptionKeys.Default, default, generated);

        service.Rotate(EncryptionKeys.Default).Should().Be(2);
        await provider.UnwrapAsync(wrapped, default, unwrapped);

        unwrapped.Should().Equal(generated);
    }

    [Test]
    public async Task Generate_KeyThatTheServiceHasNot_SaysSo()
    {
        IKeyProvider provider = await CreateAsync();

        Func<Task> generate = async () => await provider.GenerateDataKeyAsync("nobody", default, new byte[32]);

        (await generate.Should().ThrowAsync<SecretUnavailableException>()).Which.Reason.Should().Be(UnavailabilityReason.KeyNotFound);
    }

    [Test]
    public async Task Generate_Cancelled_StaysACancellation()
    {
        var provider = new RemoteKeyProvider(new FakeKeyService(Timeout.InfiniteTimeSpan), TimeSpan.Zero);
        using var source = new CancellationTokenSource();
        Task<WrappedDataKey> call = provider.GenerateDataKeyAsync(EncryptionKeys.Default, default, new byte[32], source.Token).AsTask();

        await source.CancelAsync();

        await call.Invoking(task => task).Should().ThrowAsync<OperationCanceledException>();
    }

    protected override Task<IKeyProvider> CreateAsync() => Task.FromResult<IKeyProvider>(new RemoteKeyProvider(StartService(), TimeSpan.Zero));

    private static FakeKeyService StartService()
    {
        var service = new FakeKeyService(TimeSpan.Zero);
        service.CreateKey(EncryptionKeys.Default);
        service.CreateKey(EncryptionKeys.Store);
        return service;
    }
}
