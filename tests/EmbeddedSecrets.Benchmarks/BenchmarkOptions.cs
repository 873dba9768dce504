namespace EmbeddedSecrets.Benchmarks;

/// <summary>What the command line says.</summary>
internal sealed class BenchmarkOptions
{
    private const int FullRounds = 15;
    private const int QuickRounds = 3;

    private readonly List<string> _files = [];
    private string[] _only = [];

    public bool IsQuick { get; private set; }

    public string? Directory { get; private set; }

    /// <summary>Gets the file that keeps the run; null for none.</summary>
    public string? Save { get; private set; }

    /// <summary>Gets the files that a report is written to or made of.</summary>
    public IReadOnlyList<string> Files => _files;

    public int Rounds => IsQuick ? QuickRounds : FullRounds;

    /// <summary>Gets how long each side runs before it counts.</summary>
    public TimeSpan WarmUp => TimeSpan.FromSeconds(IsQuick ? 0.5 : 2);

    public static BenchmarkOptions Parse(ReadOnlySpan<string> arguments, bool takesFiles = false)
    {
        var options = new BenchmarkOptions();
        for (int i = 0; i < arguments.Length; i++)
        {
            switch (arguments[i])
            {
                case "--quick":
                    options.IsQuick = true;
                    break;
                case "--only" when i + 1 < arguments.Length:
                    options._only = arguments[++i].Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
                    break;
                case "--directory" when i + 1 < arguments.Length:
                    options.Directory = arguments[++i];
                    break;
                case "--save" when i + 1 < arguments.Length:
                    options.Save = arguments[++i];
                    break;
                case var file when takesFiles && !file.StartsWith("--", StringComparison.Ordinal):
                    options._files.Add(file);
                    break;
                default:
                    throw new ArgumentException($"'{arguments[i]}' is no option: --quick, --only R1,W1-raw, --directory PATH, --save FILE.");
            }
        }

        return options;
    }

    /// <summary>A row is asked for by its id or by the part of it before a hyphen.</summary>
    public bool Wants(string id) =>
        _only.Length == 0 || _only.Any(only => id.Equals(only, StringComparison.OrdinalIgnoreCase) || id.StartsWith(only + "-", StringComparison.OrdinalIgnoreCase));
}
