using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;

namespace EmbeddedSecrets.FaultTests;

/// <summary>
/// A small program that reads a secret, and listens to metrics from the beginning ("early"), only when it has read ("late"), or never
/// ("never"; then it goes on until the meter is there all the same). What listens is kept apart, so that nothing of it is loaded before.
/// </summary>
internal static class ListeningChild
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static int Run(string directory, string keyFile, string listens)
    {
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

    private static bool IsLoaded()
    {
        return AppDomain.CurrentDomain.GetAssemblies().Any(static one => one.GetName().Name == "System.Diagnostics.DiagnosticSource");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    [SuppressMessage("Performance", "CA1859:Use concrete types when possible", Justification = "Whoever calls it would load the listener's type.")]
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
