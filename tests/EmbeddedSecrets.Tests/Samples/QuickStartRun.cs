namespace EmbeddedSecrets.Tests.QuickStart;

/// <summary>What one run of the quick start answered.</summary>
internal sealed record QuickStartRun(int ExitCode, string Output, string Error)
{
    public string[] Lines => Output.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
}
