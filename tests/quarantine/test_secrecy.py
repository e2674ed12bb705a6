"""Nothing a person's data says is in the room's files: every planted value is looked for in every byte."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from quarantine.case import Case, Decision, Move, NewCase, Notice
from quarantine.room import Room

PEOPLE = [f"架空{number:03d} 太郎" for number in range(150)]
SECRETS = [
    *PEOPLE,
    "星見町9丁目87番654号",
    "090-0000-1234",
    "kaku.taro@citizen.example",
    "転入者名簿_架空課長.xlsx",
    "Subject: 内緒の件名",
    "理由：架空太郎さんの依頼",
    "550 5.1.1 masked reply 架空",
]
CODINGS = ("utf-8", "cp932", "euc-jp", "utf-16-le", "utf-16-be", "iso-2022-jp")


def traces(folder: Path, secrets: list[str]) -> list[tuple[str, str]]:
    """(secret, file) wherever a secret is found, in any of the encodings or as JSON escapes."""
    found = []
    for path in folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            for secret in secrets:
                needles = {secret.encode(coding) for coding in CODINGS} | {json.dumps(secret)[1:-1].encode()}
                if any(needle in data for needle in needles):
                    found.append((secret, path.name))
    return found


@pytest.fixture
def used(room: Room, make_case: Callable[..., NewCase], caplog: pytest.LogCaptureFixture) -> Room:
    """A room in which everything has happened, with secrets wherever text can go."""
    caplog.set_level(logging.DEBUG)
    content = "\n".join(SECRETS).encode("cp932")
    tokens = tuple(hashlib.blake2b(name.encode(), key=b"city", digest_size=16).digest() for name in PEOPLE)
    new = make_case(
        content,
        channel="media",
        destination=("SERIAL1",),
        envelope={"serial": "SERIAL1", "path": SECRETS[-4]},
        preview=json.dumps({"name": SECRETS[-3], "samples": SECRETS}).encode(),
        notices=(Notice(to="boss@town.example", subject=SECRETS[-3], body=SECRETS[-4]),),
        tokens=tokens,
        subjects=150,
    )
    case = room.admit(new, content)
    now = datetime.now(UTC)

    def say(case: Case, move: Move) -> Case:
        return room.decide(case.id, Decision(actor="boss", move=move, reason=SECRETS[-2], at=now))

    say(case, Move.APPROVE)
    room.content(case.id, "releaser", "release")
    room.preview(case.id, "boss")
    room.settle(case.id, Move.UNDELIVERABLE, SECRETS[-1], notices=[Notice(to="b", subject="s", body=SECRETS[-1])])
    say(case, Move.REJECT)
    room.outcome(case.entry.transfer, "failed", SECRETS[-1])
    assert room.content(case.id, "boss", "look") == content
    assert room.case(case.id).envelope["path"] == SECRETS[-4]
    return room


def test_the_search_finds_what_is_there(tmp_path: Path) -> None:
    """The search itself is tried: it would find each secret in each form."""
    for coding in CODINGS:
        (tmp_path / coding).write_bytes(b"\x00" + "\n".join(SECRETS).encode(coding))
    (tmp_path / "json").write_text(json.dumps(SECRETS))
    found = traces(tmp_path, SECRETS)
    assert {secret for secret, name in found if name == "utf-8"} == set(SECRETS)
    assert {secret for secret, name in found if name == "utf-16-le"} == set(SECRETS)
    assert {secret for secret, name in found if name == "json"} == set(SECRETS)


def test_no_secret_is_in_the_files_or_the_log(used: Room, folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert traces(folder, SECRETS) == []
    assert not any(secret in caplog.text for secret in SECRETS)
    assert not any(secret in repr(entry) for entry in used.entries() for secret in SECRETS)


def test_no_secret_is_in_the_files_after_closing_and_purging(used: Room, folder: Path) -> None:
    now = datetime.now(UTC) + timedelta(days=1000)
    assert len(used.expire(now, expire_days=30, purge_days=365)) == 1
    used.close()
    assert traces(folder, SECRETS) == []


def test_tokens_are_not_hashes_anybody_can_make(used: Room, folder: Path) -> None:
    data = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    for name in PEOPLE:
        for spelling in (name, name.replace(" ", ""), name.replace(" ", "　")):
            raw = spelling.encode()
            for hashed in (hashlib.sha256(raw), hashlib.md5(raw), hashlib.sha1(raw), hashlib.blake2b(raw)):
                assert hashed.digest()[:16] not in data
                assert hashed.hexdigest()[:32].encode() not in data
            assert hashlib.blake2b(raw, digest_size=16).digest() not in data


def test_names_of_blobs_tell_nothing(used: Room, folder: Path) -> None:
    (case,) = used.cases()
    for path in (folder / "blobs").rglob("*"):
        assert case.id.lower() not in str(path.relative_to(folder)).lower()
        assert case.entry.digest[:16] not in str(path)


def test_nouns_do_not_show_secrets(make_case: Callable[..., NewCase]) -> None:
    new = make_case(preview=b"secret preview", tokens=(b"secret token 123",))
    assert "secret" not in repr(new)
