using System.Diagnostics;
using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Envelope;
using EmbeddedSecrets.Tests.Hygiene;

namespace EmbeddedSecrets.Tests.Envelope;

public class DerivedCipherTests
{
    private static readonly byte[] Key = Samples.Bytes(32);

    [Test]
    public void Seal_BeyondTheBoundOfASalt_DrawsAnother()
    {
        using var cipher = new DerivedCipher(Key, "test"u8, commits: true, messagesPerSalt: 2);

        string[] salts = [.. Enumerable.Range(0, 6).Select(_ => Convert.ToHexString(Seal(cipher, [1]).AsSpan(0, 32)))];

        salts.Distinct().Should().HaveCount(3);
        salts[0].Should().Be(salts[1]);
    }

    [Test]
    public void TryOpen_ManySalts_KeepsABoundedNumberOfKeys()
    {
        using var reader = new DerivedCipher(Key, "test"u8, commits: true);
        using var writer = new DerivedCipher(Key, "test"u8, commits: true, messagesPerSalt: 1);

        for (int i = 0; i < DerivedCipher.MaxCachedKeys + 20; i++)
        {
            byte[] opened = new byte[1];
            reader.TryOpen(Seal(writer, [7]), [], opened).Should().BeTrue();
            opened[0].Should().Be(7);
        }

        reader.CachedKeyCount.Should().Be(DerivedCipher.MaxCachedKeys);
    }

    [Test]
    public void TryOpen_ForgedSalt_IsNotCached()
    {
        using var cipher = new DerivedCipher(Key, "test"u8, commits: true);
        byte[] message = Seal(cipher, [1]);
        message[0] ^= 1;

        cipher.TryOpen(message, [], new byte[1]).Should().BeFalse();

        cipher.CachedKeyCount.Should().Be(0);
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Seal_TheSameMessageAgain_HasAnotherNonce(bool commits)
    {
        using var cipher = new DerivedCipher(Key, "test"u8, commits);

        string[] nonces = [.. Enumerable.Range(0, 100).Select(_ => Convert.ToHexString(Seal(cipher, [1]).AsSpan(32, 12)))];

        nonces.Should().OnlyHaveUniqueItems();
    }

    [TestCase(-1)]
    [TestCase(1)]
    public void SealAndTryOpen_DestinationOfAnotherLength_IsRefused(int difference)
    {
        using var cipher = new DerivedCipher(Key, "test"u8, commits: true);
        byte[] message = Seal(cipher, [1, 2, 3]);

        FluentActions.Invoking(() => cipher.Seal([1, 2, 3], [], new byte[message.Length + difference])).Should().Throw<ArgumentException>().WithMessage("*exactly 92 bytes longer*");
        FluentActions.Invoking(() => cipher.TryOpen(message, [], new byte[3 + difference])).Should().Throw<ArgumentException>().WithMessage("*exactly 92 bytes longer*");
    }

    [Test]
    public void TryOpen_MessageShorterThanTheOverhead_IsRefused()
    {
        using var cipher = new DerivedCipher(Key, "test"u8, commits: true);

        FluentActions.Invoking(() => cipher.TryOpen(new byte[cipher.Overhead - 1], [], [])).Should().Throw<ArgumentException>();
    }

    [TestCase(0)]
    [TestCase(1)]
    public void Salt_OneHalfOfAnother_IsAnother(int half)
    {
        byte[] bytes = Samples.Bytes(Salt.Length);
        byte[] other = [.. bytes];
        other[half * 16] ^= 1;

        Salt.Read(other).Equals(Salt.Read(bytes)).Should().BeFalse();
        Salt.Read(bytes).Equals(Salt.Read(bytes)).Should().BeTrue();
    }

    [TestCase(true, 92)]
    [TestCase(false, 60)]
    public void TryOpen_ForgedMessage_ZeroesTheDestination(bool commits, int overhead)
    {
        using var cipher = new DerivedCipher(Key, "test"u8, commits);
        byte[] message = Seal(cipher, [1, 2, 3]);
        byte[] opened = [9, 9, 9];

        cipher.TryOpen(message, [], opened).Should().BeTrue();
        opened.Should().Equal(1, 2, 3);
        message[^1] ^= 1;
        cipher.TryOpen(message, [], opened).Should().BeFalse();
        opened.Should().Equal(0, 0, 0);
        message.Should().HaveCount(overhead + 3);
    }

    [Test]
    public void TryOpen_AuthenticWithoutCommitment_Fails()
    {
        // The longer plaintext begins with what is no zeros.
        using var plain = new DerivedCipher(Key, "test"u8, commits: false);
        using var committing = new DerivedCipher(Key, "test"u8, commits: true);
        byte[] message = Seal(plain, Samples.Bytes(35));
        byte[] opened = [9, 9, 9];

        committing.TryOpen(message, [], opened).Should().BeFalse();
        opened.Should().Equal(0, 0, 0);
    }

    [Test]
    public void TryOpen_AnyBitOfTheCommitmentIsNotZero_Fails()
    {
        using var plain = new DerivedCipher(Key, "test"u8, commits: false);
        using var committing = new DerivedCipher(Key, "test"u8, commits: true);
        byte[] padded = new byte[CommittingCipher.CommitmentLength + 3];
        byte[] opened = [9, 9, 9];
        committing.TryOpen(Seal(plain, padded), [], opened).Should().BeTrue();
        for (int bit = 0; bit < 8 * CommittingCipher.CommitmentLength; bit++)
        {
            padded.AsSpan().Clear();
            padded[bit / 8] = (byte)(1 << (bit % 8));

            committing.TryOpen(Seal(plain, padded), [], opened).Should().BeFalse("bit {0} is set", bit);
        }
    }

    [Test]
    public void TryOpen_SameSaltAgain_KeepsOneKey()
    {
        using var cipher = new DerivedCipher(Key, "test"u8, commits: true);

        cipher.TryOpen(Seal(cipher, [1]), [], new byte[1]).Should().BeTrue();
        cipher.TryOpen(Seal(cipher, [2]), [], new byte[1]).Should().BeTrue();

        cipher.CachedKeyCount.Should().Be(1);
    }

    [Test]
    public void Dispose_Twice_ForgetsTheKeysOnce()
    {
        var cipher = new DerivedCipher(Key, "test"u8, commits: true);
        cipher.TryOpen(Seal(cipher, [1]), [], new byte[1]);

        cipher.Dispose();
        cipher.Dispose();

        cipher.CachedKeyCount.Should().Be(0);
    }

    [TestCase(true)]
    [TestCase(false)]
    public void SealAndTryOpen_EmptyMessage_Works(bool commits)
    {
        using var cipher = new DerivedCipher(Key, "test"u8, commits);

        cipher.TryOpen(Seal(cipher, []), [], []).Should().BeTrue();
    }

    [Test]
    public void Dispose_AfterSealingAndOpening_ZeroesEveryKey()
    {
        using var writer = new DerivedCipher(Key, "test"u8, commits: true, messagesPerSalt: 1);
        var cipher = new DerivedCipher(Key, "test"u8, commits: true);
        Seal(cipher, [1]);
        cipher.TryOpen(Seal(writer, [1]), [], new byte[1]).Should().BeTrue();
        cipher.TryOpen(Seal(writer, [1]), [], new byte[1]).Should().BeTrue();
        IReadOnlyList<PinnedBytes> keys = HeldKeys.Of(cipher);
        keys.Should().HaveCount(4, "itself, one to seal, two to open").And.OnlyContain(key => !key.IsZero());

        cipher.Dispose();

        keys.Should().OnlyContain(key => key.IsZero());
    }

    [Test]
    public void Seal_AnotherSalt_ZeroesTheKeyBefore()
    {
        using var cipher = new DerivedCipher(Key, "test"u8, commits: true, messagesPerSalt: 1);
        Seal(cipher, [1]);
        IReadOnlyList<PinnedBytes> before = HeldKeys.Of(cipher);

        Seal(cipher, [1]);

        before.Should().ContainSingle(key => key.IsZero());
    }

    [Test]
    public void TryOpen_MoreSaltsThanAreKept_ZeroesTheOldestKey()
    {
        using var writer = new DerivedCipher(Key, "test"u8, commits: true, messagesPerSalt: 1);
        using var reader = new DerivedCipher(Key, "test"u8, commits: true);
        reader.TryOpen(Seal(writer, [1]), [], new byte[1]).Should().BeTrue();
        IReadOnlyList<PinnedBytes> first = HeldKeys.Of(reader);

        for (int i = 0; i < DerivedCipher.MaxCachedKeys; i++)
        {
            first.Should().OnlyContain(key => !key.IsZero());
            reader.TryOpen(Seal(writer, [1]), [], new byte[1]).Should().BeTrue();
        }

        first.Should().ContainSingle(key => key.IsZero());
    }

    [TestCase(true)]
    [TestCase(false)]
    public void SealAndTryOpen_Again_UseTheSameContexts(bool commits)
    {
        using var cipher = new DerivedCipher(Key, "test"u8, commits);
        byte[] message = new byte[cipher.Overhead + 1];
        byte[] opened = new byte[1];
        SealAndOpen();
        SealAndOpen();
        long before = GC.GetAllocatedBytesForCurrentThread();

        SealAndOpen();

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0, "a new context costs as much as the rest of a short message");

        void SealAndOpen()
        {
            cipher.Seal(opened, [], message);
            cipher.TryOpen(message, [], opened);
        }
    }

    [Test]
    public void TryOpen_OtherPurpose_Fails()
    {
        using var cipher = new DerivedCipher(Key, "test"u8, commits: true);
        using var other = new DerivedCipher(Key, "tess"u8, commits: true);

        other.TryOpen(Seal(cipher, [1]), [], new byte[1]).Should().BeFalse();
    }

    [Test]
    public void SealAndOpen_LargerThanASlabPiece_Works()
    {
        using var cipher = new DerivedCipher(Key, "test"u8, commits: true);
        byte[] plaintext = Samples.Bytes(200_000);
        byte[] opened = new byte[plaintext.Length];

        cipher.TryOpen(Seal(cipher, plaintext), [], opened).Should().BeTrue();

        opened.Should().Equal(plaintext);
    }

    [Test]
    public void Dispose_ThenUse_Throws()
    {
        var cipher = new DerivedCipher(Key, "test"u8, commits: true);
        byte[] message = Seal(cipher, [1]);
        cipher.Dispose();

        cipher.Invoking(c => Seal(c, [1])).Should().Throw<ObjectDisposedException>();
        cipher.Invoking(c => c.TryOpen(message, [], new byte[1])).Should().Throw<ObjectDisposedException>();
    }

    [Test]
    public async Task SealAndOpen_EightThreads_EveryMessageIsRight()
    {
        using var cipher = new DerivedCipher(Key, "test"u8, commits: true, messagesPerSalt: 500);
        var clock = Stopwatch.StartNew();
        int failures = 0;
        long rounds = 0;

        void Work(int worker)
        {
            byte[] plaintext = new byte[64];
            byte[] opened = new byte[64];
            for (int round = 0; clock.ElapsedMilliseconds < 1500; round++)
            {
                plaintext.AsSpan().Fill(unchecked((byte)(worker + (round * 8))));
                bool isOpen = cipher.TryOpen(Seal(cipher, plaintext), [], opened);
                if (!isOpen || !opened.AsSpan().SequenceEqual(plaintext))
                {
                    Interlocked.Increment(ref failures);
                }

                Interlocked.Increment(ref rounds);
            }
        }

        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Factory.StartNew(() => Work(worker), TaskCreationOptions.LongRunning)));

        failures.Should().Be(0);
        rounds.Should().BePositive();
    }

    private static byte[] Seal(DerivedCipher cipher, byte[] plaintext)
    {
        byte[] message = new byte[plaintext.Length + cipher.Overhead];
        cipher.Seal(plaintext, [], message);
        return message;
    }
}
