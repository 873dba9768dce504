using System.Security.Cryptography;

namespace EmbeddedSecrets.Tests.Contracts;

/// <summary>What every <see cref="IKeyProvider"/> must do; inherit it to test one of your own.</summary>
public abstract class KeyProviderContract
{
    private static readonly byte[] Bound = [1, 2, 3];

    /// <summary>A provider that is ready for use and has the keys of <see cref="EncryptionKeys"/>.</summary>
    protected abstract Task<IKeyProvider> CreateAsync();

    [TestCase(EncryptionKeys.Default)]
    [TestCase(EncryptionKeys.Store)]
    public async Task Unwrap_GeneratedKey_GivesTheKey(string keyId)
    {
        IKeyProvider provider = await CreateAsync();
        byte[] generated = new byte[32];
        byte[] unwrapped = new byte[32];

        WrappedDataKey wrapped = await provider.GenerateDataKeyAsync(keyId, Bound, generated);
        await provider.UnwrapAsync(wrapped, Bound, unwrapped);

        wrapped.KeyId.Should().Be(keyId);
        unwrapped.Should().Equal(generated).And.NotEqual(new byte[32]);
    }

    [Test]
    public async Task Unwrap_WrappedKey_GivesTheKey()
    {
        IKeyProvider provider = await CreateAsync();
        byte[] dataKey = RandomNumberGenerator.GetBytes(32);
        byte[] unwrapped = new byte[32];

        await provider.UnwrapAsync(await provider.WrapAsync(EncryptionKeys.Default, dataKey, Bound), Bound, unwrapped);

        unwrapped.Should().Equal(dataKey);
    }

    [Test]
    public async Task Unwrap_OtherAssociatedData_IsNotAuthentic()
    {
        IKeyProvider provider = await CreateAsync();
        WrappedDataKey wrapped = await provider.GenerateDataKeyAsync(EncryptionKeys.Default, Bound, new byte[32]);

        Func<Task> unwrap = async () => await provider.UnwrapAsync(wrapped, new byte[] { 1, 2, 4 }, new byte[32]);

        await unwrap.Should().ThrowAsync<AuthenticationTagMismatchException>();
    }

    [Test]
    public async Task Unwrap_DamagedCiphertext_IsNotAuthentic()
    {
        IKeyProvider provider = await CreateAsync();
        WrappedDataKey wrapped = await provider.GenerateDataKeyAsync(EncryptionKeys.Default, Bound, new byte[32]);

        foreach (byte[] damaged in Envelope.Samples.Damaged(wrapped.Ciphertext.ToArray()).Where(bytes => bytes.Length > 0))
        {
            Func<Task> unwrap = async () => await provider.UnwrapAsync(new WrappedDataKey(wrapped.KeyId, wrapped.Generation, damaged), Bound, new byte[32]);
            await unwrap.Should().ThrowAsync<AuthenticationTagMismatchException>();
        }
    }

    [Test]
    public async Task Generate_Twice_GivesDifferentKeys()
    {
        IKeyProvider provider = await CreateAsync();
        byte[] first = new byte[32];
        byte[] second = new byte[32];

        await provider.GenerateDataKeyAsync(EncryptionKeys.Default, Bound, first);
        await provider.GenerateDataKeyAsync(EncryptionKeys.Default, Bound, second);

        first.Should().NotEqual(second);
    }
}
