namespace EmbeddedSecrets.Benchmarks.Charts;

/// <summary>The shape of a line's points.</summary>
internal enum LineMark
{
    Circle,
    Square,
    Diamond,
    Triangle,
}
