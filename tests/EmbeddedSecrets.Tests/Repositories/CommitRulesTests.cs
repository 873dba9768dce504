using EmbeddedSecrets.Repositories;

namespace EmbeddedSecrets.Tests.Repositories;

/// <summary>What the arguments of a commit alone must satisfy.</summary>
[TestFixture]
public sealed class CommitRulesTests
{
    private static IEnumerable<TestCaseData> Wrong()
    {
        RecordStamp stamp = Samples.Stamp(1);
        yield return Case("RecordOfAnotherName", With(Samples.Create("n"), new RepositoryRecord("m", stamp, Samples.Bytes())));
        yield return Case("NoIncarnation", With(Samples.Create("n"), new RepositoryRecord("n", new RecordStamp(default, 1), Samples.Bytes())));
        yield return Case("RevisionZero", With(Samples.Create("n"), new RepositoryRecord("n", Samples.Stamp(0), Samples.Bytes())));
        yield return Case("SameStampAgain", Samples.Put("n", stamp, stamp));
        yield return Case("RecordTooShort", Samples.Create("n", Samples.Bytes(15)));
        yield return Case("RecordTooLong", Samples.Create("n", Samples.Bytes(CommitRules.MaxRecordBytes + 1)));
        yield return Case("PayloadTooShort", Samples.Create("n", null, (new UniqueId(0, 1), Samples.Bytes(15))));
        yield return Case("PayloadTooLong", Samples.Create("n", null, (new UniqueId(0, 1), Samples.Bytes(CommitRules.MaxPayloadBytes + 1))));
        yield return Case("TooManyAdded", Samples.Create("n", null, [.. Payloads(1_001)]));
        yield return Case("TooManyDropped", Samples.Remove("n", stamp, [.. Payloads(1_001).Select(static payload => payload.Id)]));
        yield return Case("NameTooLong", Samples.Create(new string('n', CommitRules.MaxNameLength + 1)));
    }

    private static IEnumerable<TestCaseData> Right()
    {
        yield return Case("SmallestRecordAndPayload", Samples.Create("n", Samples.Bytes(16), (new UniqueId(0, 1), Samples.Bytes(16))));
        yield return Case("LargestRecordAndPayload", Samples.Create("n", Samples.Bytes(CommitRules.MaxRecordBytes), (new UniqueId(0, 1), Samples.Bytes(CommitRules.MaxPayloadBytes))));
        yield return Case("MostPayloads", Samples.Create("n", null, [.. Payloads(1_000)]));
        yield return Case("LongestName", Samples.Create(new string('n', CommitRules.MaxNameLength)));
    }

    [TestCaseSource(nameof(Wrong))]
    public void Check_BreaksARule_IsRefused(RepositoryChange change) =>
        FluentActions.Invoking(() => CommitRules.Check(Samples.Commit(change), Samples.StoreId)).Should().Throw<ArgumentException>();

    [TestCaseSource(nameof(Right))]
    public void Check_AtTheLimits_IsTaken(RepositoryChange change) =>
        FluentActions.Invoking(() => CommitRules.Check(Samples.Commit(change), Samples.StoreId)).Should().NotThrow();

    private static RepositoryChange With(RepositoryChange change, RepositoryRecord record) =>
        new() { Name = change.Name, Expected = change.Expected, Record = record };

    private static IEnumerable<(UniqueId Id, byte[] Bytes)> Payloads(int count) =>
        Enumerable.Range(1, count).Select(static i => (new UniqueId(1, (ulong)i), Samples.Bytes(16)));

    private static TestCaseData Case(string name, RepositoryChange change) => new TestCaseData(change).SetArgDisplayNames(name);
}
