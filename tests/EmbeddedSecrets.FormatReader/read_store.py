#!/usr/bin/env python3
"""Reads a store of EmbeddedSecrets, version 1, by docs/format.md alone. See README.md."""
import argparse
import base64
import datetime
import hashlib
import hmac
import json
import os
import sys

from log import Log
from ring import RootKey, data_key_binding, parse_key_file, read_wrapped
from sealing import POLICY, RECORD, VALUE, Cursor, Refused, associated, hkdf, open_committed, require, text, u64, unseal

STATES, KINDS = ("enabled", "disabled", "destroyed"), ("text", "binary", "keyvalue")
CHANGES = {1, 2, 3, 4, 5, 6, 7, 8, 10}


def ascending(texts):
    keys = [t.encode("utf-16-be") for t in texts]
    require(all(a < b for a, b in zip(keys, keys[1:])), "corrupt: texts are not in ascending order")
    return texts


def read_pairs(cursor):
    pairs = [(cursor.text(), cursor.text()) for _ in range(cursor.number(2))]
    ascending([key for key, _ in pairs])
    return dict(pairs)


class Version:
    def __init__(self, cursor):
        self.id, self.sequence, self.created = cursor.text(), cursor.number(8), cursor.number(8)
        self.stages = ascending([cursor.text() for _ in range(cursor.number(1))])
        state, kind = cursor.number(1), cursor.number(1)
        require(state <= 2 and kind <= 2, "corrupt: state or kind of a version")
        self.state, self.kind = STATES[state], KINDS[kind]
        self.not_before = cursor.flag(lambda: cursor.number(8))
        self.expires = cursor.flag(lambda: cursor.number(8))
        self.advisory = cursor.number(1)
        self.created_by = cursor.flag(cursor.text)
        self.content = cursor.flag(lambda: (cursor.take(16), cursor.number(4), read_wrapped(cursor)))
        require((self.content is None) == (self.state == "destroyed"), "corrupt: content of a version")


class Secret:
    def __init__(self, log, name, entry):
        self.log, self.name, self.incarnation = log, name, entry.incarnation
        data = associated(RECORD, log.store_id, text(name), entry.incarnation, u64(entry.revision))
        cursor = Cursor(unseal(log.key, "record", data, entry.bytes, f"the record of {name}"), f"the record of {name}")
        require(cursor.number(1) == 1, "unknown version of a record")
        self.revision, self.description, self.key_id = cursor.number(8), cursor.text(), cursor.text()
        self.created, self.changed = cursor.number(8), cursor.number(8)
        self.planned_deletion = cursor.flag(lambda: cursor.number(8))
        self.created_by = cursor.flag(cursor.text)
        self.tags, self.annotations = read_pairs(cursor), read_pairs(cursor)
        self.versions = [Version(cursor) for _ in range(cursor.number(1))]
        self.retired = [(cursor.take(8), cursor.number(8)) for _ in range(cursor.number(1))]
        sequences = [version.sequence for version in self.versions]
        require(sequences == sorted(set(sequences)), "corrupt: versions are not in ascending order")
        require(cursor.number(8) >= max(sequences, default=0), "corrupt: last sequence")
        cursor.take(8)
        require(cursor.number(1) in CHANGES, "corrupt: kind of the last change")
        cursor.flag(cursor.text)
        cursor.take(8)
        self.policy_payload = cursor.flag(lambda: (cursor.take(16), cursor.number(4), cursor.take(32)))
        self.last_read_day = cursor.number(4)
        cursor.end()

    def payload(self, payload_id, length):
        content = self.log.payloads.get(payload_id)
        require(content is not None and len(content) == length, f"tampered: a payload of {self.name} is missing")
        return content

    def policy(self):
        if self.policy_payload is None:
            return None
        payload_id, length, digest = self.policy_payload
        content = self.payload(payload_id, length)
        require(hashlib.sha256(content).digest() == digest, "tampered: the policy is another one")
        data = associated(POLICY, self.log.store_id, text(self.name), self.incarnation, payload_id)
        return unseal(self.log.key, "policy", data, content, f"the policy of {self.name}").decode()

    def value(self, version):
        require(version.content is not None, f"version {version.id} of {self.name} is destroyed")
        payload_id, length, wrapped = version.content
        content = self.payload(payload_id, length)
        require(content[:1] == b"\x01", "unknown format of a payload")
        data_type = 2 if version.kind == "binary" else 1
        binding = data_key_binding(self.log.store_id, self.name, self.incarnation, version.id, data_type)
        key = self.log.ring.unwrap(wrapped, binding)
        data = bytes([VALUE]) + binding[1:]
        return open_committed(key, content[1:13], data, content[13:], f"a value of {self.name}")

    def is_retired(self, version_id):
        key = hkdf(self.log.key, b"", "EmbeddedSecrets 1 retired")
        digest = hmac.digest(key, self.incarnation + text(version_id), "sha256")[:8]
        return any(known == digest for known, _ in self.retired)

    def select(self, version_id, stage):
        for version in self.versions:
            if version.id == version_id or (version_id is None and stage in version.stages):
                return version
        if version_id is not None and self.is_retired(version_id):
            raise Refused(f"version {version_id} of {self.name} is retired")
        raise Refused(f"{self.name} has no such version")

    def payload_ids(self):
        ids = [version.content[0] for version in self.versions if version.content]
        return ids + [self.policy_payload[0]] if self.policy_payload else ids

    def describe(self):
        versions = [{"id": v.id, "stages": v.stages, "state": v.state, "kind": v.kind,
                     "value": base64.b64encode(self.value(v)).decode() if v.content else None}
                    for v in sorted(self.versions, key=lambda version: version.id)]
        return {"name": self.name, "description": self.description, "keyId": self.key_id, "tags": self.tags,
                "annotations": self.annotations, "plannedDeletion": self.planned_deletion, "lastReadDay": self.last_read_day,
                "policy": self.policy(), "versions": versions}


class Store:
    """A store that is verified whole: every frame, record, payload and policy."""

    def __init__(self, directory, root_key):
        self.log = Log(directory, root_key)
        self.secrets = {name: Secret(self.log, name, entry) for name, entry in sorted(self.log.records.items())}
        named = []
        for secret in self.secrets.values():
            secret.describe()
            named += secret.payload_ids()
        require(len(named) == len(set(named)), "tampered: two versions name the same payload")
        self.unnamed = len(self.log.payloads) - len(named)


def read_root_key(options):
    if options.passphrase_variable:
        return RootKey(passphrase=os.environ[options.passphrase_variable])
    if options.passphrase_file:
        with open(options.passphrase_file, encoding="utf-8") as file:
            return RootKey(passphrase=file.read().rstrip("\n"))
    if options.key_variable:
        return RootKey(parse_key_file(os.environ[options.key_variable]))
    with open(options.key_file, encoding="ascii") as file:
        return RootKey(parse_key_file(file.read()))


def print_list(store):
    first = datetime.date(1, 1, 1)
    for secret in store.secrets.values():
        day = (first + datetime.timedelta(secret.last_read_day)).isoformat() if secret.last_read_day else "-"
        stages = " ".join(f"{v.id}:{','.join(v.stages) or '-'}" for v in secret.versions)
        print(secret.name, day, "deletion-planned" if secret.planned_deletion else "active", stages)


def run(options):
    store = Store(options.directory, read_root_key(options))
    if store.log.dropped:
        print(f"dropped: {store.log.dropped} bytes behind the last frame", file=sys.stderr)
    if store.unnamed:
        print(f"unnamed: {store.unnamed} payloads that no record names", file=sys.stderr)
    if options.command == "list":
        print_list(store)
    elif options.command == "dump":
        json.dump([secret.describe() for secret in store.secrets.values()], sys.stdout, indent=1)
    else:
        require(options.name in store.secrets, f"there is no secret {options.name}")
        secret = store.secrets[options.name]
        sys.stdout.buffer.write(secret.value(secret.select(options.version, options.stage)))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory")
    keys = parser.add_mutually_exclusive_group(required=True)
    keys.add_argument("--key-file", help="a key file, or a file with the 32 bytes in base64")
    keys.add_argument("--key-variable", help="an environment variable with the same")
    keys.add_argument("--passphrase-variable", help="an environment variable with a passphrase")
    keys.add_argument("--passphrase-file", help="a file with a passphrase")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="names, last read day, versions and stages")
    commands.add_parser("dump", help="all that the store holds, values in base64, as JSON")
    get = commands.add_parser("get", help="the bytes of one value")
    get.add_argument("name")
    which = get.add_mutually_exclusive_group()
    which.add_argument("--version")
    which.add_argument("--stage", default="ACSCurrent")
    try:
        run(parser.parse_args())
    except (Refused, OSError, KeyError, ValueError) as error:
        print(f"refused: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
