using EmbeddedSecrets.Files;
using EmbeddedSecrets.Repositories.Log;

namespace EmbeddedSecrets.Tests.Repositories;

public sealed class LogWriterTests
{
    [Test]
    public void Append_BehindTheLastByteThatThePageCanName_IsRefusedAndNothingIsWritten()
    {
        var file = new UnwritableFile();
        var state = new LogState { Generation = 1, End = LogEnd.MaxOffset - 64 };
        var writer = new LogWriter(file, new FrameSeal(new FixedKeyProtector(), Samples.StoreId), state);

        FluentActions.Invoking(() => writer.Append(FrameKind.Batch, null, new byte[8], []))
            .Should().Throw<SecretStoreException>().WithInnerException<IOException>().WithMessage("*at most*bytes*");

        file.Calls.Should().Be(0);
        state.End.Should().Be(LogEnd.MaxOffset - 64);
        writer.IsStopped.Should().BeFalse();
    }

    private sealed class UnwritableFile : IStoreFile
    {
        public int Calls { get; private set; }

        public string Path => "log";

        public long Length => 0;

        public int Read(Span<byte> destination, long offset) => 0;

        public void Write(ReadOnlySpan<byte> bytes, long offset) => Calls++;

        public void FlushData() => Calls++;

        public bool IsOpenHereOnly() => true;

        public void Dispose()
        {
        }
    }
}
