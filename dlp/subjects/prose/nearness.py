"""Which name an attribute in running text belongs to: the nearest one, in the same sentence and not far."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Container, Mapping, Sequence
from itertools import pairwise
from operator import attrgetter

from dlp.subjects.books import Books
from dlp.subjects.prose.facts import Fact, says_more
from dlp.subjects.prose.found import Found, pair
from dlp.subjects.prose.offices import Offices

#: What is said of private people alone.
PRIVATE = frozenset(("insurance", "pension", "bank_account", "residence_card", "passport", "licence"))
_begins = attrgetter("start")
_ASKED, _SAID = 8, 14  # letters before an attribute that say whose it is
_ELLIPTIC = 12  # sentences that say nothing but attributes of the one before them, at most


class Nearness:
    """Shares attributes out by one ruleset's contexts."""

    def __init__(self, books: Books, offices: Offices) -> None:
        self._together = books.together
        self._offices, self._patterns, self._reach = offices, books.patterns, books.weights.reach

    def share(
        self,
        rows: Sequence[str],
        people: Sequence[Found],
        facts: Mapping[int, Sequence[Fact]],
        listed: Container[int],
    ) -> dict[int, list[Fact]]:
        """Each attribute to the nearest name: same line first, else the line before, else the next. Those that nobody is
        near, by their lines."""
        left: dict[int, list[Fact]] = {}
        by_line: dict[int, list[Found]] = {}
        for person in people:
            by_line.setdefault(person.line, []).append(person)
        for some in by_line.values():  # as they were found: each way of finding after the other
            some.sort(key=lambda person: person.start)
        # Address above name, as on labels, or name above address.
        sides = (1, -1) if by_line and min(by_line) > min(facts) else (-1, 1)
        beside = {i: found for i, found in by_line.items() if i not in listed}
        for i, found in facts.items():
            if not says_more(found):
                continue
            said = [fact for fact in found if fact[1] != "date"]
            if i not in listed and self._offices.is_desk(rows[i], said):
                said = [fact for fact in said if fact[1] in PRIVATE or not self._at_desk(rows[i], fact)]
            for start, role, value in said:
                owner = self._owner(rows, by_line, i, start, start + len(value))
                if owner is None and "。" not in rows[i]:
                    near = [i + j for j in sides if i + j in beside]
                    owner = next((by_line[j][0] for j in near if "。" not in rows[j]), None)
                if owner is not None:
                    owner.pairs.append(pair(role, value))
                else:
                    left.setdefault(i, []).append((start, role, value))
        for i, together in by_line.items():
            _share_couples(together, rows[i], self._together)
        return left

    def _at_desk(self, line: str, fact: Fact) -> bool:
        """Whether the sentence of a line that a fact stands in says where to ask, or the one that it goes on."""
        if "。" not in line.rstrip("。 "):
            return True
        first, end = line.rfind("。", 0, fact[0]) + 1, line.find("。", fact[0])
        if first and self._patterns.subjectless.fullmatch(f"。{line[first : fact[0]]}"):
            first = line.rfind("。", 0, first - 1) + 1  # 内線2101。0463-23-1111
        return self._offices.is_desk(line[first : end if end > 0 else len(line)], (fact,))

    def _owner(
        self, rows: Sequence[str], by_line: Mapping[int, list[Found]], i: int, start: int, end: int
    ) -> Found | None:
        """Who of the line, whose people come in order, or of the sentence before it, an attribute at `start` belongs to."""
        owner = self._nearest(by_line.get(i, []), start, end, rows[i])
        if owner is None and self._patterns.continues.search(rows[i][:start][-_SAID:]):
            owner = _spoken_of(by_line, rows, i)
        if owner is not None or self._patterns.in_general.match(rows[i], end):
            return owner
        return self._before(rows, by_line, i, start)

    def _before(self, rows: Sequence[str], by_line: Mapping[int, list[Found]], i: int, start: int) -> Found | None:
        """The only person of the sentence before the one that an attribute at `start` begins: "佐藤花子さんが来庁した。
        72歳。", in the same line or at the end of the one above."""
        line, begins = rows[i], rows[i].rfind("。", 0, start) + 1
        if not self._patterns.subjectless.fullmatch(f"。{line[begins:start]}"):
            return None
        people = by_line.get(i, ())
        for _ in range(_ELLIPTIC):
            if not begins:
                break
            first = line.rfind("。", 0, begins - 1) + 1
            said = people[bisect_left(people, first, key=_begins) : bisect_left(people, begins, key=_begins)]
            if said or not self._patterns.elliptic.match(line, first):
                return said[0] if len(said) == 1 else None
            begins = first
        above = rows[i - 1].rstrip() if i and not begins else ""
        if not above.endswith("。"):
            return None
        first, people = above.rfind("。", 0, len(above) - 1) + 1, by_line.get(i - 1, ())
        said = people[bisect_left(people, first, key=_begins) :]
        return said[0] if len(said) == 1 else None

    def _nearest(self, people: Sequence[Found], start: int, end: int, line: str) -> Found | None:
        """The last name before `start`, else the first after it, in the same sentence and not far."""
        says = self._patterns
        asked = says.asked.search(line[max(0, start - _ASKED) : start]) or says.called_back.search(
            line[end : end + _SAID]
        )
        own = len(people) == 1 and bool(asked) and not says.in_general.match(line, end)

        def close(person: Found) -> bool:
            low, high = sorted((person.start, start))
            return high - low <= self._reach and ("。" not in line[low:high] or own)

        first = bisect_left(people, start - self._reach, key=_begins)
        last = bisect_right(people, start + self._reach, key=_begins)
        near = [p for p in people[first:last] if close(p)]
        before = [p for p in near if p.start <= start]
        return before[-1] if before else near[0] if near else None


def _spoken_of(by_line: Mapping[int, list[Found]], rows: Sequence[str], i: int) -> Found | None:
    """The only person of the two lines before a sentence such as "住所は…、電話は…です。"."""
    if i in by_line:
        return by_line[i][0] if len(by_line[i]) == 1 else None
    near = [person for j in (i - 1, i - 2) for person in by_line.get(j, ())]
    return near[0] if len(near) == 1 and "。" in rows[near[0].line] else None


def _share_couples(people: Sequence[Found], line: str, joints: Container[str]) -> None:
    """Of two named together ("佐藤太郎・花子夫妻（…）") the first has the address and telephone of the second."""
    for first, second in pairwise(sorted(people, key=lambda person: person.start)):
        if len(first.pairs) == 1 and line[first.start + len(first.name) : second.start] in joints:
            first.pairs += [said for said in second.pairs if said[0].role in ("address", "phone")]
