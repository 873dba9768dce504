using System.Globalization;
using EmbeddedSecrets.Files;
using EmbeddedSecrets.Tests.Faults;

namespace EmbeddedSecrets.Tests.Auditing;

/// <summary>A trail in a directory of a test's own.</summary>
internal sealed class Trail : IDisposable
{
    private readonly TemporaryDirectory _root = new();

    public string Folder => _root["trail"];

    public string KeyFile => _root["keys/audit.key"];

    public FileAuditSink Sink(FileAuditSinkOptions? options = null) => new(Folder, KeyFile, options ?? new FileAuditSinkOptions { FlushEveryRecord = false });

    public FileAuditSink FaultySink(Action<FaultyLogFile> opened) => new(
        () => new FaultyLogDirectory(StoreDirectory.OpenOrMake(Folder, readOnly: false)!, inner =>
        {
            var file = new FaultyLogFile(inner);
            opened(file);
            return file;
        }),
        KeyFile,
        null);

    public string FileOf(int number) => Path.Combine(Folder, string.Create(CultureInfo.InvariantCulture, $"audit-{number:D8}.esa"));

    /// <summary>Writes records 1 to count into a new trail.</summary>
    public void Write(int count)
    {
        using FileAuditSink sink = Sink();
        for (int i = 1; i <= count; i++)
        {
            Put(sink, $"secret-{i}");
        }
    }

    public static void Put(FileAuditSink sink, string name, string? principal = null) =>
        sink.WriteAsync(RecordOf(name, principal)).AsTask().GetAwaiter().GetResult();

    public static AuditRecord RecordOf(string name, string? principal = null) => new()
    {
        RequestId = "0123456789abcdef-00000001",
        Phase = AuditPhase.Outcome,
        Time = new DateTimeOffset(2026, 5, 4, 3, 2, 1, TimeSpan.FromHours(2)),
        Operation = "GetSecretValue",
        Principal = principal,
        SecretName = name,
        VersionId = "v1",
        Outcome = AuditOutcome.Denied,
        Code = SecretStoreErrorCodes.ResourceNotFound,
    };

    /// <summary>Changes the lines of a file, the first line among them.</summary>
    public void Edit(int number, Func<List<string>, IEnumerable<string>> edit)
    {
        List<string> lines = [.. File.ReadAllLines(FileOf(number))];
        File.WriteAllText(FileOf(number), string.Concat(edit(lines).Select(static line => line + "\n")));
    }

    public Task<AuditVerification> VerifyAsync(AuditHead? head = null) => AuditTrail.VerifyAsync(Folder, KeyFile, head).AsTask();

    public async Task<List<AuditEntry>> ReadAsync()
    {
        var entries = new List<AuditEntry>();
        await foreach (AuditEntry entry in AuditTrail.ReadAsync(Folder, KeyFile))
        {
            entries.Add(entry);
        }

        return entries;
    }

    public void Dispose() => _root.Dispose();
}
