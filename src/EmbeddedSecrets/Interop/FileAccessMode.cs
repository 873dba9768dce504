namespace EmbeddedSecrets.Interop;

/// <summary>How <see cref="NativeFile.Open"/> opens.</summary>
internal enum FileAccessMode
{
    /// <summary>An existing file or directory, for reading.</summary>
    Read,

    /// <summary>An existing file, for reading and writing.</summary>
    ReadWrite,

    /// <summary>A file that does not exist yet, made with mode 0600.</summary>
    CreateNew,

    /// <summary>A lock file, which may exist; made with mode 0600 if not.</summary>
    OpenOrCreate,
}
