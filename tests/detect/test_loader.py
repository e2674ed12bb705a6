"""Files -> Ruleset; every fault names its file and what to change."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from dlp import bundle
from dlp.detect.loader import digest, load
from dlp.errors import ConfigError

PHONE = """
id = "phone"
revision = 1
title = { ja = "電話", en = "phone" }
category = "phone"
matcher = "pattern"
pattern = '(?P<value>0[0-9]{9})'
"""


def files(toml: str = PHONE, **more: str) -> dict[str, bytes]:
    made = {"phone/signature.toml": toml.encode()}
    return made | {name.replace("__", "/", 1) + ".txt": text.encode() for name, text in more.items()}


def refused(toml: str, **more: str) -> str:
    with pytest.raises(ConfigError) as fault:
        load(files(toml, **more))
    return str(fault.value)


def test_a_small_one() -> None:
    ruleset = load(files())
    assert [(m.signature.id, m.start, m.end) for m in ruleset.scan_text("電話 0463000000")] == [("phone", 3, 13)]
    assert ruleset.scan_bytes(b"0463000000") == []


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('id = "phone"', 'id = "fon"', "not the folder's name"),
        ("revision = 1", "revision = 0", "revision starts at 1"),
        ("revision = 1", "revision = true", "revision is not a int"),
        ("revision = 1", "", "revision is missing"),
        ('{ ja = "電話", en = "phone" }', '{ ja = "電話" }', "title has ja and en"),
        ('category = "phone"', 'category = "fon"', "category 'fon' is none of"),
        ('matcher = "pattern"', 'matcher = "magic"', "matcher 'magic' is none of"),
        ('matcher = "pattern"', 'matcher = "terms"', "go together"),
        ("0[0-9]{9}", "0[0-9{9}", "pattern: "),
        ("0[0-9]{9}", "[0-9]*", "matches nothing at all"),
        ("revision = 1", 'revision = 1\ncolour = "red"', "unknown field 'colour'"),
        ("revision = 1", 'revision = 1\ncheck = "magic"', "check 'magic' is none of"),
        ("revision = 1", "revision = 1\nscore = 2", "score is a number from 0 to 1"),
        ("revision = 1", "revision = 1\nscore = 0.2", "no score reaches the threshold"),
        ("revision = 1", "revision = 1\nnear_score = 0.9", "never reached"),
        ("revision = 1", "revision = 1\nnear = ['']", "near is a list of words"),
        ("revision = 1", 'revision = 1\nnear = "電話"', "near is a list of words"),
        ("revision = 1", "revision = ", "phone/signature.toml"),
    ],
)
def test_faults_of_a_signature(old: str, new: str, says: str) -> None:
    assert old in PHONE
    said = refused(PHONE.replace(old, new, 1))
    assert said.startswith("signatures/phone/signature.toml: ")
    assert says in said


TERMS = PHONE.replace('matcher = "pattern"', 'matcher = "terms"').replace("pattern = '(?P<value>0[0-9]{9})'", "")


def test_terms() -> None:
    ruleset = load(files(TERMS, phone__terms="# note\n要介護３\n既往歴\n"))
    assert [(m.start, m.end) for m in ruleset.scan_text("既往歴と要介護3")] == [(0, 3), (4, 8)]
    assert "phone/terms.txt: missing" in refused(TERMS)
    assert "holds no term" in refused(TERMS, phone__terms="# only a note\n")
    assert "too short" in refused(TERMS, phone__terms="癌\n")


def test_no_signature_at_all_is_no_ruleset() -> None:
    with pytest.raises(ConfigError, match="finds nothing"):
        load({"policy.toml": b""})


def test_a_missing_book() -> None:
    words = TERMS.replace('"terms"', '"words"') + 'books = ["surnames"]\n'
    assert "phone/surnames.txt: missing" in refused(words)
    assert "holds no word" in refused(words, phone__surnames="\n")


def test_the_digest_follows_names_bytes_and_code(monkeypatch: pytest.MonkeyPatch) -> None:
    one: Mapping[str, bytes] = {"a/x": b"1", "b": b"2"}
    assert digest(one) == digest(dict(reversed(one.items())))
    assert len({digest(one), digest({"a/x": b"12", "b": b""}), digest({"a/y": b"1", "b": b"2"})}) == 3
    before = digest(one)
    monkeypatch.setattr("dlp.detect.loader.code_revision", lambda: "other")
    assert digest(one) != before


def test_the_shipped_books() -> None:
    ruleset = load(bundle.read().files)
    least = {
        "surnames": 1900, "given_names": 60000, "surname_kana": 1500, "given_kana": 8000, "surname_romaji": 1500,
        "given_romaji": 8000, "towns": 60000, "municipalities": 1900, "prefectures": 47, "titles": 40, "facilities": 40,
    }  # fmt: skip
    assert {book: len(ruleset.words[book]) >= count for book, count in least.items()} == dict.fromkeys(least, True)
    assert len(ruleset.branches) > 1000
    assert {"中央区", "横浜市"} <= ruleset.words["municipalities"]
    assert ruleset.find_words("surnames", "昨日、佐藤と長谷川が来た") == [(3, 5), (6, 9)]
    assert len(ruleset.signatures) >= 40


def test_the_ruleset_cannot_be_changed() -> None:
    ruleset = load(files())
    with pytest.raises(AttributeError):
        ruleset.digest = "x"  # type: ignore[misc]
