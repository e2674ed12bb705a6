"""PHP's serialized values (a:2:{s:6:"氏名";s:…), as sessions and tables of options hold them: arrays, objects, scalars.

Lengths count bytes, so the reader walks over UTF-8; where they do not fit (the text came in another encoding), a string
ends at its quote.
"""

from __future__ import annotations

import re
from typing import Any

#: Where one begins.
BEGIN = re.compile(rb'(?:^|[\s=,(>\'"|;])(?=(?:a:\d+:\{[is]:|O:\d+:"[^"]{1,80}":\d+:\{s:))')
_STRING = re.compile(rb's:(\d{1,9}):"')
_SCALAR = re.compile(rb"([idb]):([^;]{1,40});|(N);")
_GROUP = re.compile(rb'a:\d+:\{|O:\d+:"[^"]*":\d+:\{')
_DEEPEST = 40
_NEAR = 20_000  # bytes in which a string ends whose length does not fit


def values_of(text: str) -> tuple[list[Any], str] | None:
    """Every such value in a text, arrays with numbers for keys as lists, and the text without them; None for none."""
    if not _may_hold(text):
        return None
    raw, found, rest, at = text.encode("utf-8", "replace"), list[Any](), list[bytes](), 0
    dead = set[int]()
    while match := BEGIN.search(raw, at):
        read = _value(raw, match.end(), 0, dead)
        if read is None:
            rest.append(raw[at : match.end() + 1])
            at = match.end() + 1
            continue
        found.append(read[0])
        rest.append(raw[at : match.end()])
        at = read[1]
    return (found, b"".join([*rest, raw[at:]]).decode("utf-8", "replace")) if found else None


def begins(text: str) -> bool:
    """Whether such a value begins anywhere in a text."""
    return _may_hold(text) and BEGIN.search(text.encode("utf-8", "replace")) is not None


def _may_hold(text: str) -> bool:
    """Whether there are the signs without which there is none: few texts have them."""
    return ":{" in text and ("a:" in text or "O:" in text)


def _value(raw: bytes, at: int, depth: int, dead: set[int]) -> tuple[Any, int] | None:
    """A value and where it ends; None for what is none. `dead`: where groups begin that are none, or too deep ones."""
    if at in dead:
        return None
    if match := _STRING.match(raw, at):
        return _string(raw, match.end(), int(match[1]))
    if match := _SCALAR.match(raw, at):
        return (match[2].decode("ascii", "replace") if match[2] else None), match.end()
    match = _GROUP.match(raw, at)
    found = _group(raw, match.end(), depth, dead) if match and depth < _DEEPEST else None
    if match and depth < _DEEPEST and found is None:
        dead.add(at)
    return found


def _string(raw: bytes, at: int, size: int) -> tuple[str, int] | None:
    end = at + size
    if raw[end : end + 2] != b'";':
        end = raw.find(b'";', at, at + _NEAR)
    return (raw[at:end].decode("utf-8", "replace"), end + 2) if end >= 0 else None


def _group(raw: bytes, at: int, depth: int, dead: set[int]) -> tuple[Any, int] | None:
    """The pairs of an array or an object; where it breaks off, what there was."""
    pairs: dict[str, Any] = {}
    while raw[at : at + 1] != b"}" and at < len(raw):
        key = _value(raw, at, depth + 1, dead)
        value = _value(raw, key[1], depth + 1, dead) if key else None
        if key is None or value is None:
            break
        pairs[str(key[0]).rpartition("\0")[2]] = value[0]
        at = value[1]
    if not pairs and raw[at : at + 1] != b"}":
        return None
    made = list(pairs.values()) if pairs and all(key.isdecimal() for key in pairs) else pairs
    return made, at + (raw[at : at + 1] == b"}")
