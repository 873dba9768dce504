using System.Buffers.Binary;
using System.Text.Json;
using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Envelope;
using EmbeddedSecrets.Exchange;

namespace EmbeddedSecrets.Tests.Exchange;

/// <summary>Bundles in memory, and what a store says of its secrets.</summary>
internal static class Bundles
{
    public static readonly IRootKey Key = RootKey.FromBytes(Enumerable.Repeat((byte)7, 32).ToArray());

    public static async Task<byte[]> ExportAsync(this SecretStore store, ExportOptions? options = null, IRootKey? key = null)
    {
        using var bundle = new MemoryStream();
        ExportResult result = await store.Maintenance.ExportAsync(bundle, key ?? Key, options);
        result.Length.Should().Be(bundle.Length);
        return bundle.ToArray();
    }

    public static async Task<ImportResult> ImportAsync(this SecretStore store, byte[] bundle, ImportConflict rule = ImportConflict.Fail, bool dryRun = false, IRootKey? key = null)
    {
        using var source = new MemoryStream(bundle);
        return await store.Maintenance.ImportAsync(source, key ?? Key, new ImportOptions { OnConflict = rule, DryRun = dryRun });
    }

    /// <summary>Everything that an import keeps, values included, of versions that can be read or not.</summary>
    public static async Task<string[]> ContentsAsync(this SecretStore store)
    {
        var contents = new List<string>();
        await foreach (SecretDescription secret in store.ListSecretsAsync())
        {
            contents.Add(JsonSerializer.Serialize(new { secret.Name, secret.Description, secret.CreateTime, secret.CreatedBy, secret.Tags, secret.Annotations, secret.VersionIdsByStage }));
            foreach (SecretVersionDescription version in await store.ListSecretVersionIdsAsync(secret.Name, includeDeprecated: true))
            {
                contents.Add(JsonSerializer.Serialize(new { version.VersionId, version.Stages, version.ValueKind, version.State, version.Validity, version.CreateTime, version.CreatedBy }));
                try
                {
                    using SecretValueResult value = await store.GetSecretValueAsync(secret.Name, SecretVersionSelector.Version(version.VersionId));
                    contents.Add(Convert.ToHexString(value.Value.Span));
                }
                catch (SecretUnavailableException exception)
                {
                    contents.Add(exception.Reason.ToString());
                }
            }
        }

        return [.. contents];
    }

    /// <summary>The offset and the length of each frame.</summary>
    public static List<(int Offset, int Length)> Frames(byte[] bundle)
    {
        int at = 8 + 4 + 16;
        at += 2 + BinaryPrimitives.ReadUInt16LittleEndian(bundle.AsSpan(at));
        at += 2 + BinaryPrimitives.ReadUInt16LittleEndian(bundle.AsSpan(at)) + 4;
        var frames = new List<(int, int)>();
        while (at < bundle.Length)
        {
            int length = BundleFormat.FrameOverhead + BinaryPrimitives.ReadInt32LittleEndian(bundle.AsSpan(at + 1));
            frames.Add((at, length));
            at += length;
        }

        return frames;
    }

    /// <summary>Changes what is sealed in a frame, as somebody can who has the key.</summary>
    public static async Task<byte[]> RewriteAsync(byte[] bundle, int frame, Action<byte[]> change)
    {
        byte[] changed = [.. bundle];
        (int offset, int length) = Frames(bundle)[frame];
        BundlePreamble preamble = await BundlePreamble.ReadAsync(new MemoryStream(bundle), default);
        using BundleKey key = await BundleKey.OpenAsync(Key, preamble.BundleId, preamble.Kind, preamble.Slot, default);
        Memory<byte> message = changed.AsMemory(offset + BundleFormat.FrameHead, length - BundleFormat.FrameOverhead);
        byte[] plaintext = new byte[message.Length - DerivedCipher.CommittedOverhead];
        key.TryOpen(changed[offset], frame, message.Span, plaintext).Should().BeTrue();
        change(plaintext);
        key.Seal(changed[offset], frame, plaintext, message.Span);
        BinaryPrimitives.WriteUInt32LittleEndian(changed.AsSpan(offset + length - sizeof(uint)), Checksum.Of(changed.AsSpan(offset, length - sizeof(uint))));
        return changed;
    }

    /// <summary>Several kinds, states, stages, tags and times.</summary>
    public static async Task FillAsync(SecretStore store)
    {
        using SecretValue binary = SecretValue.FromBinary(Enumerable.Range(0, 256).Select(i => (byte)i).ToArray());
        await store.CreateSecretAsync("a/binary", binary, new CreateSecretOptions
        {
            Description = "described",
            CreatedBy = "somebody",
            Tags = new Dictionary<string, string> { ["team"] = "blue" },
            Annotations = new Dictionary<string, string> { ["note"] = "more" },
            Validity = new SecretVersionValidity(expiresAt: DateTimeOffset.UnixEpoch.AddYears(200)),
        });
        await store.CreateTextAsync("b/many", "many 0");
        for (int i = 1; i < 12; i++)
        {
            await store.PutTextAsync("b/many", $"many {i}");
        }

        await store.UpdateSecretVersionAsync("b/many", "v7", new UpdateSecretVersionOptions { Enabled = false });
        await store.DestroySecretVersionAsync("b/many", "v8");
        await store.UpdateSecretVersionStageAsync("b/many", "old", VersionStageMove.To("v5"));
        using SecretValue pairs = SecretValue.FromJson("""{"user":"u","password":"p"}""");
        await store.CreateSecretAsync("c/pairs", pairs);
        using SecretValue large = SecretValue.FromText(new string('x', SecretValue.MaxBytes));
        await store.CreateSecretAsync("d/large", large);
    }
}
