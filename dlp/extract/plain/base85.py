"""Runs of base85 as Adobe, Git, RFC 1924 and ZeroMQ write it, and what they hold.

Five signs of 85 stand for four bytes. All the ways use nearly every sign of ASCII, so that a text that lacks some of
the common ones holds no run.
"""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from dlp.native.look import Look, marks

#: Signs that every way of writing it has, and a run of some length hardly lacks.
_COMMON = "!#$%&()*<=>?@^"
_ASKED = marks(_COMMON)
_ADOBE = "<~"
_QUOTES = re.compile(r">[> ]{0,12} ")  # as answers repeat what they answer; the sign alone is one of base85
_SHORT = 4  # signs of a line that are no piece
#: A run beside other words: the value of a field, what stands in quotes.
_WORD = re.compile(r"(?<=[ \t：])[\"']?([!-~]{40,})(?=[\"']?\s)")
_MOST = 0.75  # of the lines of a text, beside a greeting
_LOOK = 40  # signs of a run by which most that are none are told
_FEWEST_SIGNS = 4  # of these that are no letters or figures
_GIT = re.compile(r"^(?:literal|delta) \d+\n((?:[A-Za-z][!-~]{5,65}\n)+)", re.MULTILINE)
_ALIKE = ",;\"'\\"  # signs that base85 of RFC 1924 leaves out, as lists and programs have them
_Z85 = str.maketrans(
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#",
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~",
)
type Way = Callable[[str], bytes]


def may_hold(text: str, seen: Look | None) -> bool:
    """Whether a text has the signs. `seen`: what `normalize.told` said of it."""
    if seen is not None and seen.lacks(_ASKED):
        return False
    return all(sign in text for sign in _COMMON)


def likely(text: str) -> bool:
    """Whether a text is hardly anything but such a run, folded or not: what parts its lines into cells is chance."""
    if not may_hold(text, None):
        return False
    lines = text.split("\n")[:40]
    whole = [line.strip("\r") for line in lines[:-1] if line.strip("\r")] or lines
    pieces = [line for line in whole if _is_piece(line)]
    return len(pieces) >= _MOST * len(whole) and len(pieces[0]) >= _LOOK


def _is_piece(line: str) -> bool:
    return len(line) > _SHORT and line.isascii() and line.isprintable() and " " not in line


def around(text: str, made: Callable[[str], str]) -> str | None:
    """`text` with what stands around blocks of such lines put through `made`; None where it has none.

    Signs of theirs look like entities, percent signs or escapes: undone, they are no such run any more.
    """
    out: list[str] = []
    at = 0
    for block in _blocks(text):
        if any(_begins("".join(block.lines), way) for way in _WAYS) or _GIT.search(text, max(0, block.begin - 40)):
            out += [made(text[at : block.begin]), text[block.begin : block.end]]
            at = block.end
    return "".join((*out, made(text[at:]))) if out else None


class _Block(NamedTuple):
    begin: int
    end: int
    lines: list[str]


def _blocks(text: str) -> Iterator[_Block]:
    """Lines below each other that are signs without a blank, long enough together."""
    held: list[str] = []
    begin = end = at = 0
    for line in (*text.split("\n"), ""):
        piece = line.strip("\r \t")
        if piece[:1] == ">" and (quoted := _QUOTES.match(piece)):
            piece = piece[quoted.end() :]
        if _is_piece(piece):
            begin = begin if held else at
            held.append(piece)
            end = at + len(line)
        else:
            if sum(map(len, held)) >= _LOOK:
                yield _Block(begin, end, held)
            held = []
        at += len(line) + 1


def found(text: str, seen: Look | None) -> Iterator[bytes]:
    """What each run may hold, in every way it may be written. Whoever asks looks which of it is a text or a file."""
    if not may_hold(text, seen):
        return
    for match in _GIT.finditer(text):
        yield from _of_git(match[1].split("\n"))
    for block in _blocks(text):
        yield from _of_lines(block.lines)
    for match in _WORD.finditer(text):
        yield from _of_lines([match[1]])


def _of_lines(lines: Sequence[str]) -> Iterator[bytes]:
    """Lines below each other as one run that was folded, or each by itself."""
    whole = "".join(lines)
    for way in _WAYS:
        if _begins(whole, way):
            yield _read(whole, way)
    if len(lines) > 1:
        for way in _WAYS:
            read = [_read(line, way) for line in lines if _begins(line, way)]
            if 2 * len(read) > len(lines):
                yield b"\n".join(read)


def _begins(run: str, way: Way) -> bool:
    """Whether a run's beginning is bytes in this way, and none of letters alone, as a word or an address is."""
    run = run.removeprefix(_ADOBE)
    head = run[: min(_LOOK, len(run)) // 5 * 5]
    return sum(not sign.isalnum() for sign in head) >= _FEWEST_SIGNS and _read(head, way) != b""


def _read(run: str, way: Way) -> bytes:
    try:
        return way(run)
    except (ValueError, OverflowError):
        return b""


def _adobe(run: str) -> bytes:
    return base64.a85decode(run.removeprefix(_ADOBE).partition("~>")[0])


def _rfc1924(run: str) -> bytes:
    return base64.b85decode(run)


def _zeromq(run: str) -> bytes:
    if len(run) % 5 or any(sign in _ALIKE for sign in run):
        raise ValueError
    return base64.b85decode(run.translate(_Z85))


_WAYS: tuple[Way, ...] = (_adobe, _rfc1924, _zeromq)


def _of_git(lines: Sequence[str]) -> Iterator[bytes]:
    """A file of a patch that Git wrote: a length in a letter before each line, packed by zlib."""
    held = bytearray()
    for line in filter(None, lines):
        size = ord(line[0]) - (ord("A") - 1 if line[0].isupper() else ord("a") - 27)
        held += _read(line[1:], _rfc1924)[:size]
    try:
        yield zlib.decompressobj().decompress(bytes(held), 1 << 24)
    except zlib.error:
        return
