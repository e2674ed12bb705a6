"""Lines whose dates are written in kanji (昭和五十二年三月四日) or with middle dots (昭52・3・4), with those in figures; and
lines in which a birth touches the name before it (1佐藤花子昭和52年3月4日生平塚市…), with blanks between."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dlp.detect import dates
from dlp.native import hold
from dlp.subjects.cells.values import CLASS
from dlp.subjects.lines import signs
from dlp.subjects.lines.rows import changed

_IN_KANJI = re.compile(
    rf"(?P<era>{dates.ERA})?(?P<date>[元〇零一二三四五六七八九十]{{1,4}}年{dates.TENS}月{dates.TENS}日)"
)
_SHORT = {"明": "明治", "大": "大正", "昭": "昭和", "平": "平成", "令": "令和"}
_DOTTED = re.compile(
    rf"(?P<era>{dates.ERA}|[明大昭平令]|(?<![A-Za-z])[MTSHR])?(?<![\d・])(?P<year>(?:19|20)\d\d|\d{{1,2}}|元)・(?P<month>\d{{1,2}})・(?P<day>\d{{1,2}})(?![\d・])"
)
#: A number, a name and perhaps a sex at the begin of a line, before a birth and what goes on right behind it.
_TOUCHING = re.compile(
    rf"^(?P<number>\s{{0,4}}\d{{0,4}}[.)]?)(?P<name>{CLASS}{{1,4}}[ \u3000]?{CLASS}{{1,4}}?)(?P<sex>[男女]?)"
    r"(?P<born>(?:大正|昭和|平成|令和)(?:\d{1,2}|元)年\d{1,2}月\d{1,2}日(?:生まれ|生)?)(?=(?P<more>[^\s、。(（)）]?))"
)
_LIST = 2  # lines of which one alone may be a sentence's: 開館昭和50年4月1日
_CENTURY = 4  # figures of a year that needs no era
#: What every such date holds.
_ANY = re.compile(r"年(?<=[元〇零一二三四五六七八九十]年)[一二三四五六七八九十]|・(?<=[\d元]・)\d")


def in_figures(rows: Sequence[str], held: hold.Held = None) -> Sequence[str]:
    """`rows` with such dates as 昭和52年3月4日; what is none is left as it is."""
    if held is None:
        where: Sequence[int] = range(len(rows))
    else:
        where = sorted({*held.having(signs.KANJI_DATED), *held.both(signs.DELIMITED["・"], hold.DIGIT)})
    return changed(rows, {i: new for i in where if _ANY.search(rows[i]) and (new := _written(rows[i])) != rows[i]})


def apart(rows: Sequence[str], held: hold.Held = None) -> Sequence[str]:
    """`rows`, name, sex and birth that touch each other at the begin of several lines kept apart."""
    if held is None:
        where: Sequence[int] = range(len(rows))
    else:
        may = hold.ALONE | hold.LEADS | hold.SAYS  # others are sentences, of which there are many
        where = held.both(hold.DATED, may)
    found = {i: match for i in where if (match := _TOUCHING.match(rows[i]))}
    return changed(rows, {i: _parted(rows[i], match) for i, match in found.items()}) if len(found) >= _LIST else rows


def _parted(row: str, match: re.Match[str]) -> str:
    parts = [match[part] for part in ("number", "name", "sex", "born") if match[part].strip()]
    return " ".join([*parts, row[match.end() :]]) if match["more"] else " ".join(parts) + row[match.end() :]


def _written(row: str) -> str:
    return _DOTTED.sub(_dotted, _IN_KANJI.sub(_figured, row))


def _figured(match: re.Match[str]) -> str:
    made = dates.in_kanji(match.group())
    return "{}年{}月{}日".format(*made) if made else match.group()


def _dotted(match: re.Match[str]) -> str:
    era, year = match["era"] or "", match["year"]
    if bool(era) == (len(year) == _CENTURY):
        return match.group()
    return f"{_SHORT.get(era, era)}{year}年{match['month']}月{match['day']}日"
