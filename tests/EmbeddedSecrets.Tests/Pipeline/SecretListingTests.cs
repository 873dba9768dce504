namespace EmbeddedSecrets.Tests.Pipeline;

/// <summary>Lists against a naive filter over all secrets, page by page, in both repositories.</summary>
[TestFixture(false)]
[TestFixture(true)]
public sealed class SecretListingTests(bool onDisk)
{
    private static readonly string[] Parts = ["a", "b", "ab", "a/b", "svc/", "svc/a", "svc/ab", "Z", "é", " ", "no such name"];

    private TemporaryDirectory _directory = null!;
    private SecretStore _store = null!;
    private List<SecretDescription> _all = null!;

    [OneTimeSetUp]
    public async Task FillAsync()
    {
        _directory = new TemporaryDirectory();
        IRootKey key = RootKey.FromBytes([.. Enumerable.Repeat((byte)7, 32)]);
        _store = onDisk ? await SecretStore.OpenAsync(_directory.Store, key) : new SecretStore(new InMemorySecretRepository(), new KeyRing(key));
        var random = new Random(20_261_127);
        string[] names = [.. Enumerable.Range(0, 120).Select(i => Pick(random, ["a", "b", "ab", "a/b", "svc/", "svc/a", "svc/ab", "Z"]) + (i % 3 == 0 ? string.Empty : $"{i % 40}")).Distinct()];
        foreach (string name in names)
        {
            using SecretValue value = SecretValue.FromText("value");
            await _store.CreateSecretAsync(name, value, new CreateSecretOptions
            {
                Description = Pick(random, ["", "About A", "about ab", "B"]),
                CreatedBy = random.Next(3) == 0 ? null : Pick(random, ["a", "ab", "svc/a"]),
                Tags = new Dictionary<string, string> { [Pick(random, ["a", "ab", "b"])] = Pick(random, ["", "a", "svc/a"]) },
            });
        }

        _all = [];
        foreach (string name in names.Order(StringComparer.Ordinal))
        {
            _all.Add(await _store.DescribeSecretAsync(name));
        }
    }

    [OneTimeTearDown]
    public async Task CloseAsync()
    {
        await _store.DisposeAsync();
        _directory.Dispose();
    }

    [Test]
    public async Task List_RandomFilters_IsTheNaiveFilterPageByPage()
    {
        int seed = Environment.TickCount;
        TestContext.Out.WriteLine($"Seed {seed}");
        var random = new Random(seed);
        for (int i = 0; i < 300; i++)
        {
            SecretFilter filter = SecretFilter.All;
            var tests = new List<Func<SecretDescription, bool>>();
            for (int conditions = random.Next(3); conditions >= 0; conditions--)
            {
                SecretFilterField field = Pick(random, Enum.GetValues<SecretFilterField>());
                SecretFilterOperator comparison = Pick(random, Enum.GetValues<SecretFilterOperator>());
                string[] values = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Pick(random, Parts))];
                filter = filter.Where(field, comparison, values);
                tests.Add(secret => TextsOf(secret, field).Any(text => values.Any(value => IsMatch(text, comparison, value, field))));
            }

            string[] expected = [.. _all.Where(secret => tests.TrueForAll(test => test(secret))).Select(secret => secret.Name)];
            int size = random.Next(1, 12);

            string[][] pages = await PagesAsync(filter, size);

            pages.SelectMany(page => page).Should().Equal(expected, $"seed {seed}, filter {i}");
            pages[..^1].Where(page => page.Length != size).Should().BeEmpty($"seed {seed}, filter {i}");
            (await AllAsync(filter)).Should().Equal(expected, $"seed {seed}, filter {i}");
        }
    }

    [Test]
    public async Task List_SecretScheduledForDeletion_IsShownWithItsTime()
    {
        using SecretValue value = SecretValue.FromText("value");
        await _store.CreateSecretAsync("scheduled", value);
        await _store.DeleteSecretAsync("scheduled", SecretDeletion.After(TimeSpan.FromDays(7)));

        SecretPage page = await _store.ListSecretsPageAsync(SecretFilter.All.Where(SecretFilterField.Name, SecretFilterOperator.Exact, "scheduled"));

        page.Secrets.Should().ContainSingle().Which.PlannedDeleteTime.Should().NotBeNull();
        await _store.RestoreSecretAsync("scheduled");
        await _store.DeleteSecretAsync("scheduled", SecretDeletion.Immediately);
    }

    [TestCase("nonsense")]
    [TestCase("")]
    public async Task List_CursorThatNoPageGave_IsRefused(string cursor)
    {
        await FluentActions.Awaiting(() => _store.ListSecretsPageAsync(cursor: cursor).AsTask()).Should().ThrowAsync<ArgumentException>();
    }

    [TestCase(0)]
    [TestCase(101)]
    public async Task List_SizeOutOfRange_IsRefused(int size)
    {
        await FluentActions.Awaiting(() => _store.ListSecretsPageAsync(size: size).AsTask()).Should().ThrowAsync<ArgumentOutOfRangeException>();
    }

    private async Task<string[][]> PagesAsync(SecretFilter filter, int size)
    {
        var pages = new List<string[]>();
        string? cursor = null;
        do
        {
            SecretPage page = await _store.ListSecretsPageAsync(filter, size, cursor);
            pages.Add([.. page.Secrets.Select(secret => secret.Name)]);
            cursor = page.NextCursor;
        }
        while (cursor is not null);

        return [.. pages];
    }

    private async Task<List<string>> AllAsync(SecretFilter filter)
    {
        var names = new List<string>();
        await foreach (SecretDescription secret in _store.ListSecretsAsync(filter))
        {
            names.Add(secret.Name);
        }

        return names;
    }

    private static IEnumerable<string> TextsOf(SecretDescription secret, SecretFilterField field) => field switch
    {
        SecretFilterField.Name => [secret.Name],
        SecretFilterField.Description => [secret.Description],
        SecretFilterField.TagKey => secret.Tags.Keys,
        SecretFilterField.TagValue => secret.Tags.Values,
        _ => secret.CreatedBy is null ? [] : [secret.CreatedBy],
    };

    private static bool IsMatch(string text, SecretFilterOperator comparison, string value, SecretFilterField field)
    {
        StringComparison rule = field == SecretFilterField.Description ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        return comparison switch
        {
            SecretFilterOperator.Exact => string.Equals(text, value, rule),
            SecretFilterOperator.Prefix => text.StartsWith(value, rule),
            _ => text.Contains(value, rule),
        };
    }

    private static T Pick<T>(Random random, T[] from) => from[random.Next(from.Length)];
}
