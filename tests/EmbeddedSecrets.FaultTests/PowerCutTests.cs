using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace EmbeddedSecrets.FaultTests;

/// <summary>
/// Power cuts: the shutdown ioctl of ext4 and XFS drops everything that was not flushed. Acknowledgements are counted before
/// the call: one that races with it may be lost although its flush returned, which no power cut does.
/// </summary>
[TestFixture]
public sealed partial class PowerCutTests
{
    private const int Writers = 4;

    /// <summary>EXT4_IOC_SHUTDOWN, XFS_IOC_GOINGDOWN, and their flag to drop the journal too.</summary>
    private const nuint Shutdown = 0x8004587d;
    private const uint NoLogFlush = 2;

    private MountedVolume? _volume;

    [SetUp]
    public void RequirePowerCut() => Needs.PowerCut();

    [TearDown]
    public void RemoveVolume() => _volume?.Dispose();

    [TestCase("ext4", 40)]
    [TestCase("xfs", 10)]
    public async Task Put_PowerCut_KeepsWhatWasAcknowledged(string kind, int rounds)
    {
        Random random = Needs.SeededRandom();
        _volume = MountedVolume.OnLoopDevice(kind);
        string keyFile = Path.Combine(_volume.Outside, "root.key");
        string directory = "";
        var numbers = new WrittenNumbers();
        int acknowledgements = 0;
        int dropped = 0;
        for (int round = 0; round < rounds; round++)
        {
            // A new store every few rounds: its names must be on the disk as well.
            if (round % 5 == 0)
            {
                acknowledgements += numbers.Acknowledgements;
                numbers = new WrittenNumbers();
                directory = Path.Combine(_volume.MountPoint, $"store-{round}");
            }

            using (ChildProcess child = ChildProcess.StartWriters(directory, keyFile, Writers))
            {
                int lines = random.Next(2, 1500);
                (await child.ReadLinesAsync(lines, numbers.Read)).Should().Be(lines, "only the cut ends the child");
                numbers.Cut();
                CutPower(_volume.MountPoint);
                await child.KillAsync(numbers.Read);
            }

            _volume.Unmount();
            _volume.Mount();
            RecoveryReport report = await numbers.ReopenAndCheckAsync(directory, keyFile, Writers);
            dropped += report.DroppedOffset is null ? 0 : 1;
        }

        acknowledgements += numbers.Acknowledgements;
        TestContext.Out.WriteLine($"power cuts on {kind}: {rounds} rounds, {acknowledgements} acknowledgements checked, 0 lost, {dropped} unfinished commits dropped");
    }

    [TestCase("ext4", 20)]
    [TestCase("xfs", 5)]
    public async Task Put_PowerCutUnderSeveralProcesses_KeepsWhatWasAcknowledged(string kind, int rounds)
    {
        const int Processes = 3;
        Random random = Needs.SeededRandom();
        _volume = MountedVolume.OnLoopDevice(kind);
        string keyFile = Path.Combine(_volume.Outside, "root.key");
        string directory = Path.Combine(_volume.MountPoint, "shared");
        var numbers = new WrittenNumbers();
        for (int round = 0; round < rounds; round++)
        {
            ChildProcess[] children = [.. Enumerable.Range(0, Processes).Select(process => ChildProcess.StartWriters(directory, keyFile, Writers, process * Writers))];
            try
            {
                int lines = random.Next(2, 500);
                int[] read = await Task.WhenAll(children.Select(child => child.ReadLinesAsync(lines, Read)));
                read.Should().OnlyContain(count => count == lines, "only the cut ends a child");
                lock (numbers)
                {
                    numbers.Cut();
                }

                CutPower(_volume.MountPoint);
                await Task.WhenAll(children.Select(child => child.KillAsync(Read)));
            }
            finally
            {
                Array.ForEach(children, static child => child.Dispose());
            }

            _volume.Unmount();
            _volume.Mount();
            await numbers.ReopenAndCheckAsync(directory, keyFile, Processes * Writers);
        }

        TestContext.Out.WriteLine($"power cuts on {kind} under {Processes} processes: {rounds} rounds, {numbers.Acknowledgements} acknowledgements checked, 0 lost");

        void Read(string line)
        {
            lock (numbers)
            {
                numbers.Read(line);
            }
        }
    }

    [TestCase("ext4")]
    [TestCase("xfs")]
    public async Task Open_PowerCutAfterTheFirstPut_StoreIsThere(string kind)
    {
        _volume = MountedVolume.OnLoopDevice(kind);
        string keyFile = Path.Combine(_volume.Outside, "root.key");
        string directory = Path.Combine(_volume.MountPoint, "parent", "store");
        using SecretValue value = SecretValue.FromText("value");
        await using (SecretStore store = await SecretStore.OpenAsync(directory, RootKey.FromFile(keyFile)))
        {
            await store.CreateSecretAsync("name", value);
            CutPower(_volume.MountPoint);

            Func<Task> act = async () => await store.PutSecretValueAsync("name", value);
            (await act.Should().ThrowAsync<SecretStoreException>("a flush that fails is told")).Which.Code
                .Should().BeOneOf(SecretStoreErrorCodes.OutcomeUnknown, SecretStoreErrorCodes.WritesStopped, SecretStoreErrorCodes.ServiceUnavailable);
        }

        _volume.Unmount();
        _volume.Mount();
        await using SecretStore again = await SecretStore.OpenAsync(directory, RootKey.FromFile(keyFile));
        using SecretValueResult stored = await again.GetSecretValueAsync("name");
        stored.Value.RevealText().Should().Be("value");
    }

    private static void CutPower(string mountPoint)
    {
        int descriptor = Open(mountPoint, 0);
        descriptor.Should().BePositive();
        using var directory = new SafeFileHandle(descriptor, ownsHandle: true);
        uint flags = NoLogFlush;
        Control(directory, Shutdown, ref flags).Should().Be(0, "the file system can be shut down (error {0})", Marshal.GetLastPInvokeError());
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(SafeFileHandle file, nuint request, ref uint argument);
}
