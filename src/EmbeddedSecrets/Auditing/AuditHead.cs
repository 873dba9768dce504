namespace EmbeddedSecrets;

/// <summary>
/// The last record of an audit trail. Kept where nobody can change both, it proves later that the end of the trail was not cut off.
/// </summary>
/// <param name="Sequence">The sequence of the record; 0 for a trail that has none.</param>
/// <param name="Tag">The tag of the record, 64 hexadecimal digits in lower case; zeros for a trail without records.</param>
public sealed record AuditHead(long Sequence, string Tag);
