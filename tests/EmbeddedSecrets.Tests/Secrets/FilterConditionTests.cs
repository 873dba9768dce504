using EmbeddedSecrets.Secrets;

namespace EmbeddedSecrets.Tests.Secrets;

public sealed class FilterConditionTests
{
    private static readonly Secret Stored = TestSecret.Create(
        new CreateSecretOptions { Description = "The Database", CreatedBy = "ann", Tags = new Dictionary<string, string> { ["Team"] = "Red" } }, "app/db");

    [TestCase(SecretFilterField.Name, SecretFilterOperator.Exact, "app/db", true)]
    [TestCase(SecretFilterField.Name, SecretFilterOperator.Exact, "App/db", false)]
    [TestCase(SecretFilterField.Name, SecretFilterOperator.Prefix, "app/", true)]
    [TestCase(SecretFilterField.Name, SecretFilterOperator.Prefix, "db", false)]
    [TestCase(SecretFilterField.Name, SecretFilterOperator.Contains, "/d", true)]
    [TestCase(SecretFilterField.Description, SecretFilterOperator.Exact, "THE DATABASE", true)]
    [TestCase(SecretFilterField.Description, SecretFilterOperator.Contains, "dataB", true)]
    [TestCase(SecretFilterField.Description, SecretFilterOperator.Prefix, "data", false)]
    [TestCase(SecretFilterField.TagKey, SecretFilterOperator.Exact, "Team", true)]
    [TestCase(SecretFilterField.TagKey, SecretFilterOperator.Exact, "team", false)]
    [TestCase(SecretFilterField.TagValue, SecretFilterOperator.Prefix, "Re", true)]
    [TestCase(SecretFilterField.CreatedBy, SecretFilterOperator.Exact, "ann", true)]
    [TestCase(SecretFilterField.CreatedBy, SecretFilterOperator.Exact, "Ann", false)]
    public void Matches_OneValue_ComparesAsAsked(SecretFilterField field, SecretFilterOperator comparison, string value, bool matches)
    {
        FilterCondition.Create(field, comparison, ["no", value]).Matches(Stored).Should().Be(matches);
    }

    [TestCase(0)]
    [TestCase(11)]
    public void Create_WrongNumberOfValues_Throws(int count)
    {
        FluentActions.Invoking(() => FilterCondition.Create(default, default, [.. Enumerable.Repeat("a", count)])).Should().Throw<ArgumentException>();
    }

    [Test]
    public void Create_NullValueOrUndefinedField_Throws()
    {
        FluentActions.Invoking(() => FilterCondition.Create(default, default, [null!])).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => FilterCondition.Create((SecretFilterField)5, default, ["a"])).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => FilterCondition.Create(default, (SecretFilterOperator)3, ["a"])).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Test]
    public void Create_CallersListChangesLater_ConditionDoesNot()
    {
        string[] values = ["app/db"];
        FilterCondition condition = FilterCondition.Create(SecretFilterField.Name, SecretFilterOperator.Exact, values);
        values[0] = "x";

        condition.MatchesName("app/db").Should().BeTrue();
    }
}
