namespace EmbeddedSecrets.Benchmarks.Measuring;

/// <summary>One side of a comparison. A run gives what one operation costs, in seconds or in another unit that all sides share.</summary>
internal sealed record Side(string Name, Func<double> Run);
