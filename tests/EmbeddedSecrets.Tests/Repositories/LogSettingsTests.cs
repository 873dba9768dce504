using System.Reflection;
using EmbeddedSecrets.Repositories.Log;
using Microsoft.Extensions.Time.Testing;

namespace EmbeddedSecrets.Tests.Repositories;

public sealed class LogSettingsTests
{
    private static readonly LogSettings Settings = LogSettings.Of(new SecretStoreOptions { RollbackAnchor = RollbackAnchor.FromFile("one") });

    [Test]
    public void Opens_SameButClockAndCompaction_IsTrue() =>
        Settings.Opens(Settings with { Time = new FakeTimeProvider(), CompactsByItself = false }).Should().BeTrue();

    /// <summary>Also a setting that comes later.</summary>
    [Test]
    public void Opens_AnyOtherSettingDiffers_IsFalse()
    {
        LogSettings[] others =
        [
            Settings with { ReadOnly = true },
            Settings with { Recovery = RecoveryMode.Strict },
            Settings with { Anchor = RollbackAnchor.FromFile("two") },
            Settings with { Anchor = null },
            Settings with { AcceptRollback = true },
            Settings with { LockTimeout = TimeSpan.FromSeconds(1) },
        ];

        others.Should().AllSatisfy(static other => Settings.Opens(other).Should().BeFalse());
        typeof(LogSettings).GetProperties(BindingFlags.Public | BindingFlags.Instance).Should().HaveCount(7, "each of them but two has a line above");
    }
}
