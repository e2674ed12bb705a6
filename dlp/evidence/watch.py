"""Puts on record what the gateway runs by: digests of configuration, rules and files at start, and each change."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping
from pathlib import Path

import orjson

from dlp import __version__
from dlp.settings import Config
from quarantine.room import Room

_SECRETS = ("password",)


class Watch:
    """Compares files with how they were last seen."""

    def __init__(self, room: Room, config: Config, *, ruleset: str, policy: bytes) -> None:
        self._room = room
        self._digests = {"configuration": _of_config(config), "ruleset": ruleset, "policy": _sha(policy)}
        self._files: dict[str, Path] = {
            "people": config.path(config.directory.people),
            "devices": config.path(config.directory.devices),
        }
        self._marks: dict[str, object] = {}

    def begin(self) -> None:
        """The gateway starts: everything it runs by, in one entry, after one for each that is not as it was then."""
        self._look()
        last = self._room.last_event("start")
        for name, digest in self._digests.items():
            if last is not None and last.detail.get(name, "") != digest:
                self._tell(name, str(last.detail.get(name, "")), digest)
        self._room.note("gateway", "start", {"version": __version__, **self._digests})

    def look(self) -> None:
        """An entry for each file that is not as it was."""
        for name, (before, after) in self._look().items():
            self._tell(name, before, after)

    def end(self) -> None:
        """The gateway stops."""
        self._room.note("gateway", "stop")

    def _tell(self, name: str, before: str, after: str) -> None:
        self._room.note("gateway", "configuration changed", {"what": name, "was": before, "digest": after})

    def _look(self) -> Mapping[str, tuple[str, str]]:
        changed: dict[str, tuple[str, str]] = {}
        for name, path in self._files.items():
            mark = _mark(path)
            if mark == self._marks.get(name):
                continue
            before, after = self._digests.get(name, ""), _of_file(path)
            self._marks[name], self._digests[name] = mark, after
            if before != after:
                changed[name] = before, after
        return changed


def _of_config(config: Config) -> str:
    """Of everything that is set, but for secrets: their digest would tell them."""
    settings = {
        section.name: _plain(getattr(config, section.name))
        for section in dataclasses.fields(config)
        if section.name != "var"
    }
    return _sha(orjson.dumps(settings, default=str, option=orjson.OPT_SORT_KEYS))


def _plain(section: object) -> dict[str, object]:
    names = [one.name for one in dataclasses.fields(section) if one.name not in _SECRETS]  # type: ignore[arg-type]
    return {name: getattr(section, name) for name in names}


def _of_file(path: Path) -> str:
    try:
        return _sha(path.read_bytes())
    except OSError:
        return "missing"


def _mark(path: Path) -> object:
    try:
        stat = path.stat()
    except OSError:
        return "missing"
    return stat.st_ino, stat.st_mtime_ns, stat.st_size


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
