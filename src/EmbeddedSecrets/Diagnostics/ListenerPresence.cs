using System.Reflection;
using System.Runtime.CompilerServices;

namespace EmbeddedSecrets.Diagnostics;

/// <summary>
/// Whether anybody in this process can be listening to activities and metrics: the types of listeners are in an assembly that a
/// program without them does not load. Loading it and making a meter would take a tenth of a first opening, and a quarter of all
/// that its process does until then (decision 0022).
/// </summary>
internal static class ListenerPresence
{
    private const string Library = "System.Diagnostics.DiagnosticSource,";

    // Compiled as a whole, a program has no assemblies to look for, and next to nothing to save.
    private static volatile bool _isPossible = !RuntimeFeature.IsDynamicCodeSupported;

    static ListenerPresence()
    {
        // In this order: what is loaded while the others are looked at is seen by one or by both.
        AppDomain.CurrentDomain.AssemblyLoad += NoteLoaded;
        foreach (Assembly assembly in AppDomain.CurrentDomain.GetAssemblies())
        {
            Note(assembly);
        }
    }

    /// <summary>Gets whether there can be a listener. A listener that is made afterwards is heard of before it exists.</summary>
    public static bool IsPossible => _isPossible;

    /// <summary>From now on nobody is told anything: what they listen to cannot be made.</summary>
    public static void GiveUp()
    {
        _isPossible = false;
    }

    private static void NoteLoaded(object? sender, AssemblyLoadEventArgs loaded)
    {
        Note(loaded.LoadedAssembly);
    }

    private static void Note(Assembly assembly)
    {
        if (!_isPossible && assembly.FullName is { } name && name.StartsWith(Library, StringComparison.Ordinal))
        {
            _isPossible = true;
            AppDomain.CurrentDomain.AssemblyLoad -= NoteLoaded;
        }
    }
}
