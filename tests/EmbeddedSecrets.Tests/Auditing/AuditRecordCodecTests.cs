using System.Text;
using EmbeddedSecrets.Auditing;

namespace EmbeddedSecrets.Tests.Auditing;

/// <summary>What a record may hold, and what of a line is read back: only authentic lines come so far, and none is believed blindly.</summary>
[TestFixture]
public sealed class AuditRecordCodecTests
{
    private const string Line = """{"sequence":7,"time":"2030-01-02T03:04:05.0000000Z","phase":"Outcome","operation":"GetSecretValue","request":"r","outcome":"Denied","previous":"p"}""";

    private static IEnumerable<AuditRecord> Wrong()
    {
        string tooLong = new('x', AuditRecordCodec.MaxTextLength + 1);
        yield return Make(requestId: null);
        yield return Make(operation: null);
        yield return Make(requestId: tooLong);
        yield return Make(operation: tooLong);
        yield return Make(principal: tooLong);
        yield return Make(secretName: tooLong);
        yield return Make(versionId: tooLong);
        yield return Make(keyId: tooLong);
        yield return Make(code: tooLong);
        yield return Make(phase: (AuditPhase)9);
        yield return Make(outcome: (AuditOutcome)9);
    }

    [TestCaseSource(nameof(Wrong))]
    public void Check_WhatCannotBeWritten_IsRefused(AuditRecord record) =>
        FluentActions.Invoking(() => AuditRecordCodec.Check(record)).Should().Throw<ArgumentException>();

    [Test]
    public void Check_LongestTexts_AreTaken()
    {
        string longest = new('x', AuditRecordCodec.MaxTextLength);

        FluentActions.Invoking(() => AuditRecordCodec.Check(Make(longest, longest, AuditPhase.Intent, longest, longest, longest, longest, longest))).Should().NotThrow();
    }

    [Test]
    public void Read_WholeLine_IsTheRecord()
    {
        AuditRecord? record = AuditRecordCodec.Read(Encoding.UTF8.GetBytes(Line), out long sequence, out string previous);

        (sequence, previous).Should().Be((7, "p"));
        record.Should().BeEquivalentTo(Make(phase: AuditPhase.Outcome, outcome: AuditOutcome.Denied));
    }

    [TestCase("\"sequence\":7,", "")]
    [TestCase("\"sequence\":7", "\"sequence\":0")]
    [TestCase("\"sequence\":7", "\"sequence\":-7")]
    [TestCase("\"sequence\":7", "\"sequence\":7.5")]
    [TestCase("2030-01-02", "2030-13-02")]
    [TestCase("\"phase\":\"Outcome\",", "")]
    [TestCase("\"phase\":\"Outcome\"", "\"phase\":\"Later\"")]
    [TestCase("\"operation\":\"GetSecretValue\",", "")]
    [TestCase("\"request\":\"r\",", "")]
    [TestCase("\"request\":\"r\"", "\"request\":{}")]
    [TestCase("\"request\":\"r\"", "\"request\":null")]
    [TestCase("}", "")]
    public void Read_LineThatLacksSomething_IsNoRecord(string part, string instead)
    {
        string line = Line.Replace(part, instead, StringComparison.Ordinal);
        line.Should().NotBe(Line);

        AuditRecordCodec.Read(Encoding.UTF8.GetBytes(line), out _, out _).Should().BeNull();
    }

    [TestCase("")]
    [TestCase("[1]")]
    [TestCase("{\"a\":[]}")]
    [TestCase("{\"a\":{\"b\":1}}")]
    [TestCase("{\"a\":true}")]
    [TestCase("{\"a\":1} {}")]
    [TestCase("{\"a\":\"\\ud800\"}")]
    public void ReadFields_NoFlatObject_IsEmpty(string line) => AuditFields.Read(Encoding.UTF8.GetBytes(line)).Should().BeEmpty();

    [TestCase("""{"format":1,"file":2,"first":3,"previous":"p","end":4}""", true)]
    [TestCase("""{"format":2,"file":2,"first":3,"previous":"p","end":4}""", false)]
    [TestCase("""{"file":2,"first":3,"previous":"p","end":4}""", false)]
    [TestCase("""{"format":1,"file":-2,"first":3,"previous":"p","end":4}""", false)]
    [TestCase("""{"format":1,"file":2,"previous":"p","end":4}""", false)]
    [TestCase("""{"format":1,"file":2,"first":3,"end":4}""", false)]
    [TestCase("""{"format":1,"file":2,"first":3,"previous":"p"}""", false)]
    public void ReadFileHeader_Line_NeedsEveryMember(string line, bool isHeader)
    {
        AuditFileHeader? header = AuditFileHeader.Read(Encoding.UTF8.GetBytes(line), out _);

        header.Should().Be(isHeader ? new AuditFileHeader(2, 3, "p", 4) : null);
    }

    [TestCase(0, true)]
    [TestCase(1, false)]
    [TestCase(2, false)]
    [TestCase(3, false)]
    public void TrailIdOf_Line_NeedsItsDigitsInTheirPlace(int damage, bool isFound)
    {
        string field = damage == 1 ? "\"trial\":\"" : "\"trail\":\"";
        string digits = damage == 2 ? new string('g', 2 * AuditKeys.TrailIdLength) : string.Concat(Enumerable.Repeat("0a", AuditKeys.TrailIdLength));
        string line = new string(' ', AuditLine.BodyOffset) + field + (damage == 3 ? digits[1..] : digits);

        byte[]? id = AuditFileHeader.TrailIdOf(Encoding.UTF8.GetBytes(line));

        (id is not null).Should().Be(isFound);
        if (isFound)
        {
            id.Should().HaveCount(AuditKeys.TrailIdLength).And.OnlyContain(static value => value == 0x0a);
        }
    }

    private static AuditRecord Make(
        string? requestId = "r",
        string? operation = "GetSecretValue",
        AuditPhase phase = AuditPhase.Intent,
        string? principal = null,
        string? secretName = null,
        string? versionId = null,
        string? keyId = null,
        string? code = null,
        AuditOutcome? outcome = null) => new()
        {
            RequestId = requestId!,
            Operation = operation!,
            Phase = phase,
            Time = new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero),
            Principal = principal,
            SecretName = secretName,
            VersionId = versionId,
            KeyId = keyId,
            Code = code,
            Outcome = outcome,
        };
}
