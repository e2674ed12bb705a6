"""One table block to what it says of people: segments, plan, mentions, masked samples."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from dlp.detect.headers import PERSONAL
from dlp.detect.ruleset import Ruleset
from dlp.subjects import combined, forms, sql
from dlp.subjects.columns import Plan, plan
from dlp.subjects.header import Header, Reader, Row
from dlp.subjects.people import mentions
from dlp.subjects.values import Names

_BOXES, _BOXES_ROWS, _BOXES_SHARE = 10, 2, 0.8


@dataclass(frozen=True, slots=True)
class Reading:
    """What one table, or one segment of it, says."""

    frame: pl.DataFrame
    plan: Plan
    mentions: pl.DataFrame


class Tables:
    """Reads tables by one ruleset; remembers the last plan of a part for pages without a header."""

    def __init__(self, ruleset: Ruleset, names: Names) -> None:
        self.reader = Reader(ruleset.headers, names.books)
        self._names = names
        self._words = pl.Series(list(ruleset.headers), dtype=pl.String).implode()
        self._last: tuple[int, int, Header] | None = None

    def read(self, frame: pl.DataFrame, part: int) -> Iterator[Reading]:
        """Everything a table block holds."""
        frame = _without_blank_rows(frame)
        if frame.is_empty() or not frame.width:
            return
        frame = _boxes_joined(frame)
        if (copied := sql.copy_header(frame)) is not None:
            frame = copied
        quoted = frame["c0"].drop_nulls().head(60)
        if quoted.len() and quoted.str.starts_with(">").sum() > 0.3 * quoted.len():  # a list in a quoted mail
            frame = frame.with_columns(pl.col("c0").str.replace(r"^(?:>\s*)+", ""))
        if sql.looks_like_dump(frame["c0"]):
            text = "\n".join(";".join(cell or "" for cell in row) for row in frame.iter_rows())
            for table in sql.tables(text):
                yield from self._upright(table, part)
            frame = frame.filter(~pl.col("c0").str.contains(sql.STATEMENT).fill_null(value=False))
        if not frame.is_empty():
            yield from self._upright(frame, part)

    def _upright(self, frame: pl.DataFrame, part: int) -> Iterator[Reading]:
        upright = forms.transposed(frame, self.reader)
        if upright is not None:
            frame = upright
        elif frame.width > 1:
            if made := forms.frame_of(forms.labelled_rows(frame, self.reader)):
                yield self.read_with(made[0], made[1], part)
                return
            records = forms.sheet_records(frame.iter_rows(), self.reader)
            if records and (made := forms.frame_of(records)):
                yield self.read_with(made[0], made[1], part)
                return
        for segment, header in self._segments(frame, part):
            yield self.read_with(segment, header or self._continued(segment, part), part)
            if header:
                self._last = (part, segment.width, header)

    def read_with(self, frame: pl.DataFrame, header: Header | None, part: int) -> Reading:
        """A table whose header is known."""
        frame, header = combined.split(frame, header)
        found = plan(frame, header, self._names)
        return Reading(frame, found, mentions(frame, found, part, self._names.books))

    def _continued(self, frame: pl.DataFrame, part: int) -> Header | None:
        """The header of the table before it in the same part, when this one goes on with the same columns."""
        if self._last is None or self._last[:2] != (part, frame.width):
            return None
        last = self._last[2]
        return Header(-1, last.labels, last.known)

    def _segments(self, frame: pl.DataFrame, part: int) -> Iterator[tuple[pl.DataFrame, Header | None]]:
        """The table, cut where another header begins; the same header again is left out."""
        header = self.reader.find(frame.head(40).rows(), frame.width)
        if header is None:
            yield frame, None
            return
        if (
            header.row > 0
            and self._last
            and self._last[:2] == (part, frame.width)
            and self._last[2].labels == header.labels
        ):
            yield frame.head(header.row), None  # the table of the page before goes on until its header is repeated
        again = self._header_rows(frame, header.row + 1)
        if not again:
            yield frame, header
            return
        start, current, skip = 0, header, []
        for row in again:
            labels = tuple(self.reader.label(cell or "") for cell in frame.row(row))
            if labels == current.labels or {x.text for x in labels if x.role} <= {x.text for x in current.labels}:
                skip.append(row)
                continue
            yield _cut(frame, start, row, skip), _shift(current, start)
            start, skip = row, []
            current = Header(row, labels, sum(1 for x in labels if x.role))
        yield _cut(frame, start, frame.height, skip), _shift(current, start)

    def _header_rows(self, frame: pl.DataFrame, start: int) -> list[int]:
        hits = pl.sum_horizontal(pl.col(name).is_in(self._words).fill_null(value=False) for name in frame.columns)
        rows = frame.lazy().with_row_index("row").slice(start).filter(hits >= 2).select("row").collect().to_series()
        return [int(row) for row in rows.to_list() if self._heads(frame.row(int(row)))]

    def _heads(self, row: Row) -> bool:
        """Whether a row further down is a header: 女 and 初級 are headings of statistics, and cells of people."""
        personal = {label.text for cell in row if cell and (label := self.reader.label(cell)).role in PERSONAL}
        return len(personal) > 1 and self.reader.score(row) > 0


def _boxes_joined(frame: pl.DataFrame) -> pl.DataFrame:
    """Ten or more columns of one digit each, as boxes of a form are, made one column."""
    if frame.width < _BOXES or frame.height < _BOXES_ROWS:
        return frame
    single = [
        float(s.tail(-1).str.contains(r"^[0-9０-９]$").cast(pl.Float64).mean() or 0) > _BOXES_SHARE  # type: ignore[arg-type]
        for s in frame.head(60).get_columns()
    ]
    run = max(("".join("x" if one else " " for one in single)).split(" "), key=len)
    if len(run) < _BOXES:
        return frame
    first = "".join("x" if one else " " for one in single).index(run)
    names = frame.columns[first : first + len(run)]
    joined = frame.with_columns(pl.concat_str(names, ignore_nulls=True).alias(names[0])).drop(names[1:])
    return joined.rename({name: f"c{i}" for i, name in enumerate(joined.columns)})


def _cut(frame: pl.DataFrame, start: int, stop: int, skip: list[int]) -> pl.DataFrame:
    piece = frame.slice(start, stop - start)
    if not skip:
        return piece
    gone = [row - start for row in skip]
    return piece.with_row_index("row").filter(~pl.col("row").is_in(gone)).drop("row")


def _shift(header: Header, start: int) -> Header:
    return Header(header.row - start, header.labels, header.known)


def _without_blank_rows(frame: pl.DataFrame) -> pl.DataFrame:
    if not frame.width:
        return frame
    frame.columns = [f"c{i}" for i in range(frame.width)] if frame.columns[0] != "c0" else frame.columns
    held = pl.any_horizontal((pl.all().str.len_bytes() > 0).fill_null(value=False))
    return frame.filter(held)
