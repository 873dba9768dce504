namespace EmbeddedSecrets;

/// <summary>
/// Marks one state of one record: the id of the secret's incarnation (drawn at creation) and the repository's revision,
/// which moves with every commit that touches the record. The default stands for "absent".
/// </summary>
/// <param name="Incarnation">16 random bytes, never zero for a record that exists.</param>
/// <param name="Revision">At least 1 for a record that exists.</param>
public readonly record struct RecordStamp(UniqueId Incarnation, long Revision)
{
    /// <summary>Gets the stamp of a name that has no record.</summary>
    public static RecordStamp Absent => default;

    /// <summary>Whether both are the same.</summary>
    /// <param name="other">The other one.</param>
    /// <returns>True if so.</returns>
    public bool Equals(RecordStamp other) => Incarnation == other.Incarnation && Revision == other.Revision;

    /// <inheritdoc/>
    public override int GetHashCode() => Incarnation.GetHashCode() ^ Revision.GetHashCode();
}
