"""Figures that are said of nobody: how many men and women there are, and how a match ended.

Both are written as what is said of people is: 佐藤花子 女 1,500, 佐藤花子 高森 2-1. Who stands before them tells.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from dlp.detect.ruleset import Ruleset
from dlp.subjects.cells.values import CLASS, EMAIL
from dlp.subjects.prose.adjoined import DASHED_TELEPHONE

_SEX = re.compile(r"(?:(?<=[\s(（、,・/代])|^)(男|女)(?:性|児)?(?=[\s)）、,・/]|$)")
_COUNT = re.compile(r"[ )]{0,2}\d{1,3},\d{3}(?P<unit> ?[人名票])?")
#: Two sides of a match, and how it ended: neither side lives in the town it is called by.
_MATCH = re.compile(r"\s(?:対|(?i:vs)\.?)\s.{0,40}?(?<=[\s(])\d{1,3}-\d{1,3}(?![\d-])")
#: One side of a match and its result; the other side behind it.
_SCORE = re.compile(r"(?P<side>\D+) \d{1,2}-\d{1,2}")
_OTHER = re.compile(rf"\s?(?P<side>{CLASS}{{1,8}}(?: {CLASS}{{1,5}})?)")
#: The name that ends before a place, an honorific and a bracket perhaps between them.
_BEFORE = re.compile(rf"(?P<name>{CLASS}{{1,8}}(?:[ ・]{CLASS}{{1,8}}){{0,2}})(?P<after>(?:さん|さま)?[\s(、,・/:-]*)$")
#: What is written as a town and its lot, behind a blank; and the word before it.
_CLASSED, _WORD_BEFORE = re.compile(r"(?P<word>\D+)\s\d{1,3}-\d{1,3}"), re.compile(rf"({CLASS}{{1,5}})\s$")
#: A school of a town as results name it; how long a race took.
_SCHOOL = re.compile(
    r"(?:[一二三四五六七八九十東西南北\d]|第[一二三四五六七八九十\d]{1,2})(?:小|中|高|小学校|中学校|高校)"
)
_RACED = re.compile(r"\s+\d{1,3}(?:[.'分]\d{1,2}(?:[.\"秒]\d{0,3})?|:\d{2}\.\d{1,3})秒?(?=\s|$)")
_LETTERS = 24  # of it, with what is between, at most
_WHOLE = 3  # letters of the longer of both sides' names, at least: 高森 is a town as well


class Figures:
    """Tells by one ruleset's names and towns."""

    def __init__(self, ruleset: Ruleset, likelihood: Callable[[str], float]) -> None:
        """`likelihood`: how likely letters are somebody's name (0–1)."""
        self._likelihood, self._sure = likelihood, ruleset.weights["name_sure"]
        self._played = ruleset.patterns["played"]
        self._towns = ruleset.words.get("towns", frozenset())

    def sexes(self, line: str) -> Iterator[re.Match[str]]:
        """Where a line says somebody's sex: before a count (男 41,022 女 42,118) only behind somebody's name, and of
        one of both."""
        found = list(_SEX.finditer(line)) if "男" in line or "女" in line else []
        counts = [match for match in found if _COUNT.match(line, match.end())]
        both = len({match.group(1) for match in counts}) > 1
        for match in found:
            count = _COUNT.match(line, match.end())
            if not count or (not both and not count["unit"] and self._is_named(line, match.start())):
                yield match

    def scored(self, line: str, places: Iterable[re.Match[str]]) -> frozenset[int]:
        """Where those of `places` begin that are written as a town and its lot and are a side of a match and the result:
        佐藤花子 2-1 鈴木一郎."""
        sides = [side for place in places if (side := _side(line, place))]
        if not sides or DASHED_TELEPHONE.search(line) or EMAIL.search(line):
            return frozenset()
        played = self._played.search(line)  # once a line: it may hold thousands of results
        since = played.end() if played else len(line)
        return frozenset(
            at for at, *names in sides if self._is_score(*names, played=since <= at) and not self._is_named(line, at)
        )

    def _is_score(self, side: str, other: str, *, played: bool) -> bool:
        """Whether a match is told of by what both sides are called, or by a word before them (`played`): 準決勝."""
        if played:
            return max(map(self._likelihood, (side, other))) > 0
        return max(len(side), len(other)) >= _WHOLE and self._is_side(side) and self._likelihood(other) > 0

    def classed(self, line: str, place: re.Match[str]) -> bool:
        """Whether one of `places` is the end of somebody's name and two figures behind it, as a class and a number in it, a
        lane or a heat are written (佐藤 太郎 3-12), or a school's and a team's before a time: 東AC 3-4 32.45."""
        told = _CLASSED.fullmatch(place.group())
        if told is None:
            return False
        if _SCHOOL.fullmatch(told["word"]) or _RACED.match(line, place.end()):
            return True
        before = _WORD_BEFORE.search(line, max(0, place.start() - _LETTERS), place.start())
        return self._is_side(told["word"]) or (
            before is not None and self._likelihood(f"{before[1]} {told['word']}") >= self._sure
        )

    @staticmethod
    def of_match(line: str) -> bool:
        """Whether a line says who played whom, and how it ended."""
        return _MATCH.search(line) is not None

    def _is_side(self, side: str) -> bool:
        return side not in self._towns and self._likelihood(side) >= self._sure

    def _is_named(self, line: str, end: int) -> bool:
        """Whether somebody's name ends before a place in a line."""
        before = _BEFORE.search(line[max(0, end - _LETTERS) : end])
        if not before:
            return False
        words = before["name"].split(" ")
        return any(name not in self._towns and self._likelihood(name) > 0 for name in (" ".join(words[-2:]), words[-1]))


def _side(line: str, place: re.Match[str]) -> tuple[int, str, str] | None:
    """Where a place begins that may be one side of a match, that side, and the other behind it."""
    score = _SCORE.fullmatch(place.group())
    other = _OTHER.match(line, place.end()) if score else None
    return (place.start(), score["side"], other["side"]) if score and other else None
