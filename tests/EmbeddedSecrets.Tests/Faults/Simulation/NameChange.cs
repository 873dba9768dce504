namespace EmbeddedSecrets.Tests.Faults.Simulation;

/// <summary>One step in a directory: a name goes, a name comes, or both at once.</summary>
internal sealed record NameChange(string? Gone, string? Come, SimulatedContent? Content)
{
    public void Apply(SortedDictionary<string, SimulatedContent> names)
    {
        if (Gone is not null)
        {
            names.Remove(Gone);
        }

        if (Come is not null)
        {
            names[Come] = Content!;
        }
    }
}
