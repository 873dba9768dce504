using System.Collections;

namespace EmbeddedSecrets.Tests.Pipeline;

/// <summary>What callers give to the operations: collections that change meanwhile, values that go away, and what a failure says of it.</summary>
[TestFixture]
public sealed class ArgumentTests
{
    private static readonly Dictionary<string, string> OneTag = new() { ["team"] = "shop" };

    private SecretStore _store = null!;

    [SetUp]
    public async Task SetUp()
    {
        _store = SecretStore.CreateInMemory();
        using SecretValue value = SecretValue.FromText("the value");
        await _store.CreateSecretAsync("a", value);
        await _store.CreateSecretAsync("b", value);
    }

    [TearDown]
    public void TearDown()
    {
        _store.Dispose();
    }

    [Test]
    public async Task TagSecrets_NamesChangeMeanwhile_ChangesWhatWasChecked()
    {
        await _store.TagSecretsAsync(new ChangingNames(["a", "b"], ["acs/not a name", "acs/not a name"]), OneTag);

        (await _store.DescribeSecretAsync("a")).Tags.Should().Equal(OneTag);
        (await _store.DescribeSecretAsync("b")).Tags.Should().Equal(OneTag);
    }

    [Test]
    public async Task GetSecretValues_NamesChangeMeanwhile_ReadsWhatWasChecked([Values] bool synchronously)
    {
        var names = new ChangingNames(["a", "b"], ["a", "a"]);

        using SecretValueBatch batch = synchronously ? _store.GetSecretValues(names) : await _store.GetSecretValuesAsync(names);

        batch.Values.Keys.Should().BeEquivalentTo("a", "b");
    }

    [Test]
    public async Task Tags_BadArgument_NamesTheParameterOfTheCall()
    {
        Func<Task> tag = () => _store.TagSecretsAsync(["a"], new Dictionary<string, string> { ["aliyun"] = "x" }).AsTask();
        Func<Task> tagNothing = () => _store.TagSecretsAsync(["a"], new Dictionary<string, string>()).AsTask();
        Func<Task> untag = () => _store.UntagSecretsAsync(["a"], ["aliyun"]).AsTask();
        Func<Task> untagNothing = () => _store.UntagSecretsAsync(["a"], []).AsTask();
        Func<Task> update = () => _store.UpdateTagsAsync(["a"], OneTag, ["team"]).AsTask();

        await tag.Should().ThrowAsync<ArgumentException>().WithParameterName("tags");
        await tagNothing.Should().ThrowAsync<ArgumentException>().WithParameterName("tags");
        await untag.Should().ThrowAsync<ArgumentException>().WithParameterName("keys");
        await untagNothing.Should().ThrowAsync<ArgumentException>().WithParameterName("keys");
        await update.Should().ThrowAsync<ArgumentException>().WithParameterName("remove");
    }

    [Test]
    public void GetRandomPassword_LengthOutOfRange_NamesTheParameterOfTheCall()
    {
        Action make = () => _store.GetRandomPassword(new RandomPasswordOptions { Length = 7 });

        make.Should().Throw<ArgumentOutOfRangeException>().WithParameterName("options").WithMessage("*8 to 128*");
    }

    /// <summary>A collection that holds other names each time after the first that somebody looks.</summary>
    private sealed class ChangingNames(string[] first, string[] later) : IReadOnlyCollection<string>
    {
        private bool _wasRead;

        public int Count => first.Length;

        public IEnumerator<string> GetEnumerator()
        {
            string[] names = _wasRead ? later : first;
            _wasRead = true;
            return names.AsEnumerable().GetEnumerator();
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
