"""A report as HTML (a part of the console's page, or a page of its own) and as CSV. Pure but for reading templates."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader
from markupsafe import Markup

from dlp import texts
from dlp.reports import plots
from dlp.reports.month import VERDICTS, Line, Month
from dlp.reports.sheet import QUESTIONS

#: Person id -> how a report names the person.
type Name = Callable[[str], str]

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def part(report: Month, lang: str, name: Name) -> Markup:
    """What stands within a page."""
    return Markup(_render("month.html", report, lang, name))  # noqa: S704  made with autoescape


def whole(report: Month, lang: str, name: Name, town: str = "") -> str:
    """A page of its own, to be kept, mailed or printed."""
    body = part(report, lang, name)
    return _render("page.html", report, lang, name, body=body, town=town, title=_title(report, lang))


def sheet(report: Month, name: Name, town: str = "") -> str:
    """自己点検票: the month's numbers and the questions a department answers itself, to be printed."""
    body = Markup(_render("sheet.html", report, "ja", name, town=town, questions=QUESTIONS))  # noqa: S704  as above
    return _render("page.html", report, "ja", name, body=body, town=town, title="個人情報の取扱い 自己点検票")


def _title(report: Month, lang: str) -> str:
    if lang == "ja":
        return f"{int(report.month[:4])}年{int(report.month[5:])}月 送信状況報告"
    return f"Report of {report.month}"


def table(report: Month, lang: str, name: Name) -> str:
    """CSV, one table: what, which, how many. With a mark by which spreadsheets know it is UTF-8."""
    out = io.StringIO()
    write = csv.writer(out).writerow
    japanese = lang == "ja"
    write(["区分", "名称", "項目", "値"] if japanese else ["section", "name", "item", "value"])
    for row in _rows(report, lang, name):
        write([_safe(cell) for cell in row])
    return "\ufeff" + out.getvalue()


def _rows(report: Month, lang: str, name: Name) -> Iterable[tuple[str, str, str, int | float]]:
    told = _words(lang)
    sections: Sequence[tuple[str, Iterable[Line], Callable[[str], str]]] = (
        (told["total"], [report.total], lambda _: report.department or told["all"]),
        (told["department"], report.departments, lambda text: text or told["unknown"]),
        (told["channel"], report.channels, lambda text: texts.pick(texts.CHANNELS, text, lang)),
        (told["person"], report.persons, name),
        (told["trend"], report.trend, str),
    )
    for section, lines, called in sections:
        for line in lines:
            for verdict in VERDICTS:
                yield section, called(line.name), texts.pick(texts.ACTIONS, verdict, lang), line.by[verdict]
            yield section, called(line.name), told["people"], line.people
    for kind, transfers, people in report.kinds:
        yield told["kind"], texts.pick(texts.CATEGORIES, kind, lang), told["transfers"], transfers
        yield told["kind"], texts.pick(texts.CATEGORIES, kind, lang), told["people"], people
    for status, count in report.cases.items():
        yield told["case"], texts.pick(texts.STATUSES, status, lang), told["count"], count
    for speed in report.speeds:
        counts = (("approved", speed.approved), ("rejected", speed.rejected), ("withdrawn", speed.withdrawn))
        for item, value in (*counts, ("half", round(speed.half / 3600, 2)), ("slow", round(speed.slow / 3600, 2))):
            yield told["decision"], name(speed.name), told[item], value


def _safe(cell: object) -> object:
    """A text no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def _render(template: str, report: Month, lang: str, name: Name, **values: Any) -> str:
    return _TEMPLATES.get_template(template).render(
        r=report,
        lang=lang,
        w=_words(lang),
        name=name,
        verdicts=VERDICTS,
        t=lambda table, key: texts.pick(getattr(texts, table), str(key), lang),
        hours=lambda seconds: f"{seconds / 3600:,.1f}",
        trend=plots.columns(
            _words(lang)["trend"],
            [line.name[2:] for line in report.trend],
            [
                (verdict, texts.pick(texts.ACTIONS, verdict, lang), [line.by[verdict] for line in report.trend])
                for verdict in VERDICTS
            ],
        ),
        bars=lambda title, rows: plots.bars(title, rows),
        **values,
    )


def _words(lang: str) -> dict[str, str]:
    return {key: pair[0 if lang == "ja" else 1] for key, pair in _WORDS.items()}


_WORDS = {
    "total": ("合計", "total"),
    "all": ("全所属", "all departments"),
    "unknown": ("（名簿になし）", "(not in the people file)"),
    "department": ("所属", "department"),
    "channel": ("経路", "channel"),
    "person": ("職員", "person"),
    "kind": ("種類", "kind of data"),
    "trend": ("推移", "trend"),
    "decision": ("判断", "decisions"),
    "case": ("案件", "cases"),
    "people": ("延べ人数", "people, per transfer"),
    "largest": ("最大", "largest"),
    "transfers": ("件数", "transfers"),
    "count": ("件数", "count"),
    "approved": ("承認", "approved"),
    "rejected": ("却下", "rejected"),
    "withdrawn": ("取下げ", "withdrawn"),
    "half": ("判断までの時間（中央値・時間）", "hours to decide, median"),
    "slow": ("判断までの時間（90%・時間）", "hours to decide, 9 of 10 within"),
    "who": ("判断した人", "who decided"),
    "nothing": ("この月の記録はありません。", "Nothing is on record for this month."),
    "printed": ("関所（Sekisho）の台帳から作成", "Made from the ledger of Sekisho"),
    "persons_note": (
        "延べ人数の多い順。多いことは違反を意味しません。",
        "By people sent; many is not a breach.",
    ),
}


def _template(name: str) -> str:
    return (files("dlp.reports") / "templates" / name).read_text(encoding="utf-8")


_TEMPLATES = Environment(autoescape=True, loader=FunctionLoader(_template), trim_blocks=True, lstrip_blocks=True)
