"""Patterns with check and context: a `re` pattern is run only where a digit (or its own mark) stands.

Most prose holds hardly a digit, and a pattern over Japanese letters is slow: windows around the digits, found by one
cheap pass, are all that a pattern about numbers need see.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dlp.detect.ruleset import Signature

#: Anchors that are no literals: "digit" is any (digits near each other share a window), "number" six or more.
KINDS = {
    "digit": re.compile(r"[0-9](?:[^0-9]{0,20}[0-9])*"),
    "number": re.compile(r"[0-9](?:[- ()]{0,2}[0-9]){5,}"),
}
_BEFORE = 80  # characters of a window before its anchor: a label, the names of an address, the local part of a mail
_AFTER, _AFTER_LITERAL = 40, 260  # and after it: what is left of a number; a host's name


@dataclass(slots=True)
class Windows:
    """The stretches of one text in which an anchor stands, found once for all signatures with that anchor."""

    text: str
    _found: dict[str, list[tuple[int, int]]] = field(default_factory=dict)

    def around(self, anchor: str) -> list[tuple[int, int]]:
        """Windows of `anchor`: one of KINDS, a literal, or "" for the whole text. In order, not overlapping."""
        if not anchor:
            return [(0, len(self.text))]
        if anchor not in self._found:
            self._found[anchor] = list(self._merged(anchor))
        return self._found[anchor]

    def _merged(self, anchor: str) -> Iterator[tuple[int, int]]:
        begin = end = -1
        after = _AFTER if anchor in KINDS else _AFTER_LITERAL
        for start, stop in self._places(anchor):
            low, high = max(0, start - _BEFORE), min(len(self.text), stop + after)
            if low <= end:
                end = max(end, high)
                continue
            if end >= 0:
                yield begin, end
            begin, end = low, high
        if end >= 0:
            yield begin, end

    def _places(self, anchor: str) -> Iterator[tuple[int, int]]:
        if anchor in KINDS:
            for match in KINDS[anchor].finditer(self.text):
                yield match.span()
            return
        place = self.text.find(anchor)
        while place >= 0:
            yield place, place + len(anchor)
            place = self.text.find(anchor, place + len(anchor))


def scan(signature: Signature, windows: Windows) -> Iterator[tuple[int, int, float]]:
    """(start, end, score) of each value that passes check and context, in characters."""
    pattern, text = signature.pattern, windows.text
    assert pattern is not None
    if signature.score < signature.threshold and not any(word in text for word in signature.near):
        return  # nothing could reach the threshold
    places = windows.around(signature.anchor)
    if not places:
        return
    group = "value" if "value" in pattern.groupindex else 0
    for low, high in places:
        for match in pattern.finditer(text, low, high):
            start, end = match.span(group)
            if _denied(signature, text, start):
                continue
            score = signature.near_score if _near(signature, text, start, end) else signature.score
            if score >= signature.threshold and (signature.check is None or signature.check(match[group])):
                yield start, end, score


def _denied(signature: Signature, text: str, start: int) -> bool:
    """Whether a word directly before makes the value something else ("送り状番号：")."""
    before = text[max(0, start - signature.reach) : start].rstrip(" :：=#№.\t　([（「")
    return before.endswith(signature.not_near)


def _near(signature: Signature, text: str, start: int, end: int) -> bool:
    around = text[max(0, start - signature.reach) : end + signature.reach]
    return any(word in around for word in signature.near)
