"""People by the hundred thousand: once compared, a batch is kept as tokens alone, twenty bytes a person.

Facts of a million people do not fit in a worker. So whoever is beyond a batch is the same person when name and
strongest attribute are the same, as between two transfers; within a batch people are told apart by all they share.
"""

from __future__ import annotations

import hashlib
import struct
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import polars as pl

from dlp.subjects import identity, tokens

#: Mentions compared with one another at a time.
BATCH = 120_000
#: Tokens a count gives away: such a transfer is held whatever they say, and a ledger has to keep each of them.
MOST_TOKENS = 1_000_000
_SLICES = 16


@dataclass(slots=True)
class Crowd:
    """The people of the batches so far."""

    key: bytes
    lower: int = 0
    merged: int = 0  # merges that rest on nothing but a name
    parts: Counter[int] = field(default_factory=Counter)
    _frames: list[pl.DataFrame] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self._frames)

    def add(self, people: identity.People, one_each: pl.DataFrame) -> None:
        """One batch: its people, and a row for each of them with facts and "cats"."""
        found = pl.DataFrame({"token": self._digests(tokens.lines(one_each)), "cats": one_each["cats"]})
        token = pl.col("token")
        self._frames.append(
            found.select(
                token.bin.slice(0, 8).bin.reinterpret(dtype=pl.UInt64, endianness="big").alias("high"),
                token.bin.slice(8, 8).bin.reinterpret(dtype=pl.UInt64, endianness="big").alias("low"),
                "cats",
            )
        )
        self.lower = max(self.lower, people.lower)
        self.merged += people.upper - people.count
        for part, count in people.mentions.group_by("part").agg(pl.col("person").n_unique()).iter_rows():
            self.parts[part] += count

    def _digests(self, lines: pl.Series) -> list[bytes]:
        base = hashlib.blake2b(key=self.key[:64], digest_size=tokens.SIZE)
        found = []
        for line in lines.to_list():
            state = base.copy()
            state.update(line.encode("utf-8", "surrogatepass"))
            found.append(state.digest())
        return found

    def slices(self) -> Iterator[pl.DataFrame]:
        """The distinct people, some at a time: "high", "low" and the "cats" of all their mentions."""
        for i in range(_SLICES):
            some = pl.concat(frame.filter(pl.col("high") % _SLICES == i) for frame in self._frames)
            if some.height:
                yield some.group_by("high", "low").agg(pl.col("cats").bitwise_or())


def digests(people: pl.DataFrame, most: int) -> list[bytes]:
    """Up to `most` tokens of a slice."""
    return [struct.pack(">QQ", high, low) for high, low in people.select("high", "low").head(most).iter_rows()]
