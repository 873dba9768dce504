namespace EmbeddedSecrets.Tests.Exchange;

/// <summary>A bundle that can be read once, from the beginning, and fails at an offset.</summary>
internal sealed class BrokenStream(byte[] bytes, long failsAt = long.MaxValue) : MemoryStream(bytes)
{
    public override bool CanSeek => false;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Position + buffer.Length > failsAt)
        {
            throw new IOException("The line is cut.");
        }

        return base.ReadAsync(buffer, cancellationToken);
    }
}
