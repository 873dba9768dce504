using System.Globalization;
using EmbeddedSecrets.Benchmarks.Fixtures;
using EmbeddedSecrets.Benchmarks.Measuring;
using EmbeddedSecrets.Benchmarks.Peers;

namespace EmbeddedSecrets.Benchmarks.Rows;

/// <summary>
/// Durable puts of 1 KiB by one writer (W1). Peers put the same value, sealed. The names are many, so that the secrets of
/// the first rows have few versions; in W1-ring each has its ten.
/// </summary>
internal static class WriteRows
{
    /// <summary>What stands beside the value in the frame of a put of a secret with two versions, about: its record.</summary>
    public const int SealedRecord = 580;

    /// <summary>The index of that frame, about.</summary>
    public const int SealedIndex = 200;

    /// <summary>The record of a secret with two versions and 20 tags, about.</summary>
    private const int SealedTaggedRecord = 1_080;

    /// <summary>The record of a secret with ten versions and 20 tags, about: those with a policy are few, and get many versions.</summary>
    private const int SealedFullRecord = 2_680;

    private const int Secrets = 10_000;
    private const int RingSecrets = 20;
    private const int RingVersions = 10;
    private const int PolicySecrets = 200;
    private const int Statements = 100;
    private const int Tags = 20;
    private const int Size = 1024;

    public static void Run(RowContext context)
    {
        if (!context.Wants("W1-raw", "W1-sqlite", "W1-file", "W1-tags", "W1-policy", "W1-ring"))
        {
            return;
        }

        string[] names = Corpus.Names(Secrets);
        string[] fewNames = names[..RingSecrets];
        byte[] value = Corpus.Value(Size);
        using var envelope = new ReferenceEnvelope();
        using SecretStore store = Filled(context, "store", names, value);
        using SecretStore tagged = Filled(context, "tagged", names, value, new CreateSecretOptions { Tags = TwentyTags() });
        string[] ruledNames = names[..PolicySecrets];
        using SecretStore ruled = Filled(context, "ruled", ruledNames, value, new CreateSecretOptions { Tags = TwentyTags(), Policy = FullPolicy() });
        SecretStore caller = ruled.WithPrincipal("billing");
        using SecretStore ring = Filled(context, "ring", fewNames, value);
        for (int i = 1; i < RingVersions * RingSecrets; i++)
        {
            Corpus.Put(ring, fewNames[i % RingSecrets], value);
        }

        using var raw = new RawAppend(context.Workspace.NewDirectory("raw"));
        using var bare = new RawAppend(context.Workspace.NewDirectory("sealed"));
        using var bound = new BoundEnvelope();
        byte[] index = Corpus.Value(SealedIndex);
        byte[] record = Corpus.Value(SealedRecord);
        byte[] taggedRecord = Corpus.Value(SealedTaggedRecord);
        byte[] fullRecord = Corpus.Value(SealedFullRecord);
        void AppendSealed(byte[] text) => bare.Append(bound.SealPut(value, text, index));
        using var sqlite = new SqlitePeer(context.Workspace.NewDirectory("sqlite"));
        var files = new FilePerSecretPeer(context.Workspace.NewDirectory("files"));

        int puts = context.Scaled(600, 300);
        int next = 0;
        Side Of(string name, Action<int> put) => new(name, () => Clock.Sequential(puts, _ => put(next++)));
        Rounds rounds = Rounds.Run(
            context.Rounds,
            context.Options.WarmUp,
            Of("raw", _ => raw.Append(value)),
            Of("sealed", _ => AppendSealed(record)),
            Of("sealed tags", _ => AppendSealed(taggedRecord)),
            Of("sealed full", _ => AppendSealed(fullRecord)),
            Of("store", i => Corpus.Put(store, names[i % Secrets], value)),
            Of("tags", i => Corpus.Put(tagged, names[i % Secrets], value)),
            Of("policy", i => Corpus.Put(caller, ruledNames[i % PolicySecrets], value)),
            Of("ring", i => Corpus.Put(ring, fewNames[i % RingSecrets], value)),
            Of("sqlite", i => sqlite.Write(names[i % Secrets], envelope.Seal(value))),
            Of("file", i => files.Write(names[i % Secrets], envelope.Seal(value))));
        context.Table.Tell("W1", rounds);
        context.Add("W1-raw", rounds.RatioOf("raw", "store"), Goal.AtLeast(0.90), "the limit seals nothing", rounds.MedianOf("store"));
        context.Add("W1-sqlite", rounds.RatioOf("sqlite", "store"), Goal.AtLeast(1.05), "one row a secret, no versions; envelope sealed by the application", rounds.MedianOf("store"));
        context.Add("W1-file", rounds.RatioOf("file", "store"), Goal.AtLeast(3.5), "no versions; envelope sealed by the application", rounds.MedianOf("store"));
        context.Add("W1-tags", rounds.RatioOf("raw", "tags"), Goal.AtLeast(0.90), "20 tags, against raw", rounds.MedianOf("tags"));
        context.Add("W1-policy", rounds.RatioOf("raw", "policy"), Goal.AtLeast(0.90), "20 tags, and a policy of 100 statements that the last one passes, against raw", rounds.MedianOf("policy"));
        context.Add("W1-sealed", rounds.RatioOf("raw", "sealed"), Goal.None, "the limit with the four encryptions of a put and the bytes of a young secret, and nothing of the store", rounds.MedianOf("sealed"));
        context.Add("W1-sqlite-sealed", rounds.RatioOf("sqlite", "sealed"), Goal.None, "SQLite as above, against those encryptions and bytes and nothing of the store", rounds.MedianOf("sealed"));
        context.Add("W1-file-sealed", rounds.RatioOf("file", "sealed"), Goal.None, "a file per secret as above, against those encryptions and bytes and nothing of the store", rounds.MedianOf("sealed"));
        context.Add("W1-tags-sealed", rounds.RatioOf("raw", "sealed tags"), Goal.None, "the same with the record of a secret of 20 tags", rounds.MedianOf("sealed tags"));
        context.Add("W1-policy-sealed", rounds.RatioOf("raw", "sealed full"), Goal.None, "the same with the record of a secret of 20 tags and ten versions; no policy is looked at", rounds.MedianOf("sealed full"));
        context.Add("W1-ring", rounds.RatioOf("raw", "ring"), Goal.None, "10 versions in every secret, against raw", rounds.MedianOf("ring"));
    }

    private static SecretStore Filled(RowContext context, string place, string[] names, byte[] value, CreateSecretOptions? options = null)
    {
        SecretStore store = Workspace.Open(context.Workspace.NewPlace(place));
        Corpus.Fill(store, names, value, options);
        return store;
    }

    /// <summary>About 32 KiB, and every statement is looked at: only the last allows the caller.</summary>
    private static string FullPolicy()
    {
        IEnumerable<string> statements = Enumerable.Range(1, Statements).Select(static i => string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"Sid":"statement-{{i:000}}","Effect":"Allow","Principal":{"RAM":["{{(i == Statements ? "billing" : $"service-{i:000}/of-another-team-with-a-long-name-{new string('x', 100)}")}}"]},"Action":["kms:GetSecretValue","kms:PutSecretValue"],"Resource":["*"]}"""));
        return $$"""{"Version":"1","Statement":[{{string.Join(',', statements)}}]}""";
    }

    private static Dictionary<string, string> TwentyTags() =>
        Enumerable.Range(0, Tags).ToDictionary(static i => string.Create(CultureInfo.InvariantCulture, $"tag-{i:00}"), static i => string.Create(CultureInfo.InvariantCulture, $"value of tag {i:00}"));
}
