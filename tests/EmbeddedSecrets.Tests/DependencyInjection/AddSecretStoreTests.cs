using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EmbeddedSecrets.Tests.Auditing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace EmbeddedSecrets.Tests.DependencyInjection;

[TestFixture]
[NonParallelizable]
public sealed class AddSecretStoreTests
{
    private static readonly string[] LocationVariables = ["HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"];

    private readonly Dictionary<string, string?> _environment = [];
    private TemporaryDirectory _directory = null!;

    [SetUp]
    public void SetUp()
    {
        _directory = new TemporaryDirectory();
        foreach (string variable in LocationVariables)
        {
            _environment[variable] = Environment.GetEnvironmentVariable(variable);
        }

        Environment.SetEnvironmentVariable("HOME", _directory.Root);
        Environment.SetEnvironmentVariable("XDG_DATA_HOME", null);
        Environment.SetEnvironmentVariable("XDG_CONFIG_HOME", null);
    }

    [TearDown]
    public void TearDown()
    {
        foreach ((string variable, string? value) in _environment)
        {
            Environment.SetEnvironmentVariable(variable, value);
        }

        _directory.Dispose();
    }

    [Test]
    public async Task AddSecretStore_Parameterless_KeepsStoreAndKeyApartBelowHome()
    {
        await using ServiceProvider services = new ServiceCollection().AddSecretStore().Services.BuildServiceProvider();
        Directory.GetFileSystemEntries(_directory.Root).Should().BeEmpty("registering does nothing");

        SecretStore store = services.GetRequiredService<SecretStore>();
        Directory.GetFileSystemEntries(_directory.Root).Should().BeEmpty("making a store does nothing");
        await PutAsync(store, "name", "value");

        string program = AppDomain.CurrentDomain.FriendlyName;
        Directory.Exists(_directory[$".local/share/EmbeddedSecrets/{program}"]).Should().BeTrue();
        File.Exists(_directory[$".config/EmbeddedSecrets/{program}/root.key"]).Should().BeTrue();
    }

    [Test]
    public async Task AddSecretStore_XdgVariablesSet_UsesThem()
    {
        Directory.CreateDirectory(_directory["data"]);
        Directory.CreateDirectory(_directory["config"]);
        Environment.SetEnvironmentVariable("XDG_DATA_HOME", _directory["data"]);
        Environment.SetEnvironmentVariable("XDG_CONFIG_HOME", _directory["config"]);
        await using ServiceProvider services = new ServiceCollection().AddSecretStore().Services.BuildServiceProvider();
        await PutAsync(services.GetRequiredService<SecretStore>(), "name", "value");

        string program = AppDomain.CurrentDomain.FriendlyName;
        Directory.Exists(_directory[$"data/EmbeddedSecrets/{program}"]).Should().BeTrue();
        File.Exists(_directory[$"config/EmbeddedSecrets/{program}/root.key"]).Should().BeTrue();
        Directory.Exists(_directory[".local"]).Should().BeFalse();
    }

    [TestCase(null, "HOME")]
    [TestCase("", "HOME")]
    [TestCase("relative/home", "not an absolute path")]
    [TestCase("/nonexistent-home-of-nobody", "does not exist")]
    public void AddSecretStore_NoUsableHome_SaysSoAndWhatToDo(string? home, string told)
    {
        Environment.SetEnvironmentVariable("HOME", home);
        using ServiceProvider services = new ServiceCollection().AddSecretStore().Services.BuildServiceProvider();

        Action resolve = () => services.GetRequiredService<SecretStore>();

        resolve.Should().Throw<OptionsValidationException>().WithMessage($"*{told}*UseDirectory*UseKeyFile*");
        Directory.GetFileSystemEntries(_directory.Root).Should().BeEmpty();
    }

    [Test]
    public async Task AddSecretStore_WithAHost_ValidatesAtStart()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSecretStore(store => store.UseInMemory().Configure(options => options.RecoveryWindow = TimeSpan.FromDays(3)));
        using IHost host = builder.Build();

        Func<Task> start = () => host.StartAsync();

        (await start.Should().ThrowAsync<OptionsValidationException>()).WithMessage("*7 to 30 days*RecoveryWindow*");
    }

    [TestCase("RecoveryWindow")]
    [TestCase("DefaultEncryptionKeyId")]
    [TestCase("PayloadCacheBytes")]
    [TestCase("RecordCacheEntries")]
    [TestCase("DataKeyCacheEntries")]
    [TestCase("TimeProvider")]
    public void Constructor_OptionOutOfRange_NamesTheOption(string option)
    {
        var options = new SecretStoreOptions();
        switch (option)
        {
            case "RecoveryWindow":
                options.RecoveryWindow = TimeSpan.FromDays(31);
                break;
            case "DefaultEncryptionKeyId":
                options.DefaultEncryptionKeyId = "has space";
                break;
            case "PayloadCacheBytes":
                options.PayloadCacheBytes = -1;
                break;
            case "RecordCacheEntries":
                options.RecordCacheEntries = -1;
                break;
            case "DataKeyCacheEntries":
                options.DataKeyCacheEntries = 1_048_577;
                break;
            default:
                options.TimeProvider = null!;
                break;
        }

        Func<ValueTask<SecretStore>> open = () => SecretStore.OpenAsync(_directory["store"], RootKey.FromFile(_directory["root.key"]), options);

        open.Invoking(o => o().AsTask().GetAwaiter().GetResult()).Should().Throw<OptionsValidationException>().WithMessage($"*{option}*");
        Directory.GetFileSystemEntries(_directory.Root).Should().BeEmpty();
    }

    [Test]
    public async Task AddSecretStore_CalledTwice_GoesOnWithTheSameStore()
    {
        var collection = new ServiceCollection();
        collection.AddSecretStore(store => store.UseDirectory(_directory["first"]).UseKeyFile(_directory["root.key"]));
        collection.AddSecretStore(store => store.UseDirectory(_directory["second"]));
        await using ServiceProvider services = collection.BuildServiceProvider();
        await PutAsync(services.GetRequiredService<SecretStore>(), "name", "value");

        services.GetServices<SecretStore>().Should().ContainSingle();
        Directory.Exists(_directory["second"]).Should().BeTrue("the last call wins");
        Directory.Exists(_directory["first"]).Should().BeFalse();
    }

    [Test]
    public async Task UseCertificate_AfterAKeyFile_OpensWithTheCertificate()
    {
        using var key = RSA.Create(3072);
        using X509Certificate2 certificate = new CertificateRequest("CN=test", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(1));
        var collection = new ServiceCollection();
        collection.AddSecretStore(store => store.UseDirectory(_directory["store"]).UseKeyFile(_directory["root.key"]).UseCertificate(certificate));
        await using (ServiceProvider services = collection.BuildServiceProvider())
        {
            await PutAsync(services.GetRequiredService<SecretStore>(), "name", "value");
        }

        await using SecretStore again = await SecretStore.OpenAsync(_directory["store"], RootKey.FromCertificate(certificate));
        (await ReadAsync(again, "name")).Should().Be("value");
        File.Exists(_directory["root.key"]).Should().BeFalse("the last call wins");
    }

    [Test]
    public async Task AddKeyedSecretStore_TwoNames_AreTwoStores()
    {
        var collection = new ServiceCollection();
        collection.AddKeyedSecretStore("left", store => store.UseDirectory(_directory["left"]).UseKeyFile(_directory["left.key"]));
        collection.AddKeyedSecretStore("right", store => store.UseInMemory());
        await using ServiceProvider services = collection.BuildServiceProvider();
        await PutAsync(services.GetRequiredKeyedService<SecretStore>("left"), "name", "left value");
        await PutAsync(services.GetRequiredKeyedService<SecretStore>("right"), "name", "right value");

        (await ReadAsync(services.GetRequiredKeyedService<SecretStore>("left"), "name")).Should().Be("left value");
        (await ReadAsync(services.GetRequiredKeyedService<SecretStore>("right"), "name")).Should().Be("right value");
        services.GetService<SecretStore>().Should().BeNull();
    }

    [Test]
    public void AddKeyedSecretStore_NoPlaceNoKey_NamesBothRemedies()
    {
        var collection = new ServiceCollection();
        collection.AddKeyedSecretStore("bare", _ => { });
        using ServiceProvider services = collection.BuildServiceProvider();

        Action resolve = () => services.GetRequiredKeyedService<SecretStore>("bare");

        resolve.Should().Throw<OptionsValidationException>().WithMessage("*'bare'*UseDirectory*'bare'*UseKeyFile*");
    }

    [Test]
    public async Task UseVersionLog_OwnType_IsMadeByTheContainerAndAsked()
    {
        var collection = new ServiceCollection();
        collection.AddSecretStore(store => store.UseInMemory().UseVersionLog<EightVersions>());
        await using ServiceProvider services = collection.BuildServiceProvider();
        SecretStore store = services.GetRequiredService<SecretStore>();
        await PutAsync(store, "name", "0");
        for (int i = 1; i <= 12; i++)
        {
            using SecretValue value = SecretValue.FromText($"{i}");
            await store.PutSecretValueAsync("name", value);
        }

        (await store.ListSecretVersionIdsAsync("name", includeDeprecated: true)).Should().HaveCount(8);
    }

    [Test]
    public async Task UseAuditFile_StoreUsed_WritesATrailAndClosesItWithTheContainer()
    {
        var collection = new ServiceCollection();
        collection.AddSecretStore(store => store.UseInMemory().UseAuditFile(_directory["not-used"], _directory["audit.key"]).UseAuditFile(_directory["trail"], _directory["audit.key"]));
        await using (ServiceProvider services = collection.BuildServiceProvider())
        {
            SecretStore store = services.GetRequiredService<SecretStore>();
            Directory.Exists(_directory["trail"]).Should().BeFalse("making a store does nothing");
            await PutAsync(store, "name", "value");
        }

        AuditVerification found = await AuditTrail.VerifyAsync(_directory["trail"], _directory["audit.key"]);
        (found.RecordCount, found.UnfinishedOperations, found.IsIntact).Should().Be((2, 0, true));
        Directory.Exists(_directory["not-used"]).Should().BeFalse("the last call wins");
    }

    [TestCase(null)]
    [TestCase("named")]
    public async Task UseAuditSink_OwnType_IsMadeByTheContainerAndTold(string? name)
    {
        var collection = new ServiceCollection();
        if (name is null)
        {
            collection.AddSecretStore(static store => store.UseInMemory().UseAuditSink<RecordingSink>());
        }
        else
        {
            collection.AddKeyedSecretStore(name, static store => store.UseInMemory().UseAuditSink<RecordingSink>());
        }

        await using ServiceProvider services = collection.BuildServiceProvider();
        await PutAsync(name is null ? services.GetRequiredService<SecretStore>() : services.GetRequiredKeyedService<SecretStore>(name), "name", "value");
        RecordingSink sink = name is null ? services.GetRequiredService<RecordingSink>() : services.GetRequiredKeyedService<RecordingSink>(name);
        sink.Records.Should().HaveCount(2);
    }

    [Test]
    public async Task AddSecretStore_ClockRegistered_IsUsed()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var collection = new ServiceCollection();
        collection.AddSingleton<TimeProvider>(clock);
        collection.AddSecretStore(store => store.UseInMemory());
        await using ServiceProvider services = collection.BuildServiceProvider();
        SecretStore store = services.GetRequiredService<SecretStore>();
        await PutAsync(store, "name", "value");

        (await store.DescribeSecretAsync("name")).CreateTime.Should().Be(clock.GetUtcNow());
    }

    private static async Task PutAsync(SecretStore store, string name, string text)
    {
        using SecretValue value = SecretValue.FromText(text);
        await store.CreateSecretAsync(name, value);
    }

    private static async Task<string> ReadAsync(SecretStore store, string name)
    {
        using SecretValueResult result = await store.GetSecretValueAsync(name);
        return result.Value.RevealText();
    }

    private sealed class EightVersions : IVersionLog
    {
        private readonly RingVersionLog _ring = new(8);

        public IReadOnlyList<string> Evict(IReadOnlyList<SecretVersion> versions) => _ring.Evict(versions);
    }
}
