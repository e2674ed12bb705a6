"""Labels in Latin letters in English sentences and programs: "the name of the zone" tells nobody's name.

Words that head columns of people are everyday words there. Japanese texts write such a label before a value alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from dlp.detect.headers import PERSONAL
from dlp.subjects.books import Patterns
from dlp.subjects.plan.header import Label

#: Roles whose values are in words, and so may be the rest of a sentence.
_NAMES = frozenset(("name", "latin", "surname", "given", "kana", "surname_kana", "given_kana"))
_WORDED = _NAMES | {"address"}
#: What no name or address holds and a program does: brackets of a call, tags, assignments.
_PROGRAM = re.compile(r"^[=<>({\[|&!+*/\\%`.,]|[<>{}=;]|\w\(")
#: A name or place that begins with a capital: "Hiratsuka City".
_PROPER = re.compile(r"[A-Z0-9][^\s]*(?:[\s,]+[A-Z0-9(][^\s]*){0,5}")
#: The words of a name that may be spelled as a word of sentences is: le van an, will smith.
_SPELLED = re.compile(r"[a-z][a-z'-]*(?: [a-z][a-z'-]*){1,3}")
#: A name of two words and more with what is said of it behind: Pham Van Mai (the tenant), Pham Van Mai and family.
_CALLED = re.compile(r"[A-Z][A-Za-z'.-]+(?: [A-Z][A-Za-z'.-]*){1,4}(?:,? ?[(（]|,? and |, (?=[a-z]))")
#: Several such words, as in "Hiratsuka City, Kanagawa".
_PLACES = re.compile(r"[A-Z][\w'-]*(?:[\s,]+[A-Z][\w'-]*){1,5}")
#: Blanks that set a column apart, as no sentence has them.
_WIDE = re.compile(r"[ \u3000]{2}\S")
_DIGIT = re.compile(r"\d")


def tells(label: Label, value: str, says: Patterns) -> bool:
    """Whether what stands behind a label's sign is a value: anything but a piece of an English sentence (see
    `Patterns.english`) or of a program."""
    if label.role not in _WORDED or not label.text.isascii() or not value.isascii():
        return True
    if label.role == "address":  # of figures, or of places: "local_addr=None" is a program's
        placed = _DIGIT.search(value) is not None or (_PLACES.fullmatch(value) and not says.english.search(value))
        return bool(placed) and _PROGRAM.search(value) is None
    if _PROGRAM.search(value):
        return False
    said = [match[0] for match in says.english.finditer(value)]
    return not said or _is_name(value.strip(), said, says)


def _is_name(value: str, said: Sequence[str], says: Patterns) -> bool:
    """Whether a value is a name though it holds words of sentences (`said`): one that begins or ends it is as short as a
    name, or a proper name stands before them."""
    if _SPELLED.fullmatch(value) and len(said) == 1:
        return says.english_names.fullmatch(said[0]) is not None and said[0] in (value.split()[0], value.split()[-1])
    called = _CALLED.match(value)
    return called is not None and not says.english.match(called[0].lower())


def tells_apart(label: Label, line: str, value: str, says: Patterns) -> bool:
    """The same of what only a blank keeps from its label (`line`: both): in Latin letters a proper name, a figure, or what
    stands in a column of its own."""
    if not label.text.isascii() or not value.isascii():
        return True
    if label.role in _WORDED:
        proper = _PROPER.fullmatch(value) is not None or _WIDE.search(line) is not None
        return proper and tells(label, value, says)
    return label.role not in PERSONAL or label.role == "sex" or _DIGIT.search(value) is not None or "@" in value
