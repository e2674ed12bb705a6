"""Whether cells hold what a header word says they do: by which readings of a table's layout are told apart."""

from __future__ import annotations

from collections.abc import Sequence

from dlp.subjects.cells.looks import Look
from dlp.subjects.cells.values import Names

#: What the cells under a role look like, by the shares of a Look.
_KINDS = {
    "name": ("shape", "latin"),
    "surname": ("word_shape", "word"),
    "given": ("word_shape", "word"),
    "kana": ("kana",),
    "surname_kana": ("kana", "word_shape"),
    "given_kana": ("kana", "word_shape"),
    "phone": ("phone", "mobile", "told_phone"),
    "email": ("email",),
    "postal_code": ("postal",),
    "birth_date": ("date", "figures"),
    "sex": ("sex",),
    "address": ("address",),
    "individual_number": ("twelve",),
}
_HELD, _STRANGE = 0.6, 0.3  # share of the cells of a kind that are of it; of another's that may be


def fits(role: str, seen: Look) -> bool | None:
    """Whether cells are of a role's kind; None where the kind has no looks of its own, or there are no cells."""
    shares = _shares(role, seen)
    return None if shares is None else shares >= _HELD


def strange(role: str, seen: Look) -> bool:
    """Whether cells are of another kind than a role's."""
    shares = _shares(role, seen)
    return shares is not None and shares < _STRANGE


def _shares(role: str, seen: Look) -> float | None:
    if role not in _KINDS or not seen.some:
        return None
    return max(float(getattr(seen, kind)) for kind in _KINDS[role])


def looks(cells: Sequence[str | None], names: Names) -> Look:
    """A Look of the cells that hold something."""
    return Look([cell for cell in cells if cell], names)
