namespace EmbeddedSecrets.Tests.Exchange;

[TestFixture]
public sealed class ImportUnderLoadTests
{
    private const string Policy = """{"Version":"1","Statement":[{"Effect":"Deny","Principal":{"RAM":["*"]},"Action":["kms:*"],"Resource":["*"]}]}""";

    [Test]
    public async Task Import_BesideWritersOnBothSidesInterruptedAndResumed_IsEqual()
    {
        using var directory = new TemporaryDirectory();
        await using SecretStore source = await SecretStore.OpenAsync(directory["source"], RootKey.FromFile(directory["source.key"]));
        await using SecretStore target = await SecretStore.OpenAsync(directory["target"], RootKey.FromFile(directory["target.key"]));
        await Bundles.FillAsync(source);
        string[] expected = await source.ContentsAsync();
        using var stop = new CancellationTokenSource();
        Task[] writing = [WriteAsync(source, "zz/source", stop.Token), WriteAsync(target, "zz/target", stop.Token)];

        byte[] bundle = await source.ExportAsync(new ExportOptions { Names = ["a/binary", "b/many", "c/pairs", "d/large"] });
        List<(int Offset, int Length)> frames = Bundles.Frames(bundle);
        using var broken = new BrokenStream(bundle, frames[frames.Count / 2].Offset + 1);
        Func<Task> interrupted = () => target.Maintenance.ImportAsync(broken, Bundles.Key).AsTask();
        await interrupted.Should().ThrowAsync<IOException>();
        ImportResult[] results = await Task.WhenAll(target.ImportAsync(bundle, ImportConflict.Skip), target.ImportAsync(bundle, ImportConflict.Skip));
        await stop.CancelAsync();
        await Task.WhenAll(writing);

        results.Should().OnlyContain(static result => result.Created + result.Unchanged == 4);
        await target.DeleteSecretAsync("zz/target", SecretDeletion.Immediately);
        (await target.ContentsAsync()).Should().Equal(expected);
    }

    [Test]
    public async Task Import_FromAStreamOfShortReadsInItsMiddle_Works()
    {
        await using SecretStore source = SecretStore.CreateInMemory();
        await using SecretStore target = SecretStore.CreateInMemory();
        await Bundles.FillAsync(source);
        using var stream = new ShortStream([1, 2, 3, .. await source.ExportAsync()]) { Position = 3 };

        await target.Maintenance.ImportAsync(stream, Bundles.Key);

        (await target.ContentsAsync()).Should().Equal(await source.ContentsAsync());
    }

    [Test]
    public async Task Import_OverwritingASecretWithAPolicy_KeepsThePolicy()
    {
        await using SecretStore source = SecretStore.CreateInMemory();
        await using SecretStore target = SecretStore.CreateInMemory();
        await source.CreateTextAsync("name", "new");
        await target.CreateTextAsync("name", "old");
        await target.SetSecretPolicyAsync("name", Policy);

        (await target.ImportAsync(await source.ExportAsync(), ImportConflict.Overwrite)).Overwritten.Should().Be(1);

        (await target.ReadTextAsync("name")).Should().Be("new");
        (await target.GetSecretPolicyAsync("name")).Should().Be(Policy);
    }

    private static async Task WriteAsync(SecretStore store, string name, CancellationToken stop)
    {
        await store.CreateTextAsync(name, "0");
        await Task.Run(async () =>
        {
            for (int i = 1; !stop.IsCancellationRequested; i++)
            {
                await store.PutTextAsync(name, $"{i}");
            }
        }, CancellationToken.None);
    }

    private sealed class ShortStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, 7)], cancellationToken);
    }
}
