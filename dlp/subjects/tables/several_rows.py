"""Lists of several rows a person, made one row each; and pages that go on with such a list without its heading."""

from __future__ import annotations

from collections.abc import Sequence

from dlp.subjects.cells.values import Names
from dlp.subjects.plan.header import Header, Reader, Row
from dlp.subjects.tables import cycled, stacked
from dlp.subjects.tables.frames import Body, each_row


class SeveralRows:
    """Reads such lists; remembers the last heading of several rows of a part."""

    def __init__(self, reader: Reader, names: Names) -> None:
        self._reader, self._names = reader, names
        self._part, self._heads = -1, list[Row]()

    def one_each(self, body: Body, first: Sequence[Row], header: Header, part: int) -> list[Row] | None:
        """The rows of those who are told of in several, put side by side; None where each row is a person."""
        if made := stacked.unstacked(each_row(body), first, header, self._reader):
            return made
        if made := cycled.uncycled(each_row(body), first, self._reader, self._names):
            self._part, self._heads = part, [*cycled.heading(first, self._reader)]
        return made

    def going_on(self, body: Body, first: Sequence[Row], part: int) -> list[Row] | None:
        """The same of a page without a heading, as wide as the list before it in its part; None of others."""
        heads = self._heads
        if not heads or part != self._part or len(heads[0]) != body.width or any(row in first for row in heads):
            return None
        return cycled.uncycled([*heads, *each_row(body)], [*heads, *first], self._reader, self._names)
