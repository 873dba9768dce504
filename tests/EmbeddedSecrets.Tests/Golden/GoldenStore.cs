using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Time.Testing;

namespace EmbeddedSecrets.Tests.Golden;

/// <summary>A golden store in a directory of its own: the files beside the tests are never written to. Its keys are for tests only.</summary>
internal sealed class GoldenStore : IDisposable
{
    public const string Passphrase = "a passphrase for tests only";

    /// <summary>The clock of all golden stores: no window has ended and no period has passed, whenever the tests run.</summary>
    public static readonly DateTimeOffset Clock = new(2026, 1, 5, 12, 0, 0, TimeSpan.Zero);

    private const UnixFileMode PrivateFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly TemporaryDirectory _directory = new();

    public GoldenStore(string folder, string name)
    {
        Name = name;
        foreach (string key in Directory.EnumerateFiles(folder, "test-*"))
        {
            Copy(key, _directory[Path.GetFileName(key)]);
        }

        CopyAll(Path.Combine(folder, name), _directory[name]);
        Manifest = File.Exists(Path.Combine(folder, name + ".json")) ? File.ReadAllText(Path.Combine(folder, name + ".json")) : "[]";
    }

    public static string Root { get; } = Path.Combine(AppContext.BaseDirectory, "Golden");

    /// <summary>Gets the folders of the versions of the format, each with the names of its stores.</summary>
    public static IEnumerable<TestCaseData> All =>
        from folder in Directory.GetDirectories(Root).Order(StringComparer.Ordinal)
        from store in Directory.GetDirectories(folder).Order(StringComparer.Ordinal)
        select new TestCaseData(Path.GetFileName(folder), Path.GetFileName(store));

    public string Name { get; }

    public string Manifest { get; }

    public string Folder => _directory[Name];

    public string Log => Directory.GetFiles(StorePath, "log-*.ess").Single();

    public string StorePath => Path.Combine(Folder, "store");

    public string KeyFile => _directory[KeyFileOf(Name)];

    public string this[string file] => _directory[file];

    public static GoldenStore Of(string version, string name) => new(Path.Combine(Root, version), name);

    public static string KeyFileOf(string name) => name == "rotated" ? "test-second.key" : "test-root.key";

    public static SecretStoreOptions Options() => new() { TimeProvider = new FakeTimeProvider(Clock) };

    /// <summary>A key service that is none.</summary>
    public static IRootKey Callback() => RootKey.FromCallbacks(
        "test-service",
        static (key, _, _) => ValueTask.FromResult(Array.ConvertAll(key.ToArray(), static value => (byte)(value ^ 0x55))),
        static (answer, _, _) => ValueTask.FromResult<byte[]?>(Array.ConvertAll(answer.ToArray(), static value => (byte)(value ^ 0x55))));

    public static IRootKey Certificate(string path) => RootKey.FromCertificate(X509Certificate2.CreateFromPemFile(path));

    public static string Sha256Of(string path) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));

    public ValueTask<SecretStore> OpenAsync(IRootKey? rootKey = null, SecretStoreOptions? options = null) =>
        SecretStore.OpenAsync(StorePath, rootKey ?? RootKey.FromFile(KeyFile), options ?? Options());

    public void Dispose() => _directory.Dispose();

    private static void CopyAll(string from, string to)
    {
        Directory.CreateDirectory(to, PrivateFile | UnixFileMode.UserExecute);
        foreach (string file in Directory.EnumerateFiles(from))
        {
            Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }

        foreach (string folder in Directory.EnumerateDirectories(from))
        {
            CopyAll(folder, Path.Combine(to, Path.GetFileName(folder)));
        }
    }

    private static void Copy(string from, string to)
    {
        File.Copy(from, to);
        File.SetUnixFileMode(to, PrivateFile);
    }
}
