using System.Runtime.InteropServices;

namespace EmbeddedSecrets.Repositories.Log;

/// <summary>Where a sealed record stands in the log, and its state. Packed: there is one of them for each record in memory.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal readonly struct RecordLocation(RecordStamp stamp, long offset, int length)
{
    private readonly ulong _incarnationUpper = stamp.Incarnation.Upper;
    private readonly ulong _incarnationLower = stamp.Incarnation.Lower;
    private readonly long _revision = stamp.Revision;

    public readonly long Offset = offset;
    public readonly int Length = length;

    public RecordStamp Stamp => new(new UniqueId(_incarnationUpper, _incarnationLower), _revision);
}

/// <summary>Where a sealed payload stands in the log. Packed: there is one of them for each version in memory.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal readonly struct PayloadLocation(long offset, int length)
{
    public readonly long Offset = offset;
    public readonly int Length = length;
}
