using System.Buffers.Text;
using System.Text;
using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Keys;

namespace EmbeddedSecrets.Tests.Keys;

public sealed class KeyLineTests
{
    private static readonly byte[] Key = Envelope.Samples.Bytes(32);

    [TestCase("", true)]
    [TestCase("\n", true)]
    [TestCase("\r\n", true)]
    [TestCase("\r", false)]
    [TestCase("\n\n", false)]
    [TestCase("\r\r\n", false)]
    [TestCase(" ", false)]
    public void TryParse_LineEnd_IsOneOrNone(string end, bool allowed)
    {
        using PinnedBytes? key = KeyLine.TryParse(Encoding.ASCII.GetBytes(Line(Key) + end));

        (key is not null).Should().Be(allowed);
        if (allowed)
        {
            key!.Span.ToArray().Should().Equal(Key);
        }
    }

    [Test]
    public void TryParse_AnyCharacterAltered_IsNone()
    {
        byte[] line = Encoding.ASCII.GetBytes(Line(Key));
        for (int i = 0; i < line.Length; i++)
        {
            byte[] altered = [.. line];
            altered[i] = altered[i] == (byte)'A' ? (byte)'B' : (byte)'A';

            KeyLine.TryParse(altered).Should().BeNull($"character {i} is another one");
        }
    }

    /// <summary>Every digit stands in these lines, and the framework is the judge of each.</summary>
    [Test]
    public void TryParse_ManyKeys_IsWhatTheFrameworkDecodes()
    {
        var random = new Random(1);
        for (int i = 0; i < 500; i++)
        {
            byte[] key = new byte[32];
            random.NextBytes(key);
            string line = Line(key);

            using PinnedBytes? read = KeyLine.TryParse(Encoding.ASCII.GetBytes(line));

            read!.Span.ToArray().Should().Equal(key);
            Base64Url.DecodeFromChars(line.AsSpan("ess-key-1:".Length))[..32].Should().Equal(key);
        }
    }

    /// <summary>A digit of another key fails by the checksum, everything else for what it is; the only one that is taken is the right one.</summary>
    [Test]
    public void TryParse_EveryByteInEveryPlace_IsTheRightOneOnly()
    {
        // With the digit whose bits are all set, which is what a mistake would take others for.
        byte[] line = Encoding.ASCII.GetBytes(Line(KeyWithBothDigits));
        line.Should().Contain((byte)'_');
        for (int place = "ess-key-1:".Length; place < line.Length; place++)
        {
            for (int value = 0; value <= byte.MaxValue; value++)
            {
                byte[] altered = [.. line];
                altered[place] = (byte)value;
                using PinnedBytes? key = KeyLine.TryParse(altered);

                (key is not null).Should().Be(value == line[place], $"byte {value} at {place}");
            }
        }
    }

    [Test]
    public void TryParse_ZerosWithTheirChecksum_IsNone() => KeyLine.TryParse(Encoding.ASCII.GetBytes(Line(new byte[32]))).Should().BeNull();

    [TestCase(31, false)]
    [TestCase(32, true)]
    [TestCase(33, false)]
    public void IsKey_Length_Is32(int length, bool allowed) => KeyLine.IsKey(Envelope.Samples.Bytes(length)).Should().Be(allowed);

    [Test]
    public void MountedKey_EveryForm_IsTheSameKey()
    {
        string base64 = Convert.ToBase64String(KeyWithBothDigits);
        foreach (string text in new[]
        {
            Convert.ToHexString(KeyWithBothDigits), Convert.ToHexStringLower(KeyWithBothDigits) + "\n", base64, base64 + "\r\n", base64.TrimEnd('='),
            base64.Replace('+', '-').Replace('/', '_'), base64.TrimEnd('=').Replace('+', '-').Replace('/', '_') + "\n", Line(KeyWithBothDigits),
        })
        {
            using PinnedBytes? key = MountedFileRootKey.TryParse(Encoding.ASCII.GetBytes(text));
            key.Should().NotBeNull(text);
            key!.Span.ToArray().Should().Equal(KeyWithBothDigits);
        }

        using PinnedBytes? raw = MountedFileRootKey.TryParse(KeyWithBothDigits);
        raw!.Span.ToArray().Should().Equal(KeyWithBothDigits);
    }

    [TestCase(31)]
    [TestCase(33)]
    [TestCase(42)]
    [TestCase(45)]
    [TestCase(63)]
    [TestCase(65)]
    public void MountedKey_OtherLength_IsNone(int length) => MountedFileRootKey.TryParse(Encoding.ASCII.GetBytes(new string('b', length))).Should().BeNull();

    [Test]
    public void MountedKey_Zeros_AreNone()
    {
        MountedFileRootKey.TryParse(new byte[32]).Should().BeNull();
        MountedFileRootKey.TryParse(Encoding.ASCII.GetBytes(new string('0', 64))).Should().BeNull();
        MountedFileRootKey.TryParse(Encoding.ASCII.GetBytes(new string('A', 43))).Should().BeNull();
    }

    private static byte[] KeyWithBothDigits => [0xfb, 0xff, .. Envelope.Samples.Bytes(30)];

    private static string Line(byte[] key)
    {
        using SecretMemory line = KeyLine.Write(key);
        return Encoding.ASCII.GetString(line.Span);
    }
}
