using System.Buffers;
using System.Globalization;
using EmbeddedSecrets.Auditing;
using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Exchange;
using EmbeddedSecrets.Keys;
using EmbeddedSecrets.Records;
using EmbeddedSecrets.Tests.Auditing;

namespace EmbeddedSecrets.Tests.Faults;

/// <summary>The culture of a thread changes no byte on the disk and no decision.</summary>
[TestFixture]
public sealed class CultureTests
{
    private static readonly string[] Names = ["tr-TR", "fa-IR", "ar-SA", "th-TH", "sv-SE", "hostile"];

    [TestCaseSource(nameof(Names))]
    public void Codecs_InAnyCulture_WriteTheSameBytes(string culture)
    {
        byte[][] expected = In("", Encode);

        byte[][] written = In(culture, Encode);

        written.Should().HaveSameCount(expected);
        for (int i = 0; i < expected.Length; i++)
        {
            written[i].Should().Equal(expected[i]);
        }
    }

    [TestCaseSource(nameof(Names))]
    public void Store_WrittenInOneCulture_IsReadInAnother(string culture)
    {
        using var directory = new TemporaryDirectory();
        SecretRevision revision = In(culture, () =>
        {
            using SecretStore store = Open(directory);
            using SecretValue value = SecretValue.FromText("ISTANBUL ı İ i");
            store.CreateSecretAsync("IDENTITY", value, new CreateSecretOptions { Tags = new Dictionary<string, string> { ["TIER"] = "I" } }).AsTask().Result.Name.Should().Be("IDENTITY");
            for (int i = 0; i < 11; i++)
            {
                store.PutSecretValueAsync("IDENTITY", value).AsTask().Wait();
            }

            return store.DescribeSecretAsync("IDENTITY").AsTask().Result.Revision;
        });

        Directory.GetFiles(directory.Store).Should().OnlyContain(path => path.All(char.IsAscii));
        using SecretStore again = Open(directory);
        using SecretValueResult read = again.GetSecretValue("IDENTITY");
        read.Value.RevealText().Should().Be("ISTANBUL ı İ i");
        SecretDescription description = again.DescribeSecretAsync("IDENTITY").AsTask().Result;
        description.CurrentVersionId.Should().Be("v12");
        description.Revision.Should().Be(revision);
        In(culture, () => SecretRevision.Parse(revision.ToString())).Should().Be(revision);
        In(culture, () => revision.ToString()).Should().Be(revision.ToString());
    }

    [TestCaseSource(nameof(Names))]
    public void Policy_ActionInOtherCase_IsMatchedInAnyCulture(string culture)
    {
        const string Policy = """{"Version":"1","Statement":[{"Effect":"Allow","Principal":{"RAM":"anna"},"Action":"kms:LISTSECRETVERSIONIDS","Resource":"*"}]}""";
        using SecretStore store = SecretStore.CreateInMemory();
        using SecretValue value = SecretValue.FromText("value");
        store.CreateSecretAsync("name", value).AsTask().Wait();

        SecretPolicyDecision decision = In(culture, () => store.EvaluateSecretPolicyAsync("name", "anna", "kms:ListSecretVersionIds", Policy).AsTask().Result);

        decision.Reason.Should().Be(SecretPolicyReason.Allowed);
    }

    private static byte[][] Encode()
    {
        var record = new FieldWriter([]);
        RecordCodec.Encode(ref record, Envelope.Samples.Secret());
        var bundled = new FieldWriter([]);
        BundledSecretCodec.Encode(ref bundled, Envelope.Samples.Secret(), null);
        using SecretMemory line = KeyLine.Write(Envelope.Samples.Bytes(32));
        using var auditKey = new PinnedBytes(32);
        using var keys = new AuditKeys(auditKey, Envelope.Samples.Bytes(16));
        var audit = new ArrayBufferWriter<byte>();
        AuditHead head = AuditRecordCodec.Append(Trail.RecordOf("IDENTITY", "anna"), new AuditHead(41, "00"), hashNames: true, keys, audit);
        return [record.Written.ToArray(), bundled.Written.ToArray(), line.Span.ToArray(), audit.WrittenSpan.ToArray(), Envelope.Samples.Utf8(head.Tag)];
    }

    private static SecretStore Open(TemporaryDirectory directory) => SecretStore.Open(directory.Store, RootKey.FromBytes(Envelope.Samples.Bytes(32)));

    private static T In<T>(string name, Func<T> run)
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo ui = CultureInfo.CurrentUICulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureOf(name);
            return run();
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
            CultureInfo.CurrentUICulture = ui;
        }
    }

    private static CultureInfo CultureOf(string name)
    {
        if (name != "hostile")
        {
            try
            {
                return CultureInfo.GetCultureInfo(name);
            }
            catch (CultureNotFoundException)
            {
                Assert.Ignore($"The culture {name} is not on this machine: ICU is needed.");
            }
        }

        // What no culture has, so that a number, a date or a sign that follows the culture is seen in any case.
        var hostile = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        hostile.NumberFormat.NegativeSign = "minus";
        hostile.NumberFormat.NumberDecimalSeparator = "!";
        hostile.DateTimeFormat.DateSeparator = "!";
        hostile.DateTimeFormat.TimeSeparator = "!";
        return hostile;
    }
}
