"""One budget for a whole transfer: whatever ends it, the part is named with its path and the transfer is held."""

from __future__ import annotations

from functools import cache

import pytest

from dlp import bundle
from dlp.detect.loader import load
from dlp.detect.ruleset import Ruleset
from dlp.extract.budget import Budget
from dlp.inspection import Inspection, inspect
from dlp.transfer import Channel, Transfer
from tests.extract import makers


@cache
def ruleset() -> Ruleset:
    return load(bundle.read().files)


def inspect_bytes(data: bytes, declared: str = "", name: str = "file", budget: Budget | None = None) -> Inspection:
    transfer = Transfer(channel=Channel.MAIL, sender="a", destination=("b",), name=name, data=data, declared=declared)
    return inspect(transfer, ruleset(), token_key=b"k" * 32, budget=budget)


LIST = makers.CSV.encode("cp932")


@pytest.mark.parametrize(
    ("limit", "data", "part", "why"),
    [
        ({"bytes_left": 1000}, makers.zipped("a.csv", LIST), ("a.csv",), "too_large"),
        ({"max_ratio": 2}, makers.zipped("a.csv", LIST * 80), ("a.csv",), "too_large"),
        ({"memory": 1000}, makers.zipped("a.csv", LIST), ("a.csv",), "too_large"),
        ({"max_depth": 2}, makers.zipped("a.csv", LIST, depth=3), ("0.zip", "0.zip", "a.csv"), "too_deep"),
        ({"parts_left": 1}, makers.zipped("a.csv", LIST), ("a.csv",), "too_many"),
        ({"seconds": 0}, makers.zipped("a.csv", LIST), (), "timed_out"),
        ({"pages_left": 0}, makers.docx(), (), "too_many"),
    ],
    ids=["bytes", "ratio", "memory", "depth", "parts", "seconds", "pages"],
)
def test_each_limit_ends_in_unread_with_the_parts_path(
    limit: dict[str, int], data: bytes, part: tuple[str, ...], why: str
) -> None:
    read = inspect_bytes(data, budget=Budget(**limit))  # made now: its clock runs
    assert not read.inspected
    assert why in {unread.why for unread in read.unread}
    named = next(unread.part for unread in read.unread if unread.why == why)
    assert len(named) == len(part) + 1
    assert named[-1:] == part[-1:] or not part


@pytest.mark.parametrize(("data", "whys"), [(bytes(5000), []), (bytes(4999) + b"\x02", ["too_large"])])
def test_what_is_too_large_to_hold_is_unread_unless_there_is_nothing_in_it(data: bytes, whys: list[str]) -> None:
    sent = Transfer(channel=Channel.MEDIA, sender="clerk", destination=("U",), name="a.img", data=data)
    read = inspect(sent, ruleset(), token_key=None, large=data, budget=Budget(memory=1000))
    assert [unread.why for unread in read.unread] == whys


def test_one_member_that_is_refused_costs_only_itself() -> None:
    import io
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(50 << 20))
        archive.writestr("list.csv", LIST)
    read = inspect_bytes(out.getvalue())
    assert (read.subjects, [(u.part[-1], u.why) for u in read.unread]) == (150, [("zeros", "too_large")])


def test_strings_of_an_unknown_format_are_counted_and_it_stays_unread() -> None:
    import random

    noise = random.Random(5).randbytes(3000)
    for codec in ("utf-8", "cp932", "euc_jp", "utf-16-le", "utf-16-be", "iso2022_jp"):
        data = b"\x7fSTRANGE\x00\x01" + noise + makers.CSV.encode(codec) + noise
        read = inspect_bytes(data)
        assert [unread.why for unread in read.unread] == ["unknown_format"], codec
        assert read.notes == ("strings_searched",)
        assert 145 <= read.subjects <= 155, codec
    assert inspect_bytes(noise).subjects == 0
