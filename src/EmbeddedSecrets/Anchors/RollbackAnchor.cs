using EmbeddedSecrets.Anchors;

namespace EmbeddedSecrets;

/// <summary>Makes the anchors that the library brings.</summary>
public static class RollbackAnchor
{
    /// <summary>
    /// Keeps the state in a file, with one flush for each batch: on another disk, or in a directory that only the backup of the
    /// store does not bring back. The same user can put it back too, so it guards against mistakes, not against malice.
    /// </summary>
    /// <param name="path">The file, made with mode 0600; not in the directory of the store.</param>
    /// <returns>The anchor. It may serve one store.</returns>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    public static IRollbackAnchor FromFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new FileRollbackAnchor(Path.GetFullPath(path));
    }

    /// <summary>Keeps the state wherever two callbacks do: a monotonic counter, a row of a database in other hands.</summary>
    /// <param name="read">As <see cref="IRollbackAnchor.Read"/>.</param>
    /// <param name="advance">As <see cref="IRollbackAnchor.Advance"/>.</param>
    /// <returns>The anchor.</returns>
    /// <exception cref="ArgumentNullException">A callback is null.</exception>
    public static IRollbackAnchor FromCallbacks(Func<RollbackHead?> read, Action<RollbackHead> advance)
    {
        ArgumentNullException.ThrowIfNull(read);
        ArgumentNullException.ThrowIfNull(advance);
        return new CallbackRollbackAnchor(read, advance);
    }
}
