"""The month's numbers are the ledger's, added by hand; what is written of them holds no formula and no markup."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from lxml import etree, html

from dlp.cli import main
from dlp.errors import ConfigError
from dlp.reports import month as months
from dlp.reports import page, plots
from dlp.reports.month import Month
from quarantine.case import Decision, LedgerEntry, Move, NewCase
from quarantine.keys import KeyRing
from quarantine.room import Room
from tests.evidence.conftest import entry

TOKYO = ZoneInfo("Asia/Tokyo")
APRIL = datetime(2026, 4, 10, 3, tzinfo=UTC)
_numbers = itertools.count(1)


def sent(at: datetime = APRIL, **fields: Any) -> LedgerEntry:
    return entry(**{"at": at, "transfer": f"r{next(_numbers)}", "tokens": (), **fields})


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    made = Room.open(tmp_path / "quarantine", KeyRing.open_or_create(tmp_path / "keys.json"))
    for one in (
        sent(verdict="allow", subjects=0, counts={}),
        sent(subjects=5, counts={"name": 5, "phone": 2}),
        sent(subjects=7, counts={"name": 7}, channel="media", person="E002", department="福祉課"),
        sent(verdict="block", subjects=90, counts={"name": 90}, person="E002", department="福祉課"),
        sent(datetime(2026, 3, 31, 15, tzinfo=UTC), subjects=1, counts={"name": 1}),  # 00:00 of 1 April in Tokyo
        sent(datetime(2026, 3, 31, 14, 59, 59, tzinfo=UTC), subjects=1000, counts={"name": 1000}),  # March
        sent(datetime(2026, 4, 30, 15, tzinfo=UTC), subjects=2000, counts={"name": 2000}),  # May
        sent(datetime(2025, 5, 10, tzinfo=UTC), subjects=3),
    ):
        made.record(one)
    yield made
    made.close()


def april(room: Room, department: str = "") -> Month:
    steps = months.steps("2026-04", TOKYO)
    tallies = room.tallies(steps, "A001", [department] if department else None)
    return months.of(tallies, "2026-04", starts=steps[:-1], department=department)


def test_the_month_adds_up(room: Room) -> None:
    report = april(room)
    assert (report.total.transfers, report.total.people, report.total.largest) == (5, 103, 90)
    assert dict(report.total.by) == {"allow": 1, "monitor": 3, "block": 1}
    assert [(line.name, line.people) for line in report.departments] == [("福祉課", 97), ("税務課", 6)]
    assert [(line.name, line.transfers) for line in report.channels] == [("mail", 4), ("media", 1)]
    assert [(line.name, line.people) for line in report.persons] == [("E002", 97), ("E001", 6)]
    assert report.kinds == (("name", 4, 103), ("phone", 1, 2))


def test_the_trend_is_of_twelve_months_by_the_town_s_clock(room: Room) -> None:
    trend = april(room).trend
    assert [line.name for line in trend] == ["2025-05", *(f"2025-{m:02}" for m in range(6, 13)), *(f"2026-{m:02}" for m in range(1, 5))]  # fmt: skip
    assert [line.people for line in trend][-2:] == [1000, 103]
    assert trend[0].people == 3


def test_a_department_sees_its_own(room: Room) -> None:
    report = april(room, "税務課")
    assert report.total.transfers == 3
    assert {line.name for line in report.persons} == {"E001"}
    assert report.trend[-2].people == 1000


def test_decisions_and_how_long_they_took(room: Room) -> None:
    now = datetime.now(UTC)
    for hours, move in ((1, Move.APPROVE), (3, Move.REJECT), (5, Move.APPROVE)):
        held = entry(transfer=f"h{hours}", at=now, verdict="quarantine")
        case = room.admit(NewCase(entry=held, envelope={}, approvals_needed=1, supervisor="S001"), b"content")
        room.decide(case.id, Decision(actor="S001", move=move, reason="ok", at=case.opened + timedelta(hours=hours)))
    month = months.month_of(now, TOKYO)
    steps = months.steps(month, TOKYO)
    tallies = room.tallies([*steps[:-1], steps[-1] + timedelta(days=2)], "A001")  # the 5 hours may end the month
    report = months.of(tallies, month, starts=steps[:-1])
    (speed,) = report.speeds
    assert (speed.name, speed.approved, speed.rejected) == ("S001", 2, 1)
    assert speed.half == pytest.approx(3 * 3600, abs=1)
    assert report.cases == {"approved": 2, "rejected": 1}


def test_that_somebody_looked_is_on_record(room: Room) -> None:
    april(room, "税務課")
    last = room.entries(room.last_entry() - 1)[0]
    assert (last.actor, last.event, last.detail["departments"]) == ("A001", "report", "税務課")


@pytest.mark.parametrize("month", ["2026-13", "2026-4", "1999-01", "x", "2026-04-01", "2026-04\n"])
def test_a_month_that_is_none_is_named(month: str) -> None:
    with pytest.raises(ConfigError, match="no month"):
        months.steps(month, TOKYO)


def test_the_page_is_whole_and_its_plots_are_svg(room: Room) -> None:
    evil = lambda person: f"<script>{person}</script>"  # noqa: E731
    for lang in ("ja", "en"):
        text = page.whole(april(room), lang, evil, "某市")
        tree = html.fromstring(text)
        assert not tree.findall(".//script")
        assert "&lt;script&gt;E002" in text
        plots_found = tree.findall(".//svg")
        assert len(plots_found) == 3
        assert "97" in "".join(plots_found[1].itertext()), "the number stands beside its bar"
        assert "".join(plots_found[0].itertext()).partition("526-04")[1], "the number stands above its column"
        assert ("保留" if lang == "ja" else "held") in "".join(plots_found[0].itertext())


def test_a_plot_is_xml_whatever_its_names_are() -> None:
    made = plots.bars("a<b", [("<&\"'>", 3), ("長い" * 20, 0), ("", 10**9)])
    tree = etree.fromstring(str(made))
    assert len(tree.findall(".//{http://www.w3.org/2000/svg}rect")) == 3
    assert etree.fromstring(str(plots.columns("t", [], [("block", "<拒否>", [])]))) is not None


def test_csv_has_the_same_numbers_and_no_formulas(room: Room) -> None:
    room.record(sent(department='=cmd|"calc"!A0'))
    text = page.table(april(room), "ja", lambda person: f"@{person}")
    assert text.startswith("\ufeff区分,")
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert ["所属", "福祉課", "延べ人数", "97"] in rows
    assert ["種類", "電話番号", "延べ人数", "3"] in rows
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_the_inspection_sheet_has_numbers_and_questions(room: Room) -> None:
    text = page.sheet(april(room, "福祉課"), str, "某市")
    tree = html.fromstring(text)
    assert "自己点検票" in text
    assert "福祉課" in text
    assert "97人" in text
    assert len(tree.xpath("//td[@class='box']")) >= 14


def test_the_commands_write_what_they_are_asked(room: Room, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    base = ["report", "month", "--month", "2026-04", "--var", str(tmp_path)]
    assert main([*base, "--format", "csv", "--lang", "en"]) == 0
    assert 'total,all departments,"people, per transfer",103' in capsys.readouterr().out
    out = tmp_path / "april.html"
    assert main([*base, "--out", str(out), "--department", "福祉課"]) == 0
    assert "2026年4月 送信状況報告" in out.read_text("utf-8")
    assert main(["report", "inspection", "--month", "2026-04", "--out", str(out), "--var", str(tmp_path)]) == 0
    assert "自己点検票" in out.read_text("utf-8")
    assert main(["report", "month", "--month", "April", "--var", str(tmp_path)]) == 2
