using EmbeddedSecrets.Records;
using EmbeddedSecrets.Secrets;

using EmbeddedSecrets.Tests.Envelope;

namespace EmbeddedSecrets.Tests.Records;

public class StoreCipherTests
{
    private StoreCipher _cipher = null!;

    [SetUp]
    public void SetUp() => _cipher = new StoreCipher(Samples.StoreId, Samples.Bytes(32));

    [TearDown]
    public void TearDown() => _cipher.Dispose();

    [Test]
    public void OpenRecord_SealedRecord_GivesTheSecret()
    {
        Secret secret = Samples.Secret();

        Secret opened = _cipher.OpenRecord(secret.Name, Samples.Stamp, _cipher.SealRecord(secret, Samples.Stamp));

        opened.Should().BeEquivalentTo(secret, options => options.ComparingRecordsByMembers());
    }

    [Test]
    public void OpenRecord_DamagedRecord_IsTampered()
    {
        Secret secret = Samples.Secret();
        byte[] record = _cipher.SealRecord(secret, Samples.Stamp);

        foreach (byte[] damaged in Samples.Damaged(record))
        {
            Samples.ShouldBeTampered(() => _cipher.OpenRecord(secret.Name, Samples.Stamp, damaged));
        }
    }

    [Test]
    public void OpenRecord_MovedRecord_IsTampered()
    {
        Secret secret = Samples.Secret();
        byte[] record = _cipher.SealRecord(secret, Samples.Stamp);
        using var otherStore = new StoreCipher(new UniqueId(0, 1), Samples.Bytes(32));

        Samples.ShouldBeTampered(() => _cipher.OpenRecord("other", Samples.Stamp, record));
        Samples.ShouldBeTampered(() => _cipher.OpenRecord(secret.Name, Samples.Stamp with { Revision = 8 }, record));
        Samples.ShouldBeTampered(() => _cipher.OpenRecord(secret.Name, Samples.Stamp with { Incarnation = new UniqueId(0, 1) }, record));
        Samples.ShouldBeTampered(() => otherStore.OpenRecord(secret.Name, Samples.Stamp, record));
    }

    [Test]
    public void OpenRecord_AuthenticButBroken_IsTampered()
    {
        Secret secret = Samples.Secret() with { LastSequence = 2 };

        Samples.ShouldBeTampered(() => _cipher.OpenRecord(secret.Name, Samples.Stamp, _cipher.SealRecord(secret, Samples.Stamp)));
    }

    [Test]
    public void OpenPolicy_SealedPolicy_GivesTheTextOnlyWhereItWasSealed()
    {
        var id = new UniqueId(0, 5);
        byte[] payload = _cipher.SealPolicy("n", Samples.Incarnation, id, "é");
        PolicyReference reference = PolicyReference.To(id, payload);

        payload.Should().HaveCount(92 + 2);
        _cipher.OpenPolicy("n", Samples.Incarnation, reference, payload).Should().Be("é");
        Samples.ShouldBeTampered(() => _cipher.OpenPolicy("m", Samples.Incarnation, reference, payload));
        Samples.ShouldBeTampered(() => _cipher.OpenPolicy("n", new UniqueId(0, 1), reference, payload));
        Samples.ShouldBeTampered(() => _cipher.OpenPolicy("n", Samples.Incarnation, reference with { PayloadId = new UniqueId(0, 6) }, payload));
    }

    [Test]
    public void OpenPolicy_AnotherPayloadThanTheRecordNames_IsTampered()
    {
        var id = new UniqueId(0, 5);
        byte[] payload = _cipher.SealPolicy("n", Samples.Incarnation, id, "old");
        PolicyReference reference = PolicyReference.To(id, _cipher.SealPolicy("n", Samples.Incarnation, id, "new"));

        Samples.ShouldBeTampered(() => _cipher.OpenPolicy("n", Samples.Incarnation, reference, payload));
        Samples.ShouldBeTampered(() => _cipher.OpenPolicy("n", Samples.Incarnation, PolicyReference.To(id, payload) with { PayloadLength = 96 }, payload));
    }

    [TestCase(0)]
    [TestCase(91)]
    public void OpenPolicy_ShorterThanItsSeal_IsTampered(int length)
    {
        byte[] payload = new byte[length];

        Samples.ShouldBeTampered(() => _cipher.OpenPolicy("n", Samples.Incarnation, PolicyReference.To(new UniqueId(0, 5), payload), payload));
    }

    [Test]
    public void HasSameKey_AnotherStoreOrKey_ComparesTheKeyAlone()
    {
        using var sameKey = new StoreCipher(new UniqueId(0, 1), Samples.Bytes(32));
        using var otherKey = new StoreCipher(Samples.StoreId, Samples.Bytes(32, 2));

        _cipher.HasSameKey(sameKey).Should().BeTrue();
        _cipher.HasSameKey(otherKey).Should().BeFalse();
    }

    [TestCase(31)]
    [TestCase(33)]
    public void Constructor_KeyOfAnotherLength_Throws(int length)
    {
        FluentActions.Invoking(() => new StoreCipher(Samples.StoreId, new byte[length])).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("storeKey");
    }

    [Test]
    public void Dispose_ThenUse_Throws()
    {
        Secret secret = Samples.Secret();
        byte[] record = _cipher.SealRecord(secret, Samples.Stamp);
        _cipher.Dispose();

        _cipher.Invoking(c => c.SealRecord(secret, Samples.Stamp)).Should().Throw<ObjectDisposedException>();
        _cipher.Invoking(c => c.OpenRecord(secret.Name, Samples.Stamp, record)).Should().Throw<ObjectDisposedException>();
        _cipher.Invoking(c => c.SealPolicy("n", Samples.Incarnation, default, "p")).Should().Throw<ObjectDisposedException>();
        _cipher.Invoking(c => c.Protector.Seal([], [], new byte[60])).Should().Throw<ObjectDisposedException>();
    }

    [Test]
    public void HashVersionId_SameInputs_GivesTheSameHash()
    {
        ulong hash = _cipher.HashVersionId(new UniqueId(0, 1), "v1");

        _cipher.HashVersionId(new UniqueId(0, 1), "v1").Should().Be(hash);
        _cipher.HashVersionId(new UniqueId(0, 1), "v2").Should().NotBe(hash);
        _cipher.HashVersionId(new UniqueId(0, 2), "v1").Should().NotBe(hash);
    }

    [Test]
    public void Protector_Message_OpensOnlyWithItsAssociatedData()
    {
        byte[] message = new byte[3 + _cipher.Protector.Overhead];
        byte[] opened = new byte[3];
        _cipher.Protector.Seal([1, 2, 3], [9], message);

        _cipher.Protector.TryOpen(message, [9], opened).Should().BeTrue();
        opened.Should().Equal(1, 2, 3);
        _cipher.Protector.TryOpen(message, [8], opened).Should().BeFalse();
        opened.Should().Equal(0, 0, 0);
    }

    [Test]
    public void Protector_WrongLengths_Throw()
    {
        _cipher.Protector.Overhead.Should().Be(60);
        _cipher.Invoking(c => c.Protector.Seal([1], [], new byte[60])).Should().Throw<ArgumentException>();
        _cipher.Invoking(c => c.Protector.TryOpen(new byte[59], [], [])).Should().Throw<ArgumentException>();
        _cipher.Invoking(c => c.Protector.TryOpen(new byte[61], [], [])).Should().Throw<ArgumentException>();
    }
}
