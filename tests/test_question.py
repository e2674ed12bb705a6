"""What a worker is asked arrives as it was sent, whatever is in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from dlp.extract.settled import Settled
from dlp.question import Question, coded_question, question_of
from dlp.transfer import Channel, Transfer

DATA = "氏名,電話番号,住所\n霞見 壮太,090-1234-5678,平塚市本町1-2\n泉川 美緒,080-2345-6789,平塚市宝町3-4\n".encode()


def transfer(data: bytes = DATA) -> Transfer:
    return Transfer(
        channel=Channel.WEB, sender="a", destination=("b",), name="名簿.csv", data=data, envelope={"host": "c"}
    )


def test_a_question_arrives_as_it_was_asked() -> None:
    asked = Question(
        transfer=transfer(),
        listing=True,
        passwords=("p",),
        beside=(transfer(b"beside"),),
        known={1: Settled(frozenset({2}), b"t"), 3: Settled(frozenset())},
        stretch=3,
        seconds=2.5,
    )
    assert question_of(coded_question(asked, 7)) == (7, asked)


@pytest.mark.parametrize("envelope", [{}, {"host": "c", "port": 1, "rcpt_to": ["\udc80"]}, {"of": Channel.WEB}])
def test_a_question_by_either_way(envelope: dict[str, object]) -> None:
    small = Transfer(channel=Channel.MAIL, sender="a", destination=(), name="", data=b"", envelope=envelope)
    spooled = Transfer(
        channel=Channel.MEDIA, sender="a", destination=("b",), name="n", spool=Path("/nowhere"), digest="0", envelope={}
    )
    for asked in (Question(transfer=small), Question(transfer=spooled, beside=(small,))):
        number, found = question_of(coded_question(asked, 1 << 31))
        assert number == 1 << 31
        assert (found, found.transfer.at, found.transfer.spool) == (asked, asked.transfer.at, asked.transfer.spool)
        assert found.transfer.channel is asked.transfer.channel
