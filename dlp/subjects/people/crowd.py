"""People by the hundred thousand: once met, a batch is kept as facts that are numbers and a token, a tenth of its text.

Strings of a million people do not fit in a worker, and names need not be known to tell who is the same: all that is
compared is whether two facts are equal. So batches are compared with one another by the same rules as within one.
Beyond a million and a half mentions those are kept as tokens alone: who has the same one then is the same person.
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import polars as pl

from dlp.subjects.people import identity, tokens

#: Mentions whose text is kept at a time.
BATCH = 350_000
#: Mentions compared with one another.
COMPARED = 1_500_000
#: Tokens a count gives away: such a transfer is held whatever they say, and a ledger has to keep each of them.
MOST_TOKENS = 1_000_000
_SLICES = 16


@dataclass(slots=True)
class Crowd:
    """The people of the batches so far."""

    key: bytes
    lower: int = 0
    merged: int = 0  # merges that rest on nothing but a name
    _batches: list[pl.DataFrame] = field(default_factory=list)  # mentions, packed, with "high", "low", "rank", "cats"
    _settled: list[pl.DataFrame] = field(default_factory=list)  # people: "high", "low", "cats"
    _parts: Counter[int] = field(default_factory=Counter)

    def __bool__(self) -> bool:
        return bool(self._batches or self._settled)

    def add(self, people: identity.People, one_each: pl.DataFrame) -> None:
        """One batch: its people, and a row for each of them with facts and "cats"."""
        told = one_each.select("person", tokens.rank().alias("rank")).with_columns(
            pl.Series("token", tokens.unsorted(one_each, self.key), dtype=pl.Binary)
        )
        token = pl.col("token")
        words = (
            token.bin.slice(start, 8).bin.reinterpret(dtype=pl.UInt64, endianness="big").alias(name)
            for name, start in (("high", 0), ("low", 8))
        )
        batch = people.packed.with_columns(people.mentions["cats"])
        known = batch.join(told.select("person", "rank", *words), on="person", how="left", maintain_order="left")
        self._batches.append(known.drop("person"))
        if sum(frame.height for frame in self._batches) >= COMPARED:
            self._settle()

    def _settle(self) -> None:
        """Compare all batches not compared yet with one another."""
        if not self._batches:
            return
        met, merged = identity.grouped(pl.concat(self._batches, how="diagonal"))
        self._batches = []
        self.merged += merged
        self.lower = max(self.lower, identity.certain(met))
        for part, count in met.group_by("part").agg(pl.col("person").n_unique()).iter_rows():
            self._parts[part] += count
        best = met.select("person", "rank", "high", "low", "cats").sort("person", "rank", "high", "low")
        self._settled.append(
            best.group_by("person", maintain_order=True)
            .agg(pl.col("high", "low").first(), pl.col("cats").bitwise_or())
            .drop("person")
        )

    def in_part(self, part: int) -> int:
        """Distinct people of one part."""
        self._settle()
        return self._parts[part]

    def slices(self) -> Iterator[pl.DataFrame]:
        """The distinct people, some at a time: "high", "low" and the "cats" of all their mentions."""
        self._settle()
        for i in range(_SLICES):
            some = [frame.filter(pl.col("high") % _SLICES == i) for frame in self._settled]
            if len(some) > 1:
                # People whom nobody could tell apart have one token each; those of another group may be the same.
                numbered = (f.with_columns(pl.int_range(pl.len()).over("high", "low").alias("nth")) for f in some)
                people = pl.concat(numbered).group_by("high", "low", "nth").agg(pl.col("cats").bitwise_or())
            else:
                people = some[0]
            if people.height:
                yield people


def digests(people: pl.DataFrame, most: int) -> list[bytes]:
    """Up to `most` tokens of a slice."""
    return [struct.pack(">QQ", high, low) for high, low in people.select("high", "low").head(most).iter_rows()]
