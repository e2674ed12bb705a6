"""The draft of the report to the Personal Information Protection Commission: nine items, in Japanese. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from dlp import texts
from dlp.breach.assess import Facts, Line, deadlines, items, numbers_act

#: The nine items (規則43条・44条), by the words a form knows them.
NINE = {
    "summary": "概要",
    "items": "漏えい等が発生し、又は発生したおそれがある個人データの項目",
    "people": "漏えい等が発生し、又は発生したおそれがある本人の数",
    "cause": "原因",
    "secondary": "二次被害又はそのおそれの有無及びその内容",
    "response": "本人への対応の実施状況",
    "publication": "公表の実施状況",
    "prevention": "再発防止のための措置",
    "other": "その他参考となる事項",
}
_MOST = 50  # transfers listed one by one


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """One item of the report: paragraphs, and perhaps a table with its header first."""

    title: str
    paragraphs: tuple[str, ...]
    table: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """The whole draft."""

    title: str
    head: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]


def day(at: date) -> str:
    """令和8年11月25日."""
    year = at.year - 2018
    return (
        f"令和{'元' if year == 1 else year}年{at.month}月{at.day}日"
        if at >= date(2019, 5, 1)
        else f"{at:%Y年%-m月%-d日}"
    )


def proposed(facts: Facts) -> dict[str, str]:
    """What the ledger alone can say to each item; the officer's own words take its place."""
    gone = [line for line in facts.lines if line.left]
    return {
        "summary": _summary(facts, gone),
        "items": _items(facts),
        "people": _people(facts),
        "cause": _cause(gone),
        "secondary": "現時点で確認されていない。（調査中）"
        if gone
        else "庁外へ出ていないため、二次被害のおそれはない。",
        "response": "対象者の一覧を作成し、書面により通知する予定。問合せ窓口：（　　　　　）"
        if gone
        else "本人への影響はない。",
        "publication": "（未定・公表予定日：　　　　　）",
        "prevention": "管理監督者による送信履歴の定期確認、退職時の権限の即時停止、送信前検査の閾値の見直し。",
        "other": _other(facts),
    }


def report(facts: Facts, words: Mapping[str, str], *, town: str, number: str, today: date) -> Report:
    """The draft: `words` by the officer, otherwise what is proposed."""
    own = proposed(facts) | {key: text for key, text in words.items() if key in NINE and text.strip()}
    told = [f"第{item.number}号：{item.why}" for item in items(facts)]
    head = [
        ("報告者", town or "（市町村名）"),
        ("整理番号", number),
        ("作成日", day(today)),
        ("事態を知った日", day(facts.known)),
        ("該当する事態（施行規則第43条）", "／".join(told) or "該当なし（要確認）"),
        *((limit.name, day(limit.due)) for limit in deadlines(facts)),
    ]
    sections = []
    for index, (key, title) in enumerate(NINE.items(), 1):
        table = _table(facts.lines) if key == "summary" else ()
        sections.append(Section(title=f"{index}　{title}", paragraphs=tuple(own[key].splitlines()), table=table))
    return Report(title="個人データの漏えい等に関する報告書（案）", head=tuple(head), sections=tuple(sections))


def _summary(facts: Facts, gone: Sequence[Line]) -> str:
    if not gone:
        return f"個人データを含む送信{len(facts.lines)}件を検知し、いずれも庁外へ出る前に保留又は拒否した。"
    first, last = min(line.at for line in gone), max(line.at for line in gone)
    who = "、".join(dict.fromkeys(f"{line.department}の職員" if line.department else "職員" for line in gone))
    how = "、".join(dict.fromkeys(texts.pick(texts.CHANNELS, line.channel, "ja") for line in gone))
    span = day(first.date()) if first.date() == last.date() else f"{day(first.date())}から{day(last.date())}まで"
    return (
        f"{span}の間に、{who}により、{how}を通じて個人データを含む送信{len(gone)}件が庁外へ出た。"
        f"対象となる本人は{_count(facts.left, facts.exact)}である。発覚日は{day(facts.known)}。"
    )


def _items(facts: Facts) -> str:
    named = [texts.pick(texts.CATEGORIES, kind, "ja") for kind, count in facts.counts.items() if count]
    return (
        f"{'、'.join(named)}\n（延べ人数の内訳）{texts.kinds(dict(facts.counts))}"
        if named
        else "（庁外へ出た項目はない）"
    )


def _people(facts: Facts) -> str:
    held = facts.people - facts.left
    more = f"\nほかに、庁外へ出る前に止めた送信に{_count(held, facts.exact)}が含まれる。" if held > 0 else ""
    return f"{_count(facts.left, facts.exact)}（重複を除く）{more}"


def _count(people: int, exact: bool) -> str:
    return f"{people:,}人" if exact else f"約{people:,}人"


def _cause(gone: Sequence[Line]) -> str:
    if not gone:
        return "送信者の誤り又は規程の不徹底。（調査中）"
    ways = "、".join(
        dict.fromkeys(
            f"{texts.pick(texts.CHANNELS, line.channel, 'ja')}（{'、'.join(line.destination)}）" for line in gone
        )
    )
    return f"次の経路による送出：{ways}。\n動機・経緯は調査中。"


def _other(facts: Facts) -> str:
    held = sum(not line.left for line in facts.lines)
    said = [f"保留又は拒否により庁外へ出なかった送信：{held}件。" if held else "", numbers_act(facts)]
    said.append("本書は送信台帳から自動作成した案であり、内容の確認と補正を要する。")
    return "\n".join(filter(None, said))


def _table(lines: Sequence[Line]) -> tuple[tuple[str, ...], ...]:
    head = ("日時", "送信者", "経路", "宛先・媒体", "人数", "結果")
    rows = [_row(line) for line in lines[:_MOST]]
    if len(lines) > _MOST:
        rows.append((f"ほか{len(lines) - _MOST}件", "", "", "", "", ""))
    return (head, *rows) if rows else ()


def _row(line: Line) -> tuple[str, ...]:
    channel = texts.pick(texts.CHANNELS, line.channel, "ja")
    return (_when(line.at), line.sender, channel, "、".join(line.destination), f"{line.subjects:,}", line.state)


def _when(at: datetime) -> str:
    return f"{day(at.date())} {at:%H:%M}"
