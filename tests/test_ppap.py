"""What is remembered of passwords that mails give, for how long and for whom."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlp.extract.ppap import mentioned, passwords
from dlp.finding import Unread
from dlp.inspection import Inspection
from dlp.ppap import Passwords, share_a_recipient, unlocked
from dlp.transfer import Channel, Transfer

NOON = datetime(2026, 4, 1, 12, tzinfo=UTC)


def mail(to: str, *, minutes: float = 0, sender: str = "clerk@town.example") -> Transfer:
    at = NOON + timedelta(minutes=minutes)
    return Transfer(channel=Channel.MAIL, sender=sender, destination=tuple(to.split()), name="x", data=b"", at=at)


@pytest.fixture
def kept() -> Passwords:
    made = Passwords(timedelta(minutes=60))
    made.keep(mail("a@x.example b@x.example"), ("first",))
    made.keep(mail("a@x.example", minutes=10), ("second",))
    return made


@pytest.mark.parametrize(
    ("later", "words"),
    [
        (mail("A@x.example", minutes=20), ("second", "first")),
        (mail("b@x.example c@x.example", minutes=20), ("first",)),
        (mail("c@x.example", minutes=20), ()),
        (mail("a@x.example", minutes=20, sender="other@town.example"), ()),
        (mail("a@x.example", minutes=65), ("second",)),
        (mail("a@x.example", minutes=75), ()),
    ],
    ids=["latest first", "one of several", "nobody in common", "another sender", "one too old", "both too old"],
)
def test_only_what_this_sender_told_these_people_lately(
    kept: Passwords, later: Transfer, words: tuple[str, ...]
) -> None:
    assert kept.before(later) == words


def test_memory_is_bounded(kept: Passwords) -> None:
    for number in range(3_000):
        kept.keep(mail("a@x.example", sender=f"s{number}@town.example"), ("word",))
    assert kept.before(mail("a@x.example", minutes=1)) == ()  # forgotten for newer ones
    assert len(kept._said) == 2_000
    for number in range(100):
        kept.keep(mail("a@x.example", minutes=1), tuple(f"{number}-{i}" for i in range(40)))
    found = kept.before(mail("a@x.example", minutes=2))
    assert len(found) == 40
    assert found[0] == "99-0"
    assert len(kept._said["clerk@town.example"]) == 20


def test_without_a_window_nothing_is_kept() -> None:
    off = Passwords(timedelta())
    off.keep(mail("a@x.example"), ("word",))
    assert off.before(mail("a@x.example")) == ()


def test_what_is_remembered_is_not_shown(kept: Passwords) -> None:
    (said, *_) = kept._said["clerk@town.example"]
    assert "first" not in repr(said)
    assert "first" not in repr(Inspection(subjects=0, lower=0, upper=0, counts={}, passwords=("first",)))


def test_a_recipient_in_common() -> None:
    assert share_a_recipient(["A@x.example"], ["b@x.example", "a@X.example"])
    assert not share_a_recipient(["a@x.example"], ["b@x.example"])


def test_reading_again_counts_only_where_something_was_opened() -> None:
    locked = Inspection(
        subjects=1, lower=1, upper=1, counts={}, unread=(Unread(("a.zip",), "encrypted"), Unread(("b",), "corrupt"))
    )
    assert unlocked(locked, locked) is locked
    found = Inspection(
        subjects=9,
        lower=9,
        upper=9,
        counts={},
        unread=locked.unread[1:],
        notes=("password_in_mail", "strings_searched"),
    )
    assert unlocked(locked, found).notes == ("strings_searched", "password_in_other_mail")


@pytest.mark.parametrize(
    "text",
    [
        "パスワード：a1b2c3",
        "ﾊﾟｽﾜｰﾄﾞ a1b2c3",
        "Ｐａｓｓｗｏｒｄ: a1b2c3",
        "PW：a1b2c3",
        "解凍キーは「a1b2c3」です",
        "暗証番号 a1b2c3",
        "pass phrase a1b2c3",
    ],
)
def test_the_quick_look_misses_no_word(text: str) -> None:
    assert "a1b2c3" in passwords(text)
    assert mentioned(text)


def test_the_quick_look_passes_over_what_gives_none() -> None:
    assert not mentioned("会議は3時からです。資料は a1b2c3 を見てください。")


def test_a_second_reading_that_died_takes_nothing_away() -> None:
    locked = Unread(part=("a.zip",), why="encrypted"), Unread(part=("b.zip",), why="encrypted")
    first = Inspection(subjects=500, lower=500, upper=500, counts={"name": 500}, unread=locked)
    died = Inspection(subjects=0, lower=0, upper=0, counts={}, unread=(Unread(part=("mail",), why="failed"),))
    assert unlocked(first, died) is first


@settings(max_examples=300, deadline=None)
@given(text=st.text(st.sampled_from("pPｐＰaAａＡsSｓＳwWｗＷパスﾊﾟ暗証号解凍会議İK1 "), max_size=12))
def test_a_text_is_asked_wherever_one_of_its_words_may_stand(text: str) -> None:
    hint = r"パス|ﾊﾟｽ|暗証|暗号|解凍|[pｐ](?:[aａ][sｓ][sｓ]|[wｗ])"
    assert mentioned(text) is (re.search(hint, text.lower()) is not None)
