using EmbeddedSecrets.Benchmarks.Fixtures;
using EmbeddedSecrets.Benchmarks.Measuring;

namespace EmbeddedSecrets.Benchmarks.Rows;

/// <summary>What a file audit sink costs (A1): reads and durable puts of 1 KiB with it and without, by one thread; and reads with a trail that is not flushed for each record.</summary>
internal static class AuditRows
{
    private const int Size = 1024;
    private const int Secrets = 1_000;

    public static void Run(RowContext context)
    {
        if (!context.Wants("A1-read", "A1-read-unflushed", "A1-put"))
        {
            return;
        }

        string[] names = Corpus.Names(Secrets);
        byte[] value = Corpus.Value(Size);
        using FileAuditSink flushed = SinkAt(context.Workspace.NewPlace("trail"), flushes: true);
        using FileAuditSink unflushed = SinkAt(context.Workspace.NewPlace("trail-unflushed"), flushes: false);
        using SecretStore plain = OpenFilled(context, names, value, null);
        using SecretStore audited = OpenFilled(context, names, value, flushed);
        using SecretStore loose = OpenFilled(context, names, value, unflushed);
        int few = context.Scaled(400, 100);
        Rounds rounds = Rounds.Run(
            context.Rounds,
            context.Options.WarmUp,
            new Side("plain read", () => Clock.Sequential(20_000, i => plain.GetSecretValue(names[i % Secrets]).Dispose())),
            new Side("unflushed read", () => Clock.Sequential(few, i => loose.GetSecretValue(names[i % Secrets]).Dispose())),
            new Side("audited read", () => Clock.Sequential(few, i => audited.GetSecretValue(names[i % Secrets]).Dispose())),
            new Side("plain put", () => Clock.Sequential(few, i => Corpus.Put(plain, names[i % Secrets], value))),
            new Side("audited put", () => Clock.Sequential(few, i => Corpus.Put(audited, names[i % Secrets], value))));
        context.Table.Tell("A1", rounds);
        context.Add("A1-read", rounds.RatioOf("audited read", "plain read"), Goal.None, "two flushes a read", rounds.MedianOf("audited read"));
        context.Add("A1-read-unflushed", rounds.RatioOf("unflushed read", "plain read"), Goal.None, "two writes a read, no flush", rounds.MedianOf("unflushed read"));
        context.Add("A1-put", rounds.RatioOf("audited put", "plain put"), Goal.None, "three flushes instead of one", rounds.MedianOf("audited put"));
    }

    private static FileAuditSink SinkAt(string place, bool flushes) => new(place, place + ".key", new FileAuditSinkOptions { FlushEveryRecord = flushes });

    private static SecretStore OpenFilled(RowContext context, string[] names, byte[] value, IAuditSink? sink)
    {
        string place = context.Workspace.NewPlace("audited");
        using (SecretStore filling = Workspace.Open(place))
        {
            Corpus.Fill(filling, names, value);
        }

        return Workspace.Open(place, new SecretStoreOptions { AuditSink = sink });
    }
}
