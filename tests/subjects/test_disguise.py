"""Files of somebody who does not want to be found out: read through the whole path, from bytes to the count."""

from __future__ import annotations

import base64
import gzip
import time

import pytest

from dlp.detect.ruleset import Ruleset
from dlp.extract.budget import Budget
from dlp.extract.plain.unfold import plain
from dlp.extract.plain.unpack import packed
from tests.subjects.clerks import Case, inspected
from tests.subjects.disguised import DISGUISED, TEN

pytestmark = pytest.mark.timeout(60)


@pytest.mark.parametrize("case", DISGUISED, ids=lambda case: case.id)
def test_a_disguise_hides_nobody(case: Case, ruleset: Ruleset) -> None:
    found = inspected(case, ruleset)
    assert (found.subjects, found.inspected) == (case.people, True), found.counts


@pytest.mark.parametrize("people", [15, 400])
def test_signs_that_do_not_show_in_two_parts_of_an_address_stop_no_list(ruleset: Ruleset, people: int) -> None:
    """A zero-width space in one column, a digit of another script in the next: the inspection broke off."""
    hidden = {3: "\u200b", 5: "\u0663"}
    rows = [
        f"佐藤花子,平塚市{hidden.get(i, '')}本町,{i}-{hidden.get(i, '4')},0463-23-{1000 + i}" for i in range(people)
    ]
    found = inspected(Case("hidden", people, "\n".join(("氏名,住所１,住所２,電話番号", *rows)).encode()), ruleset)
    assert (found.subjects, found.inspected) == (people, True)


def test_an_encoded_archive_that_cannot_be_read_holds_the_file(ruleset: Ruleset) -> None:
    broken = gzip.compress(TEN.encode() * 50, mtime=0)[:-20]
    found = inspected(Case("broken", 0, base64.b64encode(broken)), ruleset)
    assert not found.inspected


@pytest.mark.parametrize(
    "text",
    [
        "sha256 " + "0123456789abcdef" * 4,
        "path /usr/lib/python3/dist-packages/some/thing/very/long/indeed.py",
        "AAAAB3NzaC1yc2EAAAADAQABAAABgQC7" * 4,
        "100% of 50% =A1 &amp; C:\\users\\new",
    ],
)
def test_what_is_no_encoding_stays_as_it_is(text: str) -> None:
    assert plain(text) == text
    assert packed(text, ("a",), Budget()) == []


def test_unpacking_is_bounded_by_the_budget(ruleset: Ruleset) -> None:
    inner = TEN.encode()
    for _ in range(14):
        inner = base64.b64encode(inner)
    found = inspected(Case("deep", 0, inner), ruleset)
    assert not found.inspected


@pytest.mark.parametrize(
    "piece",
    [
        "begin 644 a\n",
        " ",
        "[at]" + " " * 50,
        "a" * 40 + "\n",
        "%E3",
        "=E3=81",
        "&#x6c0f;",
        "\\u6c0f",
        "ab ",
        "〇九",
        "+AGE-",
    ],
    ids=repr,
)
def test_undoing_costs_no_more_than_the_text_is_long(piece: str) -> None:
    """Ten times the text takes about ten times as long, whatever it is made of."""

    def seconds(times: int) -> float:
        text, begun = piece * times, time.perf_counter()
        packed(plain("[at]" + text), ("a",), Budget())
        return time.perf_counter() - begun

    count = 40_000 // len(piece) + 1
    assert seconds(10 * count) < 0.5 + 40 * seconds(count)


def test_a_list_written_backwards_is_read_once(ruleset: Ruleset) -> None:
    """Some telephones are such from their end, and what stands for names there can be names and readings."""
    given = ("ノエル", "サトシ", "みちこ", "みずき", "花子")
    rows = [
        f"西国原 {given[i % 5]},1975-03-{i + 1:02},長野県平塚市本町{i}番地1コーポ浜田203,090-{2400 + i}-{20 + i % 7}70"
        for i in range(28)
    ]
    found = inspected(Case("backwards", 28, "\n".join(row[::-1] for row in rows).encode()), ruleset)
    assert (found.subjects, found.inspected) == (28, True)
