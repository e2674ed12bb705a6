"""YARA is left out only where YARA itself finds nothing."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from dlp import bundle, native
from dlp.detect import yara_rules
from dlp.detect.loader import load
from dlp.detect.ruleset import TITLES, Match
from dlp.detect.yara_needs import Needs, Seen
from dlp.detect.yara_rules import ENCODINGS, Rules, compile_rules, expand
from dlp.native.words import SHORTEST, Words

ROOT = Path(__file__).resolve().parents[2] / "signatures"
SOURCES = {path.parent.name: path.read_text() for path in sorted(ROOT.glob("*/rule.yar"))}
_RNG = random.Random(5)
pytestmark = pytest.mark.skipif(native.library is None, reason="native code was not built")


@pytest.fixture(scope="module")
def rules() -> Rules:
    compiled = compile_rules(SOURCES)
    assert compiled is not None
    return compiled


def _samples() -> Iterator[bytes]:
    for path in sorted(ROOT.glob("*/match/*")) + sorted(ROOT.glob("*/clean/*")):
        data = path.read_bytes()
        yield data
        try:
            text = data.decode()
        except UnicodeDecodeError:
            continue
        yield from (text.encode(codec, "ignore") for codec in ENCODINGS)


def _mutations(data: bytes) -> Iterator[bytes]:
    """Cut, moved, torn and spoilt."""
    for _ in range(6):
        at, other = sorted(_RNG.choices(range(len(data) + 1), k=2))
        yield data[at:]
        yield data[:at] + data[other:]
        yield data[at:other] + _RNG.randbytes(_RNG.randrange(7)) + data[:at]
        yield bytes(_RNG.randrange(256) if _RNG.random() < 0.01 else c for c in data[:4096])


def _pieces(data: bytes, size: int = 24) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


def test_what_a_content_begins_with_leaves_rules_out_that_need_another_beginning(rules: Rules) -> None:
    needs, told = rules.needs, {False: 0, True: 0}
    for data in (*_samples(), b"", b"\0", b"plain", *(bytes((c, c)) for c in range(256))):
        words = needs.words(data)
        assert words is not None
        expected = any(need(Seen(data, words)) for need in needs._rules or ())
        assert needs.may(words, data) == expected, data[:40]
        told[expected] += 1
    assert min(told.values()) > 100


def test_the_shipped_rules_are_understood_and_sieved(rules: Rules) -> None:
    assert not rules.needs.may_match("住所,氏名,生年月日\n港町,山田花子,1999-01-02\n".encode() * 5_000)


def test_no_match_of_any_sample_or_of_what_chance_makes_of_it_is_missed(rules: Rules) -> None:
    matched = asked = 0
    pool: list[bytes] = []
    for data in _samples():
        pool += _RNG.sample(pieces := _pieces(data), min(8, len(pieces)))
        mixed = b"".join(_RNG.choices(pool, k=30))
        for one in (data, mixed, *_mutations(data)):
            asked += 1
            if rules.compiled.match(data=one, fast=True):
                matched += 1
                assert rules.needs.may_match(one), one[:200]
    assert matched > 300
    assert asked > matched


@pytest.mark.parametrize("codec", ENCODINGS)
def test_a_word_is_found_at_every_place(rules: Rules, codec: str) -> None:
    marked = "部外秘".encode(codec)
    for before in range(8):
        for after in (0, 1, 2, 3):
            data = b"." * before + marked + b"." * after
            assert rules.compiled.match(data=data)
            assert rules.needs.may_match(data), (before, after)


HELD = """
rule %s { strings: $a = "plainly" $b = "another" nocase $c = { 01 02 03 04 05 06 [2-4] 07 08 } $d = /x[yz]+/
  condition: %s }
"""


@pytest.mark.parametrize(
    ("condition", "data", "may"),
    [
        ("$a and $b", b"plainly", False),
        ("$a and $b", b"plainly aNoTHer", True),
        ("$a or $b and $c", b"plainly", True),
        ("($a or $b) and $c", b"plainly", False),
        ("all of ($a, $b)", b"Another plainly", True),
        ("all of them", b"Another plainly", False),
        ("any of ($b, $c)", b"plainly", False),
        ("$c", bytes((1, 2, 3, 4, 5, 6)), False),
        ("$c", bytes((7, 8, 1, 2, 3, 4, 5, 6)), True),
        ("$d", b"", True),
        ("$d at 0", b"yx", False),
        ("$d at 0", b"xy", True),
        ("$c at 0", b"." + bytes(range(1, 9)), False),
        ("$a at 4", b"plainly", True),
        ("$a and uint16(2) == 0x6961", b"plainly", True),
        ("$a and uint16(2) == 0x6962", b"plainly", False),
        ("$a and uint8(99) == 0", b"plainly", False),
        ("not $a", b"", True),
        ("#a > 1", b"", True),
        ("$a and filesize < 100", b"", True),
        ("for any of them : ( $ at 0 )", b"", True),
        ("$a in (0..100)", b"", True),
        ("uint8(0) == 1 + 0", b"", True),
        ("2 of them", b"", True),
    ],
)
def test_what_a_condition_needs(condition: str, data: bytes, may: bool) -> None:
    assert Needs({"one": HELD % ("one", condition)}).may_match(data) == may


@pytest.mark.parametrize("letters", ["/xy/i", "/xy/is", "/xy/ nocase"])
def test_a_regular_expression_in_any_case_begins_with_either_letter(letters: str) -> None:
    source = f"rule one {{ strings: $a = {letters} condition: $a at 0 }}"
    compiled = compile_rules({"one": source})
    assert compiled is not None
    assert compiled.compiled.match(data=b"XY")
    assert compiled.needs.may_match(b"XY")


@pytest.mark.parametrize(
    "strings",
    [
        '$a = "plainly" xor',
        '$a = "plainly" base64',
        '$ = "plainly" $ = "other"',
        '$a = "pla\\qinly"',
        "$a = { 01 ( 02 | 03 ) }",
    ],
)
def test_a_string_that_is_not_understood_may_stand_anywhere(strings: str) -> None:
    assert Needs({"one": f"rule one {{ strings: {strings} condition: any of them }}"}).may_match(b"")


def test_comments_and_quotes_are_no_rules(rules: Rules) -> None:
    source = """
    // rule none { condition: true }
    rule one : tag other { meta: a = "x // } condition:" b = -1 strings: /* $x = "no" */
      $a = "one \\"//\\" two" // here
      $b = "UTF16" wide ascii
      condition: /* not */ $a or $b }
    rule two { condition: uint8(0) == 0x21 }
    """
    needs = Needs({"one": source})
    assert [needs.may_match(data) for data in (b'one "//" two', b"U\0T\0F\0001\0006\0", b"UTF16", b"!", b"one")] == [
        True, True, True, True, True
    ]  # fmt: skip
    assert not Needs({"one": source.replace("UTF16", "UTF16LE")}).may_match(b"one two, UTF16")


def test_several_rules_and_sources_count_together() -> None:
    needs = Needs({"one": HELD % ("one", "$a"), "two": HELD % ("two", "$b")})
    assert needs.may_match(b"plainly")
    assert needs.may_match(b"another")
    assert not needs.may_match(b"neither")


def test_words_of_every_size_at_every_place_even_at_the_edges() -> None:
    letters = b"abcdefghijklmnopqrstuvwxyz"
    words = [letters[at : at + size] for at in range(4) for size in range(SHORTEST, 16)]
    folded = [at % 2 > 0 for at in range(4) for _ in range(SHORTEST, 16)]
    looked = Words(words, folded)
    for begin in range(12):
        for end in range(begin, 27):
            for data in (letters[begin:end], letters[begin:end].upper(), b"--" + letters[begin:end]):
                wanted = {i for i, word in enumerate(words) if word in (data.lower() if folded[i] else data)}
                assert looked.within(data) == wanted, data


def test_long_bytes_are_sieved_and_short_ones_are_yaras(rules: Rules, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    whole = "部外秘".encode()
    monkeypatch.setattr(Needs, "may_match", lambda self, data: bool(asked.append(len(data))) or True)
    assert yara_rules.scan(rules, whole)
    assert not asked
    assert yara_rules.scan(rules, bytes(40_000) + whole)
    assert asked == [40_009]


def test_the_expanded_rules_are_those_that_are_read() -> None:
    source = 'rule a { strings:\n $x = "世帯主" japanese\n $y = "続柄" japanese\n condition: all of ($x, $y) }'
    needs = Needs({"a": expand(source, "a")})
    assert needs.may_match("世帯主".encode()), "続柄 is too short to be looked for in some encodings"
    assert not needs.may_match("続柄".encode("cp932"))


def _marked(rng: random.Random, size: int) -> str:
    """Words of the rules among others, with blanks wherever chance puts them: in a few places, or in many."""
    words = re.findall(r'"([^"\n]+)" japanese', "\n".join(SOURCES.values()))
    often = rng.choice((0.0, 0.002, 0.1))
    text = "".join(rng.choice(words) if rng.random() < 0.01 else rng.choice("道路の工事は、\n") for _ in range(size))
    if rng.random() < 0.5:
        word = rng.choice(words)
        text = text[: size // 2] + rng.choice((" ", "　", "\t", " 　")).join(word) + text[size // 2 :]
    return "".join(c + (rng.choice(" 　\t") if rng.random() < often else "") for c in text)


@pytest.mark.parametrize("size", [40, 900, 3_000, 25_000])
def test_what_a_text_shows_is_found_as_by_yara_over_all_of_it_and_over_it_without_blanks(size: int) -> None:
    rng = random.Random(size)
    rules, found = load(bundle.read(None).files), 0
    for _ in range(40):
        text = _marked(rng, size)
        expected: dict[str, Match] = {}
        for shown in (text, re.sub("[ 　\t]", "", text[:TITLES])):
            for match in rules.scan_bytes(shown.encode()):
                if match.signature.category in ("marking", "form"):
                    expected.setdefault(match.signature.id, match)
        assert rules.scan_shown(text) == [*expected.values()]
        found += len(expected)
    assert found or size < 900
