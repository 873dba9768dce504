using System.Buffers.Binary;
using System.Diagnostics;
using System.Numerics;
using EmbeddedSecrets.Interop;

namespace EmbeddedSecrets.Tests;

/// <summary>What keeps an existing store from opening: different errors, each with path and remedy, and nothing is touched.</summary>
[TestFixture]
public sealed class SecretStoreOpeningTests
{
    private TemporaryDirectory _directory = null!;

    private string Store => _directory["store"];

    private string KeyFile => _directory["root.key"];

    [SetUp]
    public async Task CreateStore()
    {
        _directory = new TemporaryDirectory();
        await using SecretStore store = await SecretStore.OpenAsync(Store, RootKey.FromFile(KeyFile));
        using SecretValue value = SecretValue.FromText("the stored value");
        await store.CreateSecretAsync("name", value);
    }

    [TearDown]
    public void TearDown()
    {
        _directory.Dispose();
    }

    [Test]
    public async Task OpenAsync_KeyFileMissing_NamesBothPathsAndMakesNoKey()
    {
        File.Delete(KeyFile);

        SecretStoreException error = await RefusedAsync<SecretStoreAccessException>(RootKey.FromFile(KeyFile));

        error.Code.Should().Be(SecretStoreErrorCodes.KeyMissing);
        error.Message.Should().Contain(KeyFile).And.Contain(Store);
    }

    [TestCase(UnixFileMode.GroupRead)]
    [TestCase(UnixFileMode.OtherRead)]
    [TestCase(UnixFileMode.GroupWrite)]
    public async Task OpenAsync_KeyFileReadableByOthers_NamesPathAndChmod(UnixFileMode loose)
    {
        File.SetUnixFileMode(KeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite | loose);

        SecretStoreException error = await RefusedAsync<SecretStoreAccessException>(RootKey.FromFile(KeyFile));

        error.Code.Should().Be(SecretStoreErrorCodes.InsecurePermissions);
        error.Message.Should().Contain(KeyFile).And.Contain("chmod 600");
    }

    [Test]
    public async Task OpenAsync_WrongPassphrase_IsWrongKeyAndNamesTheStore()
    {
        string directory = _directory["by-passphrase"];
        await using (await SecretStore.OpenAsync(directory, RootKey.FromPassphrase("the right passphrase")))
        {
        }

        SecretStoreException error = await RefusedAsync<SecretStoreAccessException>(RootKey.FromPassphrase("another passphrase"), directory);

        error.Code.Should().Be(SecretStoreErrorCodes.WrongKey);
        error.Message.Should().Contain(directory).And.Contain("altered");
    }

    [Test]
    public async Task OpenAsync_WrongKeyFile_IsWrongKeyAndTheStoreOpensWithTheRightOneAfterwards()
    {
        await using (await SecretStore.OpenAsync(_directory["other"], RootKey.FromFile(_directory["other.key"])))
        {
        }

        SecretStoreException error = await RefusedAsync<SecretStoreAccessException>(RootKey.FromFile(_directory["other.key"]));

        error.Code.Should().Be(SecretStoreErrorCodes.WrongKey);
        await using SecretStore store = await SecretStore.OpenAsync(Store, RootKey.FromFile(KeyFile));
        using SecretValueResult result = await store.GetSecretValueAsync("name");
        result.Value.RevealText().Should().Be("the stored value");
    }

    [Test]
    public async Task OpenAsync_LaterFormat_IsUnsupportedAndNamesTheVersion()
    {
        string log = Directory.GetFiles(Store, "log-*").Single();
        byte[] bytes = await File.ReadAllBytesAsync(log);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), 99);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(12), Checksum(bytes.AsSpan(0, 12)));
        await File.WriteAllBytesAsync(log, bytes);

        SecretStoreException error = await RefusedAsync<SecretStoreIntegrityException>(RootKey.FromFile(KeyFile));

        error.Code.Should().Be(SecretStoreErrorCodes.UnsupportedFormat);
        error.Message.Should().Contain(Store).And.Contain("99");
    }

    [Test]
    public async Task OpenAsync_ReadOnlyMount_NamesPathAndRemedy()
    {
        if (!Mount("--bind", Store, Store) || !Mount("-o", "remount,ro,bind", Store))
        {
            Assert.Ignore("Mounting needs root.");
        }

        try
        {
            SecretStoreException error = await RefusedAsync<SecretStoreUnavailableException>(RootKey.FromFile(KeyFile));

            error.Code.Should().Be(SecretStoreErrorCodes.WritesStopped);
            error.Message.Should().Contain(Store).And.Contain("read-only");

            var options = new SecretStoreOptions { ReadOnly = true };
            await using SecretStore store = await SecretStore.OpenAsync(Store, RootKey.FromFile(KeyFile), options);
            using SecretValueResult result = await store.GetSecretValueAsync("name");
            result.Value.RevealText().Should().Be("the stored value");
        }
        finally
        {
            Run("umount", Store);
        }
    }

    [Test]
    public async Task ReadOnly_OnAReadOnlyMount_SeesWhatOthersWriteThroughAnother()
    {
        string mount = _directory["mount"];
        Directory.CreateDirectory(mount);
        if (!Mount("--bind", Store, mount) || !Mount("-o", "remount,ro,bind", mount))
        {
            Assert.Ignore("Mounting needs root.");
        }

        try
        {
            await using SecretStore reader = await SecretStore.OpenAsync(mount, RootKey.FromFile(KeyFile), new SecretStoreOptions { ReadOnly = true });
            (await reader.ReadTextAsync("name")).Should().Be("the stored value");
            await using SecretStore writer = await SecretStore.OpenAsync(Store, RootKey.FromFile(KeyFile));
            await writer.PutTextAsync("name", "written through the other mount");
            (await reader.ReadTextAsync("name")).Should().Be("written through the other mount");

            await writer.Maintenance.CompactAsync();
            await writer.PutTextAsync("name", "after a compaction");

            (await reader.ReadTextAsync("name")).Should().Be("after a compaction");
            await using SecretStore late = await SecretStore.OpenAsync(mount, RootKey.FromFile(KeyFile), new SecretStoreOptions { ReadOnly = true });
            (await late.ReadTextAsync("name")).Should().Be("after a compaction");
        }
        finally
        {
            Run("umount", mount);
        }
    }

    [Test]
    public async Task OpenAsync_SecondInstance_SharesTheStore()
    {
        await using SecretStore first = await SecretStore.OpenAsync(Store, RootKey.FromFile(KeyFile));
        await using SecretStore second = await SecretStore.OpenAsync(Store, RootKey.FromFile(KeyFile));

        using SecretValue value = SecretValue.FromText("from the second");
        await second.PutSecretValueAsync("name", value);
        using SecretValueResult result = await first.GetSecretValueAsync("name");
        result.Value.RevealText().Should().Be("from the second");
    }

    [Test]
    public async Task GetSecretValue_OpeningFails_HasARequestId()
    {
        using var held = new FileLock(NativeFile.OpenDirectory(Store), Store);
        held.TryTake().Should().BeTrue();
        using var second = new SecretStore(new FileSecretRepository(Store, new SecretStoreOptions { LockTimeout = TimeSpan.FromMilliseconds(1) }), new KeyRing(RootKey.FromFile(KeyFile)));

        Action read = () => second.GetSecretValue("name");
        Action readSeveral = () => second.GetSecretValues(["name"]);

        read.Should().Throw<SecretStoreUnavailableException>().Which.RequestId.Should().NotBeEmpty();
        readSeveral.Should().Throw<SecretStoreUnavailableException>().Which.RequestId.Should().NotBeEmpty();
    }

    [Test]
    public async Task FirstOperation_AfterAFailedOpening_TriesAgainAndHoldsNoLockBetween()
    {
        var lost = new FileInfo(_directory["moved.key"]);
        File.Move(KeyFile, lost.FullName);
        await using var store = new SecretStore(new FileSecretRepository(Store), new KeyRing(RootKey.FromFile(KeyFile)));
        Func<Task> describe = () => store.DescribeSecretAsync("name").AsTask();
        (await describe.Should().ThrowAsync<SecretStoreAccessException>()).Which.RequestId.Should().NotBeEmpty();

        await using (await SecretStore.OpenAsync(Store, RootKey.FromFile(lost.FullName)))
        {
            // A store that could not be opened must not keep another one out.
        }

        File.Move(lost.FullName, KeyFile);
        (await store.DescribeSecretAsync("name")).Name.Should().Be("name");
    }

    [Test]
    public async Task OpenAsync_ReadOnly_ChangesNothingAndRefusesChanges()
    {
        IReadOnlyList<string> before = DirectorySnapshot.Of(_directory.Root);
        await using (SecretStore store = await SecretStore.OpenAsync(Store, RootKey.FromFile(KeyFile), new SecretStoreOptions { ReadOnly = true }))
        {
            using SecretValueResult result = await store.GetSecretValueAsync("name");
            result.Value.RevealText().Should().Be("the stored value");
            Func<Task> delete = () => store.DeleteSecretAsync("name", SecretDeletion.Immediately).AsTask();
            (await delete.Should().ThrowAsync<SecretStoreUnavailableException>()).Which.Code.Should().Be(SecretStoreErrorCodes.WritesStopped);
        }

        DirectorySnapshot.Of(_directory.Root).Should().Equal(before);
    }

    [Test]
    public async Task OpenAsync_ReadOnlyAndNoStore_MakesNone()
    {
        Func<Task> open = () => SecretStore.OpenAsync(_directory["none"], RootKey.FromFile(KeyFile), new SecretStoreOptions { ReadOnly = true }).AsTask();

        (await open.Should().ThrowAsync<SecretNotFoundException>()).WithMessage($"*{_directory["none"]}*");
        Directory.Exists(_directory["none"]).Should().BeFalse();
    }

    [Test]
    public void Open_OnThisThread_ReadsWithoutAwaiting()
    {
        using SecretStore store = SecretStore.Open(Store, RootKey.FromFile(KeyFile));
        using SecretValueResult result = store.GetSecretValue("name");
        result.Value.RevealText().Should().Be("the stored value");
    }

    private async Task<T> RefusedAsync<T>(IRootKey rootKey, string? directory = null)
        where T : SecretStoreException
    {
        IReadOnlyList<string> before = DirectorySnapshot.Of(_directory.Root);
        Func<Task> open = () => SecretStore.OpenAsync(directory ?? Store, rootKey).AsTask();
        T error = (await open.Should().ThrowAsync<T>()).Which;
        DirectorySnapshot.Of(_directory.Root).Should().Equal(before, "an opening that is refused changes nothing");
        error.ToString().Should().NotContain("the stored value");
        return error;
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return ~crc;
    }

    private static bool Mount(params string[] arguments) => Run("mount", arguments) == 0;

    private static int Run(string program, params string[] arguments)
    {
        using Process? process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true });
        process!.WaitForExit();
        return process.ExitCode;
    }
}
