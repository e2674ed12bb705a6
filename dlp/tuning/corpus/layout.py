"""The registry of layouts: people in, a document (sheets, text or bytes) and the truth about it out."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dlp.tuning.corpus.people import Person
from dlp.tuning.corpus.said import Said

type Cell = str | int | float | None
type Rows = list[list[Cell]]


@dataclass(slots=True)
class Doc:
    """What a layout makes. Exactly one of `sheets`, `text` and `raw` is set."""

    sheets: list[tuple[str, Rows]] | None = None
    text: str | None = None
    raw: bytes | None = None
    suffix: str = "txt"  # of text and raw documents
    only: tuple[str, ...] = ()  # formats it may be written in; () any that fits


@dataclass(slots=True)
class Maker:
    """What a layout works with."""

    people: Sequence[Person]
    rng: random.Random
    said: Said

    def rows(self, keys: Sequence[str], people: Sequence[Person] | None = None) -> Rows:
        """One row a person."""
        return [list(self.said.row(p, keys)) for p in (self.people if people is None else people)]

    def table(self, keys: Sequence[str]) -> Rows:
        """A header and one row a person."""
        header: list[Cell] = list(self.said.header(keys))
        return [header, *self.rows(keys)]


type Layout = Callable[[Maker], Doc]
LAYOUTS: dict[str, Layout] = {}


def layout(build: Layout) -> Layout:
    """Register under the function's name without its underscore."""
    LAYOUTS[build.__name__.lstrip("_")] = build
    return build


def plain(name: str, *variants: str) -> None:
    """Register a list with one person a row; one of the variants' columns is drawn for each file."""

    def build(m: Maker) -> Doc:
        return sheet(m.table(m.rng.choice(variants).split()))

    LAYOUTS[name] = build


def sheet(rows: Rows, title: str = "Sheet1") -> Doc:
    """A document of one sheet."""
    return Doc(sheets=[(title, rows)])
