using EmbeddedSecrets.Envelope;
using EmbeddedSecrets.Secrets;

namespace EmbeddedSecrets.Tests.Envelope;

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
