namespace EmbeddedSecrets.Tests.Buffers;

public sealed class UniqueIdTests
{
    private static readonly byte[] Bytes = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 255];

    [Test]
    public void CopyTo_OfBytes_GivesTheSameBytes()
    {
        byte[] copy = new byte[20];
        new UniqueId(Bytes).CopyTo(copy);

        copy[..16].Should().Equal(Bytes);
        copy[16..].Should().Equal(0, 0, 0, 0);
    }

    [Test]
    public void ToString_OfBytes_IsOneNumberOfHexadecimalDigits()
    {
        new UniqueId(Bytes).ToString().Should().Be("ff0e0d0c0b0a09080706050403020100");
    }

    [Test]
    public void TryParse_WhatToStringGave_IsTheSameId()
    {
        UniqueId.TryParse(new UniqueId(Bytes).ToString(), out UniqueId id).Should().BeTrue();
        id.Should().Be(new UniqueId(Bytes));
    }

    [TestCase("")]
    [TestCase("ff0e0d0c0b0a0908070605040302010")]
    [TestCase("ff0e0d0c0b0a090807060504030201000")]
    [TestCase("gf0e0d0c0b0a09080706050403020100")]
    [TestCase("ff0e0d0c0b0a090807060504030201 0")]
    public void TryParse_AnythingElse_IsRefused(string text) => UniqueId.TryParse(text, out _).Should().BeFalse();

    [Test]
    public void Equals_OneBitDiffers_IsFalse()
    {
        var id = new UniqueId(Bytes);
        for (int bit = 0; bit < 128; bit++)
        {
            byte[] other = [.. Bytes];
            other[bit / 8] ^= (byte)(1 << (bit % 8));
            (id == new UniqueId(other)).Should().BeFalse();
            (id != new UniqueId(other)).Should().BeTrue();
            id.Equals((object)new UniqueId(other)).Should().BeFalse();
        }

        id.Equals((object)new UniqueId(Bytes)).Should().BeTrue();
        id.GetHashCode().Should().Be(new UniqueId(Bytes).GetHashCode());
    }

    [Test]
    public void Equals_AnotherType_IsFalse()
    {
        object id = new UniqueId(1, 2);

        id.Equals("00000000000000010000000000000002").Should().BeFalse();
        id.Equals(new UniqueId(1, 2)).Should().BeTrue();
        new UniqueId(1, 2).Equals(null).Should().BeFalse();
    }

    [Test]
    public void IsNone_OfTheDefault_IsTrue()
    {
        default(UniqueId).IsNone.Should().BeTrue();
        new UniqueId(0, 1).IsNone.Should().BeFalse();
        new UniqueId(1, 0).IsNone.Should().BeFalse();
    }

    [TestCase(15)]
    [TestCase(17)]
    [TestCase(0)]
    public void New_OfAnotherLength_Throws(int length)
    {
        FluentActions.Invoking(() => new UniqueId(new byte[length])).Should().Throw<ArgumentException>().WithMessage("*16 bytes*");
    }

    [Test]
    public void CopyTo_TooLittleRoom_Throws()
    {
        FluentActions.Invoking(() => new UniqueId(Bytes).CopyTo(new byte[15])).Should().Throw<ArgumentException>().WithMessage("*16 bytes*");
    }
}
