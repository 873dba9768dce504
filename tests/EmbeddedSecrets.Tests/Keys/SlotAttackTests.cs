using EmbeddedSecrets.Keys;

namespace EmbeddedSecrets.Tests.Keys;

/// <summary>What somebody who can write the files of a store does to its key slots.</summary>
[TestFixture]
public sealed class SlotAttackTests
{
    private static readonly RootKeyContext Context = new(7, "/stores/a", IsNewStore: true);
    private static readonly byte[] RingKey = Envelope.Samples.Bytes(32);

    [TestCase(0u)]
    [TestCase(1u)]
    [TestCase(599_999u)]
    [TestCase(2_147_483_647u)]
    [CancelAfter(5000)]
    public async Task Pbkdf2Count_OutOfRange_IsRefusedAtOnce(uint iterations)
    {
        IRootKey rootKey = RootKey.FromPassphrase("correct horse battery staple");
        byte[] slot = await rootKey.WrapAsync(RingKey, Context);
        BitConverter.TryWriteBytes(slot.AsSpan(1), iterations);
        byte[] state = State(new RootKeySlot("passphrase", slot));
        var clock = System.Diagnostics.Stopwatch.StartNew();

        await ShouldFailAsync(rootKey, state, SecretStoreErrorCodes.WrongKey);

        clock.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(5), "2^31 - 1 iterations take many minutes");
    }

    [TestCaseSource(nameof(RootKeys))]
    public async Task Slot_OfAnotherStore_IsRefused(IRootKey rootKey)
    {
        byte[] slot = await rootKey.WrapAsync(RingKey, Context with { StoreId = 8 });

        await ShouldFailAsync(rootKey, State(new RootKeySlot(rootKey.Kind, slot)), SecretStoreErrorCodes.WrongKey);
    }

    [TestCaseSource(nameof(RootKeys))]
    public async Task Slot_CutShortAnywhere_IsRefused(IRootKey rootKey)
    {
        byte[] slot = await rootKey.WrapAsync(RingKey, Context);

        for (int length = 1; length < slot.Length; length++)
        {
            await ShouldFailAsync(rootKey, State(new RootKeySlot(rootKey.Kind, slot.AsMemory(0, length))), SecretStoreErrorCodes.WrongKey);
        }
    }

    [Test]
    public async Task Slots_OfTwoKindsSwapped_AreRefused()
    {
        IRootKey passphrase = RootKey.FromPassphrase("correct horse battery staple");
        IRootKey bytes = RootKey.FromBytes(Envelope.Samples.Bytes(32, 2));
        byte[] first = await passphrase.WrapAsync(RingKey, Context);
        byte[] second = await bytes.WrapAsync(RingKey, Context);
        byte[] state = State(new RootKeySlot(passphrase.Kind, second), new RootKeySlot(bytes.Kind, first));

        await ShouldFailAsync(passphrase, state, SecretStoreErrorCodes.WrongKey);
        await ShouldFailAsync(bytes, state, SecretStoreErrorCodes.WrongKey);
    }

    [Test]
    public async Task Slots_OfOneKindSwapped_AreTampering()
    {
        IRootKey one = RootKey.FromBytes(Envelope.Samples.Bytes(32, 2));
        IRootKey two = RootKey.FromBytes(Envelope.Samples.Bytes(32, 3));
        byte[] first = await one.WrapAsync(RingKey, Context);
        byte[] second = await two.WrapAsync(RingKey, Context);
        byte[] state = State(new RootKeySlot("key", first), new RootKeySlot("key", second));
        using (var ring = new KeyRing(two))
        {
            await ring.OpenAsync(state, Context, default);
        }

        int place = state.AsSpan().IndexOf(first);
        second.CopyTo(state, place);
        first.CopyTo(state, state.AsSpan(place + second.Length).IndexOf(second) + place + second.Length);

        await ShouldFailAsync(one, state, SecretStoreErrorCodes.Tampered);
        await ShouldFailAsync(two, state, SecretStoreErrorCodes.Tampered);
    }

    [Test]
    public async Task Slot_PutFromAnotherStateOfTheSameStore_IsTampering()
    {
        IRootKey removed = RootKey.FromBytes(Envelope.Samples.Bytes(32, 2));
        IRootKey kept = RootKey.FromBytes(Envelope.Samples.Bytes(32, 3));
        byte[] old = await removed.WrapAsync(RingKey, Context);
        byte[] state = State(new RootKeySlot("key", await kept.WrapAsync(RingKey, Context)));
        old.CopyTo(state, 1 + 2 + 1 + "key".Length + 2);

        await ShouldFailAsync(removed, state, SecretStoreErrorCodes.Tampered);
        await ShouldFailAsync(kept, state, SecretStoreErrorCodes.WrongKey);
    }

    private static IEnumerable<TestCaseData> RootKeys()
    {
        yield return new TestCaseData(RootKey.FromBytes(Envelope.Samples.Bytes(32))).SetArgDisplayNames("key");
        yield return new TestCaseData(RootKey.FromPassphrase("correct horse battery staple")).SetArgDisplayNames("passphrase");
    }

    private static byte[] State(params RootKeySlot[] slots)
    {
        using RingKeys ring = RingKeys.Generate(7, DateTimeOffset.UnixEpoch);
        return KeyRingState.Encode(ring, RingKey, slots);
    }

    private static async Task ShouldFailAsync(IRootKey rootKey, byte[] state, string code)
    {
        using var ring = new KeyRing(rootKey);
        Func<Task> open = async () => await ring.OpenAsync(state, Context, default);

        (await open.Should().ThrowAsync<SecretStoreException>()).Which.Code.Should().Be(code);
    }
}
