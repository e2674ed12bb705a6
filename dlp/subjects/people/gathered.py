"""The mentions of one transfer, in the order they were met: row by row while they are few, as columns once they are many."""

from __future__ import annotations

import polars as pl

from dlp.subjects.own import OwnTown
from dlp.subjects.people import acquaintance, identity, reread
from dlp.subjects.people.acquaintance import Acquaintance
from dlp.subjects.people.few import Mention
from dlp.subjects.people.identity import People
from dlp.subjects.people.people import SCHEMA, empty

_OFTEN = 4  # times names are asked for after which they are put into a set

type Found = pl.DataFrame | list[Mention]


class Gathered:
    """Mentions so far. `own` takes the own municipality out of addresses."""

    def __init__(self, own: OwnTown) -> None:
        self._own = own
        self.clear()

    def clear(self) -> None:
        """Forget all of them."""
        self._found: list[Found] = []
        self._count, self._wide = 0, False
        self._people: People | Acquaintance | None = None
        self._known: frozenset[str] | None = None
        self._asked = 0  # how often for names

    def __len__(self) -> int:
        return self._count

    def add(self, found: Found, correspondents: frozenset[str]) -> None:
        """More mentions; those by the addresses of a mail's own parties are left out."""
        if isinstance(found, list):
            kept: Found = [self._plain(m) for m in found if m["email"] is None or m["email"] not in correspondents]
        else:
            if correspondents and len(found):
                found = found.filter(~pl.col("email").is_in(list(correspondents)).fill_null(value=False))
            kept = found.with_columns(self._own.stripped(pl.col("address"))) if len(found) else found
            self._wide |= len(kept) > 0
        if len(kept):
            self._found.append(kept)
            self._count += len(kept)
            self._people = self._known = None

    def read_again(self, found: Found, part: int, kind: str) -> None:
        """Forget who was read in `part`, a text, in a piece of his name or with what is said of others: `found` are
        people of the same text as `kind` says (see `reread.AGAIN`)."""
        known = reread.known(found)
        names = reread.called(found, kind)
        if not known and not names:
            return
        for i in reversed([i for i, f in enumerate(self._found) if reread.part_of(f) == part]):
            kept = reread.without(self._found[i], names=names, known=known)
            self._count -= len(self._found[i]) - len(kept)
            self._found[i : i + 1] = [kept] if len(kept) else []
        self._people = self._known = None

    def _plain(self, mention: Mention) -> Mention:
        address = mention["address"]
        return mention | {"address": self._own.without(address)} if address else mention

    def named(self, words: frozenset[str]) -> frozenset[str]:
        """Those of some words that are names in them."""
        self._asked += 1
        if self._asked > _OFTEN:
            return words & self._names()
        found: set[str] = set()
        for f in self._found if words else ():
            names = {m["name"] for m in f} if isinstance(f, list) else _among(f["name"], words)
            found |= words & names
        return frozenset(found)

    def _names(self) -> frozenset[str]:
        """All names in them: to make one set of them costs ten times as much as to look them through."""
        if self._known is None:
            columns = [
                [m["name"] for m in f] if isinstance(f, list) else f["name"].unique().to_list() for f in self._found
            ]
            self._known = frozenset(name for column in columns for name in column if name is not None)
        return self._known

    def people(self) -> People | Acquaintance:
        """Who is who among them."""
        if self._people is None:
            few = not self._wide and self._count <= acquaintance.MOST
            self._people = acquaintance.who_is_who(self._rows()) if few else identity.who_is_who(self._columns())
        return self._people

    def columns(self) -> People:
        """The same, as columns however few they are."""
        people = self.people()
        return people if isinstance(people, People) else identity.who_is_who(self._columns())

    def _rows(self) -> list[Mention]:
        return [mention for found in self._found if isinstance(found, list) for mention in found]

    def _columns(self) -> pl.DataFrame:
        return pl.concat(
            [empty(), *(pl.DataFrame(f, schema=SCHEMA) if isinstance(f, list) else f for f in self._found)]
        )


def _among(names: pl.Series, words: frozenset[str]) -> set[str]:
    return set(names.filter(names.is_in(list(words))).to_list())
