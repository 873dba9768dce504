using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;

namespace EmbeddedSecrets.Diagnostics;

/// <summary>The one activity source and the one meter of the library (DESIGN section 7).</summary>
internal static class Instruments
{
    private static readonly string Version = VersionOf(typeof(Instruments).Assembly.FullName!);

    private static readonly Meter Meter = new(SecretStoreDiagnostics.MeterName, Version);

    public static readonly ActivitySource Activities = new(SecretStoreDiagnostics.ActivitySourceName, Version);

    public static readonly Histogram<double> OperationDuration =
        Meter.CreateHistogram<double>(SecretStoreDiagnostics.OperationDuration, "s", "How long an operation of a secret store took.");

    /// <summary>Begins an activity; null where nobody wants one.</summary>
    public static Activity? Begin(string operation)
    {
        return AreObserved ? Activities.StartActivity(operation) : null;
    }

    /// <summary>Audit records that could not be written.</summary>
    public static void CountAuditFailure()
    {
        Count(static () => FailureCounters.AuditFailures, 1);
    }

    /// <summary>Bytes of unfinished commits that were dropped when a store was opened.</summary>
    public static void CountDropped(long bytes)
    {
        Count(static () => FailureCounters.RecoveryDropped, bytes);
    }

    /// <summary>Whether anybody listens. Where nobody does an operation pays for this question only.</summary>
    public static bool AreObserved => ListenerPresence.IsPossible && HaveListeners();

    /// <summary>Makes the meter and the source, if that has not been done: tools that look at the process from outside find them then.</summary>
    public static void Prepare()
    {
        RuntimeHelpers.RunClassConstructor(typeof(Instruments).TypeHandle);
    }

    [MethodImpl(MethodImplOptions.NoInlining)] // Compiling it loads what is not to be loaded where it is not called.
    private static bool HaveListeners()
    {
        try
        {
            return OperationDuration.Enabled || Activities.HasListeners();
        }
        catch (TypeInitializationException)
        {
            // A listener has thrown while they were made: nobody is told, and every operation goes on.
            ListenerPresence.GiveUp();
            return false;
        }
    }

    private static void Count(Func<Counter<long>> counter, long delta)
    {
        try
        {
            counter().Add(delta);
        }
        catch (TypeInitializationException)
        {
            // As above.
        }
    }

    /// <summary>Three numbers of the full name of an assembly. Asking it for its name makes a culture, and the first one of a process takes milliseconds.</summary>
    private static string VersionOf(string fullName)
    {
        const string Label = "Version=";
        int start = fullName.IndexOf(Label, StringComparison.Ordinal) + Label.Length;
        int end = fullName.IndexOf(',', start);
        return fullName[start..fullName.LastIndexOf('.', end)];
    }

    /// <summary>Counters of what hardly ever happens, made when it does: no opening waits for them.</summary>
    private static class FailureCounters
    {
        public static readonly Counter<long> AuditFailures =
            Meter.CreateCounter<long>(SecretStoreDiagnostics.AuditFailures, "{record}", "Audit records that could not be written.");

        public static readonly Counter<long> RecoveryDropped =
            Meter.CreateCounter<long>(SecretStoreDiagnostics.RecoveryDropped, "By", "Bytes of unfinished commits that were dropped when a store was opened.");
    }
}
