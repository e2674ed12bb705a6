"""One table block to what it says of people: segments, plan, mentions, masked samples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import polars as pl

from dlp.detect.headers import PERSONAL
from dlp.subjects.cells.values import Names, clean
from dlp.subjects.forms import form_records
from dlp.subjects.lines import sql
from dlp.subjects.people import few
from dlp.subjects.people.few import ROWS
from dlp.subjects.people.people import mentions
from dlp.subjects.plan import upright
from dlp.subjects.plan.columns import Column
from dlp.subjects.plan.context import going_on
from dlp.subjects.plan.guests import Guests
from dlp.subjects.plan.header import Header, Label, Reader, Row, looks_like_value
from dlp.subjects.plan.plans import plan
from dlp.subjects.tables import (
    bundled,
    celled,
    coded,
    combined,
    compound,
    ditto,
    eras,
    fused,
    grid,
    hailed,
    housed,
    joint,
    laid,
    lying,
    melted,
    parted,
    related,
    sheet_forms,
    surnamed,
)
from dlp.subjects.tables.frames import (
    HEADINGS,
    Body,
    FrameBody,
    Read,
    Reading,
    boxes_joined,
    each_row,
    frame_of,
    without_blank,
)
from dlp.subjects.tables.grid import RowsBody
from dlp.subjects.tables.leftover import HEADED, Left, LeftOver
from dlp.subjects.tables.several_rows import SeveralRows

_BELOW = 6  # the first rows of a table
_PRINTED, _TITLES = 2_000, 6  # rows of a printed page's table, at most; those among which its headings are
_PAGE = 4  # columns of a sheet that is laid out as a page, at least
_SURE = 4  # headings of persons' columns side by side that make no form


def _roles(header: Header) -> list[str]:
    """What its columns are, whatever page number a title beside them bears."""
    return [label.role for label in header.labels]


_MOSTLY = 0.75  # share of the rows below its headings that hold values, where few of these are known
_PUBLIC = frozenset(("office", "facility", "org", "count"))
_ROWS = 8  # of a list under headings that are not its own, at least
_PLAIN, _NAMING = PERSONAL | {"id"}, {"name", "surname"}
_PAIR = 2  # cells of a label and its value, as stand above a table


def _goes_before(above: Sequence[Row], before: Header | None, header: Header) -> bool:
    """Whether rows above a header are a table: that of the page before, or one without a header; and no title."""
    if before and (_roles(before) == _roles(header) or any(sum(map(bool, row)) > 1 for row in above)):
        return True
    return (
        sum(len(held) > _PAIR and any(map(looks_like_value, held)) for row in above if (held := [*filter(None, row)]))
        > 1
    )


def _named(records: Iterable[Sequence[form_records.Pair]]) -> bool:
    """Whether records name people one after another, and say nothing else of most."""
    held = [record for record in records if any(label.role in form_records.NAMED for label, _ in record)]
    return len(held) > 1 and sum(len(record) == 1 for record in held) * 2 > len(held)


class Tables:
    """Reads tables by the header words of one ruleset; remembers the last plan of a part for pages without a header."""

    def __init__(self, names: Names, reader: Reader) -> None:
        self.reader = reader
        self._names = names
        self._words = reader.words
        self.last: tuple[int, int, Header] | None = None  # the part, the width and the header of the last one
        self._guests: dict[int, Guests] = {}  # parts whose titles say that they are of private people
        self.public = False  # whether the title of the table that is read says that it is of who is named for everybody
        self.asked = set[int]()  # widths of those that may go on with a table before them
        self._headed: Sequence[Row] = ()  # the first rows under it
        self.split = set[int]()  # columns of tables read since it was cleared that hold several things, each read
        self._compounds: tuple[int, int, compound.Compounds] = (
            -1,
            0,
            {},
        )  # its part, its width, columns of several things
        self._several = SeveralRows(reader, names)
        self._related = related.Related(reader)

    def invite(self, part: int, guests: Guests) -> None:
        """Remember what a title in a part says of those its lists name."""
        if guests > self._guests.get(part, Guests.NONE):
            self._guests[part] = guests

    def read(self, frame: pl.DataFrame, part: int) -> Iterator[Read]:
        """Everything a table block holds, and what it says with one before it of which it has the number."""
        plans, people = [], 0
        for reading in self._read(frame, part):
            people += len(reading.mentions)
            plans.append(reading.plan)
            yield reading
        if plans and not people and (whole := self._related.joined(frame, plans, part)) is not None:
            yield from self._read(whole, part)

    def _read(self, frame: pl.DataFrame, part: int) -> Iterator[Read]:
        if 0 < frame.height <= ROWS:
            yield from self.read_rows(frame.rows(), part)
        else:
            yield from self._read_frame(ditto.frame_filled(coded.frame_unpacked(frame)), part)

    def read_rows(self, rows: Sequence[Row], part: int) -> Iterator[Read]:
        """The same of rows, all of one width."""
        rows = grid.without_blank(rows)
        if not rows or not rows[0]:
            return
        rows = ditto.rows_filled(coded.rows_unpacked(rows))
        if len(rows) > ROWS or grid.unusual(rows):
            yield from self._read_frame(frame_of(rows), part)
        else:
            yield from self._upright(RowsBody(rows), part)

    def _read_frame(self, frame: pl.DataFrame, part: int) -> Iterator[Read]:
        frame = without_blank(frame)
        if frame.is_empty() or not frame.width:
            return
        frame = boxes_joined(frame)
        if (copied := sql.copy_header(frame)) is not None:
            frame = copied
        quoted = frame["c0"].drop_nulls().head(60)
        if quoted.len() and quoted.str.starts_with(">").sum() > 0.3 * quoted.len():  # a list in a quoted mail
            frame = frame.with_columns(pl.col("c0").str.replace(r"^(?:>\s*)+", ""))
        if sql.looks_like_dump(frame["c0"]):
            dumped, frame = sql.in_cells(frame, self.role)
            for table in dumped:
                yield from self._upright(FrameBody(table), part)
        if not frame.is_empty():
            yield from self._upright(FrameBody(frame), part)

    def role(self, heading: str) -> str:
        """What a heading says is below it; "" if nothing."""
        return self.reader.label(heading).role

    def _upright(self, body: Body, part: int) -> Iterator[Read]:
        if body.height <= _PRINTED and (split := fused.parted(each_row(body), body.first(_TITLES), self.reader)):
            body = RowsBody(split)
        body = self._page(body)
        lies = body.height in lying.LIES
        turned = (lying.transposed, lying.bare) if lies else ()
        lain = (way(body.first(body.height), self.reader) for way in turned)
        made = next(filter(None, lain), None) or bundled.upright(body, self.reader)
        if made and self.reader.stands(body.first(HEADINGS)):
            made = None
        made = made or melted.unmelted(each_row(body), body.first(HEADINGS), self.reader, self._names)
        form = None if made else self._form(body, part)
        yield from form if form is not None else self._listed(RowsBody(made) if made else body, part)

    def _page(self, body: Body) -> Body:
        """A sheet without what is laid out on it as on a page: letters in boxes, cards side by side."""
        if body.width < _PAGE:
            return body
        if made := laid.spelled(each_row(body), body.first(HEADINGS), self.reader):
            body = RowsBody(made)
        elif made := laid.blocks(each_row(body), body.first(HEADINGS)):
            return RowsBody(made)
        made = laid.beside(each_row(body), body.first(HEADINGS), self.reader)
        if not made or self.reader.stands(
            body.first(HEADINGS)
        ):  # 母 | 42 | 母 | 57 in a list of families are no labels
            return body
        return RowsBody(grid.without_blank(made))

    def _form(self, body: Body, part: int) -> list[Read] | None:
        """A sheet of labels with their values, and the grids in it; None where it is none, or is one about nobody: the
        word before each name may say what he is (申請者, 患者), in a list."""
        if body.width < 2 or (self._headed_by(body.row(0)) and not self._labelled(body.first(_BELOW)[1:])):
            return None
        records, grids = sheet_forms.labelled_rows(body.first(20), each_row(body), self.reader), list[laid.Grid]()
        if not records and (records := sheet_forms.sheet_records(each_row(body), self.reader) or []):
            if self.reader.stands(body.first(HEADINGS)):
                return None
            rest, grids = laid.without_grids(each_row(body), self.reader)
            records = sheet_forms.records_of(rest, self.reader) if grids else records
        form = form_records.rows_of(records)
        reading = self.read_with(*form, part) if form else None
        about = reading is not None and (len(reading.mentions) or not _named(records))
        found = [reading] if reading is not None and about else []
        for rows in grids:
            found += self._listed(RowsBody(rows), part)
        if about:
            return found
        told = sum(len(one.mentions) for one in found)
        # Nobody by its labels: a list in sections, perhaps, whose rows begin with what somebody is (団員 | 佐藤 花子).
        listed = self._listed(body, part) if told and body.height <= ROWS else []
        return listed if sum(len(one.mentions) for one in listed) > told else found if told else None

    def _listed(self, body: Body, part: int) -> list[Read]:
        """A table read as a list."""
        return [one for segment, header in self._segments(body, part) for one in self._segment(segment, header, part)]

    def _labelled(self, rows: Sequence[Row]) -> bool:
        """Whether rows below a heading hold header words or cells with labels of their own: a form, whatever is above."""
        held = [[cell for cell in row if cell] for row in rows]
        known = (sum(self.reader.knows(self.reader.label(cell).text) for cell in row) for row in held)
        return max(known, default=0) > 1 or any(
            sheet_forms.own_label(cell, self.reader) for row in held for cell in row
        )

    def _headed_by(self, row: Row) -> bool:
        """Whether a row is nothing but headings side by side, most of them a person's: what follows is no form."""
        held = [i for i, cell in enumerate(row) if cell and cell.strip()]
        if len(held) < _SURE or held[-1] - held[0] >= len(held) or any(looks_like_value(row[i] or "") for i in held):
            return False
        if any(self._surely_named(row[i] or "") for i in held):
            return False  # 保護者 | 氏名 | 佐藤 花子 | 続柄 | 母
        texts = {label.text for i in held if (label := self.reader.label(row[i] or "")).role in PERSONAL}
        return sum(map(self.reader.knows, texts)) >= max(_SURE, len(held) / 2)

    def _surely_named(self, cell: str) -> bool:
        """Whether a cell is a name whose parts stand apart, and no heading."""
        apart = " " in cell.strip() or "\u3000" in cell.strip()
        return apart and not self.reader.knows(self.reader.label(cell).text) and self._names.surely(clean(cell))

    def _segment(self, segment: Body, header: Header | None, part: int) -> Iterator[Read]:
        """A table, and who stands in rows of it that its plan left."""
        known = header or self._continued(segment, part)
        whole, heading = segment, header
        segment, known = self._compounded(segment, known, part)
        header = known if header else None
        segment = self._one_each(segment, known)
        reading = self._planned(segment, known, part)
        firms = self._of_firms(reading.plan.columns, part) if known is None and reading.plan.people else None
        if firms:
            reading = self._planned(segment, firms, part)
        if known and not len(reading.mentions) and (beneath := self._beneath(segment, known, part)):
            reading = beneath
        yield reading
        headed = segment.first(header.row + 1 + HEADED)[header.row + 1 :] if header else ()
        if len(reading.left) and not firms:
            under = headed if header else self._headed if known else ()
            left = Left(known, reading.plan, under, len(reading.left) == segment.height - reading.plan.start)
            again = LeftOver[Body, Read](self._names, self.reader.label, lambda rows, by: self._planned(rows, by, part))
            yield from again.read(segment.pick(reading.left), left)
        if header:
            self.last, self._headed = (part, whole.width, heading or header), headed

    def _compounded(self, body: Body, header: Header | None, part: int) -> tuple[Body, Header | None]:
        """A table with a column for each thing that a heading says is in its cells; pages that go on with it likewise."""
        if header is None:
            return body, None
        if header.row >= 0:
            told = compound.found(body.first(header.row + 1 + HEADINGS), header, self.reader)
            self._compounds = (part, body.width, told)
        else:
            before, width, told = self._compounds
            told = told if (before, width) == (part, body.width) else {}
        if not told:
            return body, header
        self.split.update(told)
        start = header.row + 1
        header = compound.headed(header, told)
        if isinstance(body, RowsBody):
            return RowsBody(compound.in_rows(body.rows, start, told, self.reader)), header
        return FrameBody(compound.in_frame(body.frame, start, told, self.reader)), header

    def _beneath(self, segment: Body, header: Header, part: int) -> Read | None:
        """A list whose headings stand above other columns than theirs, as where a print lets them run together, read
        without them; None where they say anything but who somebody is and what is said of him."""
        roles = {label.role for label in header.labels}
        run_on = (label.group for label in header.labels if label.role and label.group)  # 氏名 住所 in one cell
        names = not roles & _NAMING and any(self.reader.label(group).role in _NAMING for group in run_on)
        height = segment.height - header.row - 1
        if not names or height < _ROWS or not roles - {""} <= _PLAIN:
            return None
        alone = self._planned(segment.cut(header.row + 1, segment.height), None, part)
        return alone if len(alone.mentions) >= height / 2 else None

    def read_with(self, rows: Sequence[Row], header: Header | None, part: int) -> Read:
        """A table whose header is known."""
        return self._planned(RowsBody(rows), header, part)

    def _planned(self, body: Body, header: Header | None, part: int) -> Read:
        body, header = self._hailed(*self._celled(*self._born(_whole(body, header), header)))
        body = _housed(self._surnamed(body, header), header)
        guests = self._guests.get(part, Guests.NONE)
        if self.public and guests is not Guests.ALL:
            guests = Guests.PUBLIC
        if isinstance(body, RowsBody):
            if 0 < body.height <= ROWS and (
                found := grid.read_with(body.rows, header, self._names, part, guests=guests)
            ):
                return found
            body = FrameBody(frame_of(body.rows))
        frame, made, samples = combined.split(body.frame, header)
        large = plan(frame, made, self._names, samples, guests=guests)
        if header is None and made is not None:
            large = replace(large, by_cells=True)
        if 0 < frame.height <= ROWS:
            rows = frame.rows()
            return grid.FewRows(rows, large, *few.mentions(rows, large, part, self._names.books))
        return Reading(frame, large, *mentions(frame, large, part, self._names.books))

    def _born(self, body: Body, header: Header | None) -> tuple[Body, Header | None]:
        """A table with the births whose era has a column of its own put together."""
        found = eras.places(body.first(HEADINGS), header, self.reader) if body.height and body.width > 1 else []
        if not found:
            return body, header
        header = eras.headed(header, found)
        if isinstance(body, RowsBody):
            return RowsBody(eras.in_rows(body.rows, found)), header
        return FrameBody(eras.in_frame(body.frame, found)), header

    def _celled(self, body: Body, header: Header | None) -> tuple[Body, Header | None]:
        """A table with what the cells of a column say they are above it."""
        labels = celled.found(body.first(HEADINGS), header, self.reader) if body.height and body.width > 1 else {}
        if not labels:
            return body, header
        header = celled.headed(body.width, header, labels)
        if isinstance(body, RowsBody):
            return RowsBody(celled.in_rows(body.rows, labels)), header
        return FrameBody(celled.in_frame(body.frame, labels)), header

    def _one_each(self, body: Body, header: Header | None) -> Body:
        """A table with a row for each of those whom a cell names together."""
        at = joint.column(body.first(HEADINGS), header, self._names) if body.height else None
        if at is None or header is None:
            return body
        return RowsBody(list(joint.in_rows(each_row(body), header, at, self._names)))

    def _surnamed(self, body: Body, header: Header | None) -> Body:
        """A table with the surnames that it leaves out within a family."""
        at = surnamed.column(body.first(HEADINGS), header, self._names) if body.height else None
        if at is None or header is None:
            return body
        if isinstance(body, RowsBody):
            return RowsBody(surnamed.in_rows(body.rows, header, at, self._names))
        return FrameBody(surnamed.in_frame(body.frame, header, at, self._names))

    def _hailed(self, body: Body, header: Header | None) -> tuple[Body, Header | None]:
        """A table with those whom its cells address in a column of their own, where they have none."""
        column = hailed.found(body.first(HEADINGS), header, self._names) if body.height else None
        if column is None:
            return body, header
        made = hailed.headed(header, body.width)
        if isinstance(body, RowsBody):
            return RowsBody(hailed.in_rows(body.rows, column, self._names)), made
        return FrameBody(hailed.in_frame(body.frame, column, self._names)), made

    def _continued(self, body: Body, part: int) -> Header | None:
        """The header of the table before it in the same part, when this one goes on with the same columns."""
        last = self._before(body, part)
        return Header(-1, last.labels, last.known) if last else None

    def _of_firms(self, columns: Sequence[Column], part: int) -> Header | None:
        """What the table before it in the same part says of columns that need not be as many."""
        if self.last is None or self.last[0] != part:
            return None
        labels = going_on(self.last[2].labels, columns, self._names.books)
        return Header(-1, labels, 2) if labels else None

    def _before(self, body: Body, part: int) -> Header | None:
        """The header of the table before it in the same part, where that has as many columns."""
        self.asked.add(body.width)
        return self.last[2] if self.last is not None and self.last[:2] == (part, body.width) else None

    def _segments(self, body: Body, part: int) -> Iterator[tuple[Body, Header | None]]:
        """The table, cut where another header begins; the same header again is left out."""
        first = body.first(HEADINGS)
        if made := self._several.going_on(body, first, part):
            yield from self._segments(RowsBody(made), part)
            return
        header = self.reader.find(first, body.width)
        if header is None:
            yield from self._headless(body, part)
            return
        before = self._before(body, part)
        if before and not self._worded(header) and not self._heads_alone(first[header.row]):
            yield body, None
            return
        if made := self._several.one_each(body, first, header, part):
            yield from self._segments(RowsBody(made), part)
            return
        if header.row > _PAIR and self._is_list(first[: header.row], body.width):
            yield from self._segments(body.cut(0, header.row), part)
        elif header.row > 0 and _goes_before(first[: header.row], before, header):
            yield body.cut(0, header.row), None  # what stands above: the page before goes on, or nothing heads it
        columns = self.reader.columns(first)
        heading = body.row(header.row) if header.row >= 0 else None
        again = [
            row
            for row in self._may_head(body, header.row + 1)
            if body.row(row) == heading or self._heads(body.row(row), columns)
        ]
        if not again:
            yield body, header
            return
        start, current, skip = 0, header, []
        for row in again:
            labels = tuple(self.reader.label(cell or "") for cell in body.row(row))
            if all(not x.role or x.text == old.text for x, old in zip(labels, current.labels, strict=True)):
                skip.append(row)
                continue
            yield body.cut(start, row, skip), _shift(current, start)
            start, skip = row, []
            current = Header(row, labels, sum(1 for x in labels if x.role))
        yield body.cut(start, body.height, skip), _shift(current, start)

    def _may_head(self, body: Body, start: int) -> Sequence[int]:
        """The rows from `start` on that may be a header: of few rows also such as only end in known words."""
        if not isinstance(body, RowsBody):
            return body.holding(self._words, start)
        heading = body.rows[start - 1]
        return [i for i, row in enumerate(body.rows[start:], start) if row == heading or self.reader.may_head(row)]

    def _is_list(self, rows: Sequence[Row], width: int) -> bool:
        """Whether rows above a header are a smaller list with a header of its own."""
        own = self.reader.find(rows, width)
        if own is None or own.row < 0:
            return False
        below = [[*filter(None, row)] for row in rows[own.row + 1 :]]
        told = sum(len(x) >= _PAIR and any(looks_like_value(c) or self.reader.calls(c) for c in x) for x in below)
        if own.known >= _PAIR and self._worded(own):
            return told >= _PAIR
        words = [cell for cell in rows[own.row] if cell and cell.strip()]
        named = any(label.role == "name" for label in own.labels) and not any(map(self.reader.calls, words))
        return named and len(words) >= _PAIR and told > max(_PAIR, len(below) * _MOSTLY)

    def _headless(self, body: Body, part: int) -> Iterator[tuple[Body, Header | None]]:
        """A table that does not begin with a header, cut where one stands further down."""
        columns = self.reader.columns(body.first(HEADINGS))
        may = (row for row in body.holding(self._words, HEADINGS) if self.reader.score(body.row(row)) > 0)
        below = next((row for row in may if not columns.is_data(body.row(row))), 0)
        yield (body.cut(0, below) if below else body), None
        if below:
            yield from self._segments(body.cut(below, body.height), part)

    def _worded(self, header: Header) -> bool:
        """Whether two header words at least stand in a header as they are: names and lots may end as some do."""
        also = self.reader.books.also_values
        return sum(self.reader.knows(label.text) and label.text not in also for label in header.labels) > 1

    def _heads_alone(self, row: Row) -> bool:
        """Whether a row holds headings and no name or value: one that is known as it is, others that end in known words."""
        held = [cell for cell in row if cell and cell.strip()]
        told = {label.text for cell in held if (label := self.reader.label(cell)).role in PERSONAL}
        known = any(self.reader.knows(text) and text not in self.reader.books.also_values for text in told)
        return known and len(told) > 1 and not any(looks_like_value(x) or self.reader.calls(x) for x in held)

    def _heads(self, row: Row, columns: upright.Columns) -> bool:
        """Whether a row further down is a header: 女 and 初級 are headings of statistics, and cells of people. `columns`:
        of the first rows of its table."""
        labels = [self.reader.label(cell) for cell in row if cell]
        told = {label.text for label in labels if label.role in PERSONAL}
        headed = len(told) > 1 or self._of_public(labels)
        return headed and self.reader.score(row) > 0 and not columns.is_data(row) and not self.reader.tells(row)

    def _of_public(self, labels: Sequence[Label]) -> bool:
        """Whether nothing but headings stand in a row, those of offices, places or counts among them: what is below is no
        list of people any more (課名 | 係名 | 内線)."""
        also, texts = self.reader.books.also_values, {label.text for label in labels if label.role}
        known = sum(self.reader.knows(text) and text not in also for text in texts)
        least = (
            _PAIR if len(texts) == len(labels) > _PAIR + 1 else _PAIR + 1
        )  # 町名 | 世帯数 | 男 | 女: sexes are values, too
        unknown = len(labels) - len(texts)
        return known >= least and unknown < _PAIR and any(label.role in _PUBLIC for label in labels)


def _housed(body: Body, header: Header | None) -> Body:
    """A table with the address of a household in each of its rows."""
    at = housed.column(body.first(HEADINGS), header) if header else None
    if at is None or header is None:
        return body
    if isinstance(body, RowsBody):
        return RowsBody(housed.in_rows(body.rows, header, at))
    return FrameBody(housed.in_frame(body.frame, header, at))


def _whole(body: Body, header: Header | None) -> Body:
    """A table with what stands in three columns put into one."""
    found = parted.places(body.first(HEADINGS), header) if body.height and body.width > 3 else []
    if not found:
        return body
    if isinstance(body, RowsBody):
        return RowsBody(parted.in_rows(body.rows, found))
    return FrameBody(parted.in_frame(body.frame, found))


def _shift(header: Header, start: int) -> Header:
    return Header(header.row - start, header.labels, header.known)
