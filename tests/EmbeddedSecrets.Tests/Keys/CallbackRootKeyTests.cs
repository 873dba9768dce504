using System.Security.Cryptography;
using EmbeddedSecrets.Tests.Contracts;

namespace EmbeddedSecrets.Tests.Keys;

/// <summary>A service that authenticates, as key services do.</summary>
public sealed class CallbackRootKeyTests : RootKeyContract
{
    private static readonly RootKeyContext Context = new(new UniqueId(0, 7), "/stores/a", true);
    private static readonly byte[] RingKey = Envelope.Samples.Bytes(32);

    [TestCase("")]
    [TestCase("Upper")]
    [TestCase("key")]
    [TestCase("passphrase")]
    [TestCase("x509-rsa")]
    public void FromCallbacks_KindOfTheLibraryOrMalformed_Throws(string kind) =>
        FluentActions.Invoking(() => RootKey.FromCallbacks(kind, Give([1]), GiveNullable([1]))).Should().Throw<ArgumentException>();

    [Test]
    public async Task Wrap_FreshKey_IsAnotherOneForEachSlotAndNeverTheRingKey()
    {
        var given = new List<byte[]>();
        IRootKey rootKey = RootKey.FromCallbacks(
            "own",
            (key, _, _) =>
            {
                given.Add(key.ToArray());
                return ValueTask.FromResult(new byte[] { 1 });
            },
            GiveNullable(null));

        await rootKey.WrapAsync(RingKey, Context);
        await rootKey.WrapAsync(RingKey, Context);

        given.Should().HaveCount(2);
        given[0].Should().HaveCount(32).And.NotEqual(RingKey).And.NotEqual(given[1]);
    }

    [Test]
    public async Task TryUnwrap_ReturnedArray_IsZeroed()
    {
        byte[] freshKey = [];
        byte[]? returned = null;
        IRootKey rootKey = RootKey.FromCallbacks(
            "own",
            (key, _, _) =>
            {
                freshKey = key.ToArray();
                return ValueTask.FromResult(new byte[] { 1 });
            },
            (_, _, _) => ValueTask.FromResult<byte[]?>(returned = [.. freshKey]));
        byte[] opened = new byte[32];

        (await rootKey.TryUnwrapAsync(await rootKey.WrapAsync(RingKey, Context), Context, opened)).Should().BeTrue();

        opened.Should().Equal(RingKey);
        returned.Should().Equal(new byte[32]);
        rootKey.CompletesSynchronously.Should().BeFalse();
    }

    [TestCase(0)]
    [TestCase(31)]
    [TestCase(33)]
    public async Task TryUnwrap_AnswerOfAnotherLength_IsFalse(int length)
    {
        byte[] slot = await RootKey.FromCallbacks("own", Give([1]), GiveNullable(null)).WrapAsync(RingKey, Context);

        (await RootKey.FromCallbacks("own", Give([1]), GiveNullable(new byte[length])).TryUnwrapAsync(slot, Context, new byte[32])).Should().BeFalse();
    }

    [Test]
    public async Task Calls_ServiceFails_AreUnavailableAndNeverAWrongKey([Values] bool cancelledByItself)
    {
        Exception failure = cancelledByItself ? new TaskCanceledException("a time-out of the service") : new InvalidOperationException("no connection");
        byte[] slot = await Create().WrapAsync(RingKey, Context);
        IRootKey failing = RootKey.FromCallbacks("own", (_, _, _) => throw failure, (_, _, _) => ValueTask.FromException<byte[]?>(failure));

        Func<Task> wrap = async () => await failing.WrapAsync(RingKey, Context);
        Func<Task> open = async () => await failing.TryUnwrapAsync(slot, Context, new byte[32]);

        foreach (Func<Task> call in new[] { wrap, open })
        {
            SecretStoreUnavailableException thrown = (await call.Should().ThrowAsync<SecretStoreUnavailableException>()).Which;
            thrown.Code.Should().Be(SecretStoreErrorCodes.ServiceUnavailable);
            thrown.InnerException.Should().BeSameAs(failure);
            thrown.Message.Should().Contain("own").And.Contain("/stores/a");
        }
    }

    [Test]
    public async Task Calls_Cancelled_StayCancelled()
    {
        byte[] slot = await Create().WrapAsync(RingKey, Context);
        using var source = new CancellationTokenSource();
        IRootKey rootKey = RootKey.FromCallbacks("own", Give([1]), async (_, _, token) =>
        {
            await source.CancelAsync();
            token.ThrowIfCancellationRequested();
            return null;
        });

        Func<Task> open = async () => await rootKey.TryUnwrapAsync(slot, Context, new byte[32], source.Token);
        Func<Task> wrap = async () => await rootKey.WrapAsync(RingKey, Context, source.Token);

        await open.Should().ThrowAsync<OperationCanceledException>();
        await wrap.Should().ThrowAsync<OperationCanceledException>();
    }

    [TestCase(0)]
    [TestCase(3970)]
    public async Task Wrap_AnswerOfAWrongLength_IsUnavailable(int length)
    {
        Func<Task> wrap = async () => await RootKey.FromCallbacks("own", Give(new byte[length]), GiveNullable(null)).WrapAsync(RingKey, Context);

        (await wrap.Should().ThrowAsync<SecretStoreUnavailableException>()).Which.InnerException!.Message.Should().Contain("3,969");
    }

    [Test]
    public async Task Wrap_LongestAnswer_FitsIntoASlot() =>
        (await RootKey.FromCallbacks("own", Give(new byte[3969]), GiveNullable(null)).WrapAsync(RingKey, Context)).Should().HaveCount(4096);

    [Test]
    public async Task TryUnwrap_LongestAnswer_OpensAgain()
    {
        byte[] fresh = [];
        IRootKey rootKey = RootKey.FromCallbacks(
            "own",
            (key, _, _) =>
            {
                fresh = key.ToArray();
                return ValueTask.FromResult(new byte[3969]);
            },
            (_, _, _) => ValueTask.FromResult<byte[]?>(fresh));
        byte[] opened = new byte[32];

        (await rootKey.TryUnwrapAsync(await rootKey.WrapAsync(RingKey, Context), Context, opened)).Should().BeTrue();

        opened.Should().Equal(RingKey);
    }

    [TestCase(0)]
    [TestCase(1)]
    public async Task Wrap_ServiceAnswersTheKeyInClear_IsRefused(int before)
    {
        IRootKey rootKey = RootKey.FromCallbacks("own", (key, _, _) => ValueTask.FromResult<byte[]>([.. new byte[before], .. key.Span]), GiveNullable(null));

        Func<Task> wrap = async () => await rootKey.WrapAsync(RingKey, Context);

        (await wrap.Should().ThrowAsync<SecretStoreUnavailableException>()).Which.InnerException!.Message.Should().Contain("in clear");
    }

    [Test]
    public async Task TryUnwrap_CutAnywhere_DoesNotAskTheService()
    {
        byte[] slot = await Create().WrapAsync(RingKey, Context);
        int asked = 0;
        IRootKey rootKey = RootKey.FromCallbacks("own", Give([1]), (_, _, _) => ValueTask.FromResult<byte[]?>(new byte[32 + (0 * asked++)]));

        for (int length = 0; length < slot.Length; length++)
        {
            (await rootKey.TryUnwrapAsync(slot.AsMemory(0, length), Context, new byte[32])).Should().BeFalse();
        }

        asked.Should().Be(0);
    }

    [Test]
    public async Task Store_OnAKeyService_OpensAgainAndSaysWhenTheServiceFails()
    {
        using var directory = new TemporaryDirectory();
        await using (SecretStore store = await SecretStore.OpenAsync(directory["store"], Create()))
        {
            using SecretValue value = SecretValue.FromText("the value");
            await store.CreateSecretAsync("name", value);
        }

        await using (SecretStore again = await SecretStore.OpenAsync(directory["store"], Create()))
        {
            using SecretValueResult read = again.GetSecretValue("name");
            read.Value.RevealText().Should().Be("the value");
        }

        IRootKey failing = RootKey.FromCallbacks("own", Give([1]), (_, _, _) => throw new TimeoutException());
        Func<Task> open = async () => await SecretStore.OpenAsync(directory["store"], failing);
        (await open.Should().ThrowAsync<SecretStoreUnavailableException>()).Which.InnerException.Should().BeOfType<TimeoutException>();
    }

    protected override IRootKey Create() => Authenticating(1);

    protected override IRootKey CreateOther() => Authenticating(2);

    private static IRootKey Authenticating(byte seed)
    {
        byte[] serviceKey = Envelope.Samples.Bytes(32, seed);
        return RootKey.FromCallbacks(
            "own",
            async (key, _, _) =>
            {
                await Task.Yield();
                byte[] answer = new byte[12 + key.Length + 16];
                RandomNumberGenerator.Fill(answer.AsSpan(0, 12));
                using var cipher = new AesGcm(serviceKey, 16);
                cipher.Encrypt(answer.AsSpan(0, 12), key.Span, answer.AsSpan(12, key.Length), answer.AsSpan(12 + key.Length));
                return answer;
            },
            async (wrapped, _, _) =>
            {
                await Task.Yield();
                byte[] key = new byte[wrapped.Length - 28];
                using var cipher = new AesGcm(serviceKey, 16);
                try
                {
                    cipher.Decrypt(wrapped.Span[..12], wrapped.Span[12..^16], wrapped.Span[^16..], key);
                    return key;
                }
                catch (AuthenticationTagMismatchException)
                {
                    return null;
                }
            });
    }

    private static Func<ReadOnlyMemory<byte>, RootKeyContext, CancellationToken, ValueTask<byte[]>> Give(byte[] answer) => (_, _, _) => ValueTask.FromResult(answer);

    private static Func<ReadOnlyMemory<byte>, RootKeyContext, CancellationToken, ValueTask<byte[]?>> GiveNullable(byte[]? answer) => (_, _, _) => ValueTask.FromResult(answer);
}

/// <summary>A service that authenticates nothing and ignores a byte of what it unwraps: what it lets through, the slot must find.</summary>
public sealed class UnauthenticatedCallbackRootKeyTests : RootKeyContract
{
    protected override IRootKey Create() => Masking(1);

    protected override IRootKey CreateOther() => Masking(2);

    private static IRootKey Masking(byte seed)
    {
        byte[] pad = Envelope.Samples.Bytes(32, seed);
        return RootKey.FromCallbacks(
            "masking",
            (key, _, _) => ValueTask.FromResult<byte[]>([99, .. Mask(key.Span, pad)]),
            (wrapped, _, _) => ValueTask.FromResult<byte[]?>(Mask(wrapped.Span[1..], pad)));
    }

    private static byte[] Mask(ReadOnlySpan<byte> bytes, byte[] pad)
    {
        byte[] masked = bytes.ToArray();
        for (int i = 0; i < masked.Length; i++)
        {
            masked[i] ^= pad[i % pad.Length];
        }

        return masked;
    }
}
