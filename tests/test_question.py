"""What a worker is asked and answers arrives as it was sent, whatever is in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from dlp import bundle
from dlp.detect.loader import load
from dlp.finding import Finding
from dlp.inspection import Inspection, Sample, TreeEntry, Unread, inspect
from dlp.question import Question, coded, coded_question, decoded, question_of
from dlp.transfer import Channel, Transfer

DATA = "氏名,電話番号,住所\n霞見 壮太,090-1234-5678,平塚市本町1-2\n泉川 美緒,080-2345-6789,平塚市宝町3-4\n".encode()


def transfer(data: bytes = DATA) -> Transfer:
    return Transfer(
        channel=Channel.WEB, sender="a", destination=("b",), name="名簿.csv", data=data, envelope={"host": "c"}
    )


@pytest.mark.parametrize("listing", [False, True])
def test_an_answer_arrives_as_it_was_given(listing: bool) -> None:
    seen = inspect(transfer(), load(bundle.read().files), token_key=b"k" * 32, listing=listing)
    assert all((seen.findings, seen.samples, seen.tree, seen.tokens, seen.traces.tokens))
    assert bool(seen.affected) is listing
    assert decoded(coded(seen)) == seen


def test_one_of_nothing_and_one_of_parts_unread_arrive_too() -> None:
    bare = Inspection(subjects=0, lower=0, upper=0, counts={})
    full = Inspection(
        subjects=1, lower=1, upper=2, counts={"phone": 1}, unread=(Unread(("a", "b"), "encrypted"),),
        tree=(TreeEntry(("a",), "text/plain", 3, 1),), samples=(Sample(("a",), "p", ("name",), (("●",),)),),
        findings=(Finding(signature="s", revision=1, category="phone", part=("a",), place="p", count=1, confidence=0.5),),
    )  # fmt: skip
    assert [decoded(coded(said)) for said in (bare, full)] == [bare, full]
    assert decoded(coded("ValueError in inspect:1")) == "ValueError in inspect:1"


def test_a_question_arrives_as_it_was_asked() -> None:
    asked = Question(
        transfer=transfer(),
        listing=True,
        passwords=("p",),
        beside=(transfer(b"beside"),),
        known={1: frozenset({2}), 3: frozenset()},
        stretch=3,
    )
    assert question_of(coded_question(asked)) == asked


@pytest.mark.parametrize("envelope", [{}, {"host": "c", "port": 1, "rcpt_to": ["\udc80"]}, {"of": Channel.WEB}])
def test_a_question_by_either_way(envelope: dict[str, object]) -> None:
    small = Transfer(channel=Channel.MAIL, sender="a", destination=(), name="", data=b"", envelope=envelope)
    spooled = Transfer(
        channel=Channel.MEDIA, sender="a", destination=("b",), name="n", spool=Path("/nowhere"), digest="0", envelope={}
    )
    for asked in (Question(transfer=small), Question(transfer=spooled, beside=(small,))):
        found = question_of(coded_question(asked))
        assert (found, found.transfer.at, found.transfer.spool) == (asked, asked.transfer.at, asked.transfer.spool)
        assert found.transfer.channel is asked.transfer.channel
