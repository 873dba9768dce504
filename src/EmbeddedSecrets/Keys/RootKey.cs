using System.Security.Cryptography;
using System.Text;
using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Keys;

namespace EmbeddedSecrets;

/// <summary>
/// The root keys that come with the library. A root key opens a store and is needed for nothing else; whoever has it and the
/// store's files can read every secret, and without it nobody can. Keep a copy where the store's backups are not.
/// </summary>
/// <remarks>
/// A key from a file, a mounted file, an environment variable or bytes is the same 32 bytes everywhere: a store made with one
/// of them opens with each of the others. Nothing is read before a store is opened. A root key is safe for several threads and
/// several stores at once; a passphrase or bytes stay in memory as long as the root key is referred to.
/// </remarks>
public static class RootKey
{
    /// <summary>
    /// A root key in a file of its own, made with mode 0600 together with a new store, in directories made with 0700. Its
    /// form is one line as <see cref="Generate"/> makes it.
    /// </summary>
    /// <param name="path">The key file. A relative path is taken from the current directory now.</param>
    /// <returns>
    /// The root key. Its members throw <c>Store.KeyMissing</c> where an existing store's file does not exist,
    /// <c>Store.InsecurePermissions</c> where the file is a link, not a regular file, larger than 4 KiB, has a second name,
    /// belongs to another user than this one and root, or can be used by group or others; <c>Store.WrongKey</c> where it holds
    /// no key; and <see cref="IOException"/> where it cannot be read.
    /// </returns>
    /// <exception cref="ArgumentException">The path is null, empty or malformed.</exception>
    public static IRootKey FromFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new FileRootKey(path);
    }

    /// <summary>
    /// A root key in a file that an orchestrator mounts (Kubernetes, Docker): links are followed, and any owner and mode is
    /// accepted. It is read each time a store is opened, and never made.
    /// </summary>
    /// <param name="path">The file: a line as <see cref="Generate"/> makes it, 32 raw bytes, or 32 bytes as base64 or 64 hex digits with an optional line end.</param>
    /// <returns>
    /// The root key. Its members throw <c>Store.KeyMissing</c>, <c>Store.WrongKey</c> where the file holds no key,
    /// <c>Store.InsecurePermissions</c> where it is not a regular file of at most 4 KiB, and <see cref="IOException"/>.
    /// </returns>
    /// <remarks>Not checked, because it cannot be: who else can read the file, on this host or through the orchestrator, and whether it is the file that was meant.</remarks>
    /// <exception cref="ArgumentException">The path is null, empty or malformed.</exception>
    public static IRootKey FromMountedFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new MountedFileRootKey(path);
    }

    /// <summary>
    /// A root key from a passphrase by PBKDF2-HMAC-SHA256 with 600,000 iterations: opening takes some tenths of a second.
    /// Whoever has the files can guess at leisure, so choose a long one.
    /// </summary>
    /// <param name="passphrase">The passphrase; compared byte by byte in UTF-8, without normalisation. The string itself cannot be zeroed.</param>
    /// <returns>The root key.</returns>
    /// <exception cref="ArgumentException">The passphrase is null, empty, or holds half of a surrogate pair.</exception>
    public static IRootKey FromPassphrase(string passphrase)
    {
        ArgumentException.ThrowIfNullOrEmpty(passphrase);
        try
        {
            using var utf8 = new PinnedBytes(Utf8.Strict.GetByteCount(passphrase));
            Utf8.Strict.GetBytes(passphrase, utf8.Span);
            return new PassphraseRootKey(utf8.Span);
        }
        catch (EncoderFallbackException)
        {
            throw new ArgumentException("The passphrase holds half of a surrogate pair, which has no UTF-8 form.", nameof(passphrase));
        }
    }

    /// <summary>A root key that the program holds itself. The bytes are copied; the caller clears its own.</summary>
    /// <param name="key">32 bytes from a cryptographic random source.</param>
    /// <returns>The root key.</returns>
    /// <exception cref="ArgumentException">The key does not have 32 bytes, or they are all zero.</exception>
    public static IRootKey FromBytes(ReadOnlySpan<byte> key) => KeyLine.IsKey(key)
        ? new BytesRootKey(key)
        : throw new ArgumentException("A root key has exactly 32 bytes, which are not all zero.", nameof(key));

    /// <summary>A root key in an environment variable, read each time a store is opened.</summary>
    /// <param name="variable">The name of the variable. It holds a line as <see cref="Generate"/> makes it.</param>
    /// <returns>
    /// The root key. Its members throw <c>Store.KeyMissing</c> where the variable is not set, and <c>Store.WrongKey</c> where
    /// it holds no key.
    /// </returns>
    /// <remarks>Child processes inherit the variable, and on Linux the same user and root can read it in /proc.</remarks>
    /// <exception cref="ArgumentException">The name is null or empty.</exception>
    public static IRootKey FromEnvironment(string variable)
    {
        ArgumentException.ThrowIfNullOrEmpty(variable);
        return new EnvironmentRootKey(variable);
    }

    /// <summary>Generates a root key as the line that key files and environment variables hold: <c>ess-key-1:</c> and 48 characters.</summary>
    /// <returns>The line, a value of kind text; the caller disposes it.</returns>
    public static SecretValue Generate()
    {
        using SecretMemory key = SecretMemory.Rent(KeyLine.KeyLength);
        RandomNumberGenerator.Fill(key.Span);
        return new SecretValue(SecretValueKind.Text, KeyLine.Write(key.Span), 0);
    }
}
