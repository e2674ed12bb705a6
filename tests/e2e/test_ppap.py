"""PPAP: the locked file in one mail, its password in the next or in the one before, through the real gateway."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from quarantine.case import Case, Status
from tests.e2e.harness import Box
from tests.e2e.nexthop import NextHop
from tests.e2e.people import CSV
from tests.e2e.test_mail import send

pytestmark = pytest.mark.e2e
WORD = "Xk3-9pQ2-m7"
OTHERS = "".join(f"別件のパスワード：wrong-{i:03}\n" for i in range(15))


def packed(folder: Path, word: str = WORD) -> bytes:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "list.csv").write_bytes(CSV.encode("cp932"))
    subprocess.run(
        ["7z", "a", f"-p{word}", "-tzip", "-mem=AES256", "a.zip", "list.csv"], cwd=folder, check=True, stdout=-3
    )
    return (folder / "a.zip").read_bytes()


def letter(text: str, attached: bytes | None = None, subject: str = "資料の送付") -> bytes:
    message = EmailMessage(policy=SMTP)
    message["From"], message["Subject"] = "clerk@town.example", subject
    message.set_content(text)
    if attached is not None:
        message.add_attachment(attached, maintype="application", subtype="zip", filename="a.zip")
    return message.as_bytes()


TELLING = letter(f"先ほどの添付ファイルのパスワードをお知らせします。\n\n{OTHERS}パスワード：{WORD}\n")
LOCKING = "資料をお送りします。パスワードは別途お知らせします。\n"


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    off = {"enabled": False}
    with NextHop() as hop:
        settings = {"next_hop": f"127.0.0.1:{hop.port}", "next_hop_tls": "none"}
        with Box(tmp_path_factory.mktemp("ppap"), mail=settings, web=off, media=off) as running:
            yield running


@pytest.fixture
def locked(tmp_path: Path) -> bytes:
    return letter(LOCKING, packed(tmp_path / "zip"))


def case_of(box: Box, reply: str) -> Case:
    return next(case for case in box.cases() if case.id in reply)


def told(box: Box, case: Case) -> int | None:
    room = box.room()
    try:
        entry = room.last_about("password", case.id)
        assert room.verify() == []
        return None if entry is None else int(entry.detail["subjects"])
    finally:
        room.close()


def codes(case: Case) -> set[str]:
    return {str(reason["code"]) for reason in case.entry.reasons}


def test_the_next_mail_opens_what_is_held_and_is_held_for_its_people(box: Box, locked: bytes) -> None:
    code, reply = send(box.smtp_port, locked, to="next@outside.example")
    first = case_of(box, reply)
    assert (code, first.entry.subjects, "unread.encrypted" in codes(first)) == (250, 0, True)
    code, reply = send(box.smtp_port, TELLING, to="next@outside.example")
    second = case_of(box, reply)
    assert (second.entry.subjects, second.status) == (150, Status.QUARANTINED)
    assert "password_of_other_mail" in codes(second)
    assert told(box, first) == 150
    assert case_of(box, first.id).status is Status.QUARANTINED  # never released by that


def test_the_mail_before_opens_what_comes(box: Box, locked: bytes) -> None:
    assert send(box.smtp_port, TELLING, to="before@outside.example")[0] == 250
    _, reply = send(box.smtp_port, locked, to="before@outside.example")
    case = case_of(box, reply)
    assert (case.entry.subjects, "password_in_other_mail" in codes(case)) == (150, True)


def test_a_password_for_other_people_is_not_tried(box: Box, locked: bytes) -> None:
    _, reply = send(box.smtp_port, locked, to="one@outside.example")
    first = case_of(box, reply)
    before = len(box.cases())
    assert send(box.smtp_port, TELLING, to="another@outside.example")[0] == 250
    assert send(box.smtp_port, TELLING, to="one@outside.example", sender="boss@town.example")[0] == 250
    assert (len(box.cases()), told(box, first)) == (before, None)


def test_a_wrong_password_changes_nothing(box: Box, locked: bytes) -> None:
    _, reply = send(box.smtp_port, locked, to="wrong@outside.example")
    before = len(box.cases())
    assert send(box.smtp_port, letter(OTHERS), to="wrong@outside.example")[0] == 250
    assert (len(box.cases()), told(box, case_of(box, reply))) == (before, None)


def test_two_mails_at_once_meet_in_either_order(box: Box, tmp_path: Path) -> None:
    for turn in range(4):
        word, to = f"{WORD}{turn}", f"both{turn}@outside.example"
        mails = [letter(LOCKING, packed(tmp_path / str(turn), word)), letter(f"パスワード：{word}\n")]
        with ThreadPoolExecutor(2) as threads:
            sent = [threads.submit(send, box.smtp_port, mail, to=to) for mail in (mails if turn % 2 else mails[::-1])]
            replies = [one.result() for one in sent]
        assert {code for code, _ in replies} == {250}
        found = [case for case in box.cases() if to in case.entry.destination]
        assert max(case.entry.subjects for case in found) == 150, turn


def test_after_a_restart_the_held_mail_is_still_opened(box: Box, tmp_path: Path) -> None:
    word = f"{WORD}-again"
    _, reply = send(box.smtp_port, letter(LOCKING, packed(tmp_path, word)), to="again@outside.example")
    box.kill()
    box.start()
    send(box.smtp_port, letter(f"パスワード：{word}\n"), to="again@outside.example")
    assert told(box, case_of(box, reply)) == 150


def test_no_password_is_kept_anywhere(box: Box, locked: bytes) -> None:
    send(box.smtp_port, locked, to="kept@outside.example")
    send(box.smtp_port, TELLING, to="kept@outside.example")
    box.stop()
    try:
        files = [path for path in (*box.var.rglob("*"), box.log) if path.is_file()]
        assert len(files) > 5
        for path in files:
            assert WORD.encode() not in path.read_bytes(), path
    finally:
        box.start()
