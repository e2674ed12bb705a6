"""How many people the whole inspection finds in some bytes: what the formats' tests ask, in the end."""

from __future__ import annotations

import random
from collections.abc import Iterable
from functools import cache

from dlp import bundle
from dlp.detect.loader import load
from dlp.detect.ruleset import Ruleset
from dlp.inspection import Inspection, inspect
from dlp.transfer import Channel, Transfer
from dlp.tuning.town import Citizen


@cache
def ruleset() -> Ruleset:
    return load(bundle.read(None).files)


def inspected(data: bytes, declared: str = "", *, listing: bool = False) -> Inspection:
    transfer = Transfer(
        channel=Channel.MEDIA, sender="x", destination=("x",), name="file", data=data, declared=declared
    )
    return inspect(transfer, ruleset(), token_key=b"k" * 32, listing=listing)


def count(data: bytes) -> tuple[int, list[str]]:
    """(people, reasons why something was not read)."""
    found = inspected(data)
    return found.subjects, [unread.why for unread in found.unread]


def line(person: Citizen) -> str:
    """One person in one line of text."""
    return f"氏名：{person.name} 電話：{person.phone} 生年月日：{person.birth:%Y/%m/%d}"


def malformed(data: bytes, seed: int, count: int = 6) -> Iterable[bytes]:
    """Siblings of a file: cut short, and with some bits flipped."""
    rng = random.Random(seed)
    for _ in range(count):
        yield data[: rng.randrange(len(data))]
        flipped = bytearray(data)
        for _ in range(rng.randint(1, 40)):
            flipped[rng.randrange(len(flipped))] ^= 1 << rng.randrange(8)
        yield bytes(flipped)
