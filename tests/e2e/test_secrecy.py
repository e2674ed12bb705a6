"""Nothing personal in database, logs or notices, over all three channels: everything is searched for every value.

The list is planted wherever a channel takes text: content, subject, file names, form fields, addresses.
"""

from __future__ import annotations

import email
import email.policy
import json
import os
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import quote

import pytest

from quarantine.case import Decision, Move
from tests.e2e.harness import Box
from tests.e2e.nexthop import NextHop
from tests.e2e.people import CSV, PEOPLE, found_in
from tests.e2e.test_mail import OUTSIDE, send

pytestmark = pytest.mark.e2e
FIRST, SECOND, THIRD = PEOPLE[:3]
TOLD = f"{FIRST.name} {FIRST.address} {FIRST.phone}"
DEVICES = '[[device]]\nserial = "USB1"\n'


def letter() -> bytes:
    """A mail that names people in its subject, its body and its attachment's name, and holds the list."""
    mail = EmailMessage(policy=email.policy.SMTP)
    mail["From"], mail["To"] = "clerk@town.example", OUTSIDE
    mail["Subject"] = f"{TOLD}様の件"
    mail.set_content(TOLD)
    mail.add_attachment(CSV.encode("cp932"), maintype="text", subtype="csv", filename=f"{SECOND.name}.csv")
    return mail.as_bytes()


@pytest.fixture(scope="module")
def hop() -> Iterator[NextHop]:
    with NextHop() as running:
        yield running


@pytest.fixture(scope="module")
def told(hop: NextHop, tmp_path_factory: pytest.TempPathFactory, need: Callable[..., None]) -> tuple[Box, list[bytes]]:
    """A gateway that was through everything, stopped; and all it said to anybody: replies, pages, masked previews, mails, notes."""
    need("curl")
    tmp = tmp_path_factory.mktemp("secrecy")
    said: list[bytes] = []
    mail = {"next_hop": f"127.0.0.1:{hop.port}", "next_hop_tls": "none"}
    web = {"addresses": {"127.0.0.1": "clerk"}}
    with Box(tmp, mail=mail, web=web, devices=DEVICES) as box:
        for sender in ("clerk", "retired", "nobody"):  # held, refused, held as unknown
            said += [repr(send(box.smtp_port, letter(), sender=f"{sender}@town.example")).encode()]
        said += _uploads(box, tmp)
        for name in ("list.csv", f"{THIRD.name} {THIRD.phone}.csv"):
            path = box.drop / "clerk" / "USB1" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(CSV.encode("cp932"))
            box.wait(lambda path=path: not path.exists() and list(path.parent.glob(f"{path.name}.*")), 60)
        cases = box.cases()
        assert {case.entry.channel for case in cases} == {"mail", "web", "media"}
        said += _decided(box)
        box.wait(lambda: len(hop.to("clerk@town.example")) >= 2, 60)
        box.wait(lambda: hop.to("admin@town.example"), 60)
    said += [_readable(mail.content) for mail in hop.mails if OUTSIDE not in mail.rcpt_to]
    said += [path.read_bytes() for path in box.drop.rglob("*.txt")]
    return box, said


def _uploads(box: Box, tmp: Path) -> list[bytes]:
    """The list as a form, as JSON and in an address; what each was answered."""
    (tmp / "list.csv").write_bytes(CSV.encode("cp932"))
    (tmp / "list.json").write_text(json.dumps({"rows": CSV.splitlines()}), encoding="utf-8")
    form = ["-F", f"file=@{tmp / 'list.csv'};filename={SECOND.name}.csv", "-F", f"whom={TOLD}"]
    body = ["--json", f"@{tmp / 'list.json'}"]
    env = {k: v for k, v in os.environ.items() if "proxy" not in k.lower()}
    answers = []
    for args, path in ((form, "form"), (body, "json"), (form, f"search?q={quote(TOLD)}")):
        command = ["curl", "-sS", "--noproxy", "", "-x", box.proxy_url, "--max-time", "60", *args]
        done = subprocess.run(
            [*command, f"http://127.0.0.1:9/{path}"], capture_output=True, timeout=90, check=True, env=env
        )
        assert b"403" in done.stdout or "保留".encode() in done.stdout, done.stdout[:300]
        answers.append(done.stdout)
    return answers


def _decided(box: Box) -> list[bytes]:
    """Each case viewed, then approved, rejected with a reason that says too much, or let expire; notices owed, previews."""
    room = box.room()
    try:
        seen = [repr(notice).encode() + notice.body.encode() for _, notice in room.notices()]
        for number, case in enumerate(room.cases()):
            seen.append(room.preview(case.id, "S001"))
            now = datetime.now(UTC)
            if number % 3 < 2:
                move = Move.APPROVE if number % 3 else Move.REJECT
                room.decide(case.id, Decision(actor="S001", move=move, reason=f"{TOLD}の依頼", at=now))
        room.expire(now + timedelta(days=40), expire_days=30, purge_days=365)
        assert room.verify() == []
        return seen
    finally:
        room.close()


def _readable(mail: bytes) -> bytes:
    """A mail as it came, and what a person reads of it."""
    read = email.message_from_bytes(mail, policy=email.policy.default)
    return mail + str(read["Subject"]).encode() + read.get_content().encode()


def test_the_search_would_find_each_way_of_writing() -> None:
    for coded in (
        TOLD.encode("cp932"), TOLD.encode("utf-16-le"), json.dumps(TOLD).encode(), quote(TOLD).encode(),
        repr(TOLD.encode()).encode(),
    ):  # fmt: skip
        assert len(found_in(coded)) >= 3, coded


def test_nothing_is_in_database_blobs_or_logs(told: tuple[Box, list[bytes]]) -> None:
    box, _ = told
    files = [path for path in [*box.var.rglob("*"), box.log] if path.is_file()]
    assert {"room.db", "gateway.log"} <= {path.name for path in files}
    assert len([path for path in files if "blobs" in path.parts]) >= 6
    assert {path.name: found for path in files if (found := found_in(path.read_bytes()))} == {}


def test_nothing_is_in_what_anybody_is_told(told: tuple[Box, list[bytes]]) -> None:
    _, said = told
    everything = b"\n".join(said)
    for words in ("150人分", "保留しました", "拒否しました", "Upload held", "承認待ち"):
        assert words.encode() in everything, words
    assert [found for text in said if (found := found_in(text))] == []
