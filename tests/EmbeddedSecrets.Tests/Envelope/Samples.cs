using System.Collections.Immutable;
using System.Text;
using EmbeddedSecrets.Envelope;
using EmbeddedSecrets.Secrets;

namespace EmbeddedSecrets.Tests.Envelope;

/// <summary>Fixed inputs, and the ways to damage what was sealed.</summary>
internal static class Samples
{
    public static readonly UniqueId StoreId = new(0x0102030405060708, 0x090a0b0c0d0e0f10);
    public static readonly UniqueId Incarnation = new(0x1112131415161718, 0x191a1b1c1d1e1f20);

    public static ValueContext Context => new(StoreId, "db/password", Incarnation, "v1", SecretValueKind.Text);

    public static RecordStamp Stamp => new(Incarnation, 7);

    public static byte[] Bytes(int length, byte first = 1) => Enumerable.Range(first, length).Select(i => unchecked((byte)i)).ToArray();

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    public static Secret Secret()
    {
        var time = new DateTimeOffset(2026, 11, 24, 10, 0, 0, TimeSpan.Zero);
        return new Secret
        {
            Name = "db/password",
            Incarnation = Incarnation,
            RevisionNumber = 5,
            Description = "main database é",
            EncryptionKeyId = "default",
            CreateTime = time,
            UpdateTime = time.AddHours(1),
            PlannedDeleteTime = time.AddDays(30),
            CreatedBy = null,
            Tags = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add("env", "prod").Add("team", ""),
            Annotations = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add("a", "b"),
            Versions =
            [
                new SecretVersion
                {
                    VersionId = "v1", Sequence = 1, CreateTime = time, Stages = ["ACSPrevious"], State = SecretVersionState.Destroyed,
                    ValueKind = SecretValueKind.Binary, Validity = SecretVersionValidity.Always, CreatedBy = "ops", Content = null,
                },
                new SecretVersion
                {
                    VersionId = "v2", Sequence = 3, CreateTime = time, Stages = ["ACSCurrent", "blue"], State = SecretVersionState.Enabled,
                    ValueKind = SecretValueKind.KeyValue, Validity = new SecretVersionValidity(time, time.AddDays(1), true), CreatedBy = null,
                    Content = new SealedContent(new UniqueId(0, 42), 100, new WrappedDataKey("default", 1, Bytes(124))),
                },
            ],
            RetiredVersionIds = [new RetiredVersionId(0xfeedfacecafebeef, 2)],
            LastSequence = 3,
            LastChosenVersionId = 2,
            LastChange = new LastChange(SecretChangeKind.ValuePut, "v2", 7),
        };
    }

    /// <summary>Every flip of one bit, every truncation, and one byte too many.</summary>
    public static IEnumerable<byte[]> Damaged(byte[] original)
    {
        for (int bit = 0; bit < original.Length * 8; bit++)
        {
            byte[] flipped = [.. original];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            yield return flipped;
        }

        for (int length = 0; length < original.Length; length++)
        {
            yield return original[..length];
        }

        yield return [.. original, 0];
    }

    public static void ShouldBeTampered(Action action) =>
        action.Should().Throw<SecretStoreIntegrityException>().Which.Code.Should().Be(SecretStoreErrorCodes.Tampered);
}
