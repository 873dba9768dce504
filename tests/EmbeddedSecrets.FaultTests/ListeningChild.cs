using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;

namespace EmbeddedSecrets.FaultTests;

/// <summary>
/// A small program that reads a secret, and listens to metrics from the beginning ("early"), only when it has read ("late"), or never
/// ("never"; then it goes on until the meter is there all the same), or listens by what throws, before it opens ("throws early") or
/// between its opening and the time at which the meter is made ("throws late"). What listens is kept apart, so that nothing of it is loaded before.
/// </summary>
internal static class ListeningChild
{
    private const string Reason = "Whoever calls it would load the listener's type.";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static int Run(string directory, string keyFile, string listens)
    {
        if (listens.StartsWith("throws", StringComparison.Ordinal))
        {
            return RunBesideThrowing(directory, keyFile, isEarly: listens == "throws early");
        }

        long begun = Environment.TickCount64;
        using IDisposable? early = listens == "early" ? Listen() : null;
        using SecretStore store = SecretStore.Open(directory, RootKey.FromFile(keyFile));
        store.GetSecretValue("a").Dispose();
        Program.Tell($"{(IsLoaded() ? "loaded" : "not loaded")} after {Environment.TickCount64 - begun}");
        if (listens == "late")
        {
            using IDisposable late = Listen();
            store.GetSecretValue("a").Dispose();
        }
        else if (listens == "never")
        {
            Program.Tell(SpinWait.SpinUntil(IsLoaded, Patience) ? "loaded" : "not loaded");
        }

        return 0;
    }

    private static int RunBesideThrowing(string directory, string keyFile, bool isEarly)
    {
        using IDisposable? early = isEarly ? Throw() : null;
        using SecretStore store = SecretStore.Open(directory, RootKey.FromFile(keyFile));
        using IDisposable? late = isEarly ? null : Throw();

        // Beyond the second after which the meter is made.
        Thread.Sleep(TimeSpan.FromSeconds(1.5));
        store.GetSecretValue("a").Dispose();
        Program.Tell("read");
        return 0;
    }

    private static bool IsLoaded()
    {
        return AppDomain.CurrentDomain.GetAssemblies().Any(static one => one.GetName().Name == "System.Diagnostics.DiagnosticSource");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    [SuppressMessage("Performance", "CA1859:Use concrete types when possible", Justification = Reason)]
    private static IDisposable Throw()
    {
        var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, _) =>
            {
                if (instrument.Meter.Name == SecretStoreDiagnostics.MeterName)
                {
                    throw new InvalidOperationException("A listener has a fault.");
                }
            },
        };
        listener.Start();
        return listener;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    [SuppressMessage("Performance", "CA1859:Use concrete types when possible", Justification = Reason)]
    private static IDisposable Listen()
    {
        var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Name == SecretStoreDiagnostics.OperationDuration)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>(static (_, _, tags, _) => Program.Tell($"heard {tags[0].Value}"));
        listener.Start();
        return listener;
    }
}
