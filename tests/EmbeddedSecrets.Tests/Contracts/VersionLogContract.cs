namespace EmbeddedSecrets.Tests.Contracts;

/// <summary>What every <see cref="IVersionLog"/> must keep (SPEC I1, I8). Inherit it and make your own version log.</summary>
public abstract class VersionLogContract
{
    protected abstract IVersionLog Create();

    [Test]
    public void Evict_OneVersion_KeepsIt()
    {
        Create().Evict([Version(1, SecretStages.Current)]).Should().BeEmpty();
    }

    [Test]
    public void Evict_ElevenVersions_LeavesAtMostTen()
    {
        SecretVersion[] versions = [.. Enumerable.Range(1, 10).Select(n => Version(n)), Version(11, SecretStages.Current)];

        (versions.Length - Create().Evict(versions).Count).Should().BeLessThanOrEqualTo(RingVersionLog.MaxCapacity);
    }

    [Test]
    public void Evict_EveryPlacementOfEightStages_TakesTheOldestWithoutAStageAndNeverTheNewest()
    {
        // Every subset of at most 7 labelled versions among the first ten; the newest carries a stage of its own.
        for (int mask = 0; mask < 1 << 10; mask++)
        {
            if (int.PopCount(mask) > 7)
            {
                continue;
            }

            SecretVersion[] versions =
            [
                .. Enumerable.Range(1, 10).Select(n => (mask >> (n - 1) & 1) == 1 ? Version(n, $"s{n}") : Version(n)),
                Version(11, SecretStages.Current),
            ];
            IReadOnlyList<string> evicted = Create().Evict(versions);
            string[] unlabelled = [.. versions.Where(version => version.Stages.Count == 0).Select(version => version.VersionId)];

            evicted.Should().NotBeEmpty().And.Equal(unlabelled.Take(evicted.Count));
        }
    }

    [Test]
    public void Evict_SameInput_SameAnswer()
    {
        IVersionLog log = Create();
        SecretVersion[] versions = [.. Enumerable.Range(1, 10).Select(n => Version(n)), Version(11, SecretStages.Current)];

        log.Evict(versions).Should().Equal(log.Evict(versions));
    }

    protected static SecretVersion Version(long sequence, params string[] stages)
    {
        return new SecretVersion
        {
            VersionId = $"id{sequence}",
            Sequence = sequence,
            CreateTime = DateTimeOffset.UnixEpoch,
            Stages = stages,
            State = SecretVersionState.Enabled,
            ValueKind = default,
            Validity = SecretVersionValidity.Always,
            CreatedBy = null,
        };
    }
}
