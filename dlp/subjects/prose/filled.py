"""Forms in text, and whose each is that names nobody: the one's a letter is written to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import chain, pairwise

from dlp.native import hold
from dlp.subjects.forms import forms
from dlp.subjects.forms.form_records import NAMED, Pair
from dlp.subjects.plan.header import Label, Reader
from dlp.subjects.prose.prose import Prose

#: Labels one of which a form has that is about somebody.
_TELLS = NAMED | {"individual_number"}
#: How a sender is reached, and letters that make it his.
_SENDERS, _SEVERAL = ("phone", "email"), 3
#: What a signature tells, and its lines above the first with a label, at most.
_REACHES, _SIGNATURE = frozenset((*_SENDERS, "address", "postal_code", "")), 3


def records(
    rows: Sequence[str], used: list[bool], reader: Reader, prose: Prose, held: hold.Held = None
) -> list[list[Pair]]:
    """Label–value pairs in lines not yet `used`, a record a person; the lines of what is about somebody are marked used."""
    before = list(used)
    found = forms.text_records(rows, reader, used, held)
    if not found or _tells(found):
        return found
    heads = prose.addressees(rows, before, held)
    if len(heads) > 1:
        return _letters(rows, heads, before, used, reader)
    name = prose.addressee(rows)
    return _about(found, name, _signed(rows, before, used, reader)) if name else found


def _letters(
    rows: Sequence[str], heads: Sequence[tuple[int, str]], before: Sequence[bool], used: list[bool], reader: Reader
) -> list[list[Pair]]:
    """The forms of letters that follow each other, each about whom it is written to."""
    made: list[list[list[Pair]]] = []
    starts = [0, *(line for line, _ in heads[1:]), len(rows)]
    for (begin, end), (_, name) in zip(pairwise(starts), heads, strict=True):
        taken = list(before[begin:end])
        found = forms.text_records(rows[begin:end], reader, taken)
        used[begin:end] = taken
        signed = _signed(rows[begin:end], before[begin:end], taken, reader)
        made.append(found if _tells(found) else _about(found, name, signed))
    return _without_senders(made)


def _without_senders(letters: Sequence[Sequence[list[Pair]]]) -> list[list[Pair]]:
    """The records of letters without the telephones and mail addresses that most of them tell: their sender's."""
    told = Counter(said for letter in letters for said in {*map(_reached, chain.from_iterable(letter))} if said)
    often = {said for said, times in told.items() if times >= _SEVERAL and times > len(letters) / 2}
    return [[pair for pair in record if _reached(pair) not in often] for letter in letters for record in letter]


def _reached(pair: Pair) -> tuple[str, str] | None:
    label, value = pair
    return (label.role, value) if label.role in _SENDERS else None


def _about(found: Sequence[list[Pair]], name: str, signed: bool) -> list[list[Pair]]:
    """The same records with whom they are about; none where they only tell how a sender is reached who `signed`."""
    if signed and all(label.role in _REACHES for record in found for label, _ in record):
        return []
    return [[(Label("氏名", "name"), name), *record] for record in found]


def _signed(rows: Sequence[str], before: Sequence[bool], used: Sequence[bool], reader: Reader) -> bool:
    """Whether the first line that was taken for a form stands in a signature: right below an office, or who is in it."""
    first = next((i for i in range(len(rows)) if used[i] and not before[i]), 0)
    signs = reader.books.patterns.signed
    for i in range(first - 1, max(-1, first - 1 - _SIGNATURE), -1):
        if not rows[i].strip():
            return False
        if signs.search(rows[i]):
            return True
    return False


def _tells(found: Sequence[Sequence[Pair]]) -> bool:
    return any(label.role in _TELLS for record in found for label, _ in record)
