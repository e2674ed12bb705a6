"""A seeded generator of municipal files with known truth: how many people are in each, and what is said of them."""

from __future__ import annotations

import random
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass

from dlp.tuning.corpus import (
    drawn,
    exports,
    families,
    hall,
    innocent_hall,
    innocent_open,
    innocent_papers,
    innocent_texts,
    innocents,
    notes,
    papers,
    records,
    registers,
    structured,
    tables,
    texts,
    writers,
)
from dlp.tuning.corpus.innocents import INNOCENTS
from dlp.tuning.corpus.layout import LAYOUTS, Maker
from dlp.tuning.corpus.people import Books, make
from dlp.tuning.corpus.said import Said

__all__ = ["INNOCENTS", "LAYOUTS", "File", "innocent", "innocents", "listed", "made", "replay"]
_REGISTERED = (
    families,
    records,
    registers,
    tables,
    texts,
    papers,
    hall,
    notes,
    exports,
    structured,
    drawn,
    innocents,
    innocent_texts,
    innocent_papers,
    innocent_hall,
    innocent_open,
)  # imported for the layouts they register
#: Small lists and bulk in turn: how many people the layouts are given (some of them are said nothing of).
SIZES = ((14, 95), (115, 400))


@dataclass(frozen=True, slots=True)
class File:
    """A file of the corpus and the truth about it."""

    name: str
    data: bytes
    layout: str
    kind: str  # the writer: csv, xlsx, eml …
    encoding: str
    subjects: int
    counts: dict[str, int]


def listed(name: str, size: int, books: Books, seed: int) -> File:
    """One file in a layout about `size` people; the same arguments give the same file."""
    rng = random.Random(f"{name} {size} {seed}")
    said = Said(rng)
    doc = LAYOUTS[name](Maker(make(size, books, rng), rng, said))
    kind, written = writers.write(doc, rng)
    return File(f"{rng.choice(('meibo', '一覧', 'list', '回答'))}{seed}.{written.suffix}", written.data, name, kind, written.encoding,
                len(said.subjects()), said.counts())  # fmt: skip


def innocent(name: str, size: int, books: Books, seed: int) -> File:
    """One file in which nobody is a data subject."""
    rng = random.Random(f"{name} {size} {seed}")
    doc = INNOCENTS[name](innocents.Town(books, rng), size)
    kind, written = writers.write(doc, rng)
    return File(f"shiryo{seed}.{written.suffix}", written.data, name, kind, written.encoding, 0, {})


def made(
    books: Books,
    *,
    each: int,
    seed: int = 1,
    layouts: Container[str] | None = None,
    sizes: Sequence[tuple[int, int]] = SIZES,
) -> Iterator[File]:
    """`each` files of every layout (or of those in `layouts`), sizes drawn from the ranges in turn."""
    for name in LAYOUTS:
        for i in range(each if layouts is None or name in layouts else 0):
            low, high = sizes[i % len(sizes)]
            size = random.Random(f"{name} {seed} {i}").randint(low, high)
            yield listed(name, size, books, seed * 1000 + i)


def replay(books: Books, *, files: int = 1019, records: int = 31429, seed: int = 2018) -> Iterator[File]:
    """As many files and records as were copied in 2018, in all the layouts; the last file makes the sum exact."""
    rng = random.Random(seed)
    weights = [rng.paretovariate(1.1) for _ in range(files)]
    names, left = list(LAYOUTS), records
    for i in range(files):
        rest = files - i
        share = max(2, round(left * weights[i] / sum(weights[i:]))) if rest > 1 else left
        # Everybody on a label has an address: the last file holds exactly who is left.
        file = (
            listed(rng.choice(names), min(share, 600, left), books, seed + i)
            if rest > 1
            else listed("letters", left, books, seed)
        )
        left -= file.subjects
        yield file
