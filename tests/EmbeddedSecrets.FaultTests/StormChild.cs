using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace EmbeddedSecrets.FaultTests;

/// <summary>
/// One of many processes that read and write the same few secrets, until it is killed or its standard input ends. It tells
/// every step with its times; <see cref="RecordedHistory"/> reads that. The standard input tells it what others were acknowledged.
/// </summary>
internal static class StormChild
{
    public const int Names = 20;

    public const string Writer = "writer";

    /// <summary>Writes as a writer does, with pauses in which a rotation may finish.</summary>
    public const string PausingWriter = "pausing-writer";
    public const string Compactor = "compactor";
    public const string Rotator = "rotator";

    private static readonly ConcurrentDictionary<string, long> Known = new();

    public static string NameOf(int number) => string.Create(CultureInfo.InvariantCulture, $"shared-{number}");

    /// <param name="directory">The store.</param>
    /// <param name="keyFile">Its root key.</param>
    /// <param name="process">Who this is, in every value.</param>
    /// <param name="names">How many secrets are used.</param>
    /// <param name="role">Writes and reads in a loop, or compacts, or rotates and rewraps.</param>
    public static async Task<int> RunAsync(string directory, string keyFile, int process, int names, string role)
    {
        using var ending = new CancellationTokenSource();
        var listener = new Thread(() => Listen(ending)) { IsBackground = true };
        listener.Start();
        var repository = new FileSecretRepository(directory);
        await using var store = SecretStore.WithRing(repository, RootKey.FromFile(keyFile), null, new SecretStoreOptions());
        try
        {
            (await store.GetSecretValueAsync(NameOf(0))).Dispose();
        }
        catch (SecretStoreException exception)
        {
            Program.Tell($"fail opening {exception.Code} {exception.Message};");
            return 1;
        }

        Program.Tell($"opened {store.Recovery!.DroppedBytes};");
        await (role switch
        {
            Compactor => CompactAsync(store, repository, ending.Token),
            Rotator => RotateAsync(store, ending.Token),
            _ => Task.WhenAll(Enumerable.Range(0, 2).Select(thread => Task.Run(() => WriteAsync(store, repository, process, thread, names, role == PausingWriter, ending.Token)))),
        });

        await store.DisposeAsync();
        Program.Tell("closed;");
        return 0;
    }

    private static void Listen(CancellationTokenSource ending)
    {
        while (Console.In.ReadLine() is { } line)
        {
            string[] words = line.Split(' ');
            Learn(words[0], long.Parse(words[1], CultureInfo.InvariantCulture));
        }

        ending.Cancel();
    }

    private static void Learn(string name, long revision) => Known.AddOrUpdate(name, revision, (_, known) => Math.Max(known, revision));

    private static async Task WriteAsync(SecretStore store, FileSecretRepository repository, int process, int thread, int names, bool pauses, CancellationToken ending)
    {
        int removed = 0;
        for (int counter = 0; !ending.IsCancellationRequested; counter++)
        {
            string name = NameOf(Random.Shared.Next(names));
            await Task.Delay(pauses ? Random.Shared.Next(names / 10) : 0, CancellationToken.None);
            try
            {
                SecretRevision read = await ReadAsync(store, name);
                if (Random.Shared.Next(3) != 0)
                {
                    string value = string.Create(CultureInfo.InvariantCulture, $"{process}.{thread}.{counter}.{new string('x', counter * 37 % 900)}");
                    await PutAsync(store, name, value, Random.Shared.Next(4) == 0 ? null : read);
                }
            }
            catch (SecretStoreException exception)
            {
                Program.Tell($"fail {name} {exception.Code} {exception.Message};");
            }

            if (thread == 0 && repository.RemovedUnfinished > removed)
            {
                Program.Tell(string.Create(CultureInfo.InvariantCulture, $"removed {repository.RemovedUnfinished - removed};"));
                removed = repository.RemovedUnfinished;
            }
        }
    }

    private static async Task<SecretRevision> ReadAsync(SecretStore store, string name)
    {
        long known = Known.GetValueOrDefault(name);
        long begin = Stopwatch.GetTimestamp();
        using SecretValueResult result = await store.GetSecretValueAsync(name);
        long end = Stopwatch.GetTimestamp();
        long number = result.Revision.Number;
        Program.Tell(string.Create(CultureInfo.InvariantCulture, $"read {name} {number} {result.Value.RevealText()} {begin} {end};"));
        if (number < known)
        {
            Program.Tell(string.Create(CultureInfo.InvariantCulture, $"stale {name} {number} {known};"));
        }

        Learn(name, number);
        return result.Revision;
    }

    private static async Task PutAsync(SecretStore store, string name, string text, SecretRevision? expected)
    {
        long number = expected?.Number ?? 0;
        Program.Tell(string.Create(CultureInfo.InvariantCulture, $"try {name} {number} {text};"));
        using SecretValue value = SecretValue.FromText(text);
        long begin = Stopwatch.GetTimestamp();
        try
        {
            SecretVersionDescription put = await store.PutSecretValueAsync(name, value, new PutSecretValueOptions { ExpectedRevision = expected });
            long end = Stopwatch.GetTimestamp();
            Program.Tell(string.Create(CultureInfo.InvariantCulture, $"ack {name} {number} {text} {put.Revision.Number} {put.VersionId} {begin} {end};"));
            Learn(name, put.Revision.Number);
        }
        catch (SecretConflictException exception) when (exception.Code == SecretStoreErrorCodes.RevisionConflict && expected is not null)
        {
            Program.Tell($"conflict {name} {number} {text};");
        }
    }

    private static async Task RotateAsync(SecretStore store, CancellationToken ending)
    {
        while (!ending.IsCancellationRequested)
        {
            try
            {
                await store.Keys.RotateKeyAsync("default", ending);
                Program.Tell("rotated;");
                RewrapResult result = await store.Keys.RewrapAsync(null, null, ending);
                Program.Tell(string.Create(CultureInfo.InvariantCulture, $"rewrapped {result.Rewrapped} {result.DroppedGenerations.Count} {result.RemainingGenerations.Count};"));
            }
            catch (SecretStoreException exception)
            {
                Program.Tell($"fail rotation {exception.Code} {exception.Message};");
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private static async Task CompactAsync(SecretStore store, FileSecretRepository repository, CancellationToken ending)
    {
        int removed = 0;
        while (!ending.IsCancellationRequested)
        {
            try
            {
                await store.Maintenance.CompactAsync(null, ending);
                Program.Tell("compacted;");
                await Task.Delay(20, ending);
            }
            catch (SecretStoreException exception)
            {
                Program.Tell($"fail compaction {exception.Code} {exception.Message};");
            }
            catch (OperationCanceledException)
            {
                return;
            }

            if (repository.RemovedUnfinished > removed)
            {
                Program.Tell(string.Create(CultureInfo.InvariantCulture, $"removed {repository.RemovedUnfinished - removed};"));
                removed = repository.RemovedUnfinished;
            }
        }
    }
}
