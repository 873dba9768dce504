
namespace EmbeddedSecrets.DependencyInjection;

/// <summary>
/// Where the store and its key file are when nobody says: apart from each other, as the XDG base directory specification
/// has it. HOME is read from the environment alone: what the user database says may be another user's.
/// </summary>
internal static class DefaultLocations
{
    private const string Product = "EmbeddedSecrets";
    private const string KeyFileName = "root.key";

    /// <summary>The directory of the store, or in words why there is none.</summary>
    public static (string? Path, string? Problem) StoreDirectory()
    {
        return OperatingSystem.IsWindows()
            ? Under("LOCALAPPDATA", "LOCALAPPDATA", string.Empty, "store", nameof(SecretStoreBuilder.UseDirectory))
            : Under("XDG_DATA_HOME", "HOME", Path.Combine(".local", "share"), string.Empty, nameof(SecretStoreBuilder.UseDirectory));
    }

    /// <summary>The path of the key file, or in words why there is none.</summary>
    public static (string? Path, string? Problem) KeyFile()
    {
        return OperatingSystem.IsWindows()
            ? Under("APPDATA", "APPDATA", string.Empty, KeyFileName, nameof(SecretStoreBuilder.UseKeyFile))
            : Under("XDG_CONFIG_HOME", "HOME", ".config", KeyFileName, nameof(SecretStoreBuilder.UseKeyFile));
    }

    private static (string? Path, string? Problem) Under(string variable, string homeVariable, string belowHome, string leaf, string remedy)
    {
        string? given = Environment.GetEnvironmentVariable(variable);
        bool fromHome = string.IsNullOrEmpty(given);
        string asked = fromHome ? homeVariable : variable;
        string? root = fromHome ? Environment.GetEnvironmentVariable(homeVariable) : given;
        string instruction = $"Set {asked} to an existing directory, or call {remedy} with a path.";
        if (string.IsNullOrEmpty(root))
        {
            return (null, $"There is no default location: neither {variable} nor {homeVariable} is set. {instruction}");
        }

        if (!Path.IsPathFullyQualified(root))
        {
            return (null, $"There is no default location: {asked} is '{root}', which is not an absolute path. {instruction}");
        }

        if (!Directory.Exists(root))
        {
            return (null, $"There is no default location: {asked} is '{root}', which does not exist. {instruction}");
        }

        // The name of the entry assembly; unlike the path of the process it is not "dotnet".
        string program = AppDomain.CurrentDomain.FriendlyName;
        return (Path.Combine(root, fromHome ? belowHome : string.Empty, Product, program, leaf), null);
    }
}
