using CsCheck;

namespace EmbeddedSecrets.Tests.Properties;

public sealed class SecretModelTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static long Histories => Environment.GetEnvironmentVariable("EMBEDDEDSECRETS_FULL_TESTS") == "1" ? 50_000 : 500;

    [TestCase(8)]
    [TestCase(9)]
    [TestCase(10)]
    public void Core_RandomHistories_BehavesAsTheModel(int capacity)
    {
        // CsCheck prints the seed of a failure.
        OperationGenerator.History(clockMayGoBack: true).Sample(
            history => OperationGenerator.Compare(new SecretModel(Start, capacity), new CoreSubject(Start, new RingVersionLog(capacity)), history),
            iter: Histories,
            print: history => string.Join('\n', history.Select(OperationGenerator.Print)));
    }
}
