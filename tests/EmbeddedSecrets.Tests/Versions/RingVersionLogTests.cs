using EmbeddedSecrets.Tests.Contracts;

namespace EmbeddedSecrets.Tests.Versions;

[TestFixture(8)]
[TestFixture(9)]
[TestFixture(10)]
public sealed class RingVersionLogTests(int capacity) : VersionLogContract
{
    protected override IVersionLog Create() => new RingVersionLog(capacity);

    [Test]
    public void Evict_OneMoreThanTheCapacity_LetsTheOldestGo()
    {
        SecretVersion[] versions = [.. Enumerable.Range(1, capacity).Select(n => Version(n)), Version(capacity + 1, SecretStages.Current)];

        Create().Evict(versions).Should().Equal("id1");
    }

    [Test]
    public void Evict_AsManyAsTheCapacity_KeepsAll()
    {
        SecretVersion[] versions = [.. Enumerable.Range(1, capacity - 1).Select(n => Version(n)), Version(capacity, SecretStages.Current)];

        Create().Evict(versions).Should().BeEmpty();
    }

    [TestCase(7)]
    [TestCase(11)]
    public void Constructor_CapacityOutOfRange_Throws(int wrong)
    {
        FluentActions.Invoking(() => new RingVersionLog(wrong)).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Test]
    public void Evict_NoVersions_IsRefused()
    {
        FluentActions.Invoking(() => new RingVersionLog().Evict(null!)).Should().Throw<ArgumentNullException>().WithParameterName("versions");
    }

    [Test]
    public void Evict_OnlyTheNewestWithoutAStage_KeepsIt()
    {
        SecretVersion[] versions = [.. Enumerable.Range(1, capacity).Select(n => Version(n, $"Own{n}")), Version(capacity + 1)];

        Create().Evict(versions).Should().BeEmpty();
    }
}
