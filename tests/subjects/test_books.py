"""What a town tunes is in signatures: a word added there changes the count, without a line of Python."""

from __future__ import annotations

from dlp import bundle
from dlp.detect import loader
from dlp.detect.ruleset import Ruleset
from tests.subjects.clerks import C, Case, inspected

FARMS = Case(
    "farms",
    8,
    "農園名,園主氏名,所在地,電話番号\n"
    + "".join(f"{p.town}観光農園センター,{p.name},{p.short},{p.phone}\n" for p in C[:8]),
    "a.csv",
)


def with_word(book: str, word: str) -> Ruleset:
    files = dict(bundle.read().files)
    files[book] += f"{word}\n".encode()
    return loader.load(files)


def test_a_head_of_facilities_is_a_word_in_a_file(ruleset: Ruleset) -> None:
    assert inspected(FARMS, ruleset).subjects == 8
    tuned = with_word("table-context/heads.txt", "園主")
    assert inspected(FARMS, tuned).subjects == 0
    assert tuned.digest != ruleset.digest


def test_an_event_is_no_illness(ruleset: Ruleset) -> None:
    note = Case("talk", 1, f"{C[3].surname}{C[3].given}さんは認知症の茶話会に来られた。\n")
    assert inspected(note, ruleset).subjects == 1
    assert inspected(note, with_word("public-bodies/events.txt", "茶話会")).subjects == 0
