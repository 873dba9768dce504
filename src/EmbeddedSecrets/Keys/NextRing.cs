namespace EmbeddedSecrets.Keys;

/// <summary>What a change of the ring comes to: the state to commit, the keys that go with it (null where nothing changed) and the root key that opens it (null where it stays the same), and what the change answers.</summary>
internal readonly record struct NextRing<T>(ReadOnlyMemory<byte> State, RingKeys? Keys, IRootKey? RootKey, T Result);
