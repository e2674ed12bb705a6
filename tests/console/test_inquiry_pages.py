"""The privacy officer's pages over a real room: what a caller says, the incident, its report and its people."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dlp import bundle
from dlp.console import Console
from dlp.console.affected import AffectedPages
from dlp.console.incident import IncidentPages
from dlp.console.trace import TracePages
from dlp.detect.loader import load
from dlp.incident import case_of, entry_of
from dlp.inspection import Inspection, inspect
from dlp.settings import Console as Settings
from dlp.standing import PersonStatus, Standing
from dlp.tracing import Finder
from dlp.transfer import Channel, Transfer
from dlp.tuning.town import citizens, csv_text
from dlp.verdict import Action, Reason, Verdict
from quarantine.case import Decision, Move
from tests.console.conftest import Browser, Place

KEY = b"t" * 32
CITIZENS = list(citizens(120, seed=77))
ONE = CITIZENS[5]
TOWN = "星見市"


@pytest.fixture(scope="module")
def rules():  # type: ignore[no-untyped-def]
    read = bundle.read()
    return read, load(read.files)


class Reader:
    """Reads where it stands; the worker itself is tried end to end."""

    def __init__(self, ruleset) -> None:  # type: ignore[no-untyped-def]
        self._ruleset = ruleset

    async def affected(self, transfer: Transfer) -> Inspection:
        return inspect(transfer, self._ruleset, token_key=KEY, town=TOWN, listing=True)


class Desk:
    """A console with the privacy officer's pages, and transfers in its ledger."""

    def __init__(self, place: Place, rules) -> None:  # type: ignore[no-untyped-def]
        self.room, self.place = place.room, place
        self._ruleset = rules[1]
        finder = Finder(place.room, KEY, rules[0].files, TOWN)
        pages = [TracePages(finder), IncidentPages(TOWN), AffectedPages(Reader(rules[1]))]  # type: ignore[arg-type]
        settings = Settings(port=0)
        self.console = Console(
            settings, place.room, place.directory, place.accounts, session_key=b"k" * 32, pages=pages
        )

    def send(self, people: list, *, action: Action, name: str = "名簿.csv") -> str:  # type: ignore[type-arg]
        """One transfer through inspection into the ledger; its id."""
        sender = self.place.directory.person("E001")
        assert sender
        standing = Standing(status=PersonStatus.ACTIVE, person=sender, supervisor=None)
        transfer = Transfer(
            channel=Channel.WEB,
            sender="clerk",
            destination=("https://outside.example:443",),
            name=name,
            data=csv_text(people).encode(),
        )
        inspection = inspect(transfer, self._ruleset, token_key=KEY, town=TOWN)
        verdict = Verdict(action=action, reasons=(Reason("clean", {}),), ruleset="r", approvals=1)
        if action is Action.QUARANTINE:
            self.room.admit(case_of(transfer, inspection, standing, verdict, ()), transfer.read())
        else:
            self.room.record(entry_of(transfer, inspection, standing, verdict))
        return transfer.id


@pytest.fixture
async def desk(place: Place, rules) -> AsyncIterator[Desk]:  # type: ignore[no-untyped-def]
    made = Desk(place, rules)
    await made.console.start()
    yield made
    await made.console.stop()


@pytest.fixture
async def officer(desk: Desk) -> AsyncIterator[Browser]:
    made = Browser(desk.console.url)
    await made.login("privacy")
    yield made
    await made.http.close()


@pytest.fixture
async def other(desk: Desk) -> AsyncIterator[Browser]:
    made = Browser(desk.console.url)
    yield made
    await made.http.close()


async def search(browser: Browser, **known: str) -> int:
    await browser.get("/trace")
    return await browser.post("/trace", reason="電話照会 12", **known)


def rows(page: str) -> list[str]:
    return re.findall(r'name="transfer" value="(\w+)"', page)


async def test_a_caller_is_found_by_any_two_facts(desk: Desk, officer: Browser) -> None:
    passed = desk.send(CITIZENS[:9], action=Action.MONITOR)
    held = desk.send(CITIZENS[4:120], action=Action.QUARANTINE, name="全員.csv")
    desk.send(CITIZENS[50:55], action=Action.MONITOR)
    assert await search(officer, name=ONE.name, birth=f"{ONE.birth:%Y年%m月%d日}") == 200
    assert set(rows(officer.page)) == {passed, held}
    assert "氏名・生年月日" in officer.page
    assert "庁外へ出た" in officer.page
    assert "https://outside.example:443" in officer.page
    assert "職員 一" in officer.page
    assert await search(officer, phone=ONE.phone.replace("-", ""), kana=ONE.kana) == 200
    assert set(rows(officer.page)) == {passed, held}
    assert await search(officer, name=ONE.name, birth="1931-01-09") == 200
    assert rows(officer.page) == []
    assert "台帳にありません" in officer.page


async def test_without_a_reason_or_with_too_little_nothing_is_searched(desk: Desk, officer: Browser) -> None:
    desk.send(CITIZENS[:9], action=Action.MONITOR)
    await officer.get("/trace")
    assert await officer.post("/trace", name=ONE.name, birth=ONE.birth.isoformat(), reason=" ") == 422
    assert await search(officer, name=ONE.name) == 422
    assert await search(officer, name=ONE.name, birth="いつか") == 422
    assert "trace" not in desk.place.events()


async def test_the_search_is_on_record_without_whom_it_was_about(desk: Desk, officer: Browser, tmp_path: Path) -> None:
    desk.send(CITIZENS[:9], action=Action.MONITOR)
    await search(officer, name=ONE.name, phone=ONE.phone, email=ONE.email)
    last = [entry for entry in desk.room.entries(limit=1000) if entry.event == "trace"][-1]
    assert (last.actor, last.detail["fields"], last.detail["found"]) == ("P001", "email name phone", 1)
    await officer.get("/trace")
    assert "電話照会 12" in officer.page
    assert ONE.email not in officer.page
    store = b"".join(path.read_bytes() for path in (tmp_path / "room").rglob("*") if path.is_file())
    for secret in (ONE.name, ONE.phone, ONE.email, ONE.kana, "電話照会 12"):
        assert secret.encode() not in store


@pytest.mark.parametrize("login", ["boss", "admin", "auditor", "clerk"])
async def test_nobody_else_searches_or_sees_incidents(desk: Desk, officer: Browser, other: Browser, login: str) -> None:
    sent = desk.send(CITIZENS[:9], action=Action.MONITOR)
    await officer.get("/incidents")
    await officer.post("/incidents", transfer=sent)
    made = str(desk.room.inquiry.incidents()[0].id)
    await other.login(login)
    for path in (
        "/incidents",
        f"/incidents/{made}",
        f"/incidents/{made}/report.docx",
        f"/incidents/{made}/report.html",
    ):
        assert await other.get(path) == 404
    assert await other.get("/trace") == 403
    await other.get("/")
    csrf = re.search(r'name="csrf" value="([^"]+)"', other.page)
    assert csrf
    assert await other.post("/trace", csrf=csrf[1], name=ONE.name, phone=ONE.phone, reason="x") == 403
    for path in ("/incidents", f"/incidents/{made}", f"/incidents/{made}/people", f"/incidents/{made}/people.csv"):
        assert await other.post(path, csrf=csrf[1]) == 404
    assert "trace" not in desk.place.events()
    refused = [(e.event, e.detail["page"]) for e in desk.room.entries() if e.event.endswith("refused")]
    assert {("read refused", "/trace"), ("decision refused", "/trace"), ("read refused", "/incidents/{id}")} <= set(
        refused
    )


async def test_from_a_search_to_the_report(desk: Desk, officer: Browser) -> None:
    passed = desk.send(CITIZENS, action=Action.MONITOR)
    await search(officer, name=ONE.name, phone=ONE.phone)
    assert rows(officer.page) == [passed]
    assert await officer.post("/incidents", transfer=passed) == 200
    assert '<strong id="gone">120</strong>' in officer.page
    assert "第4号" in officer.page
    assert "あと29日" in officer.page
    made = desk.room.inquiry.incidents()[0].id
    proposed = re.search(r'<textarea id="nine-summary"[^>]*>([^<]*)<', officer.page)
    assert proposed
    words = {"summary": proposed[1], "cause": "手順の誤り <b>", "known": "2026-11-01", "improper": "yes"}
    assert await officer.post(f"/incidents/{made}", **words) == 200
    assert "第3号" in officer.page
    assert "手順の誤り &lt;b&gt;" in officer.page
    body = desk.room.inquiry.incident(made).body
    assert "summary" not in body, "what is as proposed goes on being proposed"
    assert await officer.get(f"/incidents/{made}/report.html") == 200
    assert "attachment" in officer.headers["Content-Disposition"]
    assert "手順の誤り &lt;b&gt;" in officer.page
    async with officer.http.get(f"{officer.url}/incidents/{made}/report.docx") as answer:
        assert (await answer.read())[:2] == b"PK"
    assert desk.place.events().count("report") == 2


async def test_transfers_are_added_by_time_and_by_case(desk: Desk, officer: Browser) -> None:
    desk.send(CITIZENS[:9], action=Action.MONITOR)
    desk.send(CITIZENS[9:40], action=Action.QUARANTINE)
    (case,) = desk.room.cases()
    today = datetime.now(desk.console.zone).date().isoformat()
    await officer.get("/incidents")
    assert await officer.post("/incidents", since=today, until=today, person="E002") == 422
    await officer.post("/incidents", since="", until=today, case=case.id.lower())
    made = desk.room.inquiry.incidents()[0].id
    assert '<strong id="gone">0</strong>' in officer.page
    assert "選んだ送信の本人（重複を除く）：31" in officer.page
    await officer.post(f"/incidents/{made}/add", since=today, until=today)
    assert "選んだ送信の本人（重複を除く）：40" in officer.page
    assert '<strong id="gone">9</strong>' in officer.page


async def test_the_people_are_listed_when_two_want_it(desk: Desk, officer: Browser, other: Browser) -> None:
    desk.send(CITIZENS[:9], action=Action.MONITOR)
    desk.send(CITIZENS[:60], action=Action.QUARANTINE)
    today = datetime.now(desk.console.zone).date().isoformat()
    await officer.get("/incidents")
    await officer.post("/incidents", since=today, until=today)
    made = desk.room.inquiry.incidents()[0].id
    assert await officer.post(f"/incidents/{made}/people") == 403
    await officer.get(f"/incidents/{made}")
    assert await officer.post(f"/incidents/{made}/ask") == 200
    await officer.get(f"/incidents/{made}/allow")
    csrf = re.search(r'name="csrf" value="([^"]+)"', officer.page)
    assert await officer.post(f"/incidents/{made}/allow", csrf=csrf[1] if csrf else "") == 403
    assert await officer.post(f"/incidents/{made}/people") == 403
    assert [notice.to for _, notice in desk.room.notices()] == ["boss2@town.example"]
    await other.login("boss2")
    assert await other.get(f"/incidents/{made}/allow") == 200
    assert ONE.name not in other.page
    assert await other.post(f"/incidents/{made}/allow") == 200
    await officer.get(f"/incidents/{made}")
    assert await officer.post(f"/incidents/{made}/people") == 200
    assert "60人" in officer.page
    assert "内容が残っていない送信：1件" in officer.page
    shown = re.sub(r"\s", "", officer.page)
    assert sum(person.phone.replace("-", "") in shown for person in CITIZENS[:60]) >= 55
    csrf = re.search(r'name="csrf" value="([^"]+)"', officer.page)
    assert await officer.post(f"/incidents/{made}/people.csv", csrf=csrf[1] if csrf else "") == 200
    assert officer.page.count("\r\n") == 61
    assert desk.place.events().count("list_people") == 2
    store = b"".join(p.read_bytes() for p in (desk.place.path / "room").rglob("*") if p.is_file())
    assert ONE.phone.encode() not in store


async def test_a_purged_case_leaves_counts_alone(desk: Desk, officer: Browser) -> None:
    desk.send(CITIZENS[:60], action=Action.QUARANTINE)
    (case,) = desk.room.cases()
    desk.room.decide(case.id, Decision(actor="S001", move=Move.REJECT, reason="誤り", at=datetime.now(UTC)))
    far = datetime(2040, 1, 1, tzinfo=UTC)
    desk.room.expire(far, expire_days=30, purge_days=365)
    made = desk.room.inquiry.open_incident("P001", [case.entry.transfer], {"known": "2026-11-25"})
    desk.room.inquiry.ask_leave(made, "P001")
    desk.room.inquiry.give_leave(made, "S002")
    await officer.get(f"/incidents/{made}")
    assert "選んだ送信の本人（重複を除く）：60" in officer.page
    assert await officer.post(f"/incidents/{made}/people") == 200
    assert "0人" in officer.page
    assert "内容が残っていない送信：1件" in officer.page


@pytest.mark.parametrize(
    ("since", "until"), [("", ""), ("x", "y"), ("2026-11-30", "2026-11-01"), ("0001-01-01", "9999-12-31")]
)
async def test_no_incident_is_made_of_nothing(desk: Desk, officer: Browser, since: str, until: str) -> None:
    desk.send(CITIZENS[:9], action=Action.MONITOR)
    await officer.get("/incidents")
    assert await officer.post("/incidents", since=since, until=until) == 422
    assert "該当する送信がありません" in officer.page
    assert desk.room.inquiry.incidents() == []
    made = desk.room.inquiry.open_incident("P001", [], {"known": "2026-11-25"})
    await officer.get(f"/incidents/{made}")
    assert await officer.post(f"/incidents/{made}/add", case="ZZZZZZ", since=since, until=until) == 422
    assert "該当する送信がありません" in officer.page


async def test_too_many_transfers_are_told_and_none_left_out(
    desk: Desk, officer: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        desk.send(CITIZENS[:9], action=Action.MONITOR)
    monkeypatch.setattr("quarantine.inquiry._ROWS", 2)
    today = datetime.now(desk.console.zone).date().isoformat()
    await officer.get("/incidents")
    assert await officer.post("/incidents", since=today, until=today) == 422
    assert "2万件を超えます" in officer.page
    assert desk.room.inquiry.incidents() == []
    made = desk.room.inquiry.open_incident("P001", [], {"known": "2026-11-25"})
    await officer.get(f"/incidents/{made}")
    assert await officer.post(f"/incidents/{made}/add", since=today, until=today) == 422
    await officer.get("/trace")
    assert await search(officer, name=ONE.name, birth=ONE.birth.isoformat()) == 422
    assert "多すぎます" in officer.page
    assert desk.place.events()[-1] == "trace", "that it was asked is on record"


async def test_what_the_next_hop_refused_is_with_nobody(desk: Desk, officer: Browser) -> None:
    refused, failed = (desk.send(part, action=Action.MONITOR) for part in (CITIZENS[:7], CITIZENS[7:10]))
    desk.room.outcome(refused, "refused", "550")
    desk.room.outcome(failed, "failed", "")
    await officer.get("/incidents")
    today = datetime.now(desk.console.zone).date().isoformat()
    assert await officer.post("/incidents", since=today, until=today) == 200
    assert '<strong id="gone">3</strong>' in officer.page
    assert "出ていない（" in officer.page
    assert "出た可能性がある（" in officer.page


async def test_a_day_that_cannot_be_is_not_taken(desk: Desk, officer: Browser) -> None:
    made = desk.room.inquiry.open_incident("P001", [desk.send(CITIZENS[:2], action=Action.MONITOR)], {})
    for day in ("9999-12-31", "0001-01-01", "x", ""):
        await officer.get(f"/incidents/{made}")
        assert await officer.post(f"/incidents/{made}", known=day) == 200
    assert "あと29日" in officer.page
