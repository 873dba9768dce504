using CsCheck;

namespace EmbeddedSecrets.Tests.Properties;

/// <summary>The same random histories through the facade, on both repositories, with reopening in between.</summary>
[TestFixture]
public sealed class StoreModelTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static bool IsFull => Environment.GetEnvironmentVariable("EMBEDDEDSECRETS_FULL_TESTS") == "1";

    [Test]
    public void Store_InMemory_BehavesAsTheModel()
    {
        OperationGenerator.History(clockMayGoBack: true).Sample(
            history =>
            {
                using var subject = new StoreSubject(Start, reopens: false, SecretStore.CreateInMemory);
                OperationGenerator.Compare(new SecretModel(Start, RingVersionLog.MaxCapacity), subject, history);
            },
            iter: IsFull ? 5_000 : 200,
            print: history => string.Join('\n', history.Select(OperationGenerator.Print)));
    }

    [Test]
    public void Store_InADirectory_BehavesAsTheModelWhenItIsReopened()
    {
        // Every reopening sweeps in the background: what has ended may be gone for good when the clock goes back.
        OperationGenerator.History(clockMayGoBack: false).Sample(
            history =>
            {
                using var directory = new TemporaryDirectory();
                using var subject = new StoreSubject(Start, reopens: true, clock => SecretStore.Open(
                    directory["store"], RootKey.FromFile(directory["root.key"]), new SecretStoreOptions { TimeProvider = clock }));
                OperationGenerator.Compare(new SecretModel(Start, RingVersionLog.MaxCapacity), subject, history);
            },
            iter: IsFull ? 600 : 60,
            print: history => string.Join('\n', history.Select(OperationGenerator.Print)));
    }
}
