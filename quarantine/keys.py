"""The key ring: a file that only its owner may read, kept outside the room it opens.

JSON: {"format": 1, "root": b64, "current": id, "keys": {id: {"made": ISO time, "key": b64}}}. The keys wrap the
cases' data keys and are rotated; the root never changes, because tokens of people derived from it must stay
comparable over the years.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from quarantine import seal
from quarantine.case import RoomError, SealBroken
from quarantine.disk import alone, replace_file


class KeysRefused(RoomError):
    """The key ring file is readable by others, not ours, damaged or missing; the text says what to change."""


@dataclass(frozen=True, slots=True)
class _Ring:
    root: bytes
    current: str
    keys: dict[str, bytes]
    made: dict[str, str]

    def dump(self) -> bytes:
        keys = {name: {"made": self.made[name], "key": _text(key)} for name, key in self.keys.items()}
        ring = {"format": 1, "root": _text(self.root), "current": self.current, "keys": keys}
        return json.dumps(ring, indent=1).encode()

    @classmethod
    def load(cls, raw: bytes) -> _Ring:
        try:
            ring = json.loads(raw)
            keys = {name: _key(item["key"]) for name, item in ring["keys"].items()}
            made = {name: str(item["made"]) for name, item in ring["keys"].items()}
            if ring["format"] != 1 or ring["current"] not in keys:
                raise ValueError
            return cls(_key(ring["root"]), ring["current"], keys, made)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise KeysRefused("the key ring file is damaged: restore it from its backup") from None

    def grown(self) -> _Ring:
        name = secrets.token_hex(4)
        made = {**self.made, name: datetime.now(UTC).isoformat(timespec="seconds")}
        return _Ring(self.root, name, {**self.keys, name: seal.new_key()}, made)


class KeyRing:
    """Wraps data keys under the current key, unwraps under any, derives purpose keys from the root.

    Thread-safe. A rotation by another process is seen at the next use. Losing the file loses every sealed case.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._guard = threading.Lock()
        self._seen = _identity(path)
        self._ring = _Ring.load(_read(path))

    @classmethod
    def open_or_create(cls, path: Path) -> KeyRing:
        """The ring in `path` (0600), made at random when there is none. Raises KeysRefused."""
        if not path.exists():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with alone(_lock_of(path)):
                if not path.exists():  # made by another process while we waited
                    replace_file(path, _Ring(seal.new_key(), "", {}, {}).grown().dump())
        return cls(path)

    def ids(self) -> tuple[str, ...]:
        """Ids of all keys, oldest first."""
        return tuple(self._fresh().keys)

    @property
    def current(self) -> str:
        """Id of the key that wraps what is sealed now."""
        return self._fresh().current

    def derive(self, purpose: str) -> bytes:
        """32 bytes for `purpose`, the same for ever."""
        return seal.derive(self._ring.root, f"sekisho {purpose}")

    def wrap(self, data_key: bytes, bound: str) -> tuple[str, bytes]:
        """(key id, `data_key` wrapped by the current key and bound to `bound`)."""
        ring = self._fresh()
        return ring.current, seal.seal(ring.keys[ring.current], data_key, f"{ring.current} {bound}")

    def unwrap(self, key_id: str, wrapped: bytes, bound: str) -> bytes:
        """The data key again. Raises SealBroken, also when the ring has no such key."""
        key = self._fresh().keys.get(key_id)
        if key is None:
            raise SealBroken("the key ring has no such key")
        return seal.unseal(key, wrapped, f"{key_id} {bound}")

    def rotate(self) -> str:
        """Add a key and make it the current one; older keys stay, to unwrap. Its id."""
        with alone(_lock_of(self._path)), self._guard:
            ring = _Ring.load(_read(self._path)).grown()
            replace_file(self._path, ring.dump())
            self._ring, self._seen = ring, _identity(self._path)
            return ring.current

    def _fresh(self) -> _Ring:
        with self._guard:
            try:
                now = _identity(self._path)
            except KeysRefused:
                return self._ring  # the file is away just now; what we hold still opens what it sealed
            if now != self._seen:
                ring = _Ring.load(_read(self._path))
                if ring.root != self._ring.root:
                    raise KeysRefused("the key ring file was exchanged for another: restart to use it")
                self._ring, self._seen = ring, now
            return self._ring


def _text(key: bytes) -> str:
    return base64.b64encode(key).decode("ascii")


def _key(text: str) -> bytes:
    key = base64.b64decode(text, validate=True)
    if len(key) != 32:
        raise ValueError
    return key


def _identity(path: Path) -> tuple[int, int, int]:
    try:
        stat = path.stat()
    except OSError:
        raise KeysRefused(f"the key ring file cannot be found: {path}") from None
    return stat.st_ino, stat.st_mtime_ns, stat.st_size


def _read(path: Path) -> bytes:
    """The file's bytes, if nobody but its owner may read it and its owner is us."""
    try:
        file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        raise KeysRefused(f"the key ring file cannot be opened ({error.strerror}): {path}") from None
    with os.fdopen(file, "rb") as stream:
        stat = os.fstat(stream.fileno())
        if stat.st_mode & 0o177:
            raise KeysRefused(f"the key ring file must have mode 0600, not {stat.st_mode & 0o7777:04o}: {path}")
        if stat.st_uid != os.geteuid():
            raise KeysRefused(f"the key ring file belongs to another user: {path}")
        return stream.read()


def _lock_of(path: Path) -> Path:
    return path.with_name(f".{path.name}.lock")
