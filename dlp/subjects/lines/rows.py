"""The lines of a text that is read as its bytes stand, each decoded where it is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import overload

from dlp.native import calm


class Rows(Sequence[str]):
    """The lines of a text in UTF-8."""

    __slots__ = ("_all", "_made", "_starts", "raw")

    def __init__(self, raw: bytes, count: int) -> None:
        self.raw = raw
        self._starts = calm.starts(raw, count)
        self._all: list[str] | None = None  # once all are asked for
        self._made: dict[int, str] = {}  # those that were: several readers ask for the same few

    def __len__(self) -> int:
        return len(self._starts) - 1

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> list[str]: ...
    def __getitem__(self, at: int | slice) -> str | list[str]:
        if self._all is not None:
            return self._all[at]
        if isinstance(at, slice):
            places = range(*at.indices(len(self)))
            return self._whole()[at] if len(places) == len(self) else [self[i] for i in places]
        if (line := self._made.get(at)) is None:
            begin, end = (self._starts[at], self._starts[at + 1]) if at >= 0 else self._starts[at - 1 :][:2]
            line = self._made[at] = self.raw[begin : end - 1].decode()
        return line

    def __iter__(self) -> Iterator[str]:
        return iter(self._whole())

    def _whole(self) -> list[str]:
        if self._all is None:
            self._all = self.raw.decode().split("\n")
        return self._all


def changed(rows: Sequence[str], others: Mapping[int, str]) -> Sequence[str]:
    """`rows`, some of them replaced; the same object where none is."""
    if not others:
        return rows
    made = list(rows)
    for i, other in others.items():
        made[i] = other
    return made
