"""Visiting cards that are called by the body they are of: what is left of the name behind the body's is a person's, or
the whole is, or the card is nobody's ("平塚市役所 税務課")."""

from __future__ import annotations

import polars as pl

from dlp.extract.plain.normalize import fold
from dlp.extract.records.cards import BODY, NAME
from dlp.subjects.cells.values import Names

_BODY = 4  # letters of what a body is called, at least: a family is called by fewer


def without_bodies(frame: pl.DataFrame, names: Names) -> pl.DataFrame:
    """A table of cards, headed by its first row, without names that are of bodies."""
    heads = frame.row(0) if frame.height else ()
    if NAME not in heads or BODY not in heads:
        return frame
    name, body = (f"c{heads.index(head)}" for head in (NAME, BODY))
    cells = frame[name].to_list()
    made = [cells[0], *(_person(*pair, names) for pair in zip(cells[1:], frame[body].to_list()[1:], strict=True))]
    return frame.with_columns(pl.Series(name, made, dtype=pl.String))


def _person(name: str | None, body: str | None, names: Names) -> str | None:
    """The name on a card of a body's."""
    called = (body or "").partition(";")[0].strip()
    if not name or len(called) < _BODY or not name.strip().startswith(called):
        return name
    rest = name.strip()[len(called) :].strip()
    least = names.books.weights.honoured_apart
    return next((one for one in (rest, name) if names.likelihood(fold(one).strip()) >= least), "")
