using System.Globalization;

namespace EmbeddedSecrets.FaultTests;

/// <summary>
/// The oracle of several processes on one store: what each told, checked name by name as a register whose states are numbered
/// by revisions. The times of all processes are of one clock.
/// </summary>
internal sealed class RecordedHistory
{
    /// <summary>The value and the revision of every secret before the first process starts.</summary>
    public const string FirstValue = "first";
    private const long FirstRevision = 1;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Register> _registers = [];
    private readonly List<string> _wrong = [];

    private readonly record struct Operation(long Revision, long Begin, long End, bool IsWrite);

    private sealed class Register
    {
        /// <summary>What every revision holds, as soon as an acknowledgement or a read has told it.</summary>
        public Dictionary<long, string> Values { get; } = new() { [FirstRevision] = FirstValue };

        public Dictionary<long, string> Acknowledged { get; } = new() { [FirstRevision] = FirstValue };

        public HashSet<string> VersionIds { get; } = [];

        /// <summary>Puts of which nobody was told what became of them: the value, and the revision expected before it or 0.</summary>
        public Dictionary<string, long> Open { get; } = [];

        public List<Operation> Operations { get; } = [];
    }

    public int Acknowledgements { get; private set; }

    public int Reads { get; private set; }

    public int Conflicts { get; private set; }

    public int Compactions { get; private set; }

    public int Rotations { get; private set; }

    public long Rewrapped { get; private set; }

    /// <summary>Gets how many generations of the key a rewrap has dropped.</summary>
    public long Dropped { get; private set; }

    public int DirtyTails { get; private set; }

    /// <summary>Gets or sets who is told of an acknowledgement, such as the other processes.</summary>
    public Action<string, long>? Acknowledging { get; set; }

    public void Read(string line)
    {
        // A killed process may leave half a line.
        if (!line.EndsWith(';'))
        {
            return;
        }

        string[] words = line[..^1].Split(' ');
        lock (_gate)
        {
            Read(words, line);
        }

        if (words[0] == "ack")
        {
            Acknowledging?.Invoke(words[1], Number(words[4]));
        }
    }

    /// <summary>Checks everything that was told so far, and nothing is left to be told.</summary>
    public void Check()
    {
        _wrong.Should().BeEmpty();
        foreach ((string name, Register register) in _registers)
        {
            CheckRevisions(name, register);
            CheckOrder(name, register);
        }
    }

    /// <summary>The store, after all processes have ended, holds the newest acknowledged state or a put that came through after it.</summary>
    public void CheckStored(string name, long revision, string value)
    {
        Register register = RegisterOf(name);
        long newest = register.Values.Keys.Max();
        revision.Should().BeGreaterThanOrEqualTo(newest, "'{0}' was told or read at this revision", name);
        if (register.Values.TryGetValue(revision, out string? told))
        {
            value.Should().Be(told);
        }
        else
        {
            IsOpen(register, revision, value).Should().BeTrue("'{0}' is stored as '{1}' at revision {2}, which nobody tried", name, value, revision);
        }
    }

    private void Read(string[] words, string line)
    {
        switch (words)
        {
            case ["try", string name, string expected, string value]:
                RegisterOf(name).Open.Add(value, Number(expected));
                break;
            case ["conflict", string name, _, string value]:
                RegisterOf(name).Open.Remove(value);
                Conflicts++;
                break;
            case ["ack", string name, string expected, string value, string revision, string version, string begin, string end]:
                Acknowledgements++;
                Acknowledge(RegisterOf(name), line, value, Number(expected), new Operation(Number(revision), Number(begin), Number(end), true), version);
                break;
            case ["read", string name, string revision, string value, string begin, string end]:
                Reads++;
                See(RegisterOf(name), line, value, Number(revision));
                RegisterOf(name).Operations.Add(new Operation(Number(revision), Number(begin), Number(end), false));
                break;
            case ["opened", string dropped]:
                DirtyTails += Number(dropped) > 0 ? 1 : 0;
                break;
            case ["removed", string count]:
                DirtyTails += (int)Number(count);
                break;
            case ["compacted"]:
                Compactions++;
                break;
            case ["rotated"]:
                Rotations++;
                break;
            case ["rewrapped", string rewrapped, string dropped, _]:
                Rewrapped += Number(rewrapped);
                Dropped += Number(dropped);
                break;
            case ["closed"]:
                break;
            default:
                _wrong.Add(line);
                break;
        }
    }

    private void Acknowledge(Register register, string line, string value, long expected, Operation write, string version)
    {
        if (!register.Acknowledged.TryAdd(write.Revision, value))
        {
            _wrong.Add($"two acknowledgements of one revision: {line}");
        }

        if (!register.VersionIds.Add(version))
        {
            _wrong.Add($"two acknowledgements of one version: {line}");
        }

        if (expected != 0 && write.Revision != expected + 1)
        {
            _wrong.Add($"an update was lost between: {line}");
        }

        register.Open.Remove(value);
        See(register, line, value, write.Revision);
        register.Operations.Add(write);
    }

    private void See(Register register, string line, string value, long revision)
    {
        if (register.Values.TryGetValue(revision, out string? before) && before != value)
        {
            _wrong.Add($"revision {revision} was '{before}' before: {line}");
        }

        register.Values[revision] = value;
    }

    /// <summary>Every revision was acknowledged, or is one of those that a killed process was about to be told; and holds what was put.</summary>
    private static void CheckRevisions(string name, Register register)
    {
        long newest = register.Values.Keys.Max();
        int unknown = 0;
        for (long revision = FirstRevision; revision <= newest; revision++)
        {
            if (register.Acknowledged.ContainsKey(revision))
            {
                continue;
            }

            unknown++;
            if (register.Values.TryGetValue(revision, out string? value))
            {
                IsOpen(register, revision, value).Should().BeTrue("'{0}' was read as '{1}' at revision {2}, which nobody tried", name, value, revision);
            }
        }

        unknown.Should().BeLessThanOrEqualTo(register.Open.Count, "'{0}': every revision was put by somebody", name);
    }

    /// <summary>Whatever begins after an operation has ended sees at least what that one saw or made, and a write something newer.</summary>
    private static void CheckOrder(string name, Register register)
    {
        Operation[] byBegin = [.. register.Operations.OrderBy(static operation => operation.Begin)];
        Operation[] byEnd = [.. register.Operations.OrderBy(static operation => operation.End)];
        long least = FirstRevision;
        int ended = 0;
        foreach (Operation operation in byBegin)
        {
            for (; ended < byEnd.Length && byEnd[ended].End < operation.Begin; ended++)
            {
                least = Math.Max(least, byEnd[ended].Revision);
            }

            bool ordered = operation.IsWrite ? operation.Revision > least : operation.Revision >= least;
            ordered.Should().BeTrue("'{0}': {1} began after revision {2} was known", name, operation, least);
        }

        // Nobody sees a value before somebody began to write it.
        Dictionary<long, long> began = register.Operations.Where(static operation => operation.IsWrite).ToDictionary(static write => write.Revision, static write => write.Begin);
        register.Operations.Should().NotContain(read => !read.IsWrite && began.GetValueOrDefault(read.Revision) > read.End);
    }

    private static bool IsOpen(Register register, long revision, string value) =>
        register.Open.TryGetValue(value, out long expected) && (expected == 0 || expected + 1 == revision);

    private Register RegisterOf(string name)
    {
        if (!_registers.TryGetValue(name, out Register? register))
        {
            _registers[name] = register = new Register();
        }

        return register;
    }

    private static long Number(string word) => long.Parse(word, CultureInfo.InvariantCulture);
}
