"""People read a second time: a text's records, what is encoded in it and the text from its end are parts of their own,
and its lines as they stand name some of their people in pieces (金平 of 金平 鉄山) or in mirror writing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

import polars as pl

from dlp.extract.unpack import TURNED
from dlp.subjects.few import Mention

type Found = pl.DataFrame | list[Mention]
#: By value, what those are called who are reached or live there.
type Known = Mapping[str, Collection[str]]

#: Last names of the paths of such parts.
AGAIN = frozenset((TURNED, "records", "encoded"))
_FACTS = ("phone", "email", "address")


def again(path: tuple[str, ...]) -> bool:
    """Whether what a part says stands in the one that it is of, too."""
    return path[-1:] != () and path[-1] in AGAIN


def mirrored(found: Found) -> set[str]:
    """What those found in a text that was turned are called, as it stands."""
    return {name[::-1] for name, *_ in _rows(found)}


def known(found: Found) -> Known:
    """Names by each telephone, mail address and postal address."""
    names: dict[str, set[str]] = defaultdict(set)
    for name, *facts in _rows(found):
        for fact in facts:
            if fact is not None:
                names[fact].add(name)
    return names


def without(found: Found, part: int, *, mirrored: Collection[str] = (), known: Known) -> Found:
    """Mentions without those of a part that are somebody's in mirror writing, or in a piece of his name."""
    if isinstance(found, pl.DataFrame):
        if not len(found) or found["part"][0] != part:
            return found
        kept = [not _read_again(row, mirrored, known) for row in found.select("name", *_FACTS).iter_rows()]
        return found if all(kept) else found.filter(pl.Series(kept))
    rows = (tuple(m[key] for key in ("name", *_FACTS)) for m in found)
    return [m for m, row in zip(found, rows, strict=True) if m["part"] != part or not _read_again(row, mirrored, known)]


def _read_again(row: tuple[str | None, ...], mirrored: Collection[str], known: Known) -> bool:
    name, *facts = row
    if name is None:
        return False
    if name in mirrored:
        return True
    wholes = (whole for fact in facts if fact is not None for whole in known.get(fact, ()))
    return any(whole != name and (whole.startswith(name) or whole.endswith(name)) for whole in wholes)


def _rows(found: Found) -> Iterable[tuple[str, str | None, str | None, str | None]]:
    """Name, telephone, mail address and postal address of those who have a name."""
    if isinstance(found, pl.DataFrame):
        rows: Iterable[tuple[str | None, ...]] = found.select("name", *_FACTS).iter_rows()
    else:
        rows = (tuple(m[key] for key in ("name", *_FACTS)) for m in found)
    return [(name, phone, email, address) for name, phone, email, address in rows if name]
