using System.Runtime.InteropServices;
using System.Security.Cryptography;
using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Envelope;
using EmbeddedSecrets.Keys;
using EmbeddedSecrets.Pipeline;
using EmbeddedSecrets.Tests.Pipeline;
using Samples = EmbeddedSecrets.Tests.Envelope.Samples;

namespace EmbeddedSecrets.Tests.Hygiene;

/// <summary>
/// What held a value or a key is zero afterwards, looked at in the memory itself (DESIGN K11). A thread of its own has a slab
/// and short memory of its own, so every buffer of an embedded operation comes from what is looked at.
/// </summary>
[TestFixture]
public sealed class ZeroedMemoryTests
{
    private static readonly byte[] RootKeyBytes = Samples.Bytes(32);

    [Test]
    public void Slab_AfterEveryKindOfOperation_IsZero()
    {
        using var directory = new TemporaryDirectory();
        WithOwnSlab(slab =>
        {
            byte[] marker = RandomNumberGenerator.GetBytes(40);
            using (SecretStore store = SecretStore.Open(directory["store"], RootKey.FromBytes(RootKeyBytes)))
            {
                Put(store, "name", marker);
                using (SecretValueResult result = store.GetSecretValue("name"))
                {
                    slab.AsSpan().IndexOf(marker).Should().BePositive("this is where a value is while somebody has it");
                }

                slab.AsSpan().IndexOf(marker).Should().Be(-1);
                store.GetSecretValue("name").Dispose();
                store.GetSecretValues(["name"]).Dispose();
                Done(store.Keys.RotateKeyAsync(EncryptionKeys.Default));
                Done(store.Keys.RewrapAsync().AsTask());
                Done(store.Keys.ReencryptAsync().AsTask());
                Done(store.DeleteSecretAsync("name", SecretDeletion.Immediately));
            }

            slab.AsSpan().ContainsAnyExcept((byte)0).Should().BeFalse();
        });
    }

    [Test]
    public void Slab_AfterAFailedCommit_IsZero()
    {
        var repository = new InterceptedRepository();
        WithOwnSlab(slab =>
        {
            var store = new SecretStore(repository, new KeyRing(RootKey.FromBytes(RootKeyBytes)));
            Put(store, "name", Samples.Utf8("first"));
            bool wasThere = false;
            byte[] marker = RandomNumberGenerator.GetBytes(40);
            repository.BeforeCommit = () =>
            {
                wasThere = slab.AsSpan().IndexOf(marker) >= 0;
                throw new IOException("The medium failed.");
            };

            FluentActions.Invoking(() => Put(store, "other", marker)).Should().Throw<IOException>();

            wasThere.Should().BeTrue("the caller's value is alive during the commit");
            Done(store.DisposeAsync().AsTask());
            slab.AsSpan().ContainsAnyExcept((byte)0).Should().BeFalse();
        });
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Buffers_ProviderFailsAfterItHasFilledInTheKey_AreZero(bool whenReading)
    {
        WithOwnSlab(slab =>
        {
            var provider = new FailingKeyProvider();
            using (var store = new SecretStore(new InMemorySecretRepository(), provider))
            {
                Put(store, "name", Samples.Utf8("first"));
                provider.Fails = true;
                Action call = whenReading ? () => store.GetSecretValue("name").Dispose() : () => Put(store, "other", Samples.Utf8("second"));

                call.Should().Throw<SecretUnavailableException>();
            }

            provider.Given.Span.ContainsAnyExcept((byte)0).Should().BeFalse("the key was in it when the provider failed");
            slab.AsSpan().ContainsAnyExcept((byte)0).Should().BeFalse();
        });
    }

    [Test]
    public void Slab_AfterAPayloadThatDoesNotOpen_IsZero()
    {
        WithOwnSlab(slab =>
        {
            byte[] payload = ValueEnvelope.Seal(RootKeyBytes, Samples.Context, Samples.Utf8("the value"));
            payload[^1] ^= 1;

            Samples.ShouldBeTampered(() => ValueEnvelope.Open(RootKeyBytes, Samples.Context, payload));

            slab.AsSpan().ContainsAnyExcept((byte)0).Should().BeFalse();
        });
    }

    [Test]
    public async Task Keys_StoreCloses_AreZero()
    {
        await using SecretStore store = new(new InMemorySecretRepository(), new KeyRing(RootKey.FromBytes(RootKeyBytes)));
        await store.CreateTextAsync("name", "the value");
        store.GetSecretValue("name").Dispose();
        (await KeysOfAsync(store)).Should().HaveCount(4);
        IReadOnlyList<PinnedBytes> keys = HeldKeys.Of(store);
        keys.Should().Contain(await KeysOfAsync(store)).And.OnlyContain(key => !key.IsZero());

        await store.DisposeAsync();

        keys.Should().OnlyContain(key => key.IsZero());
    }

    [Test]
    public async Task Keys_RingIsReplaced_AreZero()
    {
        await using SecretStore store = new(new InMemorySecretRepository(), new KeyRing(RootKey.FromBytes(RootKeyBytes)));
        await store.CreateTextAsync("name", "the value");
        IReadOnlyList<PinnedBytes> before = await KeysOfAsync(store);

        await store.Keys.RotateKeyAsync(EncryptionKeys.Default);

        before.Should().OnlyContain(key => key.IsZero());
        (await KeysOfAsync(store)).Should().HaveCount(5).And.OnlyContain(key => !key.IsZero());
    }

    [Test]
    public async Task Keys_RingThatCouldNotBeCommitted_AreZero()
    {
        var repository = new InterceptedRepository();
        await using SecretStore store = new(repository, new KeyRing(RootKey.FromBytes(RootKeyBytes)));
        await store.CreateTextAsync("name", "the value");
        IReadOnlyList<PinnedBytes> stored = await KeysOfAsync(store);
        OpenStore open = await store.Session.EnterAsync(default);
        store.Session.Leave();
        RingChange? change = null;
        IReadOnlyList<PinnedBytes> keys = [];
        repository.BeforeHeader = () =>
        {
            keys = KeysOf(change!.Next);
            keys.Should().HaveCount(5).And.OnlyContain(key => !key.IsZero());
            throw new IOException("The medium failed.");
        };
        Func<Task> commit = async () => await open.Header.ChangeRingAsync(
            next =>
            {
                change = next;
                EncryptionKeyLife.Rotate(next, EncryptionKeys.Default, TimeProvider.System.GetUtcNow());
                return "rotated";
            },
            default);

        await commit.Should().ThrowAsync<IOException>();

        keys.Should().HaveCount(5).And.OnlyContain(key => key.IsZero());
        stored.Should().OnlyContain(key => !key.IsZero(), "the ring that is stored stays in use");
    }

    /// <summary>Every long-lived key of a store: ring key, slot keys, generations.</summary>
    internal static async Task<IReadOnlyList<PinnedBytes>> KeysOfAsync(SecretStore store)
    {
        OpenStore open = await store.Session.EnterAsync(default);
        store.Session.Leave();
        return KeysOf(open.Ring!.Keys);
    }

    private static IReadOnlyList<PinnedBytes> KeysOf(RingKeys ring)
    {
        return [ring.RingKey, .. ring.Slots.Select(slot => slot.Key), .. ring.Keys.Values.SelectMany(key => key.Generations.Values).Select(generation => generation.Key)];
    }

    private static void WithOwnSlab(Action<byte[]> test)
    {
        var thread = Task.Factory.StartNew(
            () =>
            {
                byte[] slab = SlabOfThisThread();
                test(slab);
                SlabOfThisThread().Should().BeSameAs(slab, "otherwise the test looks at the wrong memory");
                Scratch.OfThisThread.ContainsAnyExcept((byte)0).Should().BeFalse();
            },
            TaskCreationOptions.LongRunning);
        thread.GetAwaiter().GetResult();
    }

    private static byte[] SlabOfThisThread()
    {
        using SecretMemory piece = SecretMemory.Rent(1);
        MemoryMarshal.TryGetArray<byte>(piece.Memory, out ArraySegment<byte> segment).Should().BeTrue();
        return segment.Array!;
    }

    private static void Put(SecretStore store, string name, byte[] bytes)
    {
        using SecretValue value = SecretValue.FromBinary(bytes);
        Done(store.CreateSecretAsync(name, value, new CreateSecretOptions { IfScheduledForDeletion = ScheduledDeletionBehavior.Restore }));
    }

    private static void Done<T>(ValueTask<T> call)
    {
        call.IsCompleted.Should().BeTrue("it must run on this thread");
        _ = call.GetAwaiter().GetResult();
    }

    private static void Done(Task call) => call.GetAwaiter().GetResult();

    /// <summary>Fills in the key first and then fails; keeps the memory that it was given.</summary>
    private sealed class FailingKeyProvider : IKeyProvider
    {
        private readonly byte[] _mask = RandomNumberGenerator.GetBytes(32);

        public bool Fails { get; set; }

        public Memory<byte> Given { get; private set; }

        public bool CompletesSynchronously => true;

        public ValueTask<WrappedDataKey> GenerateDataKeyAsync(string keyId, ReadOnlyMemory<byte> associatedData, Memory<byte> dataKey, CancellationToken cancellationToken = default)
        {
            RandomNumberGenerator.Fill(dataKey.Span);
            Keep(dataKey);
            return WrapAsync(keyId, dataKey, associatedData, cancellationToken);
        }

        public ValueTask<WrappedDataKey> WrapAsync(string keyId, ReadOnlyMemory<byte> dataKey, ReadOnlyMemory<byte> associatedData, CancellationToken cancellationToken = default) =>
            new(new WrappedDataKey(keyId, 1, dataKey.ToArray().Zip(_mask, (a, b) => (byte)(a ^ b)).ToArray()));

        public ValueTask UnwrapAsync(WrappedDataKey wrapped, ReadOnlyMemory<byte> associatedData, Memory<byte> dataKey, CancellationToken cancellationToken = default)
        {
            wrapped.Ciphertext.ToArray().Zip(_mask, (a, b) => (byte)(a ^ b)).ToArray().CopyTo(dataKey);
            Keep(dataKey);
            return ValueTask.CompletedTask;
        }

        private void Keep(Memory<byte> dataKey)
        {
            Given = dataKey;
            if (Fails)
            {
                throw new IOException("The key service went away.");
            }
        }
    }
}
