using System.Text;
using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Keys;
using EmbeddedSecrets.Tests.Contracts;

namespace EmbeddedSecrets.Tests.Keys;

public sealed class BytesRootKeyTests : RootKeyContract
{
    [TestCase(31)]
    [TestCase(33)]
    public void FromBytes_WrongLength_Throws(int length) =>
        FluentActions.Invoking(() => RootKey.FromBytes(new byte[length].Select(_ => (byte)1).ToArray())).Should().Throw<ArgumentException>();

    [Test]
    public void FromBytes_AllZero_Throws() => FluentActions.Invoking(() => RootKey.FromBytes(new byte[32])).Should().Throw<ArgumentException>();

    protected override IRootKey Create() => RootKey.FromBytes(Envelope.Samples.Bytes(32));

    protected override IRootKey CreateOther() => RootKey.FromBytes(Envelope.Samples.Bytes(32, 2));
}

public sealed class PassphraseRootKeyTests : RootKeyContract
{
    protected override int DamageStep => 300;

    [Test]
    public async Task TryUnwrap_IterationsOutOfRange_IsFalseAtOnce()
    {
        var context = new RootKeyContext(new UniqueId(0, 7), "/s", true);
        byte[] slot = await Create().WrapAsync(new byte[32], context);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        (await Create().TryUnwrapAsync(slot, context, new byte[32])).Should().BeTrue();
        TimeSpan oneDerivation = clock.Elapsed;

        clock.Restart();
        foreach (uint iterations in new[] { 0u, 599_999u, 10_000_001u, uint.MaxValue })
        {
            BitConverter.TryWriteBytes(slot.AsSpan(1), iterations);
            (await Create().TryUnwrapAsync(slot, context, new byte[32])).Should().BeFalse();
        }

        clock.Elapsed.Should().BeLessThan(oneDerivation, "no key was derived: 10,000,001 iterations alone take 16 times as long as one derivation");
    }

    [Test]
    public void FromPassphrase_EmptyOrMalformed_Throws()
    {
        FluentActions.Invoking(() => RootKey.FromPassphrase("")).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => RootKey.FromPassphrase("a\ud800")).Should().Throw<ArgumentException>().WithMessage("*surrogate*");
    }

    protected override IRootKey Create() => RootKey.FromPassphrase("correct horse battery staple");

    protected override IRootKey CreateOther() => RootKey.FromPassphrase("correct horse battery stapler");
}

[NonParallelizable]
public sealed class EnvironmentRootKeyTests : RootKeyContract
{
    private const string Variable = "EMBEDDEDSECRETS_TEST_ROOT_KEY";
    private const string OtherVariable = Variable + "_2";

    [SetUp]
    public void SetUp()
    {
        Set(Variable);
        Set(OtherVariable);
    }

    [TearDown]
    public void TearDown()
    {
        Environment.SetEnvironmentVariable(Variable, null);
        Environment.SetEnvironmentVariable(OtherVariable, null);
    }

    [Test]
    public async Task Wrap_MissingVariable_NamesIt()
    {
        Environment.SetEnvironmentVariable(Variable, null);
        Func<Task> wrap = async () => await Create().WrapAsync(new byte[32], new RootKeyContext(new UniqueId(0, 1), "/s", true));

        var thrown = await wrap.Should().ThrowAsync<SecretStoreAccessException>();
        thrown.Which.Code.Should().Be(SecretStoreErrorCodes.KeyMissing);
        thrown.Which.Message.Should().Contain(Variable).And.Contain("RootKey.Generate");
    }

    [TestCase("ess-key-1:hunter2")]
    [TestCase("ess-key-1:hunter2!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!")]
    public async Task Wrap_MalformedVariable_NamesItAndNotItsContent(string content)
    {
        Environment.SetEnvironmentVariable(Variable, content);
        Func<Task> wrap = async () => await Create().WrapAsync(new byte[32], new RootKeyContext(new UniqueId(0, 1), "/s", true));

        var thrown = await wrap.Should().ThrowAsync<SecretStoreAccessException>();
        thrown.Which.Message.Should().Contain(Variable).And.NotContain("hunter2");
    }

    [TestCase("\n")]
    [TestCase("\r\n")]
    public async Task Wrap_LineEndInTheVariable_IsTheSameKey(string end)
    {
        var context = new RootKeyContext(new UniqueId(0, 1), "/s", true);
        byte[] slot = await Create().WrapAsync(new byte[32], context);
        Environment.SetEnvironmentVariable(Variable, Environment.GetEnvironmentVariable(Variable) + end);

        (await Create().TryUnwrapAsync(slot, context, new byte[32])).Should().BeTrue();
    }

    [Test]
    public async Task Wrap_VariableThatIsNoAscii_IsNoKey()
    {
        Environment.SetEnvironmentVariable(Variable, Environment.GetEnvironmentVariable(Variable)![..^1] + "\u00e9");
        Func<Task> wrap = async () => await Create().WrapAsync(new byte[32], new RootKeyContext(new UniqueId(0, 1), "/s", true));

        (await wrap.Should().ThrowAsync<SecretStoreAccessException>()).Which.Code.Should().Be(SecretStoreErrorCodes.WrongKey);
    }

    protected override IRootKey Create() => RootKey.FromEnvironment(Variable);

    protected override IRootKey CreateOther() => RootKey.FromEnvironment(OtherVariable);

    private static void Set(string variable)
    {
        using SecretValue line = RootKey.Generate();
        Environment.SetEnvironmentVariable(variable, line.RevealText());
    }
}

public sealed class MountedFileRootKeyTests : RootKeyContract
{
    private TestDirectory _directory = null!;

    [SetUp]
    public void SetUp()
    {
        _directory = new TestDirectory();
        Directory.CreateDirectory(_directory["data"]);
        File.WriteAllBytes(_directory["data/key"], Envelope.Samples.Bytes(32));
        File.CreateSymbolicLink(_directory["key"], "data/key");
        File.WriteAllBytes(_directory["other"], Envelope.Samples.Bytes(32, 9));
    }

    [TearDown]
    public void TearDown() => _directory.Dispose();

    [Test]
    public async Task TryUnwrap_EveryForm_IsTheSameKey()
    {
        byte[] key = Envelope.Samples.Bytes(32, 240);
        var context = new RootKeyContext(new UniqueId(0, 1), "/s", false);
        byte[] slot = await RootKey.FromBytes(key).WrapAsync(new byte[32], context);
        using SecretMemory line = KeyLine.Write(key);
        string[] forms =
        [
            Encoding.ASCII.GetString(line.Span), Convert.ToHexString(key), Convert.ToHexStringLower(key), Convert.ToBase64String(key),
            Convert.ToBase64String(key).TrimEnd('='), Convert.ToBase64String(key).Replace('+', '-').Replace('/', '_'),
        ];

        foreach (string form in forms.SelectMany(form => new[] { form, form + "\n", form + "\r\n" }))
        {
            await File.WriteAllTextAsync(_directory["f"], form);
            (await RootKey.FromMountedFile(_directory["f"]).TryUnwrapAsync(slot, context, new byte[32])).Should().BeTrue(form);
        }
    }

    [TestCase("")]
    [TestCase("secret-but-not-a-key")]
    [TestCase("ess-key-1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [TestCase("ess-key-1:!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!")]
    [TestCase("ess-key-1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA A==")]
    [TestCase("zz00000000000000000000000000000000000000000000000000000000000000")]
    public async Task TryUnwrap_Malformed_IsWrongKey(string content)
    {
        await File.WriteAllTextAsync(_directory["f"], content);
        Func<Task> open = async () => await RootKey.FromMountedFile(_directory["f"]).TryUnwrapAsync(new byte[9], new RootKeyContext(new UniqueId(0, 1), "/s", false), new byte[32]);

        (await open.Should().ThrowAsync<SecretStoreAccessException>()).Which.Code.Should().Be(SecretStoreErrorCodes.WrongKey);
    }

    [Test]
    public async Task Wrap_MissingFileOfANewStore_IsKeyMissing()
    {
        Func<Task> wrap = async () => await RootKey.FromMountedFile(_directory["nothing"]).WrapAsync(new byte[32], new RootKeyContext(new UniqueId(0, 1), "/s", true));

        (await wrap.Should().ThrowAsync<SecretStoreAccessException>()).Which.Code.Should().Be(SecretStoreErrorCodes.KeyMissing);
        File.Exists(_directory["nothing"]).Should().BeFalse();
    }

    [Test]
    public async Task TryUnwrap_BehindLinks_IsTheKeyThatTheyLeadTo()
    {
        var context = new RootKeyContext(new UniqueId(0, 1), "/s", false);
        byte[] slot = await Create().WrapAsync(new byte[32], context);
        File.CreateSymbolicLink(_directory["first"], _directory["key"]);
        File.CreateSymbolicLink(_directory["second"], "first");

        (await RootKey.FromMountedFile(_directory["second"]).TryUnwrapAsync(slot, context, new byte[32])).Should().BeTrue();
    }

    [Test]
    public Task TryUnwrap_LinkToNothing_IsKeyMissing()
    {
        File.CreateSymbolicLink(_directory["link"], _directory["nothing"]);

        return ShouldFailAsync("link", SecretStoreErrorCodes.KeyMissing);
    }

    [Test]
    public Task TryUnwrap_LinkToItself_IsUnavailable()
    {
        File.CreateSymbolicLink(_directory["link"], "link");

        return ShouldFailAsync("link", SecretStoreErrorCodes.ServiceUnavailable);
    }

    [Test]
    public Task TryUnwrap_PathThroughAFile_IsKeyMissing() => ShouldFailAsync("key/of", SecretStoreErrorCodes.KeyMissing);

    [Test]
    public Task TryUnwrap_Directory_IsRefused()
    {
        Directory.CreateDirectory(_directory["d"]);

        return ShouldFailAsync("d", SecretStoreErrorCodes.InsecurePermissions);
    }

    [TestCase(4096, SecretStoreErrorCodes.WrongKey)]
    [TestCase(4097, SecretStoreErrorCodes.InsecurePermissions)]
    public async Task TryUnwrap_LongFile_IsReadUpToItsLimit(int length, string code)
    {
        await File.WriteAllBytesAsync(_directory["long"], new byte[length]);

        await ShouldFailAsync("long", code);
    }

    protected override IRootKey Create() => RootKey.FromMountedFile(_directory["key"]);

    protected override IRootKey CreateOther() => RootKey.FromMountedFile(_directory["other"]);

    private async Task ShouldFailAsync(string name, string code)
    {
        Func<Task> open = async () => await RootKey.FromMountedFile(_directory[name]).TryUnwrapAsync(new byte[9], new RootKeyContext(new UniqueId(0, 1), "/s", false), new byte[32]);

        var thrown = await open.Should().ThrowAsync<SecretStoreException>();
        thrown.Which.Code.Should().Be(code);
        thrown.Which.Message.Should().Contain(_directory[name]);
    }
}
