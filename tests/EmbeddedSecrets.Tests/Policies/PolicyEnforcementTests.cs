using EmbeddedSecrets.Tests.Pipeline;

namespace EmbeddedSecrets.Tests.Policies;

/// <summary>Policies in the facade: a denial looks like an absent secret wherever reading is denied.</summary>
[TestFixture]
public sealed class PolicyEnforcementTests
{
    private const string Everything = """["kms:*"]""";
    private static readonly string DenyAll = PolicyTexts.Of(PolicyTexts.Deny("\"*\"", Everything));
    private static readonly string DescribeOnly = PolicyTexts.Of(PolicyTexts.Allow("\"anna\"", """["kms:DescribeSecret","kms:ListSecrets"]"""));

    private static readonly Dictionary<string, Func<SecretStore, string, Task>> Operations = new()
    {
        ["get"] = (store, name) => Get(store, name, default),
        ["get missing version"] = (store, name) => Get(store, name, SecretVersionSelector.Version("v99")),
        ["describe"] = (store, name) => store.DescribeSecretAsync(name).AsTask(),
        ["versions"] = (store, name) => store.ListSecretVersionIdsAsync(name).AsTask(),
        ["get policy"] = (store, name) => store.GetSecretPolicyAsync(name).AsTask(),
        ["evaluate"] = (store, name) => store.EvaluateSecretPolicyAsync(name, "anna", "kms:GetSecretValue").AsTask(),
        ["put"] = (store, name) => store.PutTextAsync(name, "other"),
        ["put taken id"] = (store, name) => PutAsync(store, name, new PutSecretValueOptions { VersionId = "v1" }),
        ["put wrong revision"] = (store, name) => PutAsync(store, name, new PutSecretValueOptions { ExpectedRevision = Wrong }),
        ["update"] = (store, name) => store.UpdateSecretAsync(name, new UpdateSecretOptions { Description = "d" }).AsTask(),
        ["delete"] = (store, name) => store.DeleteSecretAsync(name).AsTask(),
        ["delete unread"] = (store, name) => store.DeleteSecretAsync(name, null, new DeleteSecretOptions { RefuseIfReadWithin = TimeSpan.FromDays(9) }).AsTask(),
        ["restore"] = (store, name) => store.RestoreSecretAsync(name).AsTask(),
        ["tag"] = (store, name) => store.TagSecretsAsync([name], new Dictionary<string, string> { ["k"] = "v" }).AsTask(),
        ["untag"] = (store, name) => store.UntagSecretsAsync([name], ["k"]).AsTask(),
        ["stage"] = (store, name) => store.UpdateSecretVersionStageAsync(name, "s", VersionStageMove.To("v1")).AsTask(),
        ["version update"] = (store, name) => store.UpdateSecretVersionAsync(name, "v1", new UpdateSecretVersionOptions { Enabled = false }).AsTask(),
        ["destroy"] = (store, name) => store.DestroySecretVersionAsync(name, "v99").AsTask(),
        ["set policy"] = (store, name) => store.SetSecretPolicyAsync(name, DescribeOnly).AsTask(),
        ["batch get"] = async (store, name) =>
        {
            using SecretValueBatch batch = await store.GetSecretValuesAsync([name]);
            if (batch.Errors.TryGetValue(name, out SecretStoreException? error))
            {
                throw error;
            }
        },
    };

    private static readonly string[] Reads = ["get", "get missing version", "versions", "get policy", "evaluate", "batch get"];

    private static SecretRevision Wrong { get; } = new(new UniqueId(0, 1), 99);

    [Test]
    public async Task AnyOperation_WhollyDenied_LooksAbsent(
        [ValueSource(nameof(Names))] string operation, [Values("plain", "scheduled", "key disabled")] string state)
    {
        await using SecretStore store = await PreparedAsync(DenyAll, state);
        SecretStore view = store.WithPrincipal("anna");

        SecretStoreException denied = await FailureAsync(() => Operations[operation](view, "hidden"));
        SecretStoreException absent = await FailureAsync(() => Operations[operation](view, "absent"));

        Same(denied, "hidden").Should().Be(Same(absent, "absent"));
        denied.Should().BeOfType<SecretNotFoundException>();
        denied.RequestId.Should().NotBeNullOrEmpty();
    }

    [Test]
    public async Task AnyOperation_DescribeAllowed_IsRefusedAndNothingChanges([ValueSource(nameof(Names))] string operation)
    {
        await using SecretStore store = await PreparedAsync(DescribeOnly, "plain");
        SecretStore view = store.WithPrincipal("anna");
        SecretDescription before = await store.DescribeSecretAsync("hidden");

        if (operation == "describe")
        {
            await Operations[operation](view, "hidden");
            return;
        }

        SecretStoreException denied = await FailureAsync(() => Operations[operation](view, "hidden"));

        denied.Code.Should().Be(Reads.Contains(operation) ? SecretStoreErrorCodes.ResourceNotFound : SecretStoreErrorCodes.NoPermission);
        (await store.DescribeSecretAsync("hidden")).Revision.Should().Be(before.Revision);
    }

    [Test]
    public async Task AnyOperation_Allowed_IsDoneAsByTheOwner([ValueSource(nameof(Names))] string operation)
    {
        string allow = PolicyTexts.Of(PolicyTexts.Allow("\"anna\"", Everything));
        await using SecretStore store = await PreparedAsync(allow, "plain");
        await using SecretStore plain = await PreparedAsync(null, "plain");

        string asView = await OutcomeAsync(() => Operations[operation](store.WithPrincipal("anna"), "hidden"));

        asView.Should().Be(await OutcomeAsync(() => Operations[operation](plain, "hidden")));
    }

    [Test]
    public async Task AnyOperation_Owner_IsNeverBound([ValueSource(nameof(Names))] string operation)
    {
        await using SecretStore store = await PreparedAsync(DenyAll, "plain");
        await using SecretStore plain = await PreparedAsync(null, "plain");

        string bound = await OutcomeAsync(() => Operations[operation](store, "hidden"));

        bound.Should().Be(await OutcomeAsync(() => Operations[operation](plain, "hidden")));
    }

    [Test]
    public async Task List_HiddenSecrets_AreNeitherShownNorNamedByACursor()
    {
        using var store = SecretStore.CreateInMemory();
        await store.CreateTextAsync("a", "1");
        for (int i = 0; i < 1_100; i++)
        {
            await store.CreateWithPolicyAsync($"b{i:D4}", DenyAll);
        }

        await store.CreateTextAsync("c", "1");
        SecretStore view = store.WithPrincipal("anna");

        SecretPage first = await view.ListSecretsPageAsync(size: 1);
        SecretPage second = await view.ListSecretsPageAsync(size: 1, cursor: first.NextCursor);

        first.Secrets.Select(one => one.Name).Should().Equal("a");
        second.Secrets.Select(one => one.Name).Should().Equal("c");
        second.NextCursor.Should().BeNull();
    }

    [Test]
    public async Task Create_OverAHiddenName_IsNoPermission()
    {
        await using SecretStore store = await PreparedAsync(DenyAll, "plain");
        SecretStore view = store.WithPrincipal("anna");

        (await StoreExtensions.CodeOfAsync(() => new ValueTask<SecretDescription>(view.CreateTextAsync("hidden", "x")))).Should().Be(SecretStoreErrorCodes.NoPermission);
    }

    [TestCase("kms:RestoreSecret", "none")]
    [TestCase("kms:PutSecretValue", "none")]
    [TestCase("kms:SetSecretPolicy", "policy")]
    [TestCase("kms:TagResources", "tags")]
    [TestCase("kms:UpdateSecret", "description")]
    public async Task CreateOrRestore_OneOfItsActionsDenied_DoesNothing(string action, string what)
    {
        string policy = PolicyTexts.Of(PolicyTexts.Deny("\"anna\"", $"\"{action}\""), PolicyTexts.Allow("\"anna\"", Everything));
        await using SecretStore store = await PreparedAsync(policy, "scheduled");
        using SecretValue value = SecretValue.FromText("x");
        var options = new CreateSecretOptions
        {
            IfScheduledForDeletion = ScheduledDeletionBehavior.Restore,
            Policy = what == "policy" ? PolicyTexts.Of() : null,
            Tags = what == "tags" ? new Dictionary<string, string> { ["k"] = "v" } : null,
            Description = what == "description" ? "d" : null,
        };

        string code = await StoreExtensions.CodeOfAsync(() => store.WithPrincipal("anna").CreateSecretAsync("hidden", value, options));

        code.Should().Be(SecretStoreErrorCodes.NoPermission);
        (await store.DescribeSecretAsync("hidden")).PlannedDeleteTime.Should().NotBeNull();
        (await store.GetSecretPolicyAsync("hidden")).Should().Be(policy);
    }

    [Test]
    public async Task CreateAndPut_ByAPrincipal_NameItAndNobodyElse()
    {
        using var store = SecretStore.CreateInMemory();
        using SecretValue value = SecretValue.FromText("x");
        SecretStore view = store.WithPrincipal("anna");

        SecretDescription created = await view.CreateSecretAsync("a", value, new CreateSecretOptions { CreatedBy = "bert" });
        using SecretValue next = SecretValue.FromText("y");
        SecretVersionDescription put = await view.PutSecretValueAsync("a", next, new PutSecretValueOptions { CreatedBy = "bert" });

        created.CreatedBy.Should().Be("anna");
        put.CreatedBy.Should().Be("anna");
    }

    [Test]
    public async Task Evaluate_OwnTextByWhoMayNotDescribe_IsAbsent()
    {
        await using SecretStore store = await PreparedAsync(PolicyTexts.Of(PolicyTexts.Allow("\"anna\"", "\"kms:GetSecretPolicy\"")), "plain");
        SecretStore view = store.WithPrincipal("anna");

        (await view.EvaluateSecretPolicyAsync("hidden", "anna", "kms:PutSecretValue")).IsAllowed.Should().BeFalse();
        (await StoreExtensions.CodeOfAsync(() => view.EvaluateSecretPolicyAsync("hidden", "anna", "kms:PutSecretValue", DescribeOnly))).Should().Be(SecretStoreErrorCodes.ResourceNotFound);
    }

    [Test]
    public async Task DeniedRead_UsesNoKeyAndReadsNoValue()
    {
        var repository = new InterceptedRepository();
        var keys = new RemoteKeyProvider();
        await using var store = new SecretStore(repository, keys);
        await store.CreateWithPolicyAsync("hidden", DenyAll);
        int calls = keys.Calls;
        var read = new HashSet<UniqueId>();
        repository.ReplacePayload = id =>
        {
            read.Add(id);
            return id;
        };

        SecretStore view = store.WithPrincipal("anna");
        await FailureAsync(() => Operations["get"](view, "hidden"));
        await FailureAsync(() => Operations["batch get"](view, "hidden"));
        await FailureAsync(() => Operations["put"](view, "hidden"));

        keys.Calls.Should().Be(calls);
        read.Should().HaveCount(1, "the policy is the only payload that was asked for");
    }

    [Test]
    public async Task TamperedPolicy_DeniesPrincipals_AndTheOwnerReadsReplacesAndDeletes()
    {
        var repository = new InterceptedRepository();
        await using var store = new SecretStore(repository, new RemoteKeyProvider());
        await store.CreateWithPolicyAsync("hidden", PolicyTexts.Of(PolicyTexts.Allow("\"*\"", Everything)));
        SecretStore view = store.WithPrincipal("anna");
        repository.ReplacePayload = static _ => new UniqueId(0, 1);

        (await FailureAsync(() => Operations["describe"](view, "hidden"))).Code.Should().Be(SecretStoreErrorCodes.ResourceNotFound);
        (await store.EvaluateSecretPolicyAsync("hidden", "anna", "kms:GetSecretValue")).Reason.Should().Be(SecretPolicyReason.NotEvaluable);
        repository.ReplacePayload = null;
        (await store.ReadTextAsync("hidden")).Should().Be("text");
        await store.SetSecretPolicyAsync("hidden", DescribeOnly);
        (await view.DescribeSecretAsync("hidden")).Name.Should().Be("hidden");
        await store.DeleteSecretAsync("hidden", SecretDeletion.Immediately);
    }

    [Test]
    public async Task SetPolicy_InAnotherInstance_BindsTheNextOperation()
    {
        using var directory = new TemporaryDirectory();
        var key = RootKey.FromFile(directory["root.key"]);
        await using SecretStore first = await SecretStore.OpenAsync(directory.Store, key);
        await first.CreateTextAsync("a", "text");
        await using SecretStore second = await SecretStore.OpenAsync(directory.Store, key);
        SecretStore view = second.WithPrincipal("anna");
        (await view.ReadTextAsync("a")).Should().Be("text");

        await first.SetSecretPolicyAsync("a", DenyAll);
        (await FailureAsync(() => view.ReadTextAsync("a"))).Code.Should().Be(SecretStoreErrorCodes.ResourceNotFound);
        await first.SetSecretPolicyAsync("a", PolicyTexts.Of());
        (await view.ReadTextAsync("a")).Should().Be("text");
    }

    [Test]
    public async Task View_WhatBelongsToTheOwner_IsRefused_AndItsDisposalDisposesNothing()
    {
        SecretStore store = SecretStore.CreateInMemory();
        await store.CreateTextAsync("a", "text");
        SecretStore view = store.WithPrincipal("anna");

        view.Invoking(one => one.Keys).Should().Throw<SecretStoreAccessException>();
        view.Invoking(one => one.Maintenance).Should().Throw<SecretStoreAccessException>();
        view.Invoking(one => one.WithPrincipal("bert")).Should().Throw<SecretStoreAccessException>();
        Func<Task> watch = async () => await view.WatchAsync(0).GetAsyncEnumerator().MoveNextAsync();
        await watch.Should().ThrowAsync<SecretStoreAccessException>();
        view.Dispose();
        await view.DisposeAsync();
        (await view.ReadTextAsync("a")).Should().Be("text");
        await store.DisposeAsync();
        Func<Task> late = () => view.ReadTextAsync("a");
        await late.Should().ThrowAsync<ObjectDisposedException>();
    }

    private static string[] Names() => [.. Operations.Keys];

    [Test]
    public async Task UpdateTags_RemovesAndUntaggingIsDenied_IsRefusedAndNothingChanges([Values] bool alsoSets)
    {
        string policy = PolicyTexts.Of(PolicyTexts.Allow("\"*\"", Everything), PolicyTexts.Deny("\"*\"", """["kms:UntagResources"]"""));
        await using SecretStore store = await PreparedAsync(policy, "plain");
        await store.TagSecretsAsync(["hidden"], new Dictionary<string, string> { ["env"] = "prod" });
        Dictionary<string, string> set = alsoSets ? new() { ["k"] = "v" } : [];

        SecretStoreException refused = await FailureAsync(() => store.WithPrincipal("anna").UpdateTagsAsync(["hidden"], set, ["env"]).AsTask());

        refused.Code.Should().Be(SecretStoreErrorCodes.NoPermission);
        (await store.DescribeSecretAsync("hidden")).Tags.Should().ContainSingle().Which.Key.Should().Be("env");
    }

    [Test]
    public async Task UpdateTags_OnlyRemovesAndTaggingIsDenied_IsAllowed()
    {
        string policy = PolicyTexts.Of(PolicyTexts.Allow("\"*\"", """["kms:UntagResources"]"""));
        await using SecretStore store = await PreparedAsync(policy, "plain");
        await store.TagSecretsAsync(["hidden"], new Dictionary<string, string> { ["env"] = "prod" });

        await store.WithPrincipal("anna").UpdateTagsAsync(["hidden"], new Dictionary<string, string>(), ["env"]);

        (await store.DescribeSecretAsync("hidden")).Tags.Should().BeEmpty();
    }

    private static async Task<SecretStore> PreparedAsync(string? policy, string state)
    {
        SecretStore store = SecretStore.CreateInMemory();
        await store.Keys.CreateKeyAsync("second");
        using SecretValue value = SecretValue.FromText("text");
        await store.CreateSecretAsync("hidden", value, new CreateSecretOptions { Policy = policy, EncryptionKeyId = "second" });
        if (state == "scheduled")
        {
            await store.DeleteSecretAsync("hidden");
        }
        else if (state == "key disabled")
        {
            await store.Keys.DisableKeyAsync("second");
        }

        return store;
    }

    private static async Task Get(SecretStore store, string name, SecretVersionSelector which)
    {
        using SecretValueResult result = await store.GetSecretValueAsync(name, which);
    }

    private static async Task PutAsync(SecretStore store, string name, PutSecretValueOptions options)
    {
        using SecretValue value = SecretValue.FromText("other");
        await store.PutSecretValueAsync(name, value, options);
    }

    private static async Task<SecretStoreException> FailureAsync(Func<Task> call) =>
        (await call.Should().ThrowAsync<SecretStoreException>()).Which;

    private static async Task<string> OutcomeAsync(Func<Task> call)
    {
        try
        {
            await call();
            return "done";
        }
        catch (SecretStoreException exception)
        {
            return Same(exception, "hidden");
        }
    }

    /// <summary>All that a caller sees but the request id.</summary>
    private static string Same(SecretStoreException exception, string name) =>
        $"{exception.GetType().Name} {exception.Code} {exception.HttpStatus} {exception.Message.Replace(exception.RequestId, "id").Replace($"'{name}'", "'name'")} {exception.InnerException}";
}
