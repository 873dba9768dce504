using System.Collections.Immutable;
using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Records;
using EmbeddedSecrets.Secrets;

using EmbeddedSecrets.Tests.Envelope;

namespace EmbeddedSecrets.Tests.Records;

public class RecordCodecTests
{
    [Test]
    public void Decode_AnyDamagedBytes_ThrowsOnlyTheLibrarysErrors()
    {
        foreach (byte[] damaged in Samples.Damaged(Encode()))
        {
            try
            {
                RecordCodec.Decode("n", new UniqueId(0, 1), damaged);
            }
            catch (SecretStoreIntegrityException)
            {
                // Flips inside a text decode to another text: sealing finds those.
            }
        }
    }

    [Test]
    public void Decode_TruncatedOrTrailing_IsTampered()
    {
        byte[] record = Encode();

        for (int length = 0; length < record.Length; length++)
        {
            Samples.ShouldBeTampered(() => RecordCodec.Decode("n", new UniqueId(0, 1), record.AsSpan(0, length)));
        }

        Samples.ShouldBeTampered(() => RecordCodec.Decode("n", new UniqueId(0, 1), [.. record, 0]));
    }

    [Test]
    public void Decode_NewerVersion_IsUnsupportedFormat()
    {
        byte[] record = Encode();
        record[0]++;

        FluentActions.Invoking(() => RecordCodec.Decode("n", new UniqueId(0, 1), record)).Should().Throw<SecretStoreIntegrityException>()
            .Which.Code.Should().Be(SecretStoreErrorCodes.UnsupportedFormat);
    }

    [Test]
    public void Decode_WhatWasEncoded_IsTheSameSecret()
    {
        Secret secret = Samples.Secret();

        ShouldComeBack(secret);
        ShouldComeBack(secret with { PlannedDeleteTime = null, CreatedBy = "ann", RetiredVersionIds = [], LastChange = new LastChange(SecretChangeKind.Updated, null, 3) });
        ShouldComeBack(secret with { Policy = PolicyReference.To(new UniqueId(4, 5), new byte[93]), LastAccessDay = 740_000 });
    }

    [TestCase(true, false, false)]
    [TestCase(false, true, false)]
    [TestCase(false, false, true)]
    public void Decode_ValidityOfAVersion_KeepsEachPartOfIt(bool notBefore, bool expires, bool advisory)
    {
        DateTimeOffset time = Samples.Secret().CreateTime;
        var validity = new SecretVersionValidity(notBefore ? time : null, expires ? time.AddDays(1) : null, advisory);

        SecretVersionValidity decoded = ShouldComeBack(WithVersion(version => version with { Validity = validity })).Versions[1].Validity;

        (decoded.NotBefore, decoded.ExpiresAt, decoded.IsAdvisory).Should().Be((validity.NotBefore, validity.ExpiresAt, validity.IsAdvisory));
    }

    [TestCase(92, false)]
    [TestCase(93, true)]
    [TestCase(33_024, true)]
    [TestCase(33_025, false)]
    public void Decode_LengthOfAPolicy_FollowsTheRule(int length, bool allowed) =>
        Check(allowed, Samples.Secret() with { Policy = new PolicyReference(new UniqueId(4, 5), length, [.. new byte[32]]) });

    [TestCase(61, false)]
    [TestCase(62, true)]
    [TestCase(61 + SecretValue.MaxBytes, true)]
    [TestCase(62 + SecretValue.MaxBytes, false)]
    public void Decode_LengthOfAPayload_FollowsTheRule(int length, bool allowed) =>
        Check(allowed, WithVersion(version => version with { Content = version.Content! with { PayloadLength = length } }));

    [TestCase(0, true)]
    [TestCase(3_652_058, true)]
    [TestCase(3_652_059, false)]
    public void Decode_DayOfTheLastAccess_IsInTheCalendar(int day, bool allowed) => Check(allowed, Samples.Secret() with { LastAccessDay = day });

    [Test]
    public void Decode_KindOfTheLastChange_IsOneThatARecordCanHave()
    {
        for (int kind = 0; kind < 12; kind++)
        {
            Check(kind is not (9 or 11), Samples.Secret() with { LastChange = new LastChange((SecretChangeKind)kind, null, 1) });
        }
    }

    [TestCase("a,b", true)]
    [TestCase("b,a", false)]
    [TestCase("a,a", false)]
    [TestCase("a,c,b", false)]
    public void Decode_Stages_Ascend(string stages, bool allowed) => Check(allowed, WithVersion(version => version with { Stages = stages.Split(',') }));

    [TestCase(0, false)]
    [TestCase(1, false)]
    [TestCase(2, true)]
    public void Decode_SequencesOfVersions_Ascend(long second, bool allowed) => Check(allowed, WithVersion(version => version with { Sequence = second }));

    [Test]
    public void Decode_Keys_Ascend()
    {
        IComparer<string> descending = Comparer<string>.Create(static (left, right) => string.CompareOrdinal(right, left));
        ImmutableSortedDictionary<string, string> pairs = ImmutableSortedDictionary.Create<string, string>(descending).Add("a", "").Add("b", "");

        Check(false, Samples.Secret() with { Tags = pairs });
        Check(false, Samples.Secret() with { Annotations = pairs });
        Check(true, Samples.Secret() with { Tags = pairs.WithComparers(StringComparer.Ordinal) });
    }

    [TestCase(0, 2, true)]
    [TestCase(0, 3, false)]
    [TestCase(1, 2, true)]
    [TestCase(1, 3, false)]
    public void Decode_StateAndKindOfAVersion_AreKnownOnes(int offset, byte number, bool allowed)
    {
        byte[] record = Encode(Samples.Secret());
        int state = record.AsSpan().IndexOf("ACSPrevious"u8) + "ACSPrevious".Length;
        record.AsSpan(state, 2).ToArray().Should().Equal(2, 1);
        record[state + offset] = number;

        Check(allowed, record);
    }

    [Test]
    public void Decode_NegativeNumbers_AreTampered()
    {
        Secret secret = Samples.Secret();

        Check(false, secret with { RevisionNumber = -1 });
        Check(false, secret with { LastSequence = -1 });
        Check(false, secret with { LastChosenVersionId = -1 });
        Check(false, secret with { LastChange = secret.LastChange with { Revision = -1 } });
        Check(false, secret with { RetiredVersionIds = [new RetiredVersionId(1, -1)] });
    }

    private static Secret ShouldComeBack(Secret secret)
    {
        Secret decoded = RecordCodec.Decode(secret.Name, secret.Incarnation, Encode(secret));
        decoded.Should().BeEquivalentTo(secret, options => options.ComparingRecordsByMembers());
        decoded.LastChange.Should().Be(secret.LastChange);
        return decoded;
    }

    private static Secret WithVersion(Func<SecretVersion, SecretVersion> change)
    {
        Secret secret = Samples.Secret();
        return secret with { Versions = secret.Versions.SetItem(1, change(secret.Versions[1])) };
    }

    private static void Check(bool allowed, Secret secret) => Check(allowed, Encode(secret));

    private static void Check(bool allowed, byte[] record)
    {
        Action decode = () => RecordCodec.Decode("n", new UniqueId(0, 1), record);
        if (allowed)
        {
            decode.Should().NotThrow();
        }
        else
        {
            Samples.ShouldBeTampered(decode);
        }
    }

    private static byte[] Encode() => Encode(Samples.Secret());

    private static byte[] Encode(Secret secret)
    {
        var writer = new FieldWriter([]);
        RecordCodec.Encode(ref writer, secret);
        return writer.Written.ToArray();
    }
}
