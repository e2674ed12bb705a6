"""What a town tunes is in signatures: a word added there changes the count, without a line of Python."""

from __future__ import annotations

import re

import pytest

from dlp import bundle
from dlp.detect import loader
from dlp.detect.ruleset import Ruleset
from dlp.errors import ConfigError
from dlp.subjects.counter import Counter
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


def tuned(signature: str, old: str, new: str) -> Ruleset:
    """The shipped rules with a signature.toml changed."""
    files = dict(bundle.read().files)
    text = files[f"{signature}/signature.toml"].decode()
    assert text.count(old) == 1
    files[f"{signature}/signature.toml"] = text.replace(old, new).encode()
    return loader.load(files)


def test_a_desk_is_a_pattern_in_a_file(ruleset: Ruleset) -> None:
    note = Case("desk", 1, f"相談コーナー：{C[3].surname}{C[3].given}さん（{C[3].phone}）まで。\n")
    assert inspected(note, ruleset).subjects == 1
    assert inspected(note, tuned("office-context", "desk = '''", "desk = '''相談コーナー|")).subjects == 0


def test_how_sure_a_name_must_be_is_a_number_in_a_file(ruleset: Ruleset) -> None:
    note = Case("stranger", 1, f"昨日、霧窪井朋希さん（{C[3].phone}）が来られた。\n")
    assert inspected(note, ruleset).subjects == 1
    assert inspected(note, tuned("person-context", "beside = 0.0", "beside = 1.0")).subjects == 1
    alone = Case("told alone", 1, f"昨日、霧窪井朋希さんが来られた。電話は{C[3].phone}。\n")
    assert inspected(alone, ruleset).subjects == 1
    assert inspected(alone, tuned("person-context", "honoured = 0.45", "honoured = 1.0")).subjects == 0


def test_an_honorific_is_a_word_in_a_file(ruleset: Ruleset) -> None:
    note = Case("caller", 1, f"昨日、霧窪井朋希おじさん（{C[3].phone}）が来られた。\n")
    assert inspected(note, ruleset).subjects == 0
    assert inspected(note, with_word("honorifics/honorifics_said.txt", "おじさん")).subjects == 1


def test_a_total_is_a_word_in_a_file(ruleset: Ruleset) -> None:
    rows = "".join(f"{p.name},{p.phone}\n" for p in C[:4])
    case = Case("list", 4, f"氏名,電話番号\n{rows}登録抹消,{C[5].phone}\n", "a.csv")
    assert inspected(case, ruleset).subjects == 5
    assert inspected(case, with_word("not-a-person/not_persons.txt", "登録抹消")).subjects == 4


@pytest.mark.parametrize(
    ("signature", "old", "new", "says"),
    [
        ("office-context", "desk = '''", "dsk = '''", "no pattern desk"),
        ("person-context", "honoured = 0.45", "", "no weight honoured, which"),
        (
            "person-context",
            "honoured = 0.45",
            "honoured = 0.45\nhonored = 0.45",
            "weight honored is asked for by nobody",
        ),
        ("person-context", "honoured = 0.45", "honoured = 'much'", "weights.honoured is not"),
        ("office-context", "desk = '''", "desk = '''(", "patterns.desk: "),
        ("office-context", "desk = '''", "desk = '''|", "matches nothing at all"),
        ("honorifics", '"after_names"]', "]", "no list after_names.txt"),
        ("honorifics", '"after_names"]', '"after_names", "surnames"]', "books surnames stands in honorifics, too"),
    ],
)
def test_what_is_missing_or_asked_for_by_nobody_is_named(signature: str, old: str, new: str, says: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(says)):
        Counter(tuned(signature, old, new), None)
