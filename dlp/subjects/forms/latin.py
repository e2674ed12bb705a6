"""Labels in Latin letters in English sentences and programs: "the name of the zone" tells nobody's name.

Words that head columns of people are everyday words there. Japanese texts write such a label before a value alone.
"""

from __future__ import annotations

import re

from dlp.detect.headers import PERSONAL
from dlp.subjects.plan.header import Label

#: Roles whose values are in words, and so may be the rest of a sentence.
_NAMES = frozenset(("name", "latin", "surname", "given", "kana", "surname_kana", "given_kana"))
_WORDED = _NAMES | {"address"}
#: What no name or address holds and a program does: brackets of a call, tags, assignments.
_PROGRAM = re.compile(r"^[=<>({\[|&!+*/\\%`.,]|[<>{}=;]|\w\(")
#: A name or place that begins with a capital: "Hiratsuka City".
_PROPER = re.compile(r"[A-Z0-9][^\s]*(?:[\s,]+[A-Z0-9(][^\s]*){0,5}")
#: Blanks that set a column apart, as no sentence has them.
_WIDE = re.compile(r"[ \u3000]{2}\S")
_DIGIT = re.compile(r"\d")


def tells(label: Label, value: str, sentence: re.Pattern[str]) -> bool:
    """Whether what stands behind a label's sign is a value: anything but a piece of an English sentence (`sentence`: a word
    that only such a one holds) or of a program."""
    if label.role not in _WORDED or not label.text.isascii() or not value.isascii():
        return True
    if label.role == "address" and _DIGIT.search(value):
        return _PROGRAM.search(value) is None
    return not sentence.search(value) and not _PROGRAM.search(value)


def tells_apart(label: Label, line: str, value: str, sentence: re.Pattern[str]) -> bool:
    """The same of what only a blank keeps from its label (`line`: both): in Latin letters a proper name, a figure, or what
    stands in a column of its own."""
    if not label.text.isascii() or not value.isascii():
        return True
    if label.role in _WORDED:
        proper = _PROPER.fullmatch(value) is not None or _WIDE.search(line) is not None
        return proper and tells(label, value, sentence)
    return label.role not in PERSONAL or label.role == "sex" or _DIGIT.search(value) is not None or "@" in value
