namespace EmbeddedSecrets.Files;

/// <summary>The seam through which the log is read, written and flushed, so that a test can hold and fail each of it. Failures are <see cref="IOException"/>.</summary>
internal interface IStoreFile : IDisposable
{
    string Path { get; }

    long Length { get; }

    /// <summary>Reads until the destination is full or the file ends; safe for several threads at once.</summary>
    int Read(Span<byte> destination, long offset);

    void Write(ReadOnlySpan<byte> bytes, long offset);

    void FlushData();

    /// <summary>Whether no other instance of the store, in no process, has the file open.</summary>
    bool IsOpenHereOnly();
}
