"""The life of a device and of a loan over the real register and audit chain: who may, when, and what is on record."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from dlp.directory.loans import (
    DEVICE_MOVES,
    LOAN_MOVES,
    OPEN,
    DeviceMove,
    LoanMove,
    LoanState,
    Refused,
    check_period,
    fiscal_end,
)
from dlp.standing import DeviceStatus, LoanStatus
from dlp.transfer import Channel
from tests.directory.counter import NOW, STICK, Counter

TODAY = date(2026, 11, 25)


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    made = Counter(tmp_path)
    made.lending.register(STICK, "A001", NOW)
    yield made
    made.close()


def refused(code: str):  # type: ignore[no-untyped-def]
    return pytest.raises(Refused, match=f"^{code}$")


# the tables


def test_every_state_of_a_loan_is_reached_and_nothing_leads_to_use_without_a_word() -> None:
    reached = set(LOAN_MOVES.values()) | {LoanState.REQUESTED, LoanState.AWAITING_IT}
    assert reached == set(LoanState)
    into_use = {pair for pair, after in LOAN_MOVES.items() if after is LoanState.LENT}
    assert into_use == {(LoanState.APPROVED, LoanMove.LEND)}
    into_approval = {move for (_, move), after in LOAN_MOVES.items() if after is LoanState.APPROVED}
    assert into_approval == {LoanMove.APPROVE}


def test_a_lost_or_retired_device_comes_back_only_when_it_is_found() -> None:
    out_of_lost = {(move, after) for (state, move), after in DEVICE_MOVES.items() if state is DeviceStatus.LOST}
    assert out_of_lost == {(DeviceMove.FIND, DeviceStatus.RETURNED), (DeviceMove.RETIRE, DeviceStatus.RETIRED)}
    assert not any(state is DeviceStatus.RETIRED for state, _ in DEVICE_MOVES)
    for state in (DeviceStatus.IN_USE, DeviceStatus.LENT, DeviceStatus.RETURNED):
        assert DEVICE_MOVES[state, DeviceMove.LOSE] is DeviceStatus.LOST


# periods


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        (TODAY, date(2027, 3, 31), ""),
        (TODAY, date(2027, 4, 1), "period_beyond_year"),
        (TODAY, date(2026, 11, 24), "period_reversed"),
        (date(2026, 11, 1), date(2026, 11, 24), "period_over"),
        (date(2027, 4, 1), date(2027, 4, 2), "period_beyond_year"),
    ],
)
def test_a_period_ends_with_the_fiscal_year(first: date, last: date, code: str) -> None:
    if code:
        with refused(code):
            check_period(first, last, TODAY)
    else:
        check_period(first, last, TODAY)


@pytest.mark.parametrize(
    ("day", "end"),
    [("2026-03-31", "2026-03-31"), ("2026-04-01", "2027-03-31"), ("2027-01-01", "2027-03-31")],
)
def test_the_fiscal_year_ends_on_31_march(day: str, end: str) -> None:
    assert fiscal_end(date.fromisoformat(day)).isoformat() == end


def test_a_request_beyond_31_march_is_refused_and_leaves_nothing(counter: Counter) -> None:
    before = len(counter.events())
    with refused("period_beyond_year"):
        counter.lending.request("USB-7", counter.person("E001"), "用務", TODAY, date(2027, 4, 1), NOW)
    assert (counter.book.loans(), len(counter.events())) == ([], before)


# a loan from its request to its end


def test_a_loan_goes_through_every_hand_and_is_on_record(counter: Counter) -> None:
    number = counter.ask()
    assert counter.lending.approve(number, "S001", NOW) is LoanState.APPROVED
    counter.lending.lend(number, "S001", NOW)
    standing = counter.directory.standing(Channel.MEDIA, "clerk", NOW, "USB-7")
    assert (standing.device_status, standing.loan_status) == (DeviceStatus.LENT, LoanStatus.VALID)
    assert standing.loan is not None
    assert standing.loan.purpose == "国勢調査の提出"
    assert counter.lending.give_back(number, "S001", NOW, erased=True) == "stated"
    done = counter.book.loan(number)
    assert done is not None
    assert (done.state, done.approved_by, done.lent_by, done.closed_by) == (LoanState.RETURNED, *["S001"] * 3)
    history = [(e.event, e.state.value, e.loan) for e in counter.book.history("USB-7")]
    assert history == [("register", "in_use", None), ("lend", "lent", number), ("return", "returned", number)]
    told = [event for _, event, subject in counter.events() if subject == "USB-7"]
    assert told == [
        *("device_register", "loan_request", "loan_approve"),
        *("device_lend", "loan_lend", "device_return", "loan_return"),
    ]
    assert {n.to for _, n in counter.room.notices()} == {
        "boss@town.example",
        "boss2@town.example",
        "clerk@town.example",
    }
    assert "国勢調査" not in str([dict(e.detail) for e in counter.room.entries(limit=1000)])


def test_nobody_approves_an_own_request(counter: Counter) -> None:
    number = counter.ask("S001")  # the custodian's own: the custodian's supervisor decides
    with refused("not_yours"):
        counter.lending.approve(number, "S001", NOW)
    assert counter.lending.approve(number, "S002", NOW) is LoanState.APPROVED
    with refused("not_yours"):
        counter.lending.lend(number, "S001", NOW)


@pytest.mark.parametrize("actor", ["E001", "E002", "P001", "A001", "R001", "nobody", ""])
def test_only_the_custodian_and_the_deputy_decide(counter: Counter, actor: str) -> None:
    number = counter.ask()
    for step in (counter.lending.approve, counter.lending.lend):
        with pytest.raises(Refused):
            step(number, actor, NOW)
    with refused("not_yours"):
        counter.lending.reject(number, actor, "理由", NOW)
    found = counter.book.loan(number)
    assert found is not None
    assert found.state is LoanState.REQUESTED


def test_the_deputy_may(counter: Counter) -> None:
    assert counter.lending.approve(counter.ask(), "S002", NOW) is LoanState.APPROVED


def test_work_with_individual_numbers_needs_the_it_head_too(counter: Counter) -> None:
    number = counter.ask(number_work=True)
    assert counter.lending.approve(number, "S001", NOW) is LoanState.AWAITING_IT
    with refused("loan_state"):
        counter.lending.lend(number, "S001", NOW)
    with refused("not_yours"):
        counter.lending.approve(number, "S001", NOW)
    assert counter.lending.approve(number, "A001", NOW) is LoanState.APPROVED
    found = counter.book.loan(number)
    assert found is not None
    assert (found.approved_by, found.it_by) == ("S001", "A001")


def test_without_an_it_head_such_a_request_waits_for_ever(tmp_path: Path) -> None:
    counter = Counter(tmp_path, number_approver="")
    counter.lending.register(replace(STICK, number_work=True), "A001", NOW)
    number = counter.ask()
    assert counter.lending.approve(number, "S001", NOW) is LoanState.AWAITING_IT
    with refused("not_yours"):
        counter.lending.approve(number, "A001", NOW)
    counter.close()


def test_a_device_without_a_custodian_is_lent_by_nobody(counter: Counter) -> None:
    counter.lending.register(replace(STICK, serial="USB-8", number="市-8", holder=""), "A001", NOW)
    number = counter.ask(serial="USB-8")
    with refused("not_yours"):
        counter.lending.approve(number, "S001", NOW)


def test_one_device_is_out_once(counter: Counter) -> None:
    second = counter.ask("E002")
    counter.lending.approve(second, "S001", NOW)
    counter.lent()
    with refused("device_lent"):
        counter.lending.lend(second, "S001", NOW)
    standing = counter.directory.standing(Channel.MEDIA, "clerk2", NOW, "USB-7")
    assert (standing.loan_status, standing.loan) == (LoanStatus.OTHERS, None)


def test_it_is_handed_over_within_its_period_only(counter: Counter) -> None:
    number = counter.lending.request("USB-7", counter.person("E001"), "用務", date(2026, 12, 1), date(2026, 12, 2), NOW)
    counter.lending.approve(number, "S001", NOW)
    with refused("period_not_begun"):
        counter.lending.lend(number, "S001", NOW)
    with refused("period_over"):
        counter.lending.lend(number, "S001", NOW + timedelta(days=30))


def test_a_loan_ends_at_midnight_local_time(counter: Counter) -> None:
    counter.lent()  # to 30 November, in Tokyo
    last = NOW.replace(day=30, hour=14, minute=59)
    for moment, status in ((last, LoanStatus.VALID), (last + timedelta(minutes=1), LoanStatus.EXPIRED)):
        assert counter.directory.standing(Channel.MEDIA, "clerk", moment, "USB-7").loan_status is status


def test_a_loan_that_is_overdue_is_told_of_once_a_day(counter: Counter) -> None:
    counter.lent()  # to 30 November
    days = [counter.lending.remind(NOW + timedelta(days=day, hours=hour)) for day in (4, 5, 6, 7) for hour in (0, 2)]
    assert days == [0, 0, 0, 0, 1, 0, 1, 0]
    told = [n.to for _, n in counter.room.notices() if "返却期限" in n.subject]
    assert sorted(told) == sorted(["boss2@town.example", "boss@town.example", "clerk@town.example"] * 2)


def test_it_comes_back_erased_or_not_at_all(counter: Counter) -> None:
    number = counter.lent()
    with refused("not_erased"):
        counter.lending.give_back(number, "S001", NOW, erased=False)
    counter.left = 3
    with refused("still_data"):
        counter.lending.give_back(number, "S001", NOW, erased=True)
    found = counter.directory.device("USB-7")
    assert found is not None
    assert found.state is DeviceStatus.LENT
    counter.left = 0
    assert counter.lending.give_back(number, "S001", NOW, erased=True) == "looked"
    with refused("not_yours"):
        counter.lending.give_back(counter.lent(), "E001", NOW, erased=True)


@pytest.mark.parametrize("actor", ["E001", "S001", "S002", "A001"])
def test_a_loss_is_reported_by_whoever_has_to_do_with_it(counter: Counter, actor: str) -> None:
    number = counter.lent()
    counter.lending.lose("USB-7", actor, "庁舎前で紛失", NOW)
    found, loan = counter.directory.device("USB-7"), counter.book.loan(number)
    assert found is not None
    assert found.state is DeviceStatus.LOST
    assert loan is not None
    assert loan.state is LoanState.LOST
    told = {n.to for _, n in counter.room.notices() if "紛失" in n.subject}
    assert told == {"admin@town.example", "privacy@town.example", "boss@town.example"}


def test_a_loss_is_not_anybody_s_to_report_or_undo(counter: Counter) -> None:
    counter.lent()
    with refused("not_yours"):
        counter.lending.lose("USB-7", "E002", "うそ", NOW)
    counter.lending.lose("USB-7", "E001", "紛失", NOW)
    with refused("not_yours"):
        counter.lending.change_state("USB-7", DeviceMove.FIND, "E001", "あった", NOW)
    with refused("device_lost"):
        counter.ask()
    counter.lending.change_state("USB-7", DeviceMove.FIND, "A001", "拾得", NOW)
    counter.lending.change_state("USB-7", DeviceMove.RETIRE, "A001", "故障", NOW)
    with refused("device_retired"):
        counter.ask()


def test_an_open_request_never_outlives_a_loss(counter: Counter) -> None:
    waiting = counter.ask("E002")
    counter.lending.approve(waiting, "S001", NOW)
    counter.lending.lose("USB-7", "S001", "紛失", NOW)
    assert [request.state for request in counter.book.loans(states=OPEN)] == []


def test_withdrawing_is_the_borrower_s(counter: Counter) -> None:
    number = counter.ask()
    with refused("not_yours"):
        counter.lending.withdraw(number, "S001", NOW)
    counter.lending.withdraw(number, "E001", NOW)
    with refused("loan_state"):
        counter.lending.approve(number, "S001", NOW)


# the ledger and its file


def test_only_administrators_enter_devices_and_numbers_are_unique(counter: Counter) -> None:
    with refused("not_yours"):
        counter.lending.register(STICK, "S001", NOW)
    with refused("number_taken"):
        counter.lending.register(replace(STICK, serial="USB-9"), "A001", NOW)
    with refused("serial"):
        counter.lending.register(replace(STICK, serial="../x", number=""), "A001", NOW)


def test_correcting_a_line_moves_no_device(counter: Counter) -> None:
    counter.lending.lose("USB-7", "A001", "紛失", NOW)
    counter.lending.register(replace(STICK, product="別の製品"), "A001", NOW)
    found = counter.book.device("USB-7")
    assert found is not None
    assert (found.product, found.state) == ("別の製品", DeviceStatus.LOST)


def test_the_file_is_taken_over_once_and_its_losses_are_believed(counter: Counter, tmp_path: Path) -> None:
    path = tmp_path / "devices.toml"
    path.write_text('[[device]]\nserial = "USB-7"\nfolder = "/f"\n[[device]]\nserial = "F-1"\n', encoding="utf-8")
    assert [d.serial for d in counter.directory.devices()] == ["USB-7", "F-1"]
    found = counter.directory.device("USB-7")
    assert found is not None
    assert (found.number, found.folder) == ("市-0007", "/f")
    only = [d for d in counter.directory.filed() if counter.book.device(d.serial) is None]
    assert counter.lending.take_over(only, "A001", NOW) == 1
    assert counter.lending.take_over(only, "A001", NOW) == 0
    path.write_text('[[device]]\nserial = "USB-7"\nstate = "lost"\n', encoding="utf-8")
    found = counter.directory.device("USB-7")
    assert found is not None
    assert found.state is DeviceStatus.LOST


def test_a_file_s_loan_is_none_and_its_unregistered_device_stays_so(counter: Counter) -> None:
    lent = replace(STICK, serial="F-2", number="F-2", state=DeviceStatus.LENT)
    counter.lending.take_over([lent], "A001", NOW)
    found = counter.book.device("F-2")
    assert found is not None
    assert found.state is DeviceStatus.IN_USE
    with refused("serial"):
        counter.lending.take_over([replace(lent, serial="F-3", state=DeviceStatus.UNREGISTERED)], "A001", NOW)
    assert counter.book.device("F-3") is None


# inventory


def test_an_inventory_lists_whom_nobody_has_seen(counter: Counter) -> None:
    for serial in ("USB-8", "USB-9"):
        counter.lending.register(replace(STICK, serial=serial, number=serial), "A001", NOW)
    counter.lending.lose("USB-9", "A001", "紛失", NOW)
    with refused("not_yours"):
        counter.inventory.open("令和8年度 上期", "S001", NOW)
    number = counter.inventory.open("令和8年度 上期", "A001", NOW)
    with refused("inventory_open"):
        counter.inventory.open("二重", "A001", NOW)
    with refused("not_yours"):
        counter.inventory.tick("USB-7", "E001", "", NOW)
    counter.inventory.tick("USB-7", "S001", "金庫", NOW)
    with refused("inventory_line"):
        counter.inventory.tick("USB-7", "S001", "", NOW)
    with refused("inventory_line"):
        counter.inventory.tick("USB-9", "A001", "", NOW)
    closed = counter.inventory.close("A001", NOW)
    assert [line.serial for line in closed.missing] == ["USB-8"]
    seen = next(line for line in closed.lines if line.serial == "USB-7")
    assert (seen.seen, seen.seen_by, seen.remark) == (NOW, "S001", "金庫")
    assert ("A001", "inventory_missing", "USB-8") in counter.events()
    with refused("inventory_line"):
        counter.inventory.tick("USB-8", "A001", "", NOW)
    assert counter.inventory.campaign(number) == closed


def test_what_is_asked_for_each_file_is_looked_up_again_when_anybody_changed_it(
    counter: Counter, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    book = counter.book
    looked = list[int]()
    real = book.register.snapshot
    monkeypatch.setattr(book.register, "snapshot", lambda: looked.append(1) or real())
    for _ in range(5):
        assert (book.frozen(STICK.serial), book.standing(STICK.serial, "E001", TODAY)[0]) == (False, LoanStatus.NONE)
        assert (found := book.device(STICK.serial)) is not None
        assert found.state is DeviceStatus.IN_USE
    assert len(looked) == 3
    book.attempted(STICK.serial, "cp", 0, NOW, written=True)
    assert book.frozen(STICK.serial)
    other = sqlite3.connect(tmp_path / "register.db")  # another process
    other.execute("DELETE FROM frozen")
    other.execute("UPDATE device SET state = 'lost'")
    other.commit()
    other.close()
    assert not book.frozen(STICK.serial)
    assert (found := book.device(STICK.serial)) is not None
    assert found.state is DeviceStatus.LOST
