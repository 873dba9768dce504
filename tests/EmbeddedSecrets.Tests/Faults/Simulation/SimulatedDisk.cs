using EmbeddedSecrets.Errors;
using EmbeddedSecrets.Files;

namespace EmbeddedSecrets.Tests.Faults.Simulation;

/// <summary>
/// A disk in memory under the seam of the log. Written bytes are durable after a flush of the file, names after a flush of
/// the directory; a plan fails any call or cuts the power at it. The same seed and the same calls give the same disk.
/// </summary>
internal sealed class SimulatedDisk
{
    private readonly SortedDictionary<string, SimulatedContent> _durableNames = new(StringComparer.Ordinal);
    private bool _quiet;

    public SimulatedDisk(int seed, IEnumerable<KeyValuePair<string, byte[]>>? files = null)
    {
        Random = new Random(seed);
        foreach ((string name, byte[] bytes) in files ?? [])
        {
            _durableNames[name] = new SimulatedContent(bytes);
            Names[name] = _durableNames[name];
        }
    }

    public static string Location { get; } = Path.Combine(Path.GetPathRoot(Path.GetFullPath("."))!, "simulated");

    public Random Random { get; }

    /// <summary>Gets the names as programs see them.</summary>
    public SortedDictionary<string, SimulatedContent> Names { get; } = new(StringComparer.Ordinal);

    public List<NameChange> UnsyncedNames { get; } = [];

    public List<DiskCall> Calls { get; } = [];

    public Func<DiskCall, DiskFault>? Plan { get; set; }

    public bool Crashed { get; private set; }

    public bool Held { get; set; }

    public int OpenFiles { get; set; }

    /// <summary>Gets every file of which a name or a name to be is on the disk, without those that only the cache knows of.</summary>
    public IEnumerable<SimulatedContent> Contents =>
        _durableNames.Values.Concat(UnsyncedNames.Select(static change => change.Content).OfType<SimulatedContent>()).Distinct();

    public IStoreDirectory OpenDirectory()
    {
        if (Held)
        {
            throw new InvalidOperationException("Somebody did not give back the directory.");
        }

        Held = true;
        return new SimulatedDirectory(this);
    }

    /// <summary>Looks at the store without counting or failing a call.</summary>
    public async Task<T> QuietlyAsync<T>(Func<Task<T>> look)
    {
        bool before = _quiet;
        _quiet = true;
        try
        {
            return await look();
        }
        finally
        {
            _quiet = before;
        }
    }

    public void Run(DiskCallKind kind, string name, int size, Action effect, Action? failed = null, Action? shortened = null)
    {
        switch (Ask(kind, name, size))
        {
            case DiskFault.Fail:
                failed?.Invoke();
                throw new SystemCallException(kind.ToString(), name, kind == DiskCallKind.Write ? ErrorNumber.NoSpace : ErrorNumber.Io);
            case DiskFault.Short:
                (shortened ?? failed)?.Invoke();
                throw new SystemCallException(kind.ToString(), name, ErrorNumber.NoSpace);
            case DiskFault.Lie:
                break;
            case DiskFault.Crash:
                if (kind is not (DiskCallKind.FlushData or DiskCallKind.FlushNames))
                {
                    effect();
                }

                Crashed = true;
                throw new SimulatedCrashException();
            default:
                effect();
                break;
        }
    }

    public void Change(NameChange change)
    {
        change.Apply(Names);
        UnsyncedNames.Add(change);
    }

    public void FlushNames()
    {
        UnsyncedNames.ForEach(change => change.Apply(_durableNames));
        UnsyncedNames.Clear();
    }

    /// <summary>The disk after a power cut: the durable names with a part of the unsynced changes, each file as a function makes it.</summary>
    public SimulatedDisk AfterPowerCut(Func<int, bool> keepsName, Func<SimulatedContent, byte[]> bytesOf)
    {
        var names = new SortedDictionary<string, SimulatedContent>(_durableNames, StringComparer.Ordinal);
        for (int i = 0; i < UnsyncedNames.Count; i++)
        {
            if (keepsName(i))
            {
                UnsyncedNames[i].Apply(names);
            }
        }

        return new SimulatedDisk(Random.Next(), names.Select(pair => KeyValuePair.Create(pair.Key, bytesOf(pair.Value))));
    }

    /// <summary>The disk after a power cut, with nothing but what was flushed.</summary>
    public SimulatedDisk AfterPowerCut() => AfterPowerCut(static _ => false, static content => content.Durable.ToArray());

    private DiskFault Ask(DiskCallKind kind, string name, int size)
    {
        if (Crashed)
        {
            throw new SimulatedCrashException();
        }

        if (_quiet)
        {
            return DiskFault.None;
        }

        // The random part of a temporary name would make two runs differ.
        string known = LogName.IsTemporary(name) ? "temporary" : name;
        var call = new DiskCall(Calls.Count + 1, kind, known, size);
        Calls.Add(call);
        return Plan?.Invoke(call) ?? DiskFault.None;
    }
}
