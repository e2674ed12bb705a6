"""JSON that was cut off: what an address or a log had room for, the first kilobytes of an answer.

What is whole in it is read one after another; of what is not, all that stands before the cut, its brackets closed.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator

_BEGINS = re.compile(r"[{\[]+\s*\"|\[+\s*\{")
_TOKENS = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},]')
_CLOSES = {"{": "}", "[": "]"}
_MISSES = 8  # beginnings from which nothing could be read: each has cost a look at all that follows
_LONGEST = 1 << 22  # characters of what is closed
_TAIL = 8  # characters of a number, a word or an escape that was begun
_FIGURES = 18  # of an integer that whoever reads on can hold; more are letters to him
_decoder = json.JSONDecoder(parse_int=lambda figures: int(figures) if len(figures) <= _FIGURES else figures)
#: Half of a character beyond the first 65,536 alone, as programs write what they cut within an emoji.
_HALF = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}"
)


def without_halves(text: str) -> str:
    """JSON in which no character is written by half."""
    return _HALF.sub(r"\\ufffd", text) if "\\ud" in text or "\\uD" in text else text


def values(line: str) -> Iterator[object]:
    """The objects and lists in a line that is not JSON as a whole."""
    line = without_halves(line)
    at = misses = 0
    while misses < _MISSES and (begin := _BEGINS.search(line, at)) is not None:
        try:
            value, at = _decoder.raw_decode(line, begin.start())
        except ValueError as error:
            if _is_cut(error, line):
                if (value := _closed(line[begin.start() : begin.start() + _LONGEST])) is not None:
                    yield value
                return
            at, misses = begin.end(), misses + 1
        except RecursionError:
            return
        else:
            if value:
                yield value


def _is_cut(error: ValueError, line: str) -> bool:
    """Whether it was JSON up to the end."""
    where = error.pos if isinstance(error, json.JSONDecodeError) else 0
    return where >= len(line.rstrip()) - _TAIL or str(error).startswith("Unterminated string")


def _closed(text: str) -> object:
    """What stands before the cut; None where that is nothing, or no JSON."""
    opened: list[str] = []
    safe, open_then = 0, ""
    for token in _TOKENS.finditer(text):
        sign = token.group()
        if sign in _CLOSES:
            opened.append(_CLOSES[sign])
        elif sign in "}]":
            if not opened or opened.pop() != sign:
                return None
            safe, open_then = token.end(), "".join(reversed(opened))
        elif sign == ",":
            safe, open_then = token.start(), "".join(reversed(opened))
    for end, closing in ((len(text), "".join(reversed(opened))), (safe, open_then)):
        with contextlib.suppress(ValueError, RecursionError):
            if value := _decoder.raw_decode(text[:end] + closing)[0]:
                return value
    return None
