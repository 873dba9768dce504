using System.Diagnostics;
using System.Globalization;
using EmbeddedSecrets.Keys;
using Samples = EmbeddedSecrets.Tests.Envelope.Samples;

namespace EmbeddedSecrets.Tests.Keys;

/// <summary>A wrong root key and an altered slot go the same way up to the tag: one message, and no difference in time that would tell them apart.</summary>
[TestFixture]
[NonParallelizable]
public sealed class FailureTimingTests
{
    private const int Openings = 200;
    private const double Coarse = 5;

    private static readonly RootKeyContext Context = new(new UniqueId(0, 7), "/stores/a", IsNewStore: true);

    [Test]
    public async Task Open_WrongKeyOrAlteredSlot_SameMessageAndAboutTheSameTime()
    {
        IRootKey right = RootKey.FromBytes(Samples.Bytes(32));
        IRootKey wrong = RootKey.FromBytes(Samples.Bytes(32, 9));
        using var made = new KeyRing(right);
        byte[] state = await made.CreateAsync(Context, default);
        byte[] altered = [.. state];
        ReadOnlyMemory<byte> slot = KeyRingState.Decode(state).Slots[0].Wrapped;
        altered[state.AsSpan().IndexOf(slot.Span) + slot.Length - 1] ^= 1;
        List<double> wrongKey = [];
        List<double> alteredSlot = [];
        string? wrongKeyMessage = null;
        string? alteredSlotMessage = null;
        for (int i = 0; i < Openings; i++)
        {
            wrongKeyMessage = await FailAsync(wrong, state, wrongKey);
            alteredSlotMessage = await FailAsync(right, altered, alteredSlot);
        }

        alteredSlotMessage.Should().Be(wrongKeyMessage);
        double factor = Median(alteredSlot) / Median(wrongKey);
        TestContext.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"wrong key {Median(wrongKey):F4} ms, altered slot {Median(alteredSlot):F4} ms, factor {factor:F2}"));
        factor.Should().BeInRange(1 / Coarse, Coarse);
    }

    private static async Task<string> FailAsync(IRootKey rootKey, byte[] state, List<double> times)
    {
        using var ring = new KeyRing(rootKey);
        long start = Stopwatch.GetTimestamp();
        try
        {
            await ring.OpenAsync(state, Context, default);
        }
        catch (SecretStoreException exception)
        {
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            exception.Code.Should().Be(SecretStoreErrorCodes.WrongKey);
            return exception.Message;
        }

        throw new AssertionException("It must not open.");
    }

    private static double Median(List<double> times) => times.Order().ElementAt(times.Count / 2);
}
