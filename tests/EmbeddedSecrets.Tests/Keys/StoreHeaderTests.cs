using EmbeddedSecrets.Keys;

namespace EmbeddedSecrets.Tests.Keys;

/// <summary>The content of the header of a store, as docs/format.md draws it.</summary>
[TestFixture]
public sealed class StoreHeaderTests
{
    private static readonly StoreHeader Header = new(new byte[] { 1, 2, 3 }, new WrappedDataKey("acs/store", 4, new byte[] { 5, 6 }));

    [Test]
    public void Encode_Header_HasTheDrawnBytes() =>
        Header.Encode().Should().Equal([1, 3, 0, 0, 0, 1, 2, 3, 9, 0, .. "acs/store"u8, 4, 0, 0, 0, 0, 0, 0, 0, 2, 0, 5, 6]);

    [Test]
    public void Decode_WhatWasEncoded_IsTheSame()
    {
        var decoded = StoreHeader.Decode(Header.Encode());

        decoded.RingState.ToArray().Should().Equal(1, 2, 3);
        (decoded.StoreKey.KeyId, decoded.StoreKey.Generation).Should().Be(("acs/store", 4));
        decoded.Encode().Should().Equal(Header.Encode());
    }

    [Test]
    public void Decode_CutAnywhereOrWithAByteLeftOver_IsCorrupt()
    {
        byte[] bytes = Header.Encode();
        for (int length = 0; length < bytes.Length; length++)
        {
            ShouldFail(bytes[..length], SecretStoreErrorCodes.Corrupt);
        }

        ShouldFail([.. bytes, 0], SecretStoreErrorCodes.Corrupt);
    }

    [TestCase(0)]
    [TestCase(2)]
    public void Decode_OtherVersion_IsUnsupportedFormat(byte version) =>
        ShouldFail([version, .. Header.Encode()[1..]], SecretStoreErrorCodes.UnsupportedFormat);

    private static void ShouldFail(byte[] content, string code) =>
        FluentActions.Invoking(() => StoreHeader.Decode(content)).Should().Throw<SecretStoreException>().Which.Code.Should().Be(code);
}
