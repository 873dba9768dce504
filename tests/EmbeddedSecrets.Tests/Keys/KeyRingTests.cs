using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Envelope;
using EmbeddedSecrets.Keys;
using EmbeddedSecrets.Tests.Contracts;
using EmbeddedSecrets.Tests.Hygiene;

namespace EmbeddedSecrets.Tests.Keys;

public sealed class KeyRingTests : KeyProviderContract
{
    private static readonly RootKeyContext Context = new(new UniqueId(0, 7), "/stores/a", IsNewStore: true);

    private KeyRing? _ring;

    [TearDown]
    public void TearDown() => _ring?.Dispose();

    [Test]
    public async Task Open_StateOfAnotherInstance_UnwrapsItsKeys()
    {
        using var first = new KeyRing(RootKeyOf(1));
        byte[] state = await first.CreateAsync(Context, default);
        byte[] dataKey = new byte[32];
        byte[] unwrapped = new byte[32];
        WrappedDataKey wrapped = await first.GenerateDataKeyAsync(EncryptionKeys.Default, new byte[1], dataKey);

        using var second = new KeyRing(RootKeyOf(1));
        await second.OpenAsync(state, Context, default);
        await second.UnwrapAsync(wrapped, new byte[1], unwrapped);

        unwrapped.Should().Equal(dataKey);
    }

    [Test]
    public async Task Open_WrongKey_SaysSo()
    {
        using var ring = new KeyRing(RootKeyOf(1));
        byte[] state = await ring.CreateAsync(Context, default);

        await ShouldFailAsync(RootKeyOf(2), state, SecretStoreErrorCodes.WrongKey, "removed or altered");
        await ShouldFailAsync(RootKey.FromPassphrase("x"), state, SecretStoreErrorCodes.WrongKey, "it has: key");
    }

    [Test]
    public async Task Open_DamagedState_IsAlwaysRefused()
    {
        using var ring = new KeyRing(RootKeyOf(1));
        byte[] state = await ring.CreateAsync(Context, default);
        using var reader = new KeyRing(RootKeyOf(1));

        foreach (byte[] damaged in Envelope.Samples.Damaged(state))
        {
            Func<Task> open = async () => await reader.OpenAsync(damaged, Context, default);
            await open.Should().ThrowAsync<SecretStoreException>();
        }
    }

    [Test]
    public async Task Open_AlteredSlotOfAnotherKind_IsTampered()
    {
        byte[] slot = await RootKeyOf(1).WrapAsync(RingSamples.SlotKey, Context);
        byte[] state = RingSamples.State(RingSamples.Slot(1, "other", [0xab, 0xcd]), RingSamples.Slot(2, "key", slot));
        state[Array.IndexOf(state, (byte)0xab)] ^= 1;

        await ShouldFailAsync(RootKeyOf(1), state, SecretStoreErrorCodes.Tampered, "not authentic");
    }

    [Test]
    public async Task Open_OtherVersion_IsUnsupportedFormat()
    {
        await ShouldFailAsync(RootKeyOf(1), [2, 0, 0], SecretStoreErrorCodes.UnsupportedFormat, "format 2");
        await ShouldFailAsync(RootKeyOf(1), [1, 0], SecretStoreErrorCodes.Corrupt, "damaged");
    }

    [Test]
    public async Task Open_MoreSlotsThanAStoreCanHave_IsCorruptAndTriesNone()
    {
        const int Count = 33;
        const int SlotLength = 5;
        byte[] state = [1, Count, 0, .. Enumerable.Range(0, Count).SelectMany(_ => (byte[])[.. new byte[8], 3, .. "key"u8, SlotLength, 0, 1, 2, 3, 4, 5, .. new byte[124]]), 124, 0, 0, 0, .. new byte[124]];
        var rootKey = new CountingRootKey { OpensNothing = true };
        using var ring = new KeyRing(rootKey);
        Func<Task> open = async () => await ring.OpenAsync(state, Context, default);

        (await open.Should().ThrowAsync<SecretStoreIntegrityException>()).Which.Code.Should().Be(SecretStoreErrorCodes.Corrupt);
        rootKey.Calls.Should().Be(0, "each slot of a passphrase may cost seconds");
    }

    [Test]
    public async Task Open_CopyOfTheSameStoreWhileOpen_Throws()
    {
        using var ring = new KeyRing(RootKeyOf(1));
        byte[] state = await ring.CreateAsync(Context, default);
        Func<Task> open = async () => await ring.OpenAsync(state, Context with { StoreLocation = "/stores/copy" }, default);

        await open.Should().ThrowAsync<InvalidOperationException>("closing the copy would take the keys from the store that is open");
        await ring.GenerateDataKeyAsync(EncryptionKeys.Default, default, new byte[32]);
    }

    [Test]
    public async Task Open_ForAnotherStoreWhileOpen_Throws()
    {
        using var ring = new KeyRing(RootKeyOf(1));
        byte[] state = await ring.CreateAsync(Context, default);
        Func<Task> open = async () => await ring.OpenAsync(state, Context with { StoreId = new UniqueId(0, 8) }, default);

        await open.Should().ThrowAsync<InvalidOperationException>();
        await ring.ReloadAsync(state, Context, default);
    }

    [Test]
    public async Task Use_BeforeOpenAndAfterLock_Throws()
    {
        using var ring = new KeyRing(RootKeyOf(1));
        Func<Task> use = async () => await ring.GenerateDataKeyAsync(EncryptionKeys.Default, default, new byte[32]);

        await use.Should().ThrowAsync<InvalidOperationException>();
        await ring.CreateAsync(Context, default);
        await use.Should().NotThrowAsync();
        ring.Lock();
        await use.Should().ThrowAsync<InvalidOperationException>();
        ring.Dispose();
        await use.Should().ThrowAsync<ObjectDisposedException>();
    }

    [TestCase("")]
    [TestCase("No Kind")]
    public void Constructor_KindThatCouldNotBeWritten_IsRefused(string kind)
    {
        FluentActions.Invoking(() => new KeyRing(new CountingRootKey(kind))).Should().Throw<ArgumentException>().WithParameterName("rootKey").WithMessage("*1 to 64 characters*");
    }

    [Test]
    public async Task Create_WhileOpen_IsRefusedBeforeTheRootKeyIsAsked()
    {
        var rootKey = new CountingRootKey();
        using var ring = new KeyRing(rootKey);
        await ring.CreateAsync(Context, default);
        int calls = rootKey.Calls;
        Func<Task> again = async () => await ring.CreateAsync(Context, default);

        await again.Should().ThrowAsync<InvalidOperationException>().WithMessage("*open for another store*");
        rootKey.Calls.Should().Be(calls);
    }

    [Test]
    public async Task Open_AnotherStoreTakesTheRingMeanwhile_LeavesItWithThatStore()
    {
        using var maker = new KeyRing(RootKeyOf(1));
        byte[] state = await maker.CreateAsync(Context, default);
        var rootKey = new CountingRootKey();
        using var ring = new KeyRing(rootKey);
        rootKey.OnFirstUnwrap = () => ring.OpenAsync(state, Context with { StoreLocation = "/stores/first" }, default);
        Func<Task> open = async () => await ring.OpenAsync(state, Context, default);

        await open.Should().ThrowAsync<InvalidOperationException>().WithMessage("*open for another store*");
        await ring.ReloadAsync(state, Context with { StoreLocation = "/stores/first" }, default);
    }

    [Test]
    public async Task CreateAndOpen_AfterDispose_Throw()
    {
        var ring = new KeyRing(RootKeyOf(1));
        byte[] state = await ring.CreateAsync(Context, default);
        ring.Dispose();
        Func<Task> create = async () => await ring.CreateAsync(Context, default);
        Func<Task> open = async () => await ring.OpenAsync(state, Context, default);

        await create.Should().ThrowAsync<ObjectDisposedException>();
        await open.Should().ThrowAsync<ObjectDisposedException>();
    }

    [Test]
    public async Task Dispose_AfterUse_ZeroesEveryKey()
    {
        var ring = new KeyRing(RootKeyOf(1));
        await ring.CreateAsync(Context, default);
        byte[] dataKey = new byte[32];
        await ring.UnwrapAsync(await ring.GenerateDataKeyAsync(EncryptionKeys.Default, default, dataKey), default, dataKey);
        IReadOnlyList<PinnedBytes> keys = HeldKeys.Of(ring.Keys);
        keys.Should().HaveCountGreaterThan(6).And.OnlyContain(key => !key.IsZero());

        ring.Dispose();

        keys.Should().OnlyContain(key => key.IsZero());
    }

    [Test]
    public async Task Wrap_ADataKey_CommitsToItsKey()
    {
        IKeyProvider ring = await CreateAsync();

        WrappedDataKey wrapped = await ring.GenerateDataKeyAsync(EncryptionKeys.Default, default, new byte[32]);

        wrapped.Ciphertext.Length.Should().Be(32 + DerivedCipher.CommittedOverhead);
    }

    [TestCase(31)]
    [TestCase(33)]
    public async Task AnyMember_DataKeyOfAnotherLength_Throws(int length)
    {
        IKeyProvider ring = await CreateAsync();
        WrappedDataKey wrapped = await ring.GenerateDataKeyAsync(EncryptionKeys.Default, default, new byte[32]);
        Func<Task> generate = () => ring.GenerateDataKeyAsync(EncryptionKeys.Default, default, new byte[length]).AsTask();
        Func<Task> wrap = () => ring.WrapAsync(EncryptionKeys.Default, new byte[length], default).AsTask();
        Func<Task> unwrap = () => ring.UnwrapAsync(wrapped, default, new byte[length]).AsTask();

        await generate.Should().ThrowAsync<ArgumentException>().WithParameterName("dataKey");
        await wrap.Should().ThrowAsync<ArgumentException>().WithParameterName("dataKey");
        await unwrap.Should().ThrowAsync<ArgumentException>().WithParameterName("dataKey");
    }

    [Test]
    public async Task AnyMember_NoKeyIdOrNoWrappedKey_Throws()
    {
        IKeyProvider ring = await CreateAsync();
        Func<Task> generate = () => ring.GenerateDataKeyAsync(null!, default, new byte[32]).AsTask();
        Func<Task> wrap = () => ring.WrapAsync(null!, new byte[32], default).AsTask();
        Func<Task> unwrap = () => ring.UnwrapAsync(null!, default, new byte[32]).AsTask();

        await generate.Should().ThrowAsync<ArgumentNullException>().WithParameterName("keyId");
        await wrap.Should().ThrowAsync<ArgumentNullException>().WithParameterName("keyId");
        await unwrap.Should().ThrowAsync<ArgumentNullException>().WithParameterName("wrapped");
    }

    [Test]
    public async Task AnyMember_Cancelled_Throws()
    {
        IKeyProvider ring = await CreateAsync();
        var cancelled = new CancellationToken(true);
        WrappedDataKey wrapped = await ring.GenerateDataKeyAsync(EncryptionKeys.Default, default, new byte[32], default);
        Func<Task> generate = () => ring.GenerateDataKeyAsync(EncryptionKeys.Default, default, new byte[32], cancelled).AsTask();
        Func<Task> wrap = () => ring.WrapAsync(EncryptionKeys.Default, new byte[32], default, cancelled).AsTask();
        Func<Task> unwrap = () => ring.UnwrapAsync(wrapped, default, new byte[32], cancelled).AsTask();

        await generate.Should().ThrowAsync<OperationCanceledException>();
        await wrap.Should().ThrowAsync<OperationCanceledException>();
        await unwrap.Should().ThrowAsync<OperationCanceledException>();
    }

    [Test]
    public async Task PrepareAndAdopt_Change_ReplacesTheKeysAndSaysSo()
    {
        var ring = (KeyRing)await CreateAsync();
        RingKeys before = ring.Keys;
        int replaced = 0;
        ring.KeysReplaced += () => replaced++;

        ring.Prepare(static _ => 7).Should().Be(new NextRing<int>(default, null, null, 7), "nothing was changed");
        NextRing<bool> next = ring.Prepare(static change =>
        {
            EncryptionKeyLife.Disable(change, EncryptionKeys.Default);
            return true;
        });
        ring.Adopt(next.Keys!, null);

        replaced.Should().Be(1);
        ring.Keys.Should().BeSameAs(next.Keys);
        before.RingKey.Span.ToArray().Should().OnlyContain(b => b == 0);
        using var reader = new KeyRing(RootKeyOf(1));
        await reader.OpenAsync(next.State, Context, default);
        reader.Keys.Revision.Should().Be(2);
    }

    [Test]
    public async Task Unwrap_DisabledKey_OnlyToVerify([Values] bool verifies)
    {
        using var ring = new KeyRing(RootKeyOf(1)) { UnwrapsInAnyState = verifies };
        await ring.CreateAsync(Context, default);
        WrappedDataKey wrapped = await ring.GenerateDataKeyAsync(EncryptionKeys.Default, default, new byte[32]);
        NextRing<bool> next = ring.Prepare(static change =>
        {
            EncryptionKeyLife.Disable(change, EncryptionKeys.Default);
            return true;
        });
        ring.Adopt(next.Keys!, null);
        Func<Task> unwrap = () => ring.UnwrapAsync(wrapped, default, new byte[32]).AsTask();

        if (verifies)
        {
            await unwrap.Should().NotThrowAsync();
        }
        else
        {
            await unwrap.Should().ThrowAsync<SecretUnavailableException>();
        }
    }

    [Test]
    public async Task Unwrap_UnknownKeyOrGeneration_IsUnavailable()
    {
        var ring = (KeyRing)await CreateAsync();
        WrappedDataKey wrapped = await ring.GenerateDataKeyAsync(EncryptionKeys.Default, default, new byte[32]);
        Func<Task> otherKey = async () => await ring.UnwrapAsync(new WrappedDataKey("nobody", 1, wrapped.Ciphertext), default, new byte[32]);
        Func<Task> otherGeneration = async () => await ring.UnwrapAsync(new WrappedDataKey(wrapped.KeyId, 9, wrapped.Ciphertext), default, new byte[32]);

        (await otherKey.Should().ThrowAsync<SecretUnavailableException>()).Which.Reason.Should().Be(UnavailabilityReason.KeyNotFound);
        var thrown = await otherGeneration.Should().ThrowAsync<SecretUnavailableException>();
        thrown.Which.Reason.Should().Be(UnavailabilityReason.KeyUnavailable);
        thrown.Which.Message.Should().Contain("generation 9");
    }

    [Test]
    public void Unwrap_KeysByTurns_EachByItsOwn()
    {
        using RingKeys ring = RingSamples.Ring();
        string[] ids = [EncryptionKeys.Default, EncryptionKeys.Store];
        for (int i = 0; i < 6; i++)
        {
            byte[] dataKey = System.Security.Cryptography.RandomNumberGenerator.GetBytes(32);
            byte[] unwrapped = new byte[32];
            WrappedDataKey wrapped = ring.Wrap(ids[i % 2], dataKey, [1, 2]);

            ring.Unwrap(wrapped.KeyId, wrapped.Generation, wrapped.Ciphertext.Span, [1, 2], unwrapped, inAnyState: false);
            Action byTheOther = () => ring.Unwrap(ids[(i + 1) % 2], wrapped.Generation, wrapped.Ciphertext.Span, [1, 2], new byte[32], inAnyState: false);
            Action boundElsewhere = () => ring.Unwrap(wrapped.KeyId, wrapped.Generation, wrapped.Ciphertext.Span, [1, 3], new byte[32], inAnyState: false);

            unwrapped.Should().Equal(dataKey);
            byTheOther.Should().Throw<System.Security.Cryptography.AuthenticationTagMismatchException>();
            boundElsewhere.Should().Throw<System.Security.Cryptography.AuthenticationTagMismatchException>();
        }
    }

    [TestCase(1, UnavailabilityReason.KeyDisabled)]
    [TestCase(2, UnavailabilityReason.KeyPendingDeletion)]
    public void RequireEnabled_StateOfTheKey_IsChecked(int state, UnavailabilityReason reason)
    {
        using RingKeys ring = RingSamples.Ring();
        EncryptionKey blocked = ring.Keys[EncryptionKeys.Default] with { State = (EncryptionKeyState)state };
        EncryptionKey store = ring.Keys[EncryptionKeys.Store] with { State = (EncryptionKeyState)state };

        blocked.Invoking(key => key.RequireEnabled()).Should().Throw<SecretUnavailableException>().Which.Reason.Should().Be(reason);
        store.Invoking(key => key.RequireEnabled()).Should().NotThrow();
    }

    [Test]
    public async Task StoreHeader_DecodeOfDamagedBytes_ThrowsOnlyTheLibrarysErrors()
    {
        var ring = (KeyRing)await CreateAsync();
        WrappedDataKey wrapped = await ring.GenerateDataKeyAsync(EncryptionKeys.Store, default, new byte[32]);
        byte[] content = new StoreHeader(new byte[] { 1, 2, 3 }, wrapped).Encode();

        StoreHeader decoded = StoreHeader.Decode(content);
        decoded.RingState.ToArray().Should().Equal(1, 2, 3);
        decoded.StoreKey.Ciphertext.ToArray().Should().Equal(wrapped.Ciphertext.ToArray());
        for (int length = 0; length < content.Length; length++)
        {
            FluentActions.Invoking(() => StoreHeader.Decode(content.AsMemory(0, length))).Should().Throw<SecretStoreIntegrityException>();
        }
    }

    protected override async Task<IKeyProvider> CreateAsync()
    {
        _ring = new KeyRing(RootKeyOf(1));
        await _ring.CreateAsync(Context, default);
        return _ring;
    }

    private static IRootKey RootKeyOf(byte first) => RootKey.FromBytes(Envelope.Samples.Bytes(32, first));

    private static async Task ShouldFailAsync(IRootKey rootKey, byte[] state, string code, string message)
    {
        using var ring = new KeyRing(rootKey);
        Func<Task> open = async () => await ring.OpenAsync(state, Context, default);
        var thrown = await open.Should().ThrowAsync<SecretStoreException>();
        thrown.Which.Code.Should().Be(code);
        thrown.Which.Message.Should().Contain(message);
    }

    /// <summary>Counts its calls; opens what the key 1 opens, or nothing.</summary>
    private sealed class CountingRootKey(string kind = "key") : IRootKey
    {
        private readonly IRootKey _inner = RootKeyOf(1);

        public int Calls { get; private set; }

        public bool OpensNothing { get; init; }

        public Func<ValueTask>? OnFirstUnwrap { get; set; }

        public string Kind => kind;

        public bool CompletesSynchronously => true;

        public ValueTask<byte[]> WrapAsync(ReadOnlyMemory<byte> slotKey, RootKeyContext context, CancellationToken cancellationToken = default)
        {
            Calls++;
            return _inner.WrapAsync(slotKey, context, cancellationToken);
        }

        public async ValueTask<bool> TryUnwrapAsync(ReadOnlyMemory<byte> slot, RootKeyContext context, Memory<byte> slotKey, CancellationToken cancellationToken = default)
        {
            Calls++;
            if (OnFirstUnwrap is { } first)
            {
                OnFirstUnwrap = null;
                await first();
            }

            return !OpensNothing && await _inner.TryUnwrapAsync(slot, context, slotKey, cancellationToken);
        }
    }
}
