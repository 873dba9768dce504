using EmbeddedSecrets.Tests.Pipeline;

namespace EmbeddedSecrets.Tests.Policies;

/// <summary>What a principal sees in a list while policies change.</summary>
[TestFixture]
public sealed class PolicyListingTests
{
    [Test]
    public async Task List_PolicyReplacedByOneThatAllowsToo_ShowsTheSecret()
    {
        string policy = PolicyTexts.Of(PolicyTexts.Allow("\"anna\"", """["kms:*"]"""));
        var repository = new InterceptedRepository();
        await using var store = new SecretStore(repository, new KeyRing(RootKey.FromBytes([.. Enumerable.Repeat((byte)1, 32)])));
        await store.CreateWithPolicyAsync("a", policy);
        repository.BeforePayload = () => store.SetSecretPolicyAsync("a", policy + " ").AsTask();

        SecretPage page = await store.WithPrincipal("anna").ListSecretsPageAsync();

        page.Secrets.Should().ContainSingle().Which.Name.Should().Be("a");
    }
}
