using System.Diagnostics;

namespace EmbeddedSecrets.FaultTests;

/// <summary>What a test needs from the machine; where it is missing, the test is ignored with a reason that names it.</summary>
internal static class Needs
{
    /// <summary>Gets a value indicating whether sweeps run in full instead of sampled.</summary>
    public static bool FullSweeps => Environment.GetEnvironmentVariable("EMBEDDEDSECRETS_FULL_TESTS") == "1";

    public static void Root()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
        {
            Assert.Ignore("root on Linux is needed, to mount a file system.");
        }
    }

    public static void PowerCut()
    {
        if (Environment.GetEnvironmentVariable("EMBEDDEDSECRETS_POWER_CUT") != "1")
        {
            Assert.Ignore("EMBEDDEDSECRETS_POWER_CUT=1 is needed: the test shuts a file system down.");
        }

        Root();
    }

    /// <summary>A seed that is printed, so that a run can be repeated with EMBEDDEDSECRETS_SEED.</summary>
    public static Random SeededRandom()
    {
        int seed = int.TryParse(Environment.GetEnvironmentVariable("EMBEDDEDSECRETS_SEED"), out int given) ? given : Random.Shared.Next();
        TestContext.Out.WriteLine($"seed {seed}");
        return new Random(seed);
    }

    /// <summary>Runs a program of the system and returns its exit code; null where it is not installed.</summary>
    public static int? Run(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0)
            {
                TestContext.Out.WriteLine($"{program} {string.Join(' ', arguments)}: {process.ExitCode} {errors.Result}");
            }

            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
