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
