"""Text in columns that stand at fixed places, as hosts print lists: read before widths are folded away."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from dlp.extract.plain import sieve
from dlp.native.look import Look

#: 全銀: records of 120 bytes, read by their own rules.
_BANKS = re.compile(r"\s*1(?:11|12|21|71|72|91)[01]\d{4}")
_BLANKS = re.compile("  +")
#: A blank wide enough to part two cells, as native code finds it, and as it is.
_WIDE_BLANK = "[^ \u3000](?:  |\u3000\u3000| \u3000|\u3000 )"
_PARTED = re.compile("[^\\s](?:  |\u3000\u3000| \u3000|\u3000 )\\s*[^\\s]")
_BETWEEN, _APART = 2, 8  # other lines, and lines at all, that may stand between two lines of a list
_LOOK = 200  # lines by which it is decided
_MIN_LINES = 5
_BOTH = (" ", "\u3000")
_MOST = 1000  # lines with two blanks, far from each other, after which all are looked at together
STRAY = 0.1  # share of lines (titles, page numbers) that may stand in a gap
_INSIDE = 0.3  # share of lines with a wide blank inside a cell from which on places are not what parts the fields
#: Digits of a fixed number before letters, and a date of eight of them.
_DIGITS_FIRST = re.compile(r"([A-Z]{0,2}[0-9]{5,})(?=[^0-9\s/.:：年-][^0-9])")
_TYPE = re.compile("[1-9](?=[ァ-ヺｦ-ﾟ一-鿿])(?![年月日時分組丁番号回位名人歳才期件個枚台円班区条級学部課係室階])")
_SPAN = 3  # places: the blank between two cells, and those beside it
_EIGHT = re.compile(r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")
_BLANK = " \0\u3000"
#: A surname and, behind a wide blank, a given name.
_LETTER = "[々〆ヶぁ-ゖァ-ヺー一-鿿]"
_NAME = re.compile(rf"((?<![^ ])(?:{_LETTER}\0?){{1,3}})\u3000(?=\0?(?:{_LETTER}\0?){{1,4}}(?: |$))")
#: A column of figures, and the days that may stand in it: 19800401, 3550401.
_RUN_OF_FIGURES = re.compile(r"[0-9]{8,40}")
_DAYS = ((_EIGHT, 8), (re.compile(r"[1-5][0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"), 7))
SHARE = 0.8  # of the lines hold two columns or more


def pieces(text: str, seen: Look | None = None) -> Iterator[tuple[str, list[list[str]] | None]]:
    """A text cut where lists in columns begin and end: each piece as it stands, and its rows of cells if it is one.
    `seen`: what `normalize.told` said of it."""
    none = seen is not None and seen.blanks < _MIN_LINES
    rows = text.split("\n") if not none and _may_hold_columns(text) else []
    wide = sieve.lines(rows, _WIDE_BLANK)[0] if rows else ()
    at = 0
    for begin, end in _stretches(rows, [i for i in wide if _PARTED.search(rows[i])]):
        piece = "\n".join(rows[begin:end])
        if (cells := cells_of(piece)) is not None:
            if at < begin:
                yield "\n".join(rows[at:begin]) + "\n", None
            yield piece + "\n", cells
            at = end
    if at < len(rows) or not rows:
        yield "\n".join(rows[at:]) if at else text, None


def _may_hold_columns(text: str) -> bool:
    """Whether there are enough pairs of blanks, and lines with such near each other. To look for these lines alone
    costs a tenth of cutting a text into all of its own."""
    return _are_near(text) and text.count("  ") + text.count("\u3000\u3000") + text.count(" \u3000") >= _MIN_LINES


def _are_near(text: str) -> bool:
    """Whether lines with two blanks in them, no more than some others between them, reach as far as a list does."""
    reach, before = 0, 0
    for number, line in enumerate(_with_pairs(text)):
        between = text.count("\n", before, line)
        reach = reach + between if reach and between <= _APART else 1
        if reach >= _MIN_LINES or number >= _MOST:
            return True
        before = line
    return False


def _with_pairs(text: str) -> Iterator[int]:
    """Where the lines begin in which two blanks follow each other, wide or not."""
    size, at = len(text), 0
    narrow = wide = -1
    while at < size:
        narrow = _found(text, "  ", at) if narrow < at else narrow
        wide = _found(text, "\u3000", at) if wide < at else wide
        first = min(narrow, wide)
        if first >= size:
            return
        if first < narrow and text[max(0, first - 1)] not in _BOTH and text[first + 1 : first + 2] not in _BOTH:
            at = first + 1  # a wide one by itself
            continue
        yield text.rfind("\n", 0, first) + 1
        at = _found(text, "\n", first)


def _found(text: str, what: str, at: int) -> int:
    place = text.find(what, at)
    return place if place >= 0 else len(text)


def _stretches(rows: Sequence[str], parted: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Lines with wide blanks in them that follow one another; few others among them."""
    begin = last = -1
    for i in (*parted, -1):
        if begin >= 0 and (
            i < 0 or sum(1 for row in rows[last + 1 : i] if row.strip()) > _BETWEEN or i - last > _APART
        ):
            if last - begin + 1 >= _MIN_LINES:
                yield begin, last + 1
            begin = -1
        begin, last = i if begin < 0 else begin, i


def cells_of(text: str) -> list[list[str]] | None:
    """Rows of cells; None when the text is not in columns."""
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").split("\n")]
    held = [line for line in lines if line.strip()]
    look = held[:_LOOK]
    if _BANKS.match(text) or len(look) < _MIN_LINES:
        return None
    if sum("  " in line.strip() for line in look) < 0.6 * len(look) and not _are_records(text):
        return None
    places = str if _by_characters(text) else spread
    apart = [places(line) for line in look]
    starts = _spanned(apart, _headed(apart, columns(apart)))
    if len(starts) < 2 or _hides_blanks(apart, starts):
        return None
    rows = [cut(places(line), starts) for line in held]
    full = sum(1 for row in rows if sum(map(bool, row)) > 1)
    found = _parted(rows) if full >= SHARE * len(rows) else [[]]
    return found if len(found[0]) > 2 else None


def _are_records(text: str) -> bool:
    """Whether lines are records of one length that wide blanks alone fill up: fields in kanji, as hosts write them."""
    lines = [line for line in text.replace("\r\n", "\n").split("\n") if line.strip()][:_LOOK]
    first = Counter(len(spread(line)) for line in lines).most_common(1)[0][1]
    told = sum(_DIGITS_FIRST.match(line) is not None and _PARTED.search(line) is not None for line in lines)
    return min(first, told) >= (1 - STRAY) * len(lines)


def _by_characters(text: str) -> bool:
    """Whether lines were filled up to one number of characters, wide or not, as data frames are written."""
    lines = [line for line in text.split("\n") if line.strip()][:_LOOK]
    long = Counter(map(len, lines)).most_common(1)[0][1]
    wide = Counter(len(spread(line)) for line in lines).most_common(1)[0][1]
    return long >= (1 - STRAY) * len(lines) and wide < SHARE * len(lines)


def _parted(rows: list[list[str]]) -> list[list[str]]:
    """Fields of a host that follow each other without a blank: so many digits, then letters, in every line."""
    columns = [typed for column in zip(*rows, strict=True) for typed in _typed(column)]
    columns = [pieces for column in columns for pieces in _pieces(column)]
    columns = [pieces for column in columns for pieces in _figures(column)]
    return [list(row) for row in zip(*columns, strict=True)]


def _typed(column: Sequence[str]) -> list[Sequence[str]]:
    """A column cut behind the type of its records: one figure, the same in all of them, right before letters."""
    held = [cell for cell in column if cell]
    if len(held) < _MIN_LINES or len({cell[0] for cell in held}) > 1 or not all(map(_TYPE.match, held)):
        return [column]
    return [[cell[:1] for cell in column], [cell[1:] for cell in column]]


def _pieces(column: Sequence[str]) -> list[Sequence[str]]:
    """A column cut behind its digits, and these before and behind a date in them; the column where they differ."""
    found = [m for cell in column if (m := _DIGITS_FIRST.match(cell))]
    sizes = {len(m[1]) for m in found}
    held = sum(map(bool, column))
    if len(sizes) != 1 or len(found) < (1 - STRAY) * held or held < _MIN_LINES:
        return [column]
    size = sizes.pop()
    cuts = [0, size, None]
    for at in range(size - 7):
        if all(_EIGHT.match(m[1], at) for m in found):
            cuts = [*sorted({0, at, at + 8, size}), None]
            break
    told = [bool(_DIGITS_FIRST.match(cell)) for cell in column]
    return [
        [cell[a:b] if is_told else cell if b is None else "" for cell, is_told in zip(column, told, strict=True)]
        for a, b in pairwise(cuts)
    ]


def _figures(column: Sequence[str]) -> list[Sequence[str]]:
    """A column of nothing but figures cut about a day that stands at one place in all of them, and behind the sex that
    may follow it: fields of figures that touch each other."""
    cells = [cell for cell in column if cell]
    if len(cells) < _MIN_LINES or not all(map(_RUN_OF_FIGURES.fullmatch, cells)):
        return [column]
    places = ((at, day, size) for at in range(min(map(len, cells)) - 6) for day, size in _DAYS)
    found = next(((at, size) for at, day, size in places if all(day.match(cell, at) for cell in cells)), None)
    if found is None:
        return [column]
    at, after = found[0], sum(found)
    sexed = all(cell[after : after + 1] in ("1", "2") and cell[after + 1 : after + 2] in ("0", "") for cell in cells)
    ends = [*sorted({0, at, after, after + sexed}), None]
    return [piece for a, b in pairwise(ends) if any(piece := [cell[a:b] for cell in column])]


def _hides_blanks(lines: Sequence[str], starts: Sequence[int]) -> bool:
    """Whether cells keep wide blanks inside: then the fields do not stand at places, the blanks part them."""
    ends = [*starts[1:], None]
    inside = sum(
        any("  " in line[a:b].replace("\0", "").strip() for a, b in zip(starts, ends, strict=True)) for line in lines
    )
    return inside > _INSIDE * len(lines)


def spread(line: str) -> str:
    """A character a column: wide characters are followed by a filler, so that places can be compared."""
    if line.isascii():
        return line
    return "".join(c + "\0" if unicodedata.east_asian_width(c) in "WFA" else c for c in line)


def columns(lines: Sequence[str]) -> list[int]:
    """Where columns begin: after places that are blank in all lines but a few strays."""
    width = max(map(len, lines))
    taken = [0] * (width + 1)
    for line in (_NAME.sub(r"\1*", line) for line in lines):  # a name's blank parts no columns
        wide = False
        for i, c in enumerate(line):
            # An ideographic space inside a name is blank, too; its filler goes with it.
            wide = c == "\u3000" or (wide and c == "\0")
            if c != " " and not wide:
                taken[i] += 1
    few = max(0, int(STRAY * len(lines)))
    begun = [0]
    blank = False
    for i in range(width):
        if taken[i] > few and blank:
            begun.append(i)
        blank = taken[i] <= few
    return begun


def _headed(lines: Sequence[str], starts: Sequence[int]) -> list[int]:
    """Columns set to the right begin where their heading does, which may be wider than what stands below it."""
    first, found = lines[0], list(starts)
    few = max(1, int(STRAY * len(lines)))
    for at, start in enumerate(found[1:], 1):
        begin = start
        while begin > found[at - 1] + 1 and first[begin - 1 : begin].strip() and first[begin : begin + 1].strip():
            begin -= 1
        if begin < start and sum(bool(line[begin:start].strip(" \0")) for line in lines) <= few:
            found[at] = begin
    return found


def _spanned(lines: Sequence[str], starts: Sequence[int]) -> list[int]:
    """Columns without those that begin behind one blank in the midst of their heading's word, or without a heading of
    their own: 投票管理者 over 伊藤 豊, where nearly all surnames have two letters."""
    first, few = lines[0], max(0, int(STRAY * len(lines)))
    ends = {start: end for start, end in zip(starts, [*starts[1:], len(first)], strict=True)}

    def parts_word(start: int) -> bool:
        word = first[max(0, start - 2) : start + 1].replace("\0", "*")
        spans = len(word) == _SPAN and not any(c in _BLANK for c in word)
        if start < _SPAN or (not spans and first[start - 1 : ends[start]].strip(_BLANK)):
            return False
        return sum(line[start - 2 : start - 1].strip(" \u3000") != "" for line in lines) > few

    return [start for start in starts if not parts_word(start)]


def _own(line: str, starts: Sequence[int]) -> list[int]:
    """Where the cells of one line begin: one that is longer than most, and set to the right, before its column."""
    found = list(starts)
    for at, start in enumerate(starts[1:], 1):
        ahead = line[max(0, start - 2) : start].rstrip("\0")[-1:]
        if ahead.strip(_BLANK) and line[start : start + 1].strip(_BLANK):
            before = line.rfind("  ", found[at - 1], start)
            if before > found[at - 1] and line[found[at - 1] : before].strip(_BLANK):
                found[at] = before + 2
    return found


def cut(line: str, starts: Sequence[int]) -> list[str]:
    """The cells of one line."""
    starts = _own(line, starts)
    ends = [*starts[1:], len(line)]
    return [
        _BLANKS.sub(" ", line[a:b].replace("\0", "").replace("\u00a0", " ")).strip(" \u3000")
        for a, b in zip(starts, ends, strict=True)
    ]
