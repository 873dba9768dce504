using System.Buffers.Binary;
using System.ComponentModel;
using System.Diagnostics;

namespace EmbeddedSecrets.Tests.Golden;

/// <summary>The second implementation of the format, tests/EmbeddedSecrets.FormatReader, says the same as the product.</summary>
[TestFixture]
public sealed class FormatReaderTests
{
    private const int Flips = 8;

    private static readonly string Reader = Path.Combine(AppContext.BaseDirectory, "format-reader", "read_store.py");

    private static IEnumerable<TestCaseData> Stores => GoldenStore.All;

    [OneTimeSetUp]
    public async Task RequirePythonAsync()
    {
        try
        {
            if ((await RunAsync("-c", "import cryptography")).Code != 0)
            {
                Assert.Ignore("python3-cryptography is missing.");
            }
        }
        catch (Win32Exception)
        {
            Assert.Ignore("python3 is missing.");
        }
    }

    [TestCaseSource(nameof(Stores))]
    public async Task Dump_OfAGoldenStore_EqualsTheManifest(string version, string name)
    {
        using GoldenStore golden = GoldenStore.Of(version, name);

        (await DumpAsync(golden.StorePath, golden.KeyFile)).Should().Be(GoldenManifest.Normalize(golden.Manifest));
    }

    [Test]
    public async Task Dump_ByThePassphrase_EqualsTheManifest()
    {
        using GoldenStore golden = GoldenStore.Of("v1", "rotated");

        (int code, string output, string error) = await RunAsync(Reader, golden.StorePath, "--passphrase-file", golden["test-passphrase.txt"], "dump");

        code.Should().Be(0, error);
        GoldenManifest.Normalize(output).Should().Be(GoldenManifest.Normalize(golden.Manifest));
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task Dump_OfAFreshStore_EqualsWhatTheStoreSays(bool compacted)
    {
        using var directory = new TemporaryDirectory();
        string expected;
        await using (SecretStore store = await SecretStore.OpenAsync(directory.Store, RootKey.FromFile(directory["root.key"])))
        {
            for (int i = 0; i < 30; i++)
            {
                using SecretValue value = store.GetRandomPassword();
                await store.CreateSecretAsync($"secret/{i}", value);
                await store.PutSecretValueAsync($"secret/{i / 2}", value);
            }

            if (compacted)
            {
                await store.Maintenance.CompactAsync();
            }

            using SecretValueResult read = await store.GetSecretValueAsync("secret/7");
        }

        // The days of the last reads are written at the end only.
        await using (SecretStore store = await SecretStore.OpenAsync(directory.Store, RootKey.FromFile(directory["root.key"]), new SecretStoreOptions { ReadOnly = true }))
        {
            expected = GoldenManifest.Print(await GoldenManifest.DescribeAsync(store, static (_, _) => null));
        }

        (await DumpAsync(directory.Store, directory["root.key"])).Should().Be(GoldenManifest.Normalize(expected));
    }

    /// <summary>
    /// A byte in front of the closing frame: the closing frame proves that it was acknowledged. Only in the body of a snapshot, which
    /// no checksum covers, stand values that a later frame deleted: nothing reads them, and the dump must be what it was.
    /// </summary>
    [TestCaseSource(nameof(Stores))]
    public async Task Dump_OfAStoreWithAFlippedByte_IsRefusedOrTheSame(string version, string name)
    {
        using GoldenStore golden = GoldenStore.Of(version, name);
        byte[] log = await File.ReadAllBytesAsync(golden.Log);
        int closing = log.AsSpan().LastIndexOf("ESSf"u8);
        int seed = Environment.TickCount;
        TestContext.Out.WriteLine($"Seed {seed}");
        var random = new Random(seed);
        for (int i = 0; i < Flips; i++)
        {
            int at = random.Next(closing);
            byte[] altered = [.. log];
            altered[at] ^= (byte)(1 << random.Next(8));
            await File.WriteAllBytesAsync(golden.Log, altered);

            (int code, string output, string error) = await RunAsync(Reader, golden.StorePath, "--key-file", golden.KeyFile, "dump");

            if (code == 0 && IsInABodyOfASnapshot(log, at))
            {
                GoldenManifest.Normalize(output).Should().Be(GoldenManifest.Normalize(golden.Manifest), $"seed {seed}, byte {at}");
                continue;
            }

            code.Should().Be(1, $"seed {seed}, byte {at}");
            error.Should().StartWith("refused: ", $"seed {seed}, byte {at}");
        }
    }

    private static bool IsInABodyOfASnapshot(byte[] log, int at)
    {
        const int Snapshot = 3;
        int frame = 16;
        while (frame + FrameLength(log, frame) <= at)
        {
            frame += FrameLength(log, frame);
        }

        int body = frame + 80 + Field(log, frame + 12) + Field(log, frame + 16);
        return log[frame + 4] == Snapshot && at >= body && at < body + Field(log, frame + 20);
    }

    private static int FrameLength(byte[] log, int frame) => Field(log, frame + 8);

    private static int Field(byte[] log, int at) => BinaryPrimitives.ReadInt32LittleEndian(log.AsSpan(at));

    private static async Task<string> DumpAsync(string store, string keyFile)
    {
        (int code, string output, string error) = await RunAsync(Reader, store, "--key-file", keyFile, "dump");
        code.Should().Be(0, error);
        return GoldenManifest.Normalize(output);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo("python3", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }
}
