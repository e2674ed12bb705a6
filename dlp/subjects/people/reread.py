"""People read a second time: a text's records, what is encoded in it and the text from its end are parts of their own,
and its lines as they stand name some of their people in pieces (金平 of 金平 鉄山) or in mirror writing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

import polars as pl

from dlp.extract.plain.unpack import TURNED
from dlp.subjects.cells import keys
from dlp.subjects.people.few import Mention

type Found = pl.DataFrame | list[Mention]
#: What is known of those of a name: bits of categories.
type Called = Mapping[str, int]
#: By value, who is reached or lives there.
type Known = Mapping[str, Called]
#: Name, categories, telephone, mail address, postal address.
type Row = tuple[str | None, int, str | None, str | None, str | None]

RECORDS = "records"
#: Last names of the paths of such parts.
AGAIN = frozenset((TURNED, RECORDS, "encoded"))
_KEYS = ("name", "cats", "phone", "email", "address")


def again(path: tuple[str, ...]) -> bool:
    """Whether what a part says stands in the one that it is of, too."""
    return path[-1:] != () and path[-1] in AGAIN


def called(found: Found, kind: str) -> Called:
    """What those found in a part of this last name are called in the text as it stands, where that is mirror writing.
    Names of records are not left out by themselves: those of a text's lines may be namesakes."""
    names: dict[str, int] = defaultdict(int)
    for name, cats, *_ in _rows(found) if kind == TURNED else ():
        for turned in keys.mirrored(name) if name else ():
            names[turned] |= cats
    return names


def known(found: Found) -> Known:
    """Names by each telephone, mail address and postal address."""
    names: dict[str, dict[str, int]] = defaultdict(dict)
    for name, cats, *facts in _rows(found):
        for fact in facts:
            if name and fact is not None:
                names[fact][name] = names[fact].get(name, 0) | cats
    return names


def part_of(found: Found) -> int:
    """The part that mentions, some at least, were met in: all that are gathered at once are of one."""
    return int(found["part"][0] if isinstance(found, pl.DataFrame) else found[0]["part"])


def without(found: Found, *, names: Called, known: Known) -> Found:
    """Mentions without those of `names`, or of a piece of one who is reached where he is; such as say more of somebody
    (an illness) are kept."""
    kept = [not _read_again(row, names, known) for row in _rows(found)]
    if isinstance(found, pl.DataFrame):
        return found if all(kept) else found.filter(pl.Series(kept))
    return [mention for mention, keep in zip(found, kept, strict=True) if keep]


def _read_again(row: Row, names: Called, known: Known) -> bool:
    name, cats, *facts = row
    if name is None:
        return False
    if name in names and not cats & ~names[name]:
        return True
    wholes = (whole for fact in facts if fact is not None for whole in known.get(fact, {}).items())
    return any(
        whole != name and (whole.startswith(name) or whole.endswith(name)) and not cats & ~more
        for whole, more in wholes
    )


def _rows(found: Found) -> Iterable[Row]:
    """What is compared of each."""
    if isinstance(found, pl.DataFrame):
        return found.select(_KEYS).rows()
    return [(m["name"], m["cats"], m["phone"], m["email"], m["address"]) for m in found]
