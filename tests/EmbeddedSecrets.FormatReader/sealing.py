"""What format.md calls a sealed message: keys, associated data, checksums."""
import hashlib
import hmac
import struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

ZEROS = bytes(32)
VALUE, DATA_KEY, STORE_KEY, RECORD, WRAPPED, RING, SLOT, RING_KEY, POLICY = range(1, 10)


class Refused(Exception):
    """The store is not what the format says, or not what its keys have sealed."""


def require(condition, what):
    if not condition:
        raise Refused(what)


def _crc_table():
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
        yield value


_CRC = list(_crc_table())


def crc32c(data):
    value = 0xFFFFFFFF
    for byte in data:
        value = value >> 8 ^ _CRC[(value ^ byte) & 0xFF]
    return value ^ 0xFFFFFFFF


def hkdf(key, salt, info):
    """HKDF-SHA256 with 32 bytes of output: one block."""
    extracted = hmac.digest(salt or ZEROS, key, "sha256")
    return hmac.digest(extracted, info.encode() + b"\x01", "sha256")


def u32(value):
    return struct.pack("<I", value)


def u64(value):
    return struct.pack("<Q", value)


def text(value):
    encoded = value.encode("utf-8", "surrogatepass")
    return struct.pack("<H", len(encoded)) + encoded


def associated(domain, store_id, *parts):
    return bytes([domain, 1, 1]) + store_id + b"".join(parts)


def open_gcm(key, nonce, data, sealed, what):
    try:
        return AESGCM(key).decrypt(nonce, sealed, data)
    except (InvalidTag, ValueError):
        raise Refused(f"tampered: {what} does not open") from None


def open_committed(key, nonce, data, sealed, what):
    """The same, with the 32 zero bytes that bind a message to one key."""
    plain = open_gcm(key, nonce, data, sealed, what)
    require(plain[:32] == ZEROS and len(plain) >= 32, f"tampered: {what} is not committed to its key")
    return plain[32:]


def unseal(key, purpose, data, message, what):
    """sealed(K, purpose, A, P) of the document."""
    require(len(message) >= 32 + 12 + 32 + 16, f"corrupt: {what} is too short")
    derived = hkdf(key, message[:32], f"EmbeddedSecrets 1 {purpose}")
    return open_committed(derived, message[32:44], data, message[44:], what)


def derive_from_passphrase(passphrase, salt, iterations):
    require(600_000 <= iterations <= 10_000_000, "corrupt: iterations of a passphrase")
    return hashlib.pbkdf2_hmac("sha256", passphrase.encode(), salt, iterations, 32)


class Cursor:
    """Reads the fields of a message in order."""

    def __init__(self, data, what):
        self.data, self.at, self.what = data, 0, what

    def take(self, length):
        require(length >= 0 and self.at + length <= len(self.data), f"corrupt: {self.what} is cut")
        self.at += length
        return self.data[self.at - length:self.at]

    def number(self, size):
        return int.from_bytes(self.take(size), "little")

    def text(self):
        try:
            return self.take(self.number(2)).decode("utf-8")
        except UnicodeDecodeError:
            raise Refused(f"corrupt: {self.what} holds no UTF-8") from None

    def flag(self, read):
        present = self.number(1)
        require(present in (0, 1), f"corrupt: a flag of {self.what}")
        return read() if present else None

    def more(self):
        return self.at < len(self.data)

    def end(self):
        require(not self.more(), f"corrupt: {self.what} is too long")
