using EmbeddedSecrets.Envelope;

namespace EmbeddedSecrets.Tests.Envelope;

public class ValueEnvelopeTests
{
    private static readonly byte[] DataKey = Samples.Bytes(32);

    [TestCase(1)]
    [TestCase(1024)]
    [TestCase(SecretValue.MaxBytes)]
    public void Open_SealedValue_GivesTheValue(int length)
    {
        byte[] value = Samples.Bytes(length);
        byte[] payload = ValueEnvelope.Seal(DataKey, Samples.Context, value);

        using SecretValue opened = ValueEnvelope.Open(DataKey, Samples.Context, payload);

        payload.Should().HaveCount(length + ValueEnvelope.Overhead);
        opened.Span.SequenceEqual(value).Should().BeTrue();
    }

    [Test]
    public void Open_DamagedPayload_IsTampered()
    {
        byte[] payload = ValueEnvelope.Seal(DataKey, Samples.Context, Samples.Utf8("s3cret"));

        foreach (byte[] damaged in Samples.Damaged(payload))
        {
            Samples.ShouldBeTampered(() => ValueEnvelope.Open(DataKey, Samples.Context, damaged));
        }
    }

    [TestCase(0)]
    [TestCase(SecretValue.MaxBytes + 1)]
    public void Open_AuthenticValueOfAnImpossibleLength_IsTampered(int length)
    {
        byte[] payload = ValueEnvelope.Seal(DataKey, Samples.Context, new byte[length]);

        Samples.ShouldBeTampered(() => ValueEnvelope.Open(DataKey, Samples.Context, payload));
    }

    [Test]
    public void Seal_TheSameValueAgain_HasAnotherNonce()
    {
        byte[] key = Samples.Bytes(32);

        string[] nonces = [.. Enumerable.Range(0, 100).Select(_ => Convert.ToHexString(ValueEnvelope.Seal(key, Samples.Context, [1]).AsSpan(1, 12)))];

        nonces.Should().OnlyHaveUniqueItems();
    }

    [Test]
    public void Open_OtherContext_IsTampered()
    {
        ValueContext context = Samples.Context;
        byte[] payload = ValueEnvelope.Seal(DataKey, context, Samples.Utf8("s3cret"));

        foreach (ValueContext other in new[]
        {
            context with { StoreId = new UniqueId(0, 1) }, context with { Name = "db/passwore" }, context with { Incarnation = new UniqueId(0, 1) }, context with { VersionId = "v2" },
            context with { Kind = SecretValueKind.Binary }, context with { Name = "db/passwordv", VersionId = "1" },
        })
        {
            Samples.ShouldBeTampered(() => ValueEnvelope.Open(DataKey, other, payload));
        }
    }

    [Test]
    public void Open_KeyValueSealedAsText_TakesTheKindOfTheContext()
    {
        byte[] payload = ValueEnvelope.Seal(DataKey, Samples.Context, Samples.Utf8("{}"));

        using SecretValue opened = ValueEnvelope.Open(DataKey, Samples.Context with { Kind = SecretValueKind.KeyValue }, payload);

        opened.Kind.Should().Be(SecretValueKind.KeyValue);
    }

    [Test]
    public void Open_WithoutCommitment_IsTampered()
    {
        byte[] value = Samples.Bytes(38);
        byte[] payload = new byte[ValueEnvelope.Overhead + 6];
        payload[0] = 1;
        using var cipher = new System.Security.Cryptography.AesGcm(DataKey, 16);
        cipher.Encrypt(payload.AsSpan(1, 12), value, payload.AsSpan(13, 38), payload.AsSpan(51), ValueEnvelope.ValueAssociatedData(Samples.Context));

        Samples.ShouldBeTampered(() => ValueEnvelope.Open(DataKey, Samples.Context, payload));
    }

    [Test]
    public void Open_CiphertextThatIsAuthenticUnderTwoKeys_OpensUnderOneOnly()
    {
        byte[] otherKey = Samples.Bytes(32, 100);
        byte[] value = Samples.Bytes(32);
        byte[] associatedData = ValueEnvelope.ValueAssociatedData(Samples.Context);
        byte[] payload = ValueEnvelope.Seal(DataKey, Samples.Context, value);
        KeyCollision.Solve(DataKey, otherKey, payload.AsSpan(1, 12), associatedData, payload.AsSpan(13, 64)).CopyTo(payload.AsSpan(77));

        foreach (byte[] key in new[] { DataKey, otherKey })
        {
            using var plain = new System.Security.Cryptography.AesGcm(key, 16);
            plain.Invoking(c => c.Decrypt(payload.AsSpan(1, 12), payload.AsSpan(13, 64), payload.AsSpan(77), new byte[64], associatedData))
                .Should().NotThrow("AES-GCM alone does not commit to its key");
        }

        using SecretValue opened = ValueEnvelope.Open(DataKey, Samples.Context, payload);
        opened.Span[..16].SequenceEqual(value.AsSpan(0, 16)).Should().BeTrue();
        Samples.ShouldBeTampered(() => ValueEnvelope.Open(otherKey, Samples.Context, payload));
    }

    [Test]
    public void AssociatedData_ValueAndDataKey_DifferInTheDomainOnly()
    {
        byte[] value = ValueEnvelope.ValueAssociatedData(Samples.Context);
        byte[] dataKey = ValueEnvelope.DataKeyAssociatedData(Samples.Context);

        value[1..].Should().Equal(dataKey[1..]);
        value[0].Should().NotBe(dataKey[0]);
    }
}
