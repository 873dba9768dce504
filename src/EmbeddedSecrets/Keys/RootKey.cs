using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Keys;

namespace EmbeddedSecrets;

/// <summary>
/// The root keys that come with the library. A root key opens a store and is needed for nothing else; whoever has it and the
/// store's files can read every secret, and without it nobody can. Keep a copy where the store's backups are not.
/// </summary>
/// <remarks>
/// A key from a file, a mounted file, an environment variable, a stream or bytes is the same 32 bytes everywhere: a store made
/// with one of them opens with each of the others. Nothing but a stream is read before a store is opened. A root key is safe for
/// several threads and several stores at once; a passphrase, bytes or what a stream held stay in memory as long as the root key
/// is referred to.
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

    /// <summary>A root key that nobody knows, for a store that is gone when it is closed.</summary>
    internal static IRootKey Random()
    {
        using var key = new PinnedBytes(KeyLine.KeyLength);
        System.Security.Cryptography.RandomNumberGenerator.Fill(key.Span);
        return new BytesRootKey(key.Span);
    }

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

    /// <summary>
    /// A root key read from a stream, such as standard input or a pipe of the program that starts this one. It is read now, to
    /// its end, on this thread; the stream stays open and belongs to the caller.
    /// </summary>
    /// <param name="stream">The stream, at most 4 KiB: a line as <see cref="Generate"/> makes it, 32 raw bytes, or 32 bytes as base64 or 64 hex digits with an optional line end.</param>
    /// <returns>The root key.</returns>
    /// <remarks>What the stream itself buffers cannot be zeroed here.</remarks>
    /// <exception cref="ArgumentNullException">The stream is null.</exception>
    /// <exception cref="ArgumentException">The stream cannot be read.</exception>
    /// <exception cref="SecretStoreAccessException">The stream holds no key, or more than a key: <c>Store.WrongKey</c>.</exception>
    /// <exception cref="IOException">Reading failed.</exception>
    public static IRootKey FromStream(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (!stream.CanRead)
        {
            throw new ArgumentException("The stream cannot be read.", nameof(stream));
        }

        using PinnedBytes key = StreamKey.Read(stream);
        return new BytesRootKey(key.Span);
    }

    /// <summary>
    /// A root key that is the RSA key of a certificate: a fresh key is wrapped with RSA-OAEP-SHA256, and the key of the slot sealed under
    /// that. The certificate alone makes a slot; opening needs its private key, which may be on a token or in a module.
    /// </summary>
    /// <param name="certificate">
    /// The certificate, with an RSA key of 3,072 to 16,384 bits. The caller owns it, keeps it until the last store was opened with
    /// it, and disposes it.
    /// </param>
    /// <returns>
    /// The root key. Opening throws <c>Store.KeyMissing</c> where the slot is of this certificate and its private key is not there,
    /// and <c>ServiceUnavailableTemporary</c> where the private key cannot be used, which is never taken for a wrong key.
    /// </returns>
    /// <remarks>
    /// <para>Only the key counts: neither dates, issuer nor usages are checked, so that a store does not close because a certificate
    /// expired, and a certificate renewed with the same key opens what the old one opened.</para>
    /// <para>A certificate authenticates nobody. Whoever knows it, which is public, and can write the files of the store, can put
    /// another store with keys of his own in its place: he reads nothing that was in it, but what is put into it from then on. Where others
    /// can write the files, take a key of 32 bytes, or a <see cref="RollbackAnchor"/> that they cannot write.</para>
    /// </remarks>
    /// <exception cref="ArgumentNullException">The certificate is null.</exception>
    /// <exception cref="ArgumentException">The certificate holds no RSA key, or one of another size.</exception>
    public static IRootKey FromCertificate(X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return new CertificateRootKey(certificate);
    }

    /// <summary>
    /// A root key in a key service of one's own, which wraps and unwraps 32 bytes. It is asked when a store is opened or its root
    /// keys change, never by a read. The service need not authenticate: it gets a fresh key, under which the library seals the key of the slot.
    /// </summary>
    /// <param name="kind">The kind of the root key, 1 to 64 characters of <c>a-z 0-9 -</c>, in clear in the store; not <c>key</c>, <c>passphrase</c> or <c>x509-rsa</c>.</param>
    /// <param name="wrap">
    /// Wraps 32 bytes into 1 to 3,969. The memory that it is given is cleared when its call completes; what it returns is copied.
    /// </param>
    /// <param name="unwrap">
    /// Unwraps what <paramref name="wrap"/> returned: any bytes, since they come from the store. Null says that these do not unwrap under
    /// this key. <b>The array that it returns is copied and zeroed</b>: return a fresh one.
    /// </param>
    /// <returns>
    /// The root key; it is asynchronous, so stores on it are opened with <see cref="SecretStore.OpenAsync"/>. Whatever a function
    /// throws becomes <c>ServiceUnavailableTemporary</c> with that exception inside, never a wrong key; only the cancellation that the caller
    /// asked for stays one.
    /// </returns>
    /// <remarks>
    /// Both functions may be called by several threads at once. The context says for which store: a service with associated data may
    /// bind the store's id, but need not, since the library does. A service whose wrapping anybody may ask for vouches for nothing;
    /// see <see cref="FromCertificate"/>.
    /// </remarks>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentException">The kind breaks its rule, or is one of the library's own.</exception>
    public static IRootKey FromCallbacks(
        string kind,
        Func<ReadOnlyMemory<byte>, RootKeyContext, CancellationToken, ValueTask<byte[]>> wrap,
        Func<ReadOnlyMemory<byte>, RootKeyContext, CancellationToken, ValueTask<byte[]?>> unwrap)
    {
        ArgumentNullException.ThrowIfNull(kind);
        ArgumentNullException.ThrowIfNull(wrap);
        ArgumentNullException.ThrowIfNull(unwrap);
        return KeyRingState.IsKind(kind) && kind is not (KeySlot.Kind or PassphraseRootKey.SlotKind or CertificateRootKey.SlotKind)
            ? new CallbackRootKey(kind, wrap, unwrap)
            : throw new ArgumentException("The kind of a root key has 1 to 64 characters of a-z 0-9 -, and is none of the library's own: key, passphrase, x509-rsa.", nameof(kind));
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
