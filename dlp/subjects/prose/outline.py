"""Names that head what is said of each in points below them: "■ 佐藤 花子", then "・72歳　女", "・本町1-2-3"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from dlp.native import hold
from dlp.subjects.prose.facts import Fact
from dlp.subjects.prose.found import Found, pair
from dlp.subjects.prose.listed import Listed

#: How a head begins, how a point below it does; what stands on a head beside the name.
_HEAD = re.compile(r"^\s{0,2}(?P<mark>[■□●○◆◇◎▼▽★☆※#]|【|\[|\(?\d{1,3}[.)])\s*(?=[^\W\d_])")
_POINT = re.compile(r"^\s*(?:[・･*+→-]|\(\d{1,2}\)|[①-⑳])|^\s{2,}\S")
_NAME_ONLY = re.compile(r"^[^\d:]{2,24}$")
_HEADS, _LIKE, _SAYING, _POINTS = 3, 0.3, 0.5, 12


class Outline:
    """Reads heads by one ruleset's names."""

    def __init__(self, listed: Listed) -> None:
        self._listed = listed

    def read(
        self,
        rows: Sequence[str],
        facts: dict[int, list[Fact]],
        more: Callable[[int], list[Fact]],
        held: hold.Held = None,
    ) -> list[Found]:
        """The people who head points, with what their points say, which is taken from `facts`. `more`: what the
        signatures know of a line."""
        where = range(len(rows)) if held is None else held.filled(hold.MARKED)
        heads = [i for i in where if _NAME_ONLY.match(rows[i]) and _HEAD.match(rows[i])]
        if len(heads) < _HEADS:
            return []
        people = {i: found for i in heads if (found := self._listed.leading(_bare(rows[i]), i))}
        points = {i: list(_points(rows, i)) for i in people}
        saying = [i for i in people if any(j in facts for j in points[i])]
        likely = sum(people[i].likelihood for i in saying)
        if len(saying) < _HEADS or len(saying) < _SAYING * len(heads) or likely < _LIKE * len(saying):
            return []
        for i in people:
            said = [fact for j in (i, *points[i]) for fact in (*more(j), *facts.pop(j, ()))]
            people[i].pairs += [pair(role, value) for _, role, value in said if role != "date"]
        return list(people.values())


def _bare(row: str) -> str:
    """A head without its mark."""
    mark = _HEAD.match(row)
    return row[mark.end() :].rstrip("】] ") if mark else row


def _points(rows: Sequence[str], head: int) -> Iterator[int]:
    """The lines below a head that are its points."""
    for j in range(head + 1, min(head + 1 + _POINTS, len(rows))):
        if not _POINT.match(rows[j]):
            return
        yield j
