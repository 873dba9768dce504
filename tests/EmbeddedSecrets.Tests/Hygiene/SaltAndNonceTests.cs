using System.Globalization;
using EmbeddedSecrets.Envelope;
using EmbeddedSecrets.Keys;
using EmbeddedSecrets.Pipeline;
using EmbeddedSecrets.Repositories.Log;
using Samples = EmbeddedSecrets.Tests.Envelope.Samples;

namespace EmbeddedSecrets.Tests.Hygiene;

/// <summary>
/// No salt is used by two writing instances, and no salt with the same nonce twice (DESIGN K5), over restarts, a copied
/// directory, a restored backup and two instances at once. Read from the files: frames, records, wrapped data keys, slots, ring.
/// </summary>
[TestFixture]
public sealed class SaltAndNonceTests
{
    private const int PrefixLength = Salt.Length + CommittingCipher.NonceLength;

    private readonly Dictionary<string, string> _messages = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _saltOwners = new(StringComparer.Ordinal);
    private readonly byte[] _rootKey = Samples.Bytes(32);

    [SetUp]
    public void SetUp()
    {
        _messages.Clear();
        _saltOwners.Clear();
    }

    [Test]
    public async Task SaltsAndNonces_OverRestartsCopiesAndBackups_AreNeverUsedTwice()
    {
        using var directory = new TemporaryDirectory();
        using var copy = new TemporaryDirectory();
        string original = directory["store"];
        using var backup = new MemoryStream();
        for (int run = 0; run < 3; run++)
        {
            await WriteAsync(original, run, backup: run == 1 ? backup : null);
            await CollectAsync(original, $"run {run}");
        }

        Copy(original, copy["store"]);
        await WriteAsync(copy["store"], 10);
        await CollectAsync(copy["store"], "the copy");
        await WriteAsync(original, 11);
        await CollectAsync(original, "the original after it was copied");
        backup.Position = 0;
        await SecretStoreMaintenance.RestoreAsync(backup, directory["restored"], RootKey.FromBytes(_rootKey));
        await CollectAsync(directory["restored"], "the restoring");
        await WriteAsync(directory["restored"], 12);
        await CollectAsync(directory["restored"], "the restored store");
        await WriteAsync(original, 13, compact: true);
        await CollectAsync(original, "the compaction");

        TestContext.Out.WriteLine($"{_messages.Count} messages, {_saltOwners.Count} salts");
        _messages.Count.Should().BeGreaterThan(100);
        _saltOwners.Values.Distinct().Should().HaveCountGreaterThan(7);
    }

    [Test]
    public async Task SaltsAndNonces_TwoInstancesAtOnce_ShareNone()
    {
        using var directory = new TemporaryDirectory();
        string path = directory["store"];
        await WriteAsync(path, 0);
        await CollectAsync(path, "before");
        await using SecretStore first = await SecretStore.OpenAsync(path, RootKey.FromBytes(_rootKey));
        await using SecretStore second = await SecretStore.OpenAsync(path, RootKey.FromBytes(_rootKey));

        for (int i = 0; i < 10; i++)
        {
            foreach ((SecretStore store, string who) in new[] { (first, "first"), (second, "second") })
            {
                await store.CreateTextAsync(string.Create(CultureInfo.InvariantCulture, $"{who}-{i}"), "a value");
                await CollectAsync(path, who);
            }
        }

        _saltOwners.Values.Should().Contain("first").And.Contain("second");
    }

    private async Task WriteAsync(string path, int run, Stream? backup = null, bool compact = false)
    {
        await using SecretStore store = await SecretStore.OpenAsync(path, RootKey.FromBytes(_rootKey));
        for (int i = 0; i < 8; i++)
        {
            await store.CreateTextAsync(string.Create(CultureInfo.InvariantCulture, $"name-{run}-{i}"), "a value");
        }

        await store.Keys.RotateKeyAsync(EncryptionKeys.Default);
        if (backup is not null)
        {
            await store.Maintenance.BackUpAsync(backup);
        }

        if (compact)
        {
            await store.Maintenance.CompactAsync();
        }
    }

    private async Task CollectAsync(string path, string writer)
    {
        foreach (string log in Directory.GetFiles(path, "log-*.ess"))
        {
            CollectFrames(log, writer);
        }

        await using var store = new SecretStore(
            new FileSecretRepository(path, new SecretStoreOptions { ReadOnly = true }), new KeyRing(RootKey.FromBytes(_rootKey)), options: new SecretStoreOptions { ReadOnly = true });
        OpenStore open = await store.Session.EnterAsync(default);
        await foreach (RepositoryRecord record in open.EnumerateAsync(null, default))
        {
            Note(record.Sealed.Span, writer);
            foreach (SecretVersion version in open.Decode(record).Secret.Versions)
            {
                Note(version.Content!.DataKey.Ciphertext.Span, writer);
            }
        }

        store.Session.Leave();
    }

    private void CollectFrames(string path, string writer)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        int offset = LogFileHeader.Length;
        while (bytes.Length - offset >= FrameHeader.Size && FrameHeader.HasChecksum(bytes.AsSpan(offset, FrameHeader.Size))
            && FrameHeader.TryRead(bytes.AsSpan(offset, FrameHeader.Size), out FrameHeader header))
        {
            Note(bytes.AsSpan(offset + header.IndexStart, header.IndexLength), writer);
            if (header.HeaderLength > 0 && HeaderPart.TryRead(bytes.AsSpan(offset + FrameHeader.Size, header.HeaderLength)) is { } stored)
            {
                StoreHeader content = StoreHeader.Decode(stored.Content);
                KeyRingState ring = KeyRingState.Decode(content.RingState);
                Note(content.StoreKey.Ciphertext.Span, writer);
                Note(ring.SealedRing.Span, writer);
                foreach (SealedSlot slot in ring.Slots)
                {
                    Note(slot.Wrapped.Span[1..], writer);
                    Note(slot.RingKey.Span, writer);
                }
            }

            offset += header.FrameLength;
        }
    }

    /// <summary>A message that was seen before is the same message; one that is new has a salt that no other writer has used.</summary>
    private void Note(ReadOnlySpan<byte> message, string writer)
    {
        string prefix = Convert.ToHexString(message[..PrefixLength]);
        string rest = Convert.ToHexString(message[PrefixLength..]);
        if (_messages.TryGetValue(prefix, out string? seen))
        {
            rest.Should().Be(seen, "a salt and a nonce seal one message");
            return;
        }

        _messages.Add(prefix, rest);
        string salt = prefix[..(2 * Salt.Length)];
        if (!_saltOwners.TryAdd(salt, writer))
        {
            _saltOwners[salt].Should().Be(writer, "every writing instance draws salts of its own");
        }
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (string file in Directory.GetFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }
}
