namespace EmbeddedSecrets.Tests.SamplePrograms;

/// <summary>What one run of a sample answered.</summary>
internal sealed record SampleRun(int ExitCode, string Output, string Error)
{
    public string[] Lines => Output.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
}
