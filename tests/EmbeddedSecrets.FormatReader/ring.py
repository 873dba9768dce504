"""The keys: root key, slots, ring, wrapped keys."""
import base64

from sealing import (DATA_KEY, RING, RING_KEY, SLOT, STORE_KEY, WRAPPED, Cursor, Refused, associated, crc32c,
                     derive_from_passphrase, open_committed, require, text, u32, u64, unseal)


def parse_key_file(line):
    """`ess-key-1:` and base64url of the key and its checksum, or the 32 bytes in base64."""
    line = line.strip()
    prefix = "ess-key-1:"
    if not line.startswith(prefix):
        key = base64.b64decode(line, validate=True)
        require(len(key) == 32, "a root key has 32 bytes")
        return key
    encoded = line[len(prefix):]
    data = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
    require(len(data) == 36 and crc32c(data[:32]) == int.from_bytes(data[32:], "little"), "the key file is damaged")
    return data[:32]


class RootKey:
    def __init__(self, key=None, passphrase=None):
        self.key, self.passphrase = key, passphrase

    def open_slot(self, store_id, kind, slot):
        """The slot key, or None where this root key does not open the slot."""
        try:
            if kind == "key" and self.key is not None:
                require(len(slot) == 125 and slot[0] == 1, "corrupt: a slot")
                return unseal(self.key, "slot", associated(SLOT, store_id, text(kind), u32(0)), slot[1:], "a slot")
            if kind == "passphrase" and self.passphrase is not None:
                require(len(slot) == 129 and slot[0] == 1, "corrupt: a slot")
                iterations = int.from_bytes(slot[1:5], "little")
                key = derive_from_passphrase(self.passphrase, slot[5:37], iterations)
                data = associated(SLOT, store_id, text(kind), u32(iterations))
                return open_committed(key, slot[37:49], data, slot[49:], "a slot")
        except Refused:
            return None
        return None


class Ring:
    """The generations of every encryption key, opened with one root key."""

    def __init__(self, store_id, state, root_key):
        self.store_id = store_id
        slots, ring, bound = self._split(state)
        ring_key = self._open_ring_key(slots, root_key)
        plain = unseal(ring_key, "ring", associated(RING, store_id, bound), ring, "the ring")
        self.generations, slot_keys = self._read(Cursor(plain, "the ring"), [slot[0] for slot in slots])
        for (slot_id, kind, _, sealed), slot_key in zip(slots, slot_keys):
            data = associated(RING_KEY, store_id, slot_id, text(kind))
            require(unseal(slot_key, "ring key", data, sealed, "a ring key") == ring_key, "tampered: a slot has another ring key")

    @staticmethod
    def _split(state):
        cursor = Cursor(state, "the state of the ring")
        require(cursor.number(1) == 1, "unknown version of the ring's state")
        count = cursor.number(2)
        require(1 <= count <= 32, "corrupt: number of slots")
        slots = []
        for _ in range(count):
            slot_id = cursor.take(8)
            kind = cursor.take(cursor.number(1)).decode("ascii", "replace")
            slots.append((slot_id, kind, cursor.take(cursor.number(2)), cursor.take(124)))
        bound = state[:cursor.at]
        length = cursor.number(4)
        ring = cursor.take(length)
        cursor.end()
        return slots, ring, bound

    def _open_ring_key(self, slots, root_key):
        for slot_id, kind, slot, sealed in slots:
            slot_key = root_key.open_slot(self.store_id, kind, slot)
            if slot_key is not None:
                return unseal(slot_key, "ring key", associated(RING_KEY, self.store_id, slot_id, text(kind)), sealed, "the ring key")
        raise Refused("no slot opens with this root key")

    @staticmethod
    def _read(cursor, slot_ids):
        require(cursor.number(1) == 1, "unknown version of the ring")
        cursor.take(8)
        generations, names = {}, []
        for _ in range(cursor.number(2)):
            key_id = cursor.text()
            names.append(key_id)
            state = cursor.number(1)
            require(state <= 2, "corrupt: state of a key")
            cursor.take(8)
            cursor.text()
            cursor.take(8)
            require((cursor.number(8) != 0) == (state == 2), "corrupt: planned deletion of a key")
            current = cursor.number(8)
            numbers = []
            for _ in range(cursor.number(2)):
                numbers.append(cursor.number(8))
                cursor.take(8)
                generations[key_id, numbers[-1]] = cursor.take(32)
            require(numbers == sorted(set(numbers)) and current in numbers, "corrupt: generations of a key")
        require(names == sorted(set(names)) and {"default", "acs/store"} <= set(names), "corrupt: keys of the ring")
        slot_keys = []
        for slot_id in slot_ids:
            require(cursor.take(8) == slot_id, "tampered: the ring names other slots")
            cursor.take(8)
            cursor.text()
            slot_keys.append(cursor.take(32))
        cursor.end()
        return generations, slot_keys

    def unwrap(self, wrapped, inner):
        key_id, generation, ciphertext = wrapped
        require((key_id, generation) in self.generations, f"key {key_id} has no generation {generation}")
        data = associated(WRAPPED, self.store_id, text(key_id), u64(generation), u32(len(inner)), inner)
        key = unseal(self.generations[key_id, generation], "wrap", data, ciphertext, "a wrapped key")
        require(len(key) == 32, "corrupt: a wrapped key")
        return key


def read_wrapped(cursor):
    return cursor.text(), cursor.number(8), cursor.take(cursor.number(2))


def unlock(store_id, content, root_key):
    """Opens the content of a header part: the ring and the store's own key."""
    cursor = Cursor(content, "the header")
    require(cursor.number(1) == 1, "unknown version of the header")
    ring = Ring(store_id, cursor.take(cursor.number(4)), root_key)
    wrapped = read_wrapped(cursor)
    cursor.end()
    require(wrapped[0] == "acs/store", "tampered: the store's own key is wrapped by another key")
    return ring, ring.unwrap(wrapped, associated(STORE_KEY, store_id))


def data_key_binding(store_id, name, incarnation, version_id, data_type):
    return associated(DATA_KEY, store_id, text(name), incarnation, text(version_id), bytes([data_type]))
