namespace EmbeddedSecrets.Benchmarks.Reporting;

/// <summary>A row in words. Without a unit its figure is the first cost divided by the second.</summary>
internal sealed record RowText(string Id, string What, string Unit = "×");
