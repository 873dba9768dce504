"""The log: frames, their order, recovery of the end, and the records and payloads that live."""
import hashlib
import os
import re
import struct
from collections import namedtuple

from sealing import Cursor, Refused, crc32c, hkdf, open_gcm, require
from ring import unlock

BATCH, CLOSING, SNAPSHOT, SNAPSHOT_END, EPOCH = range(1, 6)
FRONT = struct.Struct("<4sB3s4I4Q16sII")
MIB = 1 << 20

Frame = namedtuple("Frame", "kind length header index body generation sequence offset flushed previous at front")
Entry = namedtuple("Entry", "incarnation revision bytes")


def find_log(directory):
    found = {}
    for name in os.listdir(directory):
        match = re.fullmatch(r"log-([0-9a-f]{16})\.ess", name)
        if match:
            found[int(match[1], 16)] = os.path.join(directory, name)
    require(found, "there is no log in this directory")
    return max(found), found[max(found)]


def has_front(front):
    """Whether 80 bytes begin a frame and carry their own checksum."""
    return len(front) == 80 and front[:4] == b"ESSf" and crc32c(front[:76]) == int.from_bytes(front[76:], "little")


def parse_frame(data, at):
    """The frame at this offset, or None where the checksums do not agree."""
    front = data[at:at + 80]
    if not has_front(front):
        return None
    _, kind, zero, length, header, index, body, generation, sequence, own, flushed, previous, checksum, _ = FRONT.unpack(front)
    used = 80 + header + index + body
    if length % 8 or length > 128 * MIB or length != (used + 7) // 8 * 8 or at + length > len(data):
        return None
    covered = 80 + header + index if kind == SNAPSHOT else length
    if crc32c(data[at + 80:at + covered]) != checksum:
        return None
    part = lambda start, size: data[at + start:at + start + size]
    return Frame(kind, length, part(80, header), part(80 + header, index), part(80 + header + index, body), generation, sequence, own,
                 flushed, previous, at, front if zero == bytes(3) else b"")


class Log:
    def __init__(self, directory, root_key):
        self.generation, path = find_log(directory)
        with open(path, "rb") as file:
            self.data = file.read()
        start = self.data[:16]
        require(len(start) == 16 and start[:8] == b"ESSLOG\x1a\n", "corrupt: this is no log")
        require(crc32c(start[:12]) == int.from_bytes(start[12:], "little"), "corrupt: the first bytes of the log")
        require(start[8:12] == b"\x01\0\0\0", "unknown version of the log")
        self.records, self.payloads = {}, {}
        self.change, self.epoch, self.previous, self.dropped, self.revision = 1, 0, bytes(16), 0, None
        self.store_id, self.header = self._newest_header()
        self.ring, self.key = unlock(self.store_id, self.header[24:], root_key)
        self._replay()

    def _newest_header(self):
        """Step 1: by checksums alone."""
        newest, at = None, 16
        while (frame := parse_frame(self.data, at)) is not None:
            newest = frame.header or newest
            at += frame.length
        require(newest is not None and 24 <= len(newest) <= MIB + 24, "corrupt: there is no header")
        return newest[:16], newest

    def _open_index(self, frame):
        require(len(frame.index) >= 60, "corrupt: an index is too short")
        bound = b"\x20" + self.store_id + frame.front[:72]
        if frame.header:
            bound += hashlib.sha256(frame.header).digest()
        key = hkdf(self.key, frame.index[:32], "EmbeddedSecrets 1 log")
        return open_gcm(key, frame.index[32:44], bound, frame.index[44:], f"the index of the frame at {frame.at}")

    def _replay(self):
        """Steps 2 and 3."""
        at, sequence, snapshot, met = 16, 1, False, False
        while (frame := parse_frame(self.data, at)) is not None:
            where = f"the frame at {at}"
            require(frame.front and 1 <= frame.kind <= 5, f"corrupt: {where} is of no known form")
            require((frame.offset, frame.generation, frame.sequence, frame.previous)
                    == (at, self.generation, sequence, self.previous), f"tampered: {where} is not in its place")
            require(frame.flushed <= at, f"tampered: {where} was flushed before it was written")
            used = 80 + len(frame.header) + len(frame.index) + len(frame.body)
            require(not any(self.data[at + used:at + frame.length]), f"corrupt: {where} does not end in zeros")
            if frame.header:
                self._check_revision(frame.header)
                met = met or frame.header == self.header
            plain = self._open_index(frame)
            first = sequence == 1
            require(snapshot or frame.kind != SNAPSHOT or first, f"corrupt: {where} is a snapshot that comes late")
            require(not snapshot or frame.kind in (SNAPSHOT, SNAPSHOT_END), "corrupt: a snapshot without its end")
            require(not first or frame.kind == SNAPSHOT or frame.header, "corrupt: the first frame has no header")
            snapshot = self._apply(frame, Cursor(plain, where), snapshot)
            self.previous, sequence, at = frame.index[-16:], sequence + 1, at + frame.length
        front = self.data[at:at + 80]
        require(not has_front(front) or self._fits(front, at), f"tampered: the frame at {at} has right checksums and wrong fields")
        require(not snapshot, "corrupt: a snapshot without its end")
        require(met, "tampered: the header is not in the history")
        self._recover(at)

    @staticmethod
    def _fits(front, at):
        _, kind, zero, length, header, index, body, _, _, own, flushed, *_ = FRONT.unpack(front)
        whole = (80 + header + index + body + 7) // 8 * 8
        return 1 <= kind <= 5 and zero == bytes(3) and length == whole <= 128 * MIB and flushed <= own == at

    def _check_revision(self, header):
        require(len(header) >= 24 and header[:16] == self.store_id, "tampered: a header of another store")
        revision = int.from_bytes(header[16:24], "little")
        require(revision >= 1 if self.revision is None else revision == self.revision + 1, "tampered: the revisions of the headers have a gap")
        self.revision = revision

    def _apply(self, frame, cursor, snapshot):
        if frame.kind in (BATCH, CLOSING):
            self._apply_commits(frame, cursor)
        elif frame.kind == SNAPSHOT:
            while cursor.more():
                self._apply_entry(frame, cursor)
            return True
        elif frame.kind == SNAPSHOT_END:
            require(frame.header and not frame.body, "corrupt: the end of the snapshot")
            self.change, self.epoch = cursor.number(8) + 1, cursor.number(8)
            cursor.take(16)
            require((cursor.number(8), cursor.number(8)) == (len(self.records), len(self.payloads)), "tampered: the snapshot is not whole")
        else:
            epoch = cursor.number(8)
            require(epoch > self.epoch and not frame.header and not frame.body, "corrupt: an epoch frame")
            self.epoch = epoch
        cursor.end()
        return False

    def _apply_commits(self, frame, cursor):
        change = cursor.number(8)
        require(self.change == change, "tampered: the change sequence has a gap")
        require(frame.kind == BATCH or not (frame.header or frame.body or cursor.more()), "corrupt: a closing frame")
        while cursor.more():
            for _ in range(self._at_most(cursor.number(4), 1000)):
                self._apply_change(frame, cursor)
            change += 1
        self.change = change

    @staticmethod
    def _at_most(count, limit):
        require(count <= limit, "corrupt: too many changes")
        return count

    def _apply_change(self, frame, cursor):
        kind = cursor.number(1)
        require(kind in (1, 2), "corrupt: kind of a change")
        name = cursor.take(cursor.number(1)).decode("ascii", "replace")
        put = self._read_entry(frame, cursor) if kind == 1 else None
        for _ in range(cursor.number(2)):
            payload_id = cursor.take(16)
            self.payloads[payload_id] = self._slice(frame, cursor)
        if put is None:
            self.records.pop(name, None)
        else:
            self.records[name] = put
        for _ in range(cursor.number(2)):
            self.payloads.pop(cursor.take(16), None)

    def _apply_entry(self, frame, cursor):
        kind = cursor.number(1)
        require(1 <= kind <= 4, "corrupt: kind of an entry")
        if kind <= 2:
            name = cursor.take(cursor.number(1)).decode("ascii", "replace")
            self.records.pop(name, None)
            if kind == 1:
                self.records[name] = self._read_entry(frame, cursor)
            return
        payload_id = cursor.take(16)
        self.payloads.pop(payload_id, None)
        if kind == 3:
            self.payloads[payload_id] = self._slice(frame, cursor)

    def _read_entry(self, frame, cursor):
        return Entry(cursor.take(16), cursor.number(8), self._slice(frame, cursor))

    @staticmethod
    def _slice(frame, cursor):
        offset, length, tag = cursor.number(4), cursor.number(4), cursor.take(16)
        content = frame.body[offset:offset + length]
        require(len(content) == length and content[-16:] == tag, "tampered: a body does not have the tag that its index names")
        return content

    def _recover(self, end):
        rest = self.data[end:]
        if not any(rest):
            require(len(rest) <= 132 * MIB, "corrupt: too much behind the last frame")
            return
        for at in range((end // 8 + 1) * 8, len(self.data) - 79, 8):
            frame = parse_frame(self.data, at)
            if frame is None or frame.offset != at or frame.generation != self.generation or not frame.front:
                continue
            try:
                self._open_index(frame)
            except Refused:
                continue
            require(frame.flushed <= end and frame.kind != CLOSING, f"corrupt at {end}: what was acknowledged there is lost")
        self.dropped = len(rest.rstrip(b"\0"))
