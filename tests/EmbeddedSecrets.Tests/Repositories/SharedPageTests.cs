using System.Globalization;
using EmbeddedSecrets.Files;
using Microsoft.Extensions.Time.Testing;

namespace EmbeddedSecrets.Tests.Repositories;

/// <summary>
/// The shared page, the lock files and the directory under a foolish hand, while instances have the store open or before one
/// opens it (DESIGN F6): nothing acknowledged is lost, and there are never two writers at once.
/// </summary>
[TestFixture]
public sealed class SharedPageTests
{
    private const string Name = "shared";
    private const int VersionOffset = 8;
    private const int BootOffset = 16;
    private const int EndOffset = 64;
    private const int IntentOffset = 128;
    private const int StoppedOffset = 192;

    private TemporaryDirectory _directory = null!;

    private string PagePath => Path.Combine(_directory.Store, "store.page");

    [SetUp]
    public async Task CreateStore()
    {
        _directory = new TemporaryDirectory();
        await using SecretStore store = await OpenAsync();
        using SecretValue value = SecretValue.FromText("0");
        await store.CreateSecretAsync(Name, value);
    }

    [TearDown]
    public void DeleteStore() => _directory.Dispose();

    [Test]
    public async Task Put_PageDeletedWhileOpen_IsMadeAgainAndNothingIsLost()
    {
        await CheckTwoInstancesAsync(() => File.Delete(PagePath));
        File.Exists(PagePath).Should().BeTrue();
    }

    [Test]
    public async Task Put_PageReplacedWhileOpen_IsFoundAndNothingIsLost([Values("zeros", "garbage", "copy", "empty")] string kind)
    {
        await CheckTwoInstancesAsync(() =>
        {
            byte[] page = File.ReadAllBytes(PagePath);
            string other = PagePath + ".other";
            File.WriteAllBytes(other, kind switch { "zeros" => new byte[page.Length], "garbage" => Garbage(page.Length), "copy" => page, _ => [] });
            File.SetUnixFileMode(other, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            File.Move(other, PagePath, overwrite: true);
        });
    }

    [Test]
    public async Task Put_PageOverwrittenWhileOpen_IsSetUpAgainAndNothingIsLost([Values] bool zeros)
    {
        await CheckTwoInstancesAsync(() => Overwrite(0, zeros ? new byte[SharedPage.Size] : Garbage(SharedPage.Size)));
    }

    [Test]
    public async Task Get_PageOverwrittenAndNobodyWrites_SeesWhatWasAcknowledgedAfterAMoment()
    {
        var time = new FakeTimeProvider();
        await using SecretStore first = await SecretStore.OpenAsync(_directory.Store, RootKey.FromFile(_directory["root.key"]), new SecretStoreOptions { TimeProvider = time });
        await using SecretStore second = await OpenAsync();
        (await RevisionAsync(first)).Should().Be(1);
        await PutManyAsync(second, 2);
        Overwrite(0, Garbage(SharedPage.Size));

        // A look that meets the other instance at its own leaves it to the next one; each takes its turn on another thread.
        var waited = System.Diagnostics.Stopwatch.StartNew();
        while (await RevisionAsync(first) != 3 && waited.Elapsed < TimeSpan.FromSeconds(20))
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(1);
        }

        (await RevisionAsync(first)).Should().Be(3);
    }

    [Test]
    public async Task Put_LockFilesDeletedWhileOpen_NeverHasTwoWriters([Values] bool pageToo)
    {
        await CheckTwoInstancesAsync(() =>
        {
            foreach (string file in Directory.GetFiles(_directory.Store).Where(file => !file.EndsWith(".ess", StringComparison.Ordinal) && (pageToo || file != PagePath)))
            {
                File.Delete(file);
            }
        });
    }

    [Test]
    public async Task OpenAsync_PageDeletedOrDamaged_OpensWithEverything([Values(-1, 0, 1, 100, 4095, 4096, 5000)] int length)
    {
        File.Delete(PagePath);
        if (length >= 0)
        {
            await File.WriteAllBytesAsync(PagePath, Garbage(length));
            File.SetUnixFileMode(PagePath, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        await CheckTwoInstancesAsync(static () => { });
    }

    [Test]
    public async Task OpenAsync_PageOfAnotherBoot_IsNotBelieved()
    {
        Overwrite(BootOffset, Garbage(16));
        Overwrite(EndOffset, BitConverter.GetBytes(new LogEnd(7, 1 << 20).Word));
        Overwrite(IntentOffset, [.. BitConverter.GetBytes(16L), .. BitConverter.GetBytes(1L << 20)]);
        Overwrite(StoppedOffset, BitConverter.GetBytes(1L));

        await CheckTwoInstancesAsync(static () => { });
    }

    [Test]
    public async Task OpenAsync_PageOfNewerVersionAndNobodyThere_Opens()
    {
        Overwrite(VersionOffset, BitConverter.GetBytes(SharedPage.CurrentVersion + 1L));

        await CheckTwoInstancesAsync(static () => { });
    }

    [Test]
    public async Task OpenAsync_PageOfNewerVersionInUse_IsRefusedAndTheOthersGoOn()
    {
        await using SecretStore first = await OpenAsync();
        Overwrite(VersionOffset, BitConverter.GetBytes(SharedPage.CurrentVersion + 1L));

        Func<Task> act = async () => await OpenAsync();
        (await act.Should().ThrowAsync<SecretStoreUnavailableException>()).Which.Code.Should().Be(SecretStoreErrorCodes.UnsupportedFormat);

        Overwrite(VersionOffset, BitConverter.GetBytes((long)SharedPage.CurrentVersion));
        await PutManyAsync(first, 3);
        await using SecretStore second = await OpenAsync();
        (await RevisionAsync(second)).Should().Be(4);
    }

    [Test]
    public async Task OpenAsync_PageIsALinkOrADirectory_IsRefusedClearly([Values] bool link)
    {
        File.Delete(PagePath);
        if (link)
        {
            await File.WriteAllBytesAsync(_directory["elsewhere"], Garbage(SharedPage.Size));
            File.CreateSymbolicLink(PagePath, _directory["elsewhere"]);
        }
        else
        {
            Directory.CreateDirectory(PagePath);
        }

        Func<Task> act = async () => await OpenAsync();
        await act.Should().ThrowAsync<SecretStoreException>();
        if (link)
        {
            (await File.ReadAllBytesAsync(_directory["elsewhere"])).Should().Equal(Garbage(SharedPage.Size), "nothing is written through a link");
        }
    }

    [Test]
    public async Task Put_DirectoryMovedAway_SaysSoReadsOnAndWorksOnceItIsBack([Values] bool anotherInItsPlace)
    {
        string moved = _directory["moved"];
        await using SecretStore first = await OpenAsync();
        await using SecretStore second = await OpenAsync();
        Directory.Move(_directory.Store, moved);
        if (anotherInItsPlace)
        {
            Directory.CreateDirectory(_directory.Store, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        foreach (SecretStore store in new[] { first, second })
        {
            Func<Task> put = () => PutManyAsync(store, 1);
            (await put.Should().ThrowAsync<SecretStoreUnavailableException>()).Which.Message.Should().Contain("is not the directory any more");
            Func<Task> compact = async () => await store.Maintenance.CompactAsync();
            await compact.Should().ThrowAsync<SecretStoreUnavailableException>();
            (await RevisionAsync(store)).Should().Be(1);
        }

        if (anotherInItsPlace)
        {
            Directory.GetFileSystemEntries(_directory.Store).Should().BeEmpty("nothing of this store belongs there");
            Directory.Delete(_directory.Store);
        }

        Directory.Move(moved, _directory.Store);
        await PutManyAsync(first, 2);
        (await RevisionAsync(second)).Should().Be(3);
        await PutManyAsync(second, 1);
        (await RevisionAsync(first)).Should().Be(4);
    }

    /// <summary>Two instances change one secret by turns and at once before and after the blow, one compacts meanwhile, a third comes to them, and all is there at the end.</summary>
    private async Task CheckTwoInstancesAsync(Action blow)
    {
        const int Each = 12;
        await using (SecretStore first = await OpenAsync())
        await using (SecretStore second = await OpenAsync())
        {
            await PutManyAsync(first, 1);
            await PutManyAsync(second, 1);
            (await RevisionAsync(first)).Should().Be(3);
            blow();

            // What was acknowledged before stays readable, whatever the page says now.
            (await RevisionAsync(first)).Should().Be(3);
            (await RevisionAsync(second)).Should().Be(3);
            await Task.WhenAll(Task.Run(() => PutManyAsync(first, Each)), Task.Run(() => PutManyAsync(second, Each)), Task.Run(async () => await second.Maintenance.CompactAsync()));
            await using SecretStore third = await OpenAsync();
            await Task.WhenAll(new[] { first, second, third }.Select(store => Task.Run(() => PutManyAsync(store, Each))));

            const int All = 3 + (5 * Each);
            foreach (SecretStore store in new[] { first, second, third })
            {
                (await RevisionAsync(store)).Should().Be(All, "no update is lost, and what one was acknowledged the others see");
            }
        }

        await using SecretStore again = await OpenAsync();
        (await RevisionAsync(again)).Should().Be(3 + (5 * Each));
        again.Recovery!.DroppedBytes.Should().Be(0);
    }

    /// <summary>Puts so many values, each only upon the state that was read.</summary>
    private static async Task PutManyAsync(SecretStore store, int count)
    {
        for (int done = 0; done < count;)
        {
            SecretRevision revision;
            using (SecretValueResult read = await store.GetSecretValueAsync(Name))
            {
                revision = read.Revision;
                read.Value.RevealText().Should().Be((revision.Number - 1).ToString(CultureInfo.InvariantCulture));
            }

            try
            {
                using SecretValue value = SecretValue.FromText(revision.Number.ToString(CultureInfo.InvariantCulture));
                SecretVersionDescription put = await store.PutSecretValueAsync(Name, value, new PutSecretValueOptions { ExpectedRevision = revision });
                put.Revision.Number.Should().Be(revision.Number + 1);
                done++;
            }
            catch (SecretConflictException)
            {
                // Another one was first.
            }
        }
    }

    private static async Task<long> RevisionAsync(SecretStore store)
    {
        using SecretValueResult read = await store.GetSecretValueAsync(Name);
        read.Value.RevealText().Should().Be((read.Revision.Number - 1).ToString(CultureInfo.InvariantCulture));
        return read.Revision.Number;
    }

    private void Overwrite(int offset, byte[] bytes)
    {
        using var stream = new FileStream(PagePath, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        stream.Position = offset;
        stream.Write(bytes);
    }

    private static byte[] Garbage(int length) => [.. Enumerable.Range(0, length).Select(static i => unchecked((byte)((i * 151) + 77)))];

    private ValueTask<SecretStore> OpenAsync() =>
        SecretStore.OpenAsync(_directory.Store, RootKey.FromFile(_directory["root.key"]), new SecretStoreOptions { LockTimeout = TimeSpan.FromSeconds(10) });
}
