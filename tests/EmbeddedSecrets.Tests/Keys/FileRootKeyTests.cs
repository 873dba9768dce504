using System.Diagnostics;
using EmbeddedSecrets.Tests.Contracts;

namespace EmbeddedSecrets.Tests.Keys;

[Platform("Linux")]
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class FileRootKeyTests : RootKeyContract
{
    private static readonly RootKeyContext New = new(new UniqueId(0, 7), "/stores/a", IsNewStore: true);
    private static readonly RootKeyContext Existing = New with { IsNewStore = false };

    private TestDirectory _directory = null!;

    [SetUp]
    public void SetUp() => _directory = new TestDirectory();

    [TearDown]
    public void TearDown() => _directory.Dispose();

    [Test]
    public async Task Wrap_NewStore_MakesAPrivateFile()
    {
        string path = _directory["a/b/key"];

        await RootKey.FromFile(path).WrapAsync(new byte[32], New);

        File.GetUnixFileMode(path).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.GetUnixFileMode(_directory["a"]).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        (await File.ReadAllTextAsync(path)).Should().MatchRegex("^ess-key-1:[A-Za-z0-9_-]{48}\n\\z");
        Directory.GetFiles(_directory["a/b"]).Should().ContainSingle();
    }

    [Test]
    public async Task TryUnwrap_MissingFile_NamesBothPathsAndMakesNothing()
    {
        foreach (RootKeyContext context in new[] { Existing, New })
        {
            Func<Task> open = async () => await Create().TryUnwrapAsync(new byte[9], context, new byte[32]);

            var thrown = await open.Should().ThrowAsync<SecretStoreAccessException>();
            thrown.Which.Code.Should().Be(SecretStoreErrorCodes.KeyMissing);
            thrown.Which.Message.Should().Contain(_directory["key"]).And.Contain("/stores/a");
            File.Exists(_directory["key"]).Should().BeFalse();
        }
    }

    [TestCase("644")]
    [TestCase("640")]
    [TestCase("604")]
    [TestCase("610")]
    public async Task TryUnwrap_LooseMode_IsRefused(string mode)
    {
        await Create().WrapAsync(new byte[32], New);
        File.SetUnixFileMode(_directory["key"], (UnixFileMode)Convert.ToInt32(mode, 8));

        await ShouldBeRefusedAsync("chmod 600");
    }

    [Test]
    public async Task TryUnwrap_Link_IsRefused()
    {
        await RootKey.FromFile(_directory["target"]).WrapAsync(new byte[32], New);
        File.CreateSymbolicLink(_directory["key"], _directory["target"]);

        await ShouldBeRefusedAsync("symbolic link");
    }

    [Test]
    public async Task Wrap_DanglingLink_IsRefusedAndMakesNothing()
    {
        File.CreateSymbolicLink(_directory["key"], _directory["target"]);

        await ShouldBeRefusedAsync("symbolic link");
        File.Exists(_directory["target"]).Should().BeFalse();
    }

    [Test]
    public async Task TryUnwrap_Directory_IsRefused()
    {
        Directory.CreateDirectory(_directory["key"], UnixFileMode.UserRead | UnixFileMode.UserExecute);

        await ShouldBeRefusedAsync("regular file");
    }

    [Test]
    [CancelAfter(5000)]
    public async Task TryUnwrap_Fifo_IsRefusedWithoutWaiting()
    {
        Run("mkfifo", "-m", "600", _directory["key"]);

        await ShouldBeRefusedAsync("regular file");
    }

    [Test]
    public async Task TryUnwrap_SecondName_IsRefused()
    {
        await Create().WrapAsync(new byte[32], New);
        Run("ln", _directory["key"], _directory["second"]);

        await ShouldBeRefusedAsync("second name");
    }

    [Test]
    public async Task TryUnwrap_TemporaryNameLeftByACrash_IsRemoved()
    {
        byte[] slot = await Create().WrapAsync(new byte[32], New);
        Run("ln", _directory["key"], _directory["key.new-0123456789abcdef"]);

        (await Create().TryUnwrapAsync(slot, Existing, new byte[32])).Should().BeTrue();

        File.Exists(_directory["key.new-0123456789abcdef"]).Should().BeFalse();
    }

    [Test]
    public async Task TryUnwrap_SecondNameBesideAFileOfTheUser_LeavesThatFile()
    {
        await Create().WrapAsync(new byte[32], New);
        Run("ln", _directory["key"], _directory["second"]);
        await File.WriteAllTextAsync(_directory["key.new-notes-2026-11-24"], "not of the library");
        await File.WriteAllTextAsync(_directory["key.new-0123456789ABCDEF"], "not of the library");
        await File.WriteAllTextAsync(_directory["key.new-0123456789abcde"], "not of the library");
        await File.WriteAllTextAsync(_directory["kex.new-0123456789abcdef"], "not of the library");

        await ShouldBeRefusedAsync("second name");

        Directory.GetFiles(_directory["."]).Should().HaveCount(6);
    }

    [Test]
    public async Task TryUnwrap_ForeignOwner_IsRefused()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Assert.Ignore("Needs root to give a file away.");
        }

        await Create().WrapAsync(new byte[32], New);
        Run("chown", "12345", _directory["key"]);

        await ShouldBeRefusedAsync("another user");
    }

    [Test]
    public async Task TryUnwrap_LargeFile_IsRefused()
    {
        await Create().WrapAsync(new byte[32], New);
        await File.WriteAllBytesAsync(_directory["key"], new byte[4097]);

        await ShouldBeRefusedAsync("larger");
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task Call_PathThroughAFile_IsUnavailable(bool wraps)
    {
        await File.WriteAllTextAsync(_directory["file"], "not a directory");
        IRootKey rootKey = RootKey.FromFile(_directory["file/key"]);
        Func<Task> call = async () => _ = wraps ? await rootKey.WrapAsync(new byte[32], New) : [(byte)(await rootKey.TryUnwrapAsync(new byte[9], Existing, new byte[32]) ? 1 : 0)];

        var thrown = await call.Should().ThrowAsync<SecretStoreUnavailableException>();
        thrown.Which.Message.Should().Contain(_directory["file/key"]);
        (await File.ReadAllTextAsync(_directory["file"])).Should().Be("not a directory");
    }

    [Test]
    public async Task Wrap_DirectoryThatIsThere_KeepsItsMode()
    {
        const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute;
        Directory.CreateDirectory(_directory["there"]);
        File.SetUnixFileMode(_directory["there"], Mode);

        await RootKey.FromFile(_directory["there/key"]).WrapAsync(new byte[32], New);

        File.GetUnixFileMode(_directory["there"]).Should().Be(Mode);
    }

    [Test]
    public async Task Wrap_ExistingStoreWithoutTheFile_MakesNone()
    {
        Func<Task> wrap = async () => await Create().WrapAsync(new byte[32], Existing);

        (await wrap.Should().ThrowAsync<SecretStoreAccessException>()).Which.Code.Should().Be(SecretStoreErrorCodes.KeyMissing);
        Directory.GetFiles(_directory[""]).Should().BeEmpty();
    }

    [Test]
    public async Task TryUnwrap_FileOfTheLargestSize_IsReadAndIsNoKey()
    {
        await Create().WrapAsync(new byte[32], New);
        await File.WriteAllBytesAsync(_directory["key"], new byte[4096]);
        Func<Task> open = async () => await Create().TryUnwrapAsync(new byte[9], Existing, new byte[32]);

        (await open.Should().ThrowAsync<SecretStoreAccessException>()).Which.Code.Should().Be(SecretStoreErrorCodes.WrongKey);
    }

    [TestCase("hunter2")]
    [TestCase("ess-key-1:hunter2!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!")]
    public async Task TryUnwrap_Malformed_IsWrongKeyWithPathAndForm(string content)
    {
        await Create().WrapAsync(new byte[32], New);
        await File.WriteAllTextAsync(_directory["key"], content);
        Func<Task> open = async () => await Create().TryUnwrapAsync(new byte[9], Existing, new byte[32]);

        var thrown = await open.Should().ThrowAsync<SecretStoreAccessException>();
        thrown.Which.Code.Should().Be(SecretStoreErrorCodes.WrongKey);
        thrown.Which.Message.Should().Contain(_directory["key"]).And.Contain("ess-key-1:").And.NotContain("hunter2");
    }

    [Test]
    public async Task Wrap_EightThreadsAtOnce_MakeOneKey()
    {
        using var start = new Barrier(8);
        byte[][] slots = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait();
                return Create().WrapAsync(new byte[32], New).AsTask().GetAwaiter().GetResult();
            },
            TaskCreationOptions.LongRunning)));

        foreach (byte[] slot in slots)
        {
            (await Create().TryUnwrapAsync(slot, Existing, new byte[32])).Should().BeTrue();
        }

        Directory.GetFiles(_directory[""]).Should().ContainSingle();
    }

    protected override IRootKey Create() => RootKey.FromFile(_directory["key"]);

    protected override IRootKey CreateOther() => RootKey.FromFile(_directory["other"]);

    private static void Run(string command, params string[] arguments)
    {
        using Process process = Process.Start(command, arguments);
        process.WaitForExit();
        process.ExitCode.Should().Be(0);
    }

    private async Task ShouldBeRefusedAsync(string why)
    {
        Func<Task> wrap = async () => await Create().WrapAsync(new byte[32], New);

        var thrown = await wrap.Should().ThrowAsync<SecretStoreAccessException>();
        thrown.Which.Code.Should().Be(SecretStoreErrorCodes.InsecurePermissions);
        thrown.Which.Message.Should().Contain(_directory["key"]).And.Contain(why);
    }
}
