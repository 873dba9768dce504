namespace EmbeddedSecrets.Repositories.Log;

/// <summary>What a frame is. 3 is reserved for the chunks of a snapshot.</summary>
internal enum FrameKind : byte
{
    Batch = 1,
    Closing = 2,
}
