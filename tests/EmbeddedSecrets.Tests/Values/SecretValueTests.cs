using System.Globalization;
using System.Text;
using System.Text.Json;

namespace EmbeddedSecrets.Tests.Values;

public class SecretValueTests
{
    [Test]
    public void FromText_Text_RevealsIt()
    {
        using SecretValue value = SecretValue.FromText("pässwörd");

        value.Kind.Should().Be(SecretValueKind.Text);
        value.Length.Should().Be(10);
        value.RevealText().Should().Be("pässwörd");
    }

    [Test]
    public void From_EmptyOrTooLong_Throws()
    {
        FluentActions.Invoking(() => SecretValue.FromText("")).Should().Throw<ArgumentException>().WithMessage("*cannot be empty*");
        FluentActions.Invoking(() => SecretValue.FromBinary([])).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => SecretValue.FromBinary(new byte[30_721])).Should().Throw<ArgumentException>().WithMessage("*30,720*");
        FluentActions.Invoking(() => SecretValue.FromText(new string('é', 15_361))).Should().Throw<ArgumentException>();
        SecretValue.FromBinary(new byte[30_720]).Dispose();
    }

    [Test]
    public void From_NotUtf8_Throws()
    {
        FluentActions.Invoking(() => SecretValue.FromText("a\udc00")).Should().Throw<ArgumentException>().Which.InnerException.Should().BeNull();
        FluentActions.Invoking(() => SecretValue.FromUtf8([0xff])).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => SecretValue.FromKeyValues([new("k", "\ud800")])).Should().Throw<ArgumentException>();
    }

    [Test]
    public void FromKeyValues_AnyText_ComesBack()
    {
        var pairs = new Dictionary<string, string> { ["user"] = "a\"b\\c\n\u0001", ["päss\t"] = "😀/<>&'", ["empty"] = "" };

        using SecretValue value = SecretValue.FromKeyValues(pairs);

        JsonSerializer.Deserialize<Dictionary<string, string>>(value.RevealText()).Should().BeEquivalentTo(pairs);
        foreach ((string key, string text) in pairs)
        {
            value.RevealText(key).Should().Be(text);
        }
    }

    [Test]
    public void FromKeyValues_DuplicateOrTooLong_Throws()
    {
        FluentActions.Invoking(() => SecretValue.FromKeyValues([new("a", "1"), new("a", "2")])).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => SecretValue.FromKeyValues([new("a", new string('x', 30_720))])).Should().Throw<ArgumentException>();
    }

    [Test]
    public void FromJson_Object_KeepsTheExactText()
    {
        using SecretValue value = SecretValue.FromJson("{ \"a\" : \"\\u0041\" }");

        value.RevealText().Should().Be("{ \"a\" : \"\\u0041\" }");
        value.RevealText("a").Should().Be("A");
    }

    [TestCase("[]")]
    [TestCase("{\"a\":1}")]
    [TestCase("{\"a\":{}}")]
    [TestCase("{\"a\":\"hunter2\",\"\\u0061\":\"x\"}")]
    [TestCase("{\"a\":\"hunter2\"} x")]
    [TestCase("{\"a\":\"hunter2\"")]
    [TestCase("{\"a\":\"\\ud800\"}")]
    [TestCase("hunter2")]
    public void FromJson_OtherForm_ThrowsWithoutQuotingIt(string json) =>
        FluentActions.Invoking(() => SecretValue.FromJson(json)).Should().Throw<ArgumentException>().Which.ToString().Should().NotContain("hunter2");

    [Test]
    public void RevealText_WrongKindOrKey_Throws()
    {
        using SecretValue binary = SecretValue.FromBinary([1]);
        using SecretValue text = SecretValue.FromText("x");
        using SecretValue pairs = SecretValue.FromKeyValues([new("user", "hunter2")]);

        binary.Invoking(v => v.RevealText()).Should().Throw<InvalidOperationException>();
        text.Invoking(v => v.RevealText("a")).Should().Throw<InvalidOperationException>();
        pairs.Invoking(v => v.RevealText("nope")).Should().Throw<KeyNotFoundException>().Which.Message.Should().NotContain("user").And.NotContain("hunter2");
    }

    [Test]
    public void Dispose_Always_ZeroesAndEndsReading()
    {
        SecretValue value = SecretValue.FromText("hunter2");
        ReadOnlySpan<byte> bytes = value.Span;

        value.Dispose();
        value.Dispose();

        bytes.ContainsAnyExcept((byte)0).Should().BeFalse();
        value.Invoking(v => v.Span.Length).Should().Throw<ObjectDisposedException>();
        value.Invoking(v => v.RevealText()).Should().Throw<ObjectDisposedException>();
    }

    [Test]
    public void Printing_InAnyWay_ShowsNoBytes()
    {
        using SecretValue value = SecretValue.FromText("hunter2hunter");

        value.ToString().Should().Be("SecretValue(Text, 13 bytes)");
        $"{value}".Should().NotContain("hunter");
        FluentActions.Invoking(() => JsonSerializer.Serialize(new { value })).Should().Throw<NotSupportedException>().Which.ToString().Should().NotContain("hunter2");
        FluentActions.Invoking(() => JsonSerializer.Deserialize<SecretValue>("\"x\"")).Should().Throw<NotSupportedException>();
    }

    [Test]
    public void FixedTimeEquals_KeyValueAndText_CountAsOneType()
    {
        using SecretValue pairs = SecretValue.FromJson("{}");
        using SecretValue text = SecretValue.FromText("{}");
        using SecretValue binary = SecretValue.FromBinary(Encoding.UTF8.GetBytes("{}"));

        pairs.FixedTimeEquals(text).Should().BeTrue();
        text.FixedTimeEquals(binary).Should().BeFalse();
    }

    [Test]
    public void FromKeyValues_KeyGivenTwice_SaysWhereAndShowsNoKey()
    {
        Action make = () => SecretValue.FromKeyValues([new("other", "1"), new("hunter2", "2"), new("hunter2", "3")]);

        make.Should().Throw<ArgumentException>().WithMessage("*pair 3*").Which.Message.Should().NotContain("hunter2");
    }

    [TestCase("tr-TR")]
    [TestCase("fa-IR")]
    [SetCulture("")]
    public void FromText_TooLongInAnyCulture_SaysTheSameWords(string culture)
    {
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);

        Action make = () => SecretValue.FromText(new string('x', SecretValue.MaxBytes + 1));

        make.Should().Throw<ArgumentException>().WithMessage("*30,721 bytes*30,720*");
    }
}
