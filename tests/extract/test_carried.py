"""What a page carries in its attributes, what JSON carries in strings and cells, and marks and encodings that do not hold."""

from __future__ import annotations

import base64
import html
import json
import time
from urllib.parse import quote, urlencode

import pytest

from dlp.extract import charset
from dlp.tuning.town import citizens
from tests.extract.people import count

_PEOPLE = 12
_HEAD = ("氏名", "住所", "電話番号", "生年月日")
_ROWS = [(one.name, one.address, one.phone, f"{one.birth:%Y/%m/%d}") for one in citizens(_PEOPLE, seed=6)]
_ALL = [_HEAD, *_ROWS]
_CSV = "".join(",".join(row) + "\n" for row in _ALL)
_RECORDS = [dict(zip(_HEAD, row, strict=True)) for row in _ROWS]
_TABLE = (
    "<table>" + "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in _ALL) + "</table>"
)


def _page(body: str) -> bytes:
    return f"<!DOCTYPE html><html><head><meta charset=utf-8></head><body>{body}</body></html>".encode()


PAGES = {
    "base64": f'<a href="data:text/csv;charset=utf-8;base64,{base64.b64encode(_CSV.encode()).decode()}">保存</a>',
    "CP932": f'<a href="data:text/csv;base64,{base64.b64encode(_CSV.encode("cp932")).decode()}">保存</a>',
    "percent": f'<a download href="data:text/csv;charset=utf-8,{quote(_CSV)}">保存</a>',
    "frame": f'<iframe srcdoc="{html.escape(_TABLE)}"></iframe>',
    "page in a frame": f'<iframe src="data:text/html;charset=utf-8,{quote(_TABLE)}"></iframe>',
    "two rows each": "<table><tr><th rowspan=2>氏名</th><th>生年月日</th></tr><tr><th>住所</th></tr>"
    + "".join(
        f"<tr><td rowspan=2>{name}</td><td>{birth}</td></tr><tr><td>{address}</td></tr>"
        for name, address, _, birth in _ROWS
    )
    + "</table>",
}


@pytest.mark.parametrize("way", PAGES)
def test_pages(way: str) -> None:
    assert count(_page(PAGES[way])) == (_PEOPLE, [])


@pytest.mark.parametrize(
    "url", ["data:,", "data:image/png;base64,!", "data:font/woff2;base64,AAAA", "data:text/plain", "date:x,y"]
)
def test_urls_that_carry_nothing(url: str) -> None:
    assert count(_page(f'<a href="{url}">あ</a>')) == (0, [])


CELLS = {
    "cells": {"rows": [{"f": [{"v": cell} for cell in row]} for row in _ALL]},
    "a string": json.dumps(_RECORDS, ensure_ascii=False),
    "strings in strings": json.dumps(json.dumps(_RECORDS)),
    "a form": {"log": [{"request": {"text": urlencode(record)}} for record in _RECORDS]},
}


@pytest.mark.parametrize("way", CELLS)
def test_json(way: str) -> None:
    assert count(json.dumps(CELLS[way], ensure_ascii=False).encode()) == (_PEOPLE, [])


def _halves(first: str, second: str) -> bytes:
    lines = _CSV.splitlines(keepends=True)
    return "".join(lines[:7]).encode(first) + "".join(lines[7:]).encode(second)


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf" + _CSV.encode("cp932"),
        b"\xef\xbb\xbf" + _CSV.encode("euc_jp"),
        _halves("iso2022_jp", "utf-8"),
        _halves("utf-8", "iso2022_jp"),
        _CSV.encode().decode("latin-1").encode().decode("latin-1").encode(),
    ],
)
def test_encodings_that_are_not_what_they_say(data: bytes) -> None:
    assert count(data) == (_PEOPLE, [])


def test_a_mark_before_what_is_torn_is_believed() -> None:
    assert charset.decode(b"\xef\xbb\xbf" + "霞見".encode() + b"\xe3\x81") == "霞見\ufffd"


@pytest.mark.parametrize("signs", ["a=%E3&", '"', "\\", "<a href='data:,'>", "data:;;;"])
def test_what_it_costs_grows_with_the_text(signs: str) -> None:
    begun = time.process_time()
    long = signs * (60_000 // len(signs))
    count(_page(long))
    count(json.dumps({"a": [{"b": long}, {"b": long}]}).encode())
    assert time.process_time() - begun < 10
