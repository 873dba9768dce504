namespace EmbeddedSecrets.Keys;

/// <summary>What a change of the ring comes to: the state to commit and the keys that go with it (null where nothing changed), and what the change answers.</summary>
internal readonly record struct NextRing<T>(ReadOnlyMemory<byte> State, RingKeys? Keys, T Result);
