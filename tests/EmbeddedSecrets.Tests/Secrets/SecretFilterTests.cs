namespace EmbeddedSecrets.Tests.Secrets;

[TestFixture]
public sealed class SecretFilterTests
{
    [Test]
    public void Where_TenConditions_IsTakenAndOneMoreIsNot()
    {
        SecretFilter filter = SecretFilter.All;
        for (int i = 0; i < SecretFilter.MaxConditions; i++)
        {
            filter = filter.Where(SecretFilterField.Name, SecretFilterOperator.Prefix, "a");
        }

        filter.Conditions.Should().HaveCount(SecretFilter.MaxConditions);
        FluentActions.Invoking(() => filter.Where(SecretFilterField.Name, SecretFilterOperator.Prefix, "a")).Should().Throw<ArgumentException>();
        SecretFilter.All.Conditions.Should().BeEmpty();
    }

    [Test]
    public void Where_NoListOfValues_IsRefused()
    {
        FluentActions.Invoking(() => SecretFilter.All.Where(SecretFilterField.Name, SecretFilterOperator.Exact, null!)).Should().Throw<ArgumentNullException>().WithParameterName("values");
    }

    [Test]
    public void Where_NullValue_NamesItsPosition()
    {
        FluentActions.Invoking(() => SecretFilter.All.Where(SecretFilterField.Name, SecretFilterOperator.Exact, "a", null!)).Should().Throw<ArgumentException>().WithMessage("*position 2*");
    }
}
