using System.Security.Cryptography;
using System.Text.Json;

namespace EmbeddedSecrets.Tests.Vectors;

public class PublishedVectorTests
{
    [Test]
    public void AesGcm_Wycheproof_AllAsPublished()
    {
        int usable = 0;
        foreach ((JsonElement group, JsonElement test) in VectorFiles.Wycheproof("aes_gcm_test.json"))
        {
            byte[] plaintext = new byte[test.Hex("msg").Length];
            using var cipher = new AesGcm(test.Hex("key"), 16);
            Action open = () => cipher.Decrypt(test.Hex("iv"), test.Hex("ct"), test.Hex("tag"), plaintext, test.Hex("aad"));
            if (group.GetProperty("ivSize").GetInt32() != 96)
            {
                open.Should().Throw<ArgumentException>();
                continue;
            }

            usable++;
            if (test.GetProperty("result").GetString() == "valid")
            {
                open();
                plaintext.Should().Equal(test.Hex("msg"));
            }
            else
            {
                open.Should().Throw<AuthenticationTagMismatchException>();
            }
        }

        usable.Should().Be(197);
    }

    [Test]
    public void HkdfSha256_Wycheproof_AllAsPublished()
    {
        foreach ((_, JsonElement test) in VectorFiles.Wycheproof("hkdf_sha256_test.json"))
        {
            byte[] output = new byte[test.GetProperty("size").GetInt32()];
            Action derive = () => HKDF.DeriveKey(HashAlgorithmName.SHA256, test.Hex("ikm"), output, test.Hex("salt"), test.Hex("info"));
            if (test.GetProperty("result").GetString() == "valid")
            {
                derive();
                output.Should().Equal(test.Hex("okm"));
            }
            else
            {
                derive.Should().Throw<ArgumentException>();
            }
        }
    }

    [Test]
    public void Pbkdf2_Wycheproof_AllAsPublished()
    {
        foreach ((_, JsonElement test) in VectorFiles.Wycheproof("pbkdf2_hmacsha256_test.json"))
        {
            byte[] output = new byte[test.GetProperty("dkLen").GetInt32()];
            Rfc2898DeriveBytes.Pbkdf2(test.Hex("password"), test.Hex("salt"), output, test.GetProperty("iterationCount").GetInt32(), HashAlgorithmName.SHA256);
            output.Should().Equal(test.Hex("dk"));
        }
    }

    [TestCase("gcmDecrypt128")]
    [TestCase("gcmDecrypt192")]
    [TestCase("gcmDecrypt256")]
    [TestCase("gcmEncryptExtIV128")]
    [TestCase("gcmEncryptExtIV192")]
    [TestCase("gcmEncryptExtIV256")]
    public void AesGcm_NistCavp_AllAsPublished(string file)
    {
        string text = File.ReadAllText(VectorFiles.Find($"nist-cavp/{file}.iv96tag128.rsp")).ReplaceLineEndings("\n");
        string[] cases = [.. text.Split("\n\n").Where(part => part.StartsWith("Count", StringComparison.Ordinal))];
        foreach (string part in cases)
        {
            Dictionary<string, byte[]> fields = part.Split('\n').Where(line => line.Contains('=', StringComparison.Ordinal) && !line.StartsWith("Count", StringComparison.Ordinal))
                .ToDictionary(line => line.Split('=')[0].Trim(), line => Convert.FromHexString(line.Split('=')[1].Trim()));
            byte[] plaintext = new byte[fields["CT"].Length];
            using var cipher = new AesGcm(fields["Key"], 16);
            Action open = () => cipher.Decrypt(fields["IV"], fields["CT"], fields["Tag"], plaintext, fields["AAD"]);
            if (part.Contains("FAIL", StringComparison.Ordinal))
            {
                open.Should().Throw<AuthenticationTagMismatchException>();
                continue;
            }

            open();
            plaintext.Should().Equal(fields["PT"]);
        }

        cases.Should().HaveCount(375);
    }
}
