"""Readable rules find Japanese in every encoding, in real YARA."""

from __future__ import annotations

import pytest

from dlp.detect import yara_rules
from dlp.errors import ConfigError

RULE = """
rule one
{
  strings:
    $secret = "部外秘" japanese
  condition:
    $secret
}
rule two : tagged
{
  strings:
    $a = "世帯主" japanese
    $b = "続柄" japanese
    $c = "plain"
  condition:
    all of ($a, $c) or ($b and $c and #c > 1)
}
"""
CODECS = ["utf-8", "cp932", "euc_jp", "iso2022_jp", "utf-16-le", "utf-16-be", "utf-16", "shift_jisx0213"]


def found(data: bytes) -> list[yara_rules.Hit]:
    return yara_rules.scan(yara_rules.compile_rules({"x": RULE}), data)


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("around", ["{}", "この文書は{}です。", "【{}】", "第3版 {} page 4"])
def test_every_encoding_and_surrounding(codec: str, around: str) -> None:
    assert [hit.signature for hit in found(around.format("部外秘").encode(codec))] == ["x"]
    assert found(around.format("部内用").encode(codec)) == []


def test_offsets_are_bytes() -> None:
    data = "あ部外秘".encode("cp932")
    assert [(hit.start, hit.end) for hit in found(data)] == [(2, 8)]


def test_the_ascii_that_iso_2022_jp_writes_is_no_word_by_itself() -> None:
    written = "部外秘".encode("iso2022_jp").removeprefix(b"\x1b$B").removesuffix(b"\x1b(B")
    assert written.isascii()
    assert found(b"base64 " + written + b" text") == []


def test_a_name_stands_for_its_encodings_in_lists_and_alone() -> None:
    assert found("世帯主 plain".encode("euc_jp"))
    assert not found("世帯主".encode("euc_jp"))
    assert found("続柄 plain plain".encode("cp932"))


@pytest.mark.parametrize("condition", ["2 of ($a, $b)", "all of them", "none of ($a, $b)"])
def test_counting_that_would_count_encodings_is_refused(condition: str) -> None:
    rule = f'rule x {{ strings:\n $a = "部外秘" japanese\n $b = "世帯主" japanese\n condition:\n {condition} }}'
    with pytest.raises(ConfigError, match="would count encodings"):
        yara_rules.expand(rule, "x")


def test_binary_of_no_format_is_searched() -> None:
    assert found(bytes(range(256)) * 50 + "部外秘".encode("utf-16-le") + b"\0" * 99)


@pytest.mark.parametrize(
    "rule",
    [
        "rule x { condition: nothing }",
        'rule x { strings: $a = "unused" condition: true }',
        "rule x {",
        'rule x { strings:\n $a = "部外秘" japanese\n condition: $a }\nrule x { condition: true }',
    ],
)
def test_a_bad_rule_is_named(rule: str) -> None:
    with pytest.raises(ConfigError, match=r"signatures/marks/rule\.yar"):
        yara_rules.compile_rules({"marks": rule})


def test_no_rules() -> None:
    assert yara_rules.compile_rules({}) is None
