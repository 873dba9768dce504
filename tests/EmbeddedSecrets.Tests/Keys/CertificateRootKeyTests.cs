using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EmbeddedSecrets.Keys;
using EmbeddedSecrets.Tests.Contracts;

namespace EmbeddedSecrets.Tests.Keys;

public sealed class CertificateRootKeyTests : RootKeyContract
{
    private const int HashStart = 1;
    private const int WrappedStart = 33;
    private const int WrappedLength = 3072 / 8;

    private static readonly RootKeyContext Context = new(new UniqueId(0, 7), "/stores/a", false);
    private static readonly byte[] RingKey = Envelope.Samples.Bytes(32);

    private X509Certificate2 _certificate = null!;
    private X509Certificate2 _other = null!;

    // Two operations of a private key for each damaged ciphertext: the whole sweep takes some 20 s.
    protected override int DamageStep => Environment.GetEnvironmentVariable("EMBEDDEDSECRETS_FULL_TESTS") == "1" ? 1 : 37;

    [OneTimeSetUp]
    public void MakeCertificates()
    {
        _certificate = Make(3072);
        _other = Make(3072);
    }

    [OneTimeTearDown]
    public void DisposeCertificates()
    {
        _certificate.Dispose();
        _other.Dispose();
    }

    [Test]
    public void FromCertificate_2048Bits_SaysWhatToDo()
    {
        using X509Certificate2 small = Make(2048);

        FluentActions.Invoking(() => RootKey.FromCertificate(small)).Should().Throw<ArgumentException>().WithMessage("*2048 bits*3072 or 4096*");
    }

    [Test]
    public void FromCertificate_OneByteShortOfTheSmallest_IsRefused()
    {
        using X509Certificate2 small = Make(3064);

        FluentActions.Invoking(() => RootKey.FromCertificate(small)).Should().Throw<ArgumentException>().WithMessage("*3064 bits*").WithParameterName("certificate");
    }

    [Test]
    public async Task TryUnwrap_PrivateKeyOfAnotherCertificate_IsNotAWrongKey()
    {
        byte[] slot = await Create().WrapAsync(RingKey, Context);
        var mixedUp = new CertificateRootKey(_certificate, _ => _other.GetRSAPrivateKey());
        Func<Task> open = async () => await mixedUp.TryUnwrapAsync(slot, Context, new byte[32]);

        await open.Should().ThrowAsync<SecretStoreUnavailableException>();
    }

    [Test]
    public void FromCertificate_EllipticCurve_SaysWhatToDo()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 certificate = new CertificateRequest("CN=test", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(1));

        FluentActions.Invoking(() => RootKey.FromCertificate(certificate)).Should().Throw<ArgumentException>().WithMessage("*no RSA key*3072*");
    }

    [Test]
    public async Task Wrap_Certificate_DrawsTheSlotOfTheFormat()
    {
        byte[] slot = await Create().WrapAsync(RingKey, Context);

        slot.Should().HaveCount(WrappedStart + WrappedLength + 124);
        slot[0].Should().Be(1);
        slot[HashStart..WrappedStart].Should().Equal(SHA256.HashData(_certificate.PublicKey.ExportSubjectPublicKeyInfo()));
        using RSA key = _certificate.GetRSAPrivateKey()!;
        key.Decrypt(slot[WrappedStart..(WrappedStart + WrappedLength)], RSAEncryptionPadding.OaepSHA256).Should().HaveCount(32).And.NotEqual(RingKey);
    }

    [Test]
    public async Task TryUnwrap_CertificateWithoutPrivateKey_WrapsAndIsKeyMissing()
    {
        using X509Certificate2 publicOnly = X509CertificateLoader.LoadCertificate(_certificate.RawData);
        byte[] slot = await RootKey.FromCertificate(publicOnly).WrapAsync(RingKey, Context);
        byte[] opened = new byte[32];

        Func<Task> open = async () => await RootKey.FromCertificate(publicOnly).TryUnwrapAsync(slot, Context, opened);

        var thrown = await open.Should().ThrowAsync<SecretStoreAccessException>();
        thrown.Which.Code.Should().Be(SecretStoreErrorCodes.KeyMissing);
        thrown.Which.Message.Should().Contain("/stores/a").And.Contain("private key");
        (await Create().TryUnwrapAsync(slot, Context, opened)).Should().BeTrue();
        opened.Should().Equal(RingKey);
    }

    [Test]
    public async Task TryUnwrap_SlotOfAnotherCertificate_IsFalseWithoutAskingThePrivateKey()
    {
        byte[] slot = await CreateOther().WrapAsync(RingKey, Context);
        int asked = 0;
        var rootKey = new CertificateRootKey(_certificate, certificate => Count(ref asked, certificate));

        (await rootKey.TryUnwrapAsync(slot, Context, new byte[32])).Should().BeFalse();
        asked.Should().Be(0);
    }

    [Test]
    public async Task TryUnwrap_CutAnywhereOrAnyBitBeforeTheCiphertext_IsFalseWithoutAskingThePrivateKey()
    {
        byte[] slot = await Create().WrapAsync(RingKey, Context);
        int asked = 0;
        var rootKey = new CertificateRootKey(_certificate, certificate => Count(ref asked, certificate));
        IEnumerable<byte[]> flipped = Envelope.Samples.Damaged(slot).Take(WrappedStart * 8);
        IEnumerable<byte[]> cut = Envelope.Samples.Damaged(slot).Skip(slot.Length * 8);

        foreach (byte[] damaged in flipped.Concat(cut))
        {
            (await rootKey.TryUnwrapAsync(damaged, Context, new byte[32])).Should().BeFalse();
        }

        asked.Should().Be(0, "a token may count or cost what it is asked");
    }

    [Test]
    public async Task TryUnwrap_OtherCiphertextUnderTheSameKey_IsFalse()
    {
        byte[] slot = await Create().WrapAsync(RingKey, Context);
        byte[] second = await Create().WrapAsync(RingKey, Context);
        byte[] opened = Envelope.Samples.Bytes(32, 9);
        second.AsSpan(WrappedStart, WrappedLength).CopyTo(slot.AsSpan(WrappedStart));

        (await Create().TryUnwrapAsync(slot, Context, opened)).Should().BeFalse();
        opened.Should().Equal(new byte[32]);
    }

    [Test]
    public async Task TryUnwrap_RenewedCertificateWithTheSameKey_Opens()
    {
        byte[] slot = await Create().WrapAsync(RingKey, Context);
        using RSA key = _certificate.GetRSAPrivateKey()!;
        using X509Certificate2 renewed = Make(key);

        renewed.Thumbprint.Should().NotBe(_certificate.Thumbprint);
        (await RootKey.FromCertificate(renewed).TryUnwrapAsync(slot, Context, new byte[32])).Should().BeTrue();
    }

    [Test]
    public async Task TryUnwrap_PrivateKeyFails_IsNotAWrongKey()
    {
        byte[] slot = await Create().WrapAsync(RingKey, Context);
        var rootKey = new CertificateRootKey(_certificate, static _ => new PulledOutKey());

        Func<Task> open = async () => await rootKey.TryUnwrapAsync(slot, Context, new byte[32]);

        var thrown = await open.Should().ThrowAsync<SecretStoreUnavailableException>();
        thrown.Which.Code.Should().Be(SecretStoreErrorCodes.ServiceUnavailable);
        thrown.Which.InnerException.Should().BeOfType<CryptographicException>().Which.Message.Should().Be(PulledOutKey.Message);
    }

    [Test]
    public async Task WrapAndTryUnwrap_DisposedCertificate_IsNotAWrongKey()
    {
        X509Certificate2 certificate = Make(3072);
        IRootKey rootKey = RootKey.FromCertificate(certificate);
        byte[] slot = await rootKey.WrapAsync(RingKey, Context);
        certificate.Dispose();

        Func<Task> open = async () => await rootKey.TryUnwrapAsync(slot, Context, new byte[32]);
        Func<Task> wrap = async () => await rootKey.WrapAsync(RingKey, Context);

        await open.Should().ThrowAsync<SecretStoreUnavailableException>();
        await wrap.Should().ThrowAsync<SecretStoreUnavailableException>();
    }

    [Test]
    public async Task Store_WithACertificate_OpensAgainAndNotWithAnother()
    {
        using var directory = new TemporaryDirectory();
        await using (SecretStore store = await SecretStore.OpenAsync(directory["store"], Create()))
        {
            using SecretValue value = SecretValue.FromText("the value");
            await store.CreateSecretAsync("name", value);
        }

        using (SecretStore again = SecretStore.Open(directory["store"], Create()))
        {
            using SecretValueResult read = again.GetSecretValue("name");
            read.Value.RevealText().Should().Be("the value");
        }

        Func<Task> open = async () => await SecretStore.OpenAsync(directory["store"], CreateOther());
        (await open.Should().ThrowAsync<SecretStoreAccessException>()).Which.Code.Should().Be(SecretStoreErrorCodes.WrongKey);
    }

    protected override IRootKey Create() => RootKey.FromCertificate(_certificate);

    protected override IRootKey CreateOther() => RootKey.FromCertificate(_other);

    private static RSA? Count(ref int asked, X509Certificate2 certificate)
    {
        asked++;
        return certificate.GetRSAPrivateKey();
    }

    private static X509Certificate2 Make(int bits)
    {
        using var key = RSA.Create(bits);
        return Make(key);
    }

    private static X509Certificate2 Make(RSA key) =>
        new CertificateRequest("CN=test", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(1));

    /// <summary>The private key of a token that is not there any more.</summary>
    private sealed class PulledOutKey : RSA
    {
        public const string Message = "The token was removed.";

        public override byte[] Decrypt(byte[] data, RSAEncryptionPadding padding) => throw new CryptographicException(Message);

        public override RSAParameters ExportParameters(bool includePrivateParameters) => throw new CryptographicException(Message);

        public override void ImportParameters(RSAParameters parameters) => throw new CryptographicException(Message);
    }
}
