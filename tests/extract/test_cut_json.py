"""What is left of JSON that was cut off is read."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest

from dlp.extract.plain.cut_json import values
from dlp.extract.records.webform import URLENCODED
from dlp.tuning.town import citizens
from tests.extract.people import inspected

MANY = list(citizens(60, seed=9))
ROWS = [{"氏名": one.name, "電話": one.phone, "住所": one.address} for one in MANY]
WRAPPED = {"page": 1, "data": {"total": 60, "rows": ROWS}, "next": None}


@pytest.mark.parametrize("ascii_only", [True, False])
@pytest.mark.parametrize("value", [ROWS, WRAPPED], ids=["list", "wrapped"])
@pytest.mark.parametrize("size", [1000, 1990, 2500, 2501, 2502, 2503, 2504, 2505, 4000])
def test_a_list_in_json_that_was_cut_is_read(value: object, size: int, ascii_only: bool) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only)[:size]
    there = sum(text.count(json.dumps(one.phone)) for one in MANY)
    for kind in ("application/json", "text/plain", ""):
        assert inspected(text.encode(), kind).subjects in (there, there + 1)  # of the last there may be a part


@pytest.mark.parametrize("ascii_only", [True, False])
def test_also_in_a_form(ascii_only: bool) -> None:
    body = "d=" + quote(json.dumps(ROWS, ensure_ascii=ascii_only), safe="")[:4000]
    assert inspected(body.encode(), URLENCODED).subjects >= 12


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ('{"a":1,"b":[1,2', [{"a": 1, "b": [1, 2]}]),
        ('{"a":1,"b":"xy', [{"a": 1}]),
        ('{"a":1,"b', [{"a": 1}]),
        ('[{"a":1},{"a":2},{"a"', [[{"a": 1}, {"a": 2}]]),
        ('1 {"a":1} 2 {"a":2} 3 {"a":', [{"a": 1}, {"a": 2}]),
        ('{"a":{"b":[{"c":"d"},{"c":"e\\u30', [{"a": {"b": [{"c": "d"}]}}]),
        ('["a","b","c', [["a", "b"]]),
        ('{"a"', []),
        ("{}", []),
        ("f({a:1})", []),
    ],
)
def test_all_before_the_cut_is_read(text: str, read: list[object]) -> None:
    assert list(values(text)) == read


def test_what_is_no_json_is_given_up() -> None:
    script = 'function(){var a={"b":c};' * 100_000
    nested = '{"a":' * 200_000
    assert list(values(script)) == []
    assert list(values(nested)) == []


@pytest.mark.parametrize("note", ["\\ud83d", "絵文字\\uDE00で", "9" * 30], ids=["high half", "low half", "figures"])
@pytest.mark.parametrize("cut", [0, 90])
@pytest.mark.parametrize("before", ["", "2026-11-27T10:00:00Z INFO "], ids=["alone", "in a log"])
def test_what_a_program_cut_within_a_character_and_numbers_of_any_size_are_read(
    before: str, cut: int, note: str
) -> None:
    rows = ["{" + f'"備考": "{note}", ' + json.dumps(row, ensure_ascii=False)[1:] for row in ROWS]
    rows = [row.replace(f'"{note}"', note) if note.isdigit() else row for row in rows]
    if before:
        text = "\n".join(f"{before}{row[: len(row) - cut]}" for row in rows)
    else:
        text = f"[{','.join(rows)}]"[: -cut or None]
    there = sum(text.count(json.dumps(one.phone)) for one in MANY)
    found = inspected(text.encode(), "application/json" if not before else "")
    assert (found.subjects, found.unread) == (there, ())


def test_deeper_lists_than_the_quick_writer_takes_do_no_harm() -> None:
    deep = '{"a":' + "[" * 400 + "]" * 400
    assert inspected(f"2026-11-27 {deep}, 1\n2026-11-27 {deep}}} end\n".encode()).unread == ()


@pytest.mark.parametrize("guard", [")]}'\n", ")]}',\n", ")]}'", "while(1);", "for (;;);", "{}&&"])
def test_json_behind_what_keeps_scripts_from_running_it(guard: str) -> None:
    found = inspected((guard + json.dumps(ROWS, ensure_ascii=False)).encode())
    assert (found.subjects, found.unread) == (60, ())


def test_a_sequence_of_texts() -> None:
    text = "".join("\x1e" + json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS)
    found = inspected(text.encode())
    assert (found.subjects, found.unread) == (60, ())
