"""Web pages that set a reading, a title or half of what they say smaller than the rest."""

from __future__ import annotations

import pytest

from dlp.detect.ruleset import Ruleset
from tests.subjects.clerks import Case, Clerk, inspected

CLERKS = [Clerk(i) for i in range(30)]
PEOPLE = {
    "half a name": "{surname}<small>{given}</small>さん {mobile}",
    "half a telephone": "{name}さん {mobile:.4}<small>{rest}</small>",
    "a telephone": "{name}さん <small>{mobile}</small>",
    "half an address": "{name}さん {short:.3}<small>{lot}</small>",
    "an honorific": "{name}<small>様</small> {mobile:.4}<small>{rest}</small>",
    "a reading": "{name}<small>（{kana}）</small> {mobile}",
    "brackets of a ruby": "<ruby>{surname}<rp>(</rp><rt>かな</rt><rp>)</rp>{given}<rp>(</rp><rt>かな</rt><rp>)</rp></ruby>さん {mobile}",
    "a home": "{name}<small>{home}</small> {mobile}",
    "a birth": "{name}<small>昭和{showa}年{month}月1日生</small>",
    "a name for a heading's reading": "<ruby>氏名<rt>{kana}</rt></ruby> {mobile}",
    "a heading's reading": "<ruby>氏名<rt>しめい</rt></ruby> {name} {mobile}",
    "rubies": "<ruby>{surname}<rt>かな</rt></ruby><ruby>{given}<rt>かな</rt></ruby> {mobile}",
}
NOBODY = {
    "an author": "{name} <small>著</small> {year}-{month}",
    "who made it": "{name}<small>作</small> {year}-{month}",
    "a title": "{name}<small>課長</small> {phone}",
}


def _page(line: str) -> bytes:
    said = (
        line.format(name=c.name.replace(" ", ""), surname=c.surname, given=c.given, kana=c.kana, mobile=c.mobile, phone=c.phone,
                    rest=c.mobile[4:], short=c.short, lot=c.short[3:], home=c.address, year=2000 + c.i, showa=20 + c.i,
                    month=1 + c.i % 12)
        for c in CLERKS
    )  # fmt: skip
    return f"<html><meta charset=utf-8><body>{''.join(f'<p>{one}</p>' for one in said)}</body></html>".encode()


@pytest.mark.parametrize("line", PEOPLE.values(), ids=PEOPLE)
def test_what_is_set_smaller_parts_no_name_and_no_number(line: str, ruleset: Ruleset) -> None:
    case = Case("a page", len(CLERKS), _page(line), "a.html")
    assert inspected(case, ruleset).subjects == len(CLERKS)


@pytest.mark.parametrize("line", NOBODY.values(), ids=NOBODY)
def test_who_wrote_or_is_in_office_is_nobody(line: str, ruleset: Ruleset) -> None:
    assert inspected(Case("a page", 0, _page(line), "a.html"), ruleset).subjects == 0


def test_a_word_in_the_middle_of_a_ruby_is_left(ruleset: Ruleset) -> None:
    """What a ruby says that is no reading is shown, and read."""
    page = _page("<ruby>{name}<rt>{mobile}</rt></ruby>")
    assert inspected(Case("a page", len(CLERKS), page, "a.html"), ruleset).subjects == len(CLERKS)


@pytest.mark.timeout(30)
def test_a_ruby_of_readings_alone_is_read_in_the_time_of_its_length(ruleset: Ruleset) -> None:
    """Each of its readings looked through all of them, for minutes."""
    page = f"<html><meta charset=utf-8><body><ruby>佐藤{'<rt>さとう</rt>' * 50_000}</ruby></body></html>".encode()
    assert inspected(Case("a page", 0, page, "a.html"), ruleset).subjects == 0
