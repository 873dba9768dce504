using EmbeddedSecrets.Auditing;
using EmbeddedSecrets.Files;

namespace EmbeddedSecrets.Tests.Files;

/// <summary>A file is one of the library only if its name is exactly one that the library gives.</summary>
[TestFixture]
public sealed class FileNameTests
{
    [TestCase("log-0000000000000001.ess", 1)]
    [TestCase("log-7fffffffffffffff.ess", long.MaxValue)]
    [TestCase("log-0000000000000000.ess", 0)]
    [TestCase("log-ffffffffffffffff.ess", 0)]
    [TestCase("log-000000000000000A.ess", 0)]
    [TestCase("log-00000000000000g1.ess", 0)]
    [TestCase("log-000000000000001.ess", 0)]
    [TestCase("LOG-0000000000000001.ess", 0)]
    [TestCase("log-0000000000000001.esa", 0)]
    public void GenerationOf_Name_IsThatOfALogOrNone(string name, long generation) => LogName.GenerationOf(name).Should().Be(generation);

    [TestCase("log-0000000000000001.ess.0123abcd.tmp", true)]
    [TestCase("log-0000000000000001.ess.0123abcD.tmp", false)]
    [TestCase("log-0000000000000001.ess-0123abcd.tmp", false)]
    [TestCase("log-0000000000000001.ess.0123abcd.tmP", false)]
    [TestCase("log-0000000000000001.ess.0123abc.tmp", false)]
    [TestCase("log-0000000000000000.ess.0123abcd.tmp", false)]
    public void IsTemporary_Name_IsOneThatIsBeingMade(string name, bool isTemporary) => LogName.IsTemporary(name).Should().Be(isTemporary);

    [TestCase("restoring-0123abcd", true)]
    [TestCase("restoring-0123abcg", false)]
    [TestCase("restoring-0123abc", false)]
    [TestCase("Restoring-0123abcd", false)]
    public void IsStaging_Name_IsOneOfARestore(string name, bool isStaging) => LogName.IsStaging(name).Should().Be(isStaging);

    [TestCase("audit-00000001.esa", 1)]
    [TestCase("audit-99999999.esa", AuditFileName.MaxNumber)]
    [TestCase("audit-00000000.esa", 0)]
    [TestCase("audit-0000001.esa", 0)]
    [TestCase("audit-+0000001.esa", 0)]
    [TestCase("Audit-00000001.esa", 0)]
    [TestCase("audit-00000001.ess", 0)]
    [TestCase("audit.new", 0)]
    public void NumberOf_Name_IsThatOfAnAuditFileOrNone(string name, int number) => AuditFileName.NumberOf(name).Should().Be(number);

    [Test]
    public void NewNames_Always_AreKnownAgain()
    {
        LogName.IsTemporary(LogName.NewTemporaryOf(7)).Should().BeTrue();
        LogName.IsStaging(LogName.NewStaging()).Should().BeTrue();
        LogName.GenerationOf(LogName.Of(7)).Should().Be(7);
        AuditFileName.NumberOf(AuditFileName.Of(7)).Should().Be(7);
    }
}
