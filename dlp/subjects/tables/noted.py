"""Columns of notes whose cells say where somebody lives, or when he was born, and perhaps how he is reached: 備考 over
"鏡浜市本町1-2-3　090-…"."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from itertools import pairwise

from dlp.subjects.cells.values import addressed
from dlp.subjects.plan.header import Label

_LEAST, _MOST, _SOME = 3, 0.6, 0.1  # cells that tell; the share of them that says it; that says something beside it
_PIECES = re.compile(r"[\s・/、,。()\[\]【】|:]+")
#: A house and what is its own: behind it a note may go on (本町1-2-3に居住).
_HOUSE = re.compile(r"^.{2,60}\d(?:号室?|番地?|丁目|[FＦ階])?")
_ABOUT = re.compile(r"(?:地先|地内|付近)")  # where works are, and nobody lives
#: … of a town and of a house by two numbers at least: 様式2-1 and 令和6 are none.
_PLACED = re.compile(r"\D{1,12}[市区町村]\D{0,10}\d+(?:-\d|番|丁目|の\d)|\D{2,12}(?:\d+-\d+-\d|\d+丁目)")
_BORN, _BIRTH = re.compile(r"(?:生まれ|生)$"), re.compile(r"(?:生年月日|誕生日)[\s:]*$")
_NOTES = ("note", "item", "event", "")
#: What makes such a note one of a person; else a telephone in it is read as it was.
_MAIN = ("address", "birth_date")
_BESIDE = ("phone", "email")


def labels(
    label: Label, cells: Sequence[str], written: Mapping[str, re.Pattern[str]], offices: tuple[str, ...]
) -> tuple[Label, ...]:
    """What the cells of a column of notes hold, a label each, the note's own last; nothing where they are but notes.
    `written`: what is told by how it is written; `offices`: words that begin what says whose place or telephone is an
    office's (会場, 現場)."""
    if not label.role and not any("生" in cell for cell in cells[:_LEAST]):
        return ()
    if (
        label.role not in _NOTES
        or len(cells) < _LEAST
        or not any(any(map(str.isdigit, cell)) for cell in cells[:_LEAST])
    ):
        return ()
    told = [_roles(unicodedata.normalize("NFKC", cell), written, offices) for cell in cells]
    shares = {role: sum(role in roles for roles in told) / len(told) for role in (*_MAIN, *_BESIDE)}
    main = [role for role in _MAIN if shares[role] >= _MOST]
    if not main or (not label.role and "birth_date" not in main):  # what nothing is known of is told by its cells
        return ()
    held = [*main, *(role for role in _BESIDE if shares[role] >= _SOME)]
    return (*(Label(label.text, role, label.group) for role in held), label)


def _roles(cell: str, written: Mapping[str, re.Pattern[str]], offices: tuple[str, ...]) -> set[str]:
    found: set[str] = set()
    for role in (*_BESIDE, "postal_code", "birth_date"):
        match = written[role].search(cell)
        if match is None or (role == "birth_date" and not _is_birth(match)):
            continue
        found.add(role)
        cell = f"{cell[: match.start()]}\n{cell[match.end() :]}"
    pieces = pairwise(["", *_PIECES.split(cell)])
    if any(_is_house(piece) and not before.startswith(offices) for before, piece in pieces):
        found.add("address")
    return found


def _is_birth(match: re.Match[str]) -> bool:
    """Whether a day is said to be somebody's birth."""
    return _BORN.search(match[0]) is not None or _BIRTH.search(match.string, 0, match.start()) is not None


def _is_house(piece: str) -> bool:
    match = _HOUSE.match(piece) if any(map(str.isdigit, piece)) and not piece.isascii() else None
    if match is None or _ABOUT.match(piece, match.end()):
        return False
    return _PLACED.match(match[0]) is not None and addressed(match[0])
