namespace EmbeddedSecrets.Tests.Faults;

/// <summary>A clock that can be set back, as that of a machine can; its timers are the system's.</summary>
internal sealed class SettableClock(DateTimeOffset now) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = now;

    public override DateTimeOffset GetUtcNow() => Now;
}
