using System.Globalization;

namespace EmbeddedSecrets.Tests.Pipeline;

[TestFixture]
public sealed class WatchAcrossInstancesTests
{
    private TemporaryDirectory _directory = null!;

    [SetUp]
    public void MakeDirectory() => _directory = new TemporaryDirectory();

    [TearDown]
    public void RemoveDirectory() => _directory.Dispose();

    [Test]
    public async Task WatchAsync_OtherInstanceAndCompactions_EveryChangeOrAReload()
    {
        await using SecretStore store = await OpenAsync();
        await using SecretStore other = await OpenAsync();
        Task<List<SecretChange>> watching = WatchTests.TakeAsync(store, after: 0, int.MaxValue, until: 200);
        for (int i = 0; i < 200; i++)
        {
            using SecretValue value = SecretValue.FromText("value " + i.ToString(CultureInfo.InvariantCulture));
            await other.CreateSecretAsync("name-" + i.ToString(CultureInfo.InvariantCulture), value);
            if (i % 50 == 49)
            {
                await other.Maintenance.CompactAsync();
            }
        }

        List<SecretChange> changes = await watching;
        long passed = 0;
        foreach (SecretChange change in changes)
        {
            (change.Kind == SecretChangeKind.Reload || change.Sequence == passed + 1).Should().BeTrue("nothing is left out silently");
            passed = change.Sequence;
        }

        passed.Should().Be(200);
    }

    private Task<SecretStore> OpenAsync() => SecretStore.OpenAsync(_directory.Store, RootKey.FromFile(_directory["root.key"])).AsTask();
}
