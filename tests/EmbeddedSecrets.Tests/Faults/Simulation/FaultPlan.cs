namespace EmbeddedSecrets.Tests.Faults.Simulation;

/// <summary>Plans for <see cref="SimulatedDisk.Plan"/>. Calls are counted from 1.</summary>
internal static class FaultPlan
{
    public static Func<DiskCall, DiskFault> Once(DiskFault fault, int number) =>
        call => call.Number == number ? fault : DiskFault.None;

    /// <summary>From a call on, every call fails.</summary>
    public static Func<DiskCall, DiskFault> FromThenOn(int number) =>
        call => call.Number >= number ? DiskFault.Fail : DiskFault.None;

    /// <summary>From a call on, every call of its kind fails.</summary>
    public static Func<DiskCall, DiskFault> KindFromThenOn(int number, DiskCallKind kind) =>
        call => call.Number >= number && call.Kind == kind ? DiskFault.Fail : DiskFault.None;

    public static DiskFault LyingFlushes(DiskCall call) =>
        call.Kind == DiskCallKind.FlushData ? DiskFault.Lie : DiskFault.None;
}
