using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Envelope;
using EmbeddedSecrets.Pipeline;
using EmbeddedSecrets.Repositories.Log;
using EmbeddedSecrets.Secrets;

namespace EmbeddedSecrets.Tests.Verification;

/// <summary>A compacted store with later commits, into which faults are planted: some by a writer that has the keys, some in the bytes.</summary>
internal sealed class DamagedStore : IDisposable
{
    private const string Policy = """{"Version":"1","Statement":[{"Effect":"Allow","Principal":{"RAM":["*"]},"Action":["kms:*"],"Resource":["*"]}]}""";

    private readonly TemporaryDirectory _directory = new();
    private readonly List<byte[]> _flips = [];

    public IRootKey Key => RootKey.FromFile(_directory["root.key"]);

    public string Folder => _directory.Store;

    private string LogPath => Directory.GetFiles(_directory.Store, "log-*.ess").Single();

    public async Task MakeAsync(params PlantedFault[] faults)
    {
        var repository = new FileSecretRepository(_directory.Store, null, null, compactsByItself: false);
        await using (SecretStore store = SecretStore.WithRing(repository, Key, null, new SecretStoreOptions()))
        {
            foreach (PlantedFault fault in Enum.GetValues<PlantedFault>())
            {
                await store.CreateTextAsync(NameOf(fault), "one value");
                await store.PutTextAsync(NameOf(fault), "two value");
            }

            await store.CreateTextAsync("other", "one value");
            await store.SetSecretPolicyAsync(NameOf(PlantedFault.Policy), Policy);
            await store.Maintenance.CompactAsync();
            OpenStore open = await store.Session.EnterAsync(default);
            foreach (PlantedFault fault in faults)
            {
                await PlantAsync(repository, open, fault);

                // Damaged frames side by side would be one damaged range.
                await store.PutTextAsync("other", fault.ToString());
            }

            store.Session.Leave();
            await store.CreateTextAsync("last", "value");
        }

        byte[] log = File.ReadAllBytes(LogPath);
        foreach (byte[] flip in _flips)
        {
            log[log.AsSpan().IndexOf(flip) + (flip.Length / 2)] ^= 1;
        }

        File.WriteAllBytes(LogPath, log);
    }

    public static string NameOf(PlantedFault fault) => fault.ToString();

    public async Task<VerificationReport> VerifyAsync() => await SecretStoreMaintenance.VerifyAsync(Folder, Key);

    public byte[] ReadLog() => File.ReadAllBytes(LogPath);

    public void WriteLog(byte[] log) => File.WriteAllBytes(LogPath, log);

    public void Dispose() => _directory.Dispose();

    private async Task PlantAsync(FileSecretRepository repository, OpenStore open, PlantedFault fault)
    {
        StoredSecret stored = (await open.LoadAsync(NameOf(fault), default))!;
        SecretVersion one = stored.Secret.Versions[0];
        SecretVersion two = stored.Secret.Versions[1];
        switch (fault)
        {
            case PlantedFault.FrameHeader or PlantedFault.FrameBody:
                await CommitAsync(open, stored, stored.Secret);
                byte[] log = File.ReadAllBytes(LogPath);
                FrameHeader last = DamagedLog.FramesOf(log)[^1];
                int start = fault == PlantedFault.FrameHeader ? 0 : last.BodyStart;
                _flips.Add(log.AsSpan((int)last.Offset + start, 48).ToArray());
                break;
            case PlantedFault.Record:
                _flips.Add((await repository.FindAsync(stored.Secret.Name))!.Value.Sealed.ToArray());
                break;
            case PlantedFault.Payload:
                _flips.Add(await ReadAsync(repository, one.Content!.PayloadId, one.Content.PayloadLength));
                break;
            case PlantedFault.Policy:
                _flips.Add(await ReadAsync(repository, stored.Secret.Policy!.PayloadId, stored.Secret.Policy.PayloadLength));
                break;
            case PlantedFault.WrappedKey:
                SecretVersion mixed = one with { Content = one.Content! with { DataKey = two.Content!.DataKey } };
                await CommitAsync(open, stored, stored.Secret with { Versions = stored.Secret.Versions.SetItem(0, mixed) });
                break;
            case PlantedFault.OtherPayload:
                byte[] other = await OfOtherAsync(repository, open);
                var id = PublicRandom.NextId();
                SecretVersion foreign = one with { Content = one.Content! with { PayloadId = id, PayloadLength = other.Length } };
                await CommitAsync(open, stored, stored.Secret with { Versions = stored.Secret.Versions.SetItem(0, foreign) }, new RepositoryPayload(id, other));
                break;
            default:
                SecretVersion gone = one with { Content = one.Content! with { PayloadId = PublicRandom.NextId() } };
                await CommitAsync(open, stored, stored.Secret with { Versions = stored.Secret.Versions.SetItem(0, gone) });
                break;
        }
    }

    private static async Task<byte[]> OfOtherAsync(FileSecretRepository repository, OpenStore open)
    {
        SealedContent content = (await open.LoadAsync("other", default))!.Secret.Versions[0].Content!;
        return await ReadAsync(repository, content.PayloadId, content.PayloadLength);
    }

    private static async Task<byte[]> ReadAsync(FileSecretRepository repository, UniqueId id, int length)
    {
        byte[] bytes = new byte[length];
        (await repository.ReadPayloadAsync(id, bytes)).Should().BeTrue();
        return bytes;
    }

    private static async Task CommitAsync(OpenStore open, StoredSecret stored, Secret next, params RepositoryPayload[] added) =>
        (await open.TryCommitAsync([open.SealRewritten(stored, next, added)], open.HeaderRevision, default)).Should().BeTrue();
}
