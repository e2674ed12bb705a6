"""Pairs of labels and values in blocks, as blank lines part them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from dlp.subjects.forms.form_records import NAMED, Pair


class Blocks:
    """Pairs in blocks, and whether the last block names somebody: looked for in it at each line, a long one took the
    square of its length. `same`: values that say what the last one of their kind said (同上)."""

    def __init__(self, same: Collection[str]) -> None:
        self.all: list[list[Pair]] = [[]]
        self.named = False
        self._same = same
        self._last: dict[str, str] = {}  # what was said last, by roles

    def part(self) -> None:
        """What comes is another block's."""
        if self.all[-1]:
            self.all.append([])
            self.named = False

    def add(self, pairs: Sequence[Pair]) -> None:
        """Pairs of the last block."""
        for label, value in pairs:
            said = self._last.get(label.role, value) if value.strip() in self._same else value
            self.all[-1].append((label, said))
            if label.role:
                self._last[label.role] = said
        self.named |= any(label.role in NAMED for label, _ in pairs)
