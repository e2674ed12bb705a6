"""What the law asks: which item, until when, and the nine items of the report."""

from __future__ import annotations

import re
import subprocess
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from lxml import etree

from dlp.breach import assess, draft
from dlp.breach.assess import Facts, Line
from dlp.breach.docx import docx

AT = datetime(2026, 11, 20, 9, 30, tzinfo=ZoneInfo("Asia/Tokyo"))
KNOWN = date(2026, 11, 25)


def line(**fields: Any) -> Line:
    usual: dict[str, Any] = {
        "transfer": "t1",
        "at": AT,
        "sender": "職員 一",
        "department": "市民課",
        "channel": "media",
        "destination": ("総務-001 練習用",),
        "files": ("名簿.xlsx",),
        "subjects": 150,
        "counts": {"name": 150, "phone": 140},
        "left": True,
        "state": "庁外へ出た",
    }
    return Line(**{**usual, **fields})


def facts(*lines: Line, left: int = 0, people: int = 0, **more: Any) -> Facts:
    return Facts(lines=lines, people=people or left, left=left, known=KNOWN, counts=assess.gone_counts(lines), **more)


@pytest.mark.parametrize(
    ("found", "numbers"),
    [
        (facts(line(), left=100), []),
        (facts(line(), left=101), ["4"]),
        (facts(line(counts={"sensitive": 1}), left=1), ["1"]),
        (facts(line(counts={"bank_account": 1}), left=1), ["2"]),
        (facts(line(counts={"card": 3, "sensitive": 2}), left=3), ["1", "2"]),
        (facts(line(), left=1, improper=True), ["3"]),
        (facts(line(), left=1, ordinance=True), ["5"]),
        (facts(line(counts={"sensitive": 9}, left=False), left=0, people=150, improper=True), []),
    ],
)
def test_the_items_of_rule_43(found: Facts, numbers: list[str]) -> None:
    assert [item.number for item in assess.items(found)] == numbers


def test_the_day_it_became_known_is_the_first() -> None:
    due = [(limit.name, limit.due, limit.days(KNOWN)) for limit in assess.deadlines(facts())]
    assert due == [
        ("速報（3日目）", date(2026, 11, 27), 2),
        ("速報（5日目）", date(2026, 11, 29), 4),
        ("確報（30日目）", date(2026, 12, 24), 29),
    ]
    assert assess.deadlines(facts(improper=True))[2].due == date(2027, 1, 23)
    assert assess.deadlines(facts())[0].days(date(2026, 11, 30)) == -3


def test_individual_numbers_name_the_numbers_act() -> None:
    assert "番号法" in assess.numbers_act(facts(line(counts={"individual_number": 3}), left=3))
    assert assess.numbers_act(facts(line(), left=3)) == ""


def test_nine_items_in_japanese_with_what_the_ledger_knows() -> None:
    held = line(transfer="t2", left=False, subjects=40, channel="mail", destination=("a@b.example",))
    found = facts(line(), held, left=148, people=180)
    made = draft.report(found, {"cause": "私物USBの使用"}, town="星見市", number="AB12CD34", today=KNOWN)
    titles = [section.title for section in made.sections]
    assert [re.match(r"(\d)　", title)[1] for title in titles] == [str(n) for n in range(1, 10)]  # type: ignore[index]
    for title, word in zip(
        titles,
        ("概要", "項目", "本人の数", "原因", "二次被害", "本人への対応", "公表", "再発防止", "その他"),
        strict=True,
    ):
        assert word in title
    text = "\n".join(t for section in made.sections for t in section.paragraphs)
    assert "148人" in text
    assert "32人" in text, "those that did not leave are told apart"
    assert "私物USBの使用" in text
    assert "氏名 150人" in text
    assert "令和8年11月20日" in text
    head = dict(made.head)
    assert head["報告者"] == "星見市"
    assert "第4号" in head["該当する事態（施行規則第43条）"]
    assert head["確報（30日目）"] == "令和8年12月24日"
    assert made.sections[0].table[1][3] == "総務-001 練習用"


def test_nothing_left_is_no_leak() -> None:
    made = draft.proposed(facts(line(left=False), people=150))
    assert "いずれも庁外へ出る前に" in made["summary"]
    assert made["people"].startswith("0人")


def test_the_word_file_opens_in_libreoffice(need: Callable[..., None], tmp_path: Path) -> None:
    need("soffice")
    odd = "<&\"'>\x00\x0b\ud800 𠮷野家 改行\nあり"
    made = draft.report(
        facts(line(), line(sender=odd), left=148), {"other": odd}, town="星見市", number="AB12", today=KNOWN
    )
    path = tmp_path / "report.docx"
    path.write_bytes(docx(made))
    with zipfile.ZipFile(path) as package:
        assert package.testzip() is None
        for name in package.namelist():
            etree.fromstring(package.read(name))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [
        "soffice",
        "--headless",
        profile,
        "--convert-to",
        "txt:Text (encoded):UTF8",
        "--outdir",
        str(tmp_path),
        str(path),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    text = (tmp_path / "report.txt").read_text(encoding="utf-8-sig")
    for word in ("個人データの漏えい等に関する報告書", "再発防止", "148人", "𠮷野家", "練習用", "<&\"'>"):
        assert word in text
