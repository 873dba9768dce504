using EmbeddedSecrets.Benchmarks.Fixtures;
using EmbeddedSecrets.Benchmarks.Measuring;
using Microsoft.Win32.SafeHandles;

namespace EmbeddedSecrets.Benchmarks.Rows;

/// <summary>Reads with nothing in memory but the index (R1p): the limit reads a record and a payload from a file, and opens both.</summary>
internal static class UncachedReadRows
{
    private const int Secrets = 10_000;
    private const int Size = 1024;

    /// <summary>About what a record of one version is, sealed.</summary>
    private const int RecordLength = 300;

    public static void Run(RowContext context)
    {
        if (!context.Wants("R1p"))
        {
            return;
        }

        string[] names = Corpus.Names(Secrets);
        int[] order = Corpus.Order(Secrets);
        byte[] value = Corpus.Value(Size);
        using SecretStore store = Workspace.Open(context.Workspace.NewPlace("uncached"), new SecretStoreOptions { PayloadCacheBytes = 0, RecordCacheEntries = 0 });
        Corpus.Fill(store, names, value);

        using var envelope = new ReferenceEnvelope();
        byte[] record = envelope.SealFlat(Corpus.Value(RecordLength));
        byte[] payload = envelope.Seal(value);
        using SafeFileHandle file = File.OpenHandle(context.Workspace.NewPlace("sealed"), FileMode.CreateNew, FileAccess.ReadWrite);
        var offsets = new Dictionary<string, long>();
        long end = 0;
        foreach (string name in names)
        {
            RandomAccess.Write(file, record, end);
            RandomAccess.Write(file, payload, end + record.Length);
            offsets.Add(name, end);
            end += record.Length + payload.Length;
        }

        using var bound = new BoundEnvelope();
        byte[] boundRecord = bound.SealFlat(Corpus.Value(RecordLength));
        byte[] boundPayload = bound.Seal(value);
        using SafeFileHandle boundFile = File.OpenHandle(context.Workspace.NewPlace("bound"), FileMode.CreateNew, FileAccess.ReadWrite);
        for (int i = 0; i < Secrets; i++)
        {
            long offset = (long)i * (boundRecord.Length + boundPayload.Length);
            RandomAccess.Write(boundFile, boundRecord, offset);
            RandomAccess.Write(boundFile, boundPayload, offset + boundRecord.Length);
        }

        byte[] buffer = new byte[BoundEnvelope.ZerosLength + Size];
        byte[] sealedBoundRecord = new byte[boundRecord.Length];
        byte[] sealedBoundValue = new byte[boundPayload.Length];
        byte[] sealedRecord = new byte[record.Length];
        byte[] sealedValue = new byte[payload.Length];
        int reads = context.Scaled(30_000, 10_000);
        Rounds rounds = Rounds.Run(
            context.Rounds,
            context.Options.WarmUp,
            new Side("limit", () => Clock.Sequential(reads, i =>
            {
                long offset = offsets[names[order[i & 0xffff]]];
                _ = RandomAccess.Read(file, sealedRecord, offset);
                envelope.OpenFlat(sealedRecord, buffer);
                _ = RandomAccess.Read(file, sealedValue, offset + sealedRecord.Length);
                envelope.Open(sealedValue, buffer);
            })),
            new Side("store", () => Clock.Sequential(reads, i => store.GetSecretValue(names[order[i & 0xffff]]).Dispose())),
            new Side("bound", () => Clock.Sequential(reads, i =>
            {
                long offset = offsets[names[order[i & 0xffff]]] / (record.Length + payload.Length) * (boundRecord.Length + boundPayload.Length);
                _ = RandomAccess.Read(boundFile, sealedBoundRecord, offset);
                bound.OpenFlat(sealedBoundRecord, buffer);
                _ = RandomAccess.Read(boundFile, sealedBoundValue, offset + boundRecord.Length);
                bound.Open(sealedBoundValue, buffer);
            })));
        context.Table.Tell("R1p", rounds);
        context.Add("R1p", rounds.RatioOf("store", "limit"), Goal.AtMost(1.20), "1 KiB, file in the page cache", rounds.MedianOf("store"));
        context.Add("R1p-bound", rounds.RatioOf("bound", "limit"), Goal.None, "the limit with associated data and key commitment of all three messages; nothing is made of the record", rounds.MedianOf("bound"));
    }
}
