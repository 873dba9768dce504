using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using EmbeddedSecrets.Benchmarks.Fixtures;
using EmbeddedSecrets.Benchmarks.Measuring;
using EmbeddedSecrets.Buffers;

namespace EmbeddedSecrets.Benchmarks.Rows;

/// <summary>
/// Reads by random names of 10,000 against the limit: without a cache of data keys (R1), with one that holds them all (R2); and
/// what the first allocate (R3). Small ones also by 20 names, where nothing waits for memory.
/// </summary>
internal static class ReadRows
{
    private const int Secrets = 10_000;
    private const int FewSecrets = 20;
    private const long LargeCache = 512L << 20;
    private const int Threads = 2;
    private const int SmallSize = 64;

    public static void Run(RowContext context)
    {
        foreach (int size in (ReadOnlySpan<int>)[SmallSize, 1024, 30_720])
        {
            if (context.Wants($"R1-{size}", $"R2-{size}", $"R3-{size}") || (size == 1024 && context.Wants("R1-2threads")))
            {
                RunSize(context, size);
            }
        }

        RunFew(context, "R1-64-few", SmallSize, dataKeys: 0);
        RunFew(context, "R1-1024-few", 1024, dataKeys: 0);
        RunFew(context, "R2-1024-few", 1024, dataKeys: FewSecrets);
    }

    private static void RunFew(RowContext context, string id, int size, int dataKeys)
    {
        if (!context.Wants(id))
        {
            return;
        }

        string[] names = Corpus.Names(FewSecrets);
        byte[] value = Corpus.Value(size);
        string place = context.Workspace.NewPlace(id);
        using (SecretStore filled = Workspace.Open(place))
        {
            Corpus.Fill(filled, names, value);
        }

        using var envelope = new ReferenceEnvelope();
        using SecretStore store = OpenWarm(place, names, dataKeys);
        var messages = names.ToDictionary(static name => name, _ => envelope.Seal(value));
        RunAgainst(context, id, Goal.None, store, envelope, messages, names, Corpus.Order(FewSecrets), size, keepsDataKeys: dataKeys > 0);
    }

    private static void RunSize(RowContext context, int size)
    {
        string[] names = Corpus.Names(Secrets);
        int[] order = Corpus.Order(Secrets);
        byte[] value = Corpus.Value(size);
        string place = context.Workspace.NewPlace($"reads-{size}");
        using (SecretStore filled = Workspace.Open(place))
        {
            Corpus.Fill(filled, names, value);
        }

        using var envelope = new ReferenceEnvelope();
        var messages = names.ToDictionary(static name => name, _ => envelope.Seal(value));
        if (context.Wants($"R1-{size}", $"R3-{size}") || (size == 1024 && context.Wants("R1-2threads")))
        {
            using SecretStore store = OpenWarm(place, names, dataKeys: 0);
            RunAgainst(context, $"R1-{size}", Goal.AtMost(1.20), store, envelope, messages, names, order, size, keepsDataKeys: false);
            if (size == 1024)
            {
                RunThreads(context, store, envelope, messages, names, order);
            }

            RunAllocations(context, store, names, size);
        }

        if (context.Wants($"R2-{size}"))
        {
            using SecretStore store = OpenWarm(place, names, dataKeys: Secrets);
            RunAgainst(context, $"R2-{size}", Goal.AtMost(size > 1024 ? 0.95 : 0.65), store, envelope, messages, names, order, size, keepsDataKeys: true);
        }
    }

    /// <summary>A store that has read everything once, and keeps the sealed payloads.</summary>
    private static SecretStore OpenWarm(string place, string[] names, int dataKeys)
    {
        SecretStore store = Workspace.Open(place, new SecretStoreOptions { PayloadCacheBytes = LargeCache, DataKeyCacheEntries = dataKeys });
        foreach (string name in names)
        {
            store.GetSecretValue(name).Dispose();
        }

        return store;
    }

    private static void RunAgainst(
        RowContext context, string id, Goal goal, SecretStore store, ReferenceEnvelope envelope, Dictionary<string, byte[]> messages, string[] names, int[] order, int size, bool keepsDataKeys)
    {
        int reads = size > 1024 ? context.Scaled(10_000, 5_000) : context.Scaled(40_000, 20_000);
        byte[] buffer = new byte[size];
        byte[] padded = new byte[BoundEnvelope.ZerosLength + size];
        using var bound = new BoundEnvelope();
        byte[] value = Corpus.Value(size);
        var boundMessages = names.ToDictionary(static name => name, _ => bound.Seal(value));
        Dictionary<string, (byte[] Message, AesGcm DataKey)> boundKeys = keepsDataKeys
            ? boundMessages.ToDictionary(static sealedValue => sealedValue.Key, sealedValue => (sealedValue.Value, bound.OpenKey(sealedValue.Value)))
            : [];
        void OpenBound(string name)
        {
            if (keepsDataKeys)
            {
                (byte[] message, AesGcm dataKey) = boundKeys[name];
                bound.OpenValue(dataKey, message, padded);
            }
            else
            {
                bound.Open(boundMessages[name], padded);
            }
        }

        void Answer(string name)
        {
            DateTimeOffset now = TimeProvider.System.GetUtcNow();
            SecretMemory memory = SecretMemory.Rent(padded.Length);
            bound.Open(boundMessages[name], memory.Span);
            using var result = new SecretValueResult(null!, null!, new SecretValue(SecretValueKind.Binary, memory, BoundEnvelope.ZerosLength), default);
            if (now < DateTimeOffset.UnixEpoch)
            {
                throw new InvalidOperationException("It has not begun.");
            }
        }

        bool answers = size == SmallSize && !keepsDataKeys;
        List<Side> sides =
        [
            new("limit", () => Clock.Sequential(reads, i => envelope.Open(messages[names[order[i & 0xffff]]], buffer))),
            new("store", () => Clock.Sequential(reads, i => store.GetSecretValue(names[order[i & 0xffff]]).Dispose())),
            new("bound", () => Clock.Sequential(reads, i => OpenBound(names[order[i & 0xffff]]))),
        ];
        if (answers)
        {
            sides.Add(new("answer", () => Clock.Sequential(reads, i => Answer(names[order[i & 0xffff]]))));
        }

        Rounds rounds = Rounds.Run(context.Rounds, context.Options.WarmUp, sides);
        context.Table.Tell(id, rounds);
        context.Add(id, rounds.RatioOf("store", "limit"), goal, seconds: rounds.MedianOf("store"));
        context.Add(
            $"{id}-bound",
            rounds.RatioOf("bound", "limit"),
            Goal.None,
            keepsDataKeys ? "the value alone, with associated data and key commitment, its data key at hand, and nothing of the store" : "the limit with associated data and key commitment, and nothing of the store",
            rounds.MedianOf("bound"));
        if (answers)
        {
            context.Add(
                $"{id}-answer",
                rounds.RatioOf("answer", "limit"),
                Goal.None,
                "the same, with a look at the clock and an answer that owns its value in memory that is zeroed when it is disposed",
                rounds.MedianOf("answer"));
        }

        foreach ((_, AesGcm dataKey) in boundKeys.Values)
        {
            dataKey.Dispose();
        }
    }

    /// <summary>The limit runs in as many threads, each with a key instance and a buffer of its own: cores that share one clock are no fault of a lock.</summary>
    private static void RunThreads(RowContext context, SecretStore store, ReferenceEnvelope envelope, Dictionary<string, byte[]> messages, string[] names, int[] order)
    {
        int reads = context.Scaled(40_000, 20_000);
        ReferenceEnvelope[] envelopes = [.. Enumerable.Range(0, Threads).Select(_ => envelope.Copy())];
        byte[][] buffers = [.. Enumerable.Range(0, Threads).Select(_ => new byte[BoundEnvelope.ZerosLength + 1024])];
        using var bound = new BoundEnvelope();
        BoundEnvelope[] bounds = [.. Enumerable.Range(0, Threads).Select(_ => bound.Copy())];
        byte[] value = Corpus.Value(1024);
        var boundMessages = names.ToDictionary(static name => name, _ => bound.Seal(value));
        Rounds rounds = Rounds.Run(
            context.Rounds,
            context.Options.WarmUp,
            new Side("limit", () => Clock.Threads(Threads, reads, (worker, i) => envelopes[worker].Open(messages[names[order[(i + (worker * 7919)) & 0xffff]]], buffers[worker]))),
            new Side("store", () => Clock.Threads(Threads, reads, (worker, i) => store.GetSecretValue(names[order[(i + (worker * 7919)) & 0xffff]]).Dispose())),
            new Side("bound", () => Clock.Threads(Threads, reads, (worker, i) => bounds[worker].Open(boundMessages[names[order[(i + (worker * 7919)) & 0xffff]]], buffers[worker]))));
        context.Table.Tell("R1-2threads", rounds);
        context.Add("R1-2threads", rounds.RatioOf("store", "limit"), Goal.AtMost(1.25), "1 KiB, both with 2 threads", rounds.MedianOf("store"));
        context.Add("R1-2threads-bound", rounds.RatioOf("bound", "limit"), Goal.None, "the limit with associated data and key commitment, and nothing of the store, with 2 threads", rounds.MedianOf("bound"));
        Array.ForEach(envelopes, static copy => copy.Dispose());
        Array.ForEach(bounds, static copy => copy.Dispose());
    }

    private static void RunAllocations(RowContext context, SecretStore store, string[] names, int size)
    {
        const int Reads = 1_000;
        long results = Allocated(static () =>
        {
            _ = RuntimeHelpers.GetUninitializedObject(typeof(SecretValueResult));
            _ = RuntimeHelpers.GetUninitializedObject(typeof(SecretValue));
        });
        Ratio beside = new(Enumerable.Range(0, context.Rounds).Select(_ => (double)Allocated(() =>
        {
            for (int i = 0; i < Reads; i++)
            {
                store.GetSecretValue(names[i]).Dispose();
            }
        }) / Reads).Select(bytes => bytes - results));
        context.Add($"R3-{size}", beside, Goal.AtMost(64), $"bytes a read beside the {results} B of result and value");
    }

    private static long Allocated(Action action)
    {
        action();
        long before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
