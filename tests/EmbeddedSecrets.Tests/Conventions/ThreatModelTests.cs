using System.Reflection;
using System.Text.RegularExpressions;
using EmbeddedSecrets.Tests.SamplePrograms;
using NUnit.Framework.Interfaces;

namespace EmbeddedSecrets.Tests.Conventions;

/// <summary>The threat model names the test that shows each promise, and a promise is no better than a test that exists.</summary>
[TestFixture]
public sealed partial class ThreatModelTests
{
    private const int Attacks = 54;

    private static readonly string DocumentPath = Path.Combine(SampleProgram.RepositoryRoot, "src/EmbeddedSecrets/docs/threat-model.md");
    private static readonly string FaultTests = Path.Combine(SampleProgram.RepositoryRoot, "tests/EmbeddedSecrets.FaultTests");

    [Test]
    public void Document_EveryNamedTest_Exists()
    {
        string text = Document();
        if (!Directory.Exists(FaultTests))
        {
            Assert.Ignore($"The source of the fault tests is not in {FaultTests}.");
        }

        string[] named = [.. NameOfATest().Matches(text).Select(match => match.Groups[1].Value).Distinct()];

        named.Should().HaveCountGreaterThan(100);
        named.Where(name => !Exists(name)).Should().BeEmpty();
    }

    [Test]
    public void Document_EveryAttack_HasATestOrSaysWhyNot()
    {
        string[] rows = [.. Document().Split('\n').Where(line => AttackRow().IsMatch(line))];

        rows.Select(row => int.Parse(AttackRow().Match(row).Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture)).Should().Equal(Enumerable.Range(1, Attacks));
        rows.Where(row => !NameOfATest().IsMatch(row)).Should().OnlyContain(row => row.Contains("No test", StringComparison.Ordinal));
    }

    [TestCase("ThreatModelTests.Document_EveryNamedTest_Exists", true)]
    [TestCase("ThreatModelTests.Exists", false)]
    [TestCase("StormTests.Put_ManyProcessesAndSomeKilled_LosesNothingAndReadsNothingOld", true)]
    [TestCase("StormTests.Put_ManyProcesses", false)]
    [TestCase("NoSuchTests", false)]
    public void Exists_Name_IsLookedUp(string name, bool expected)
    {
        if (!Directory.Exists(FaultTests))
        {
            Assert.Ignore($"The source of the fault tests is not in {FaultTests}.");
        }

        Exists(name).Should().Be(expected);
    }

    private static string Document()
    {
        if (!File.Exists(DocumentPath))
        {
            Assert.Ignore($"There is no threat model in {DocumentPath}.");
        }

        return File.ReadAllText(DocumentPath);
    }

    private static bool Exists(string name)
    {
        string[] parts = name.Split('.');
        string source = Path.Combine(FaultTests, parts[0] + ".cs");
        return typeof(ThreatModelTests).Assembly.GetTypes().Any(type => type.Name == parts[0] && (parts.Length == 1 || HasTest(type, parts[1])))
            || (File.Exists(source) && (parts.Length == 1 || File.ReadAllText(source).Contains($" {parts[1]}(", StringComparison.Ordinal)));
    }

    private static bool HasTest(Type fixture, string method) =>
        fixture.GetMethods().Any(candidate => candidate.Name == method && candidate.GetCustomAttributes().Any(attribute => attribute is ISimpleTestBuilder or ITestBuilder));

    [GeneratedRegex(@"`([A-Z]\w*(?:Tests|Contract)(?:\.[A-Z]\w*)?)`")]
    private static partial Regex NameOfATest();

    [GeneratedRegex(@"^\| (\d+) \|")]
    private static partial Regex AttackRow();
}
