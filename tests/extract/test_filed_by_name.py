"""JSON objects that are filed below the names of those they are about."""

from __future__ import annotations

import json

import pytest

from tests.extract.people import inspected

_NAMES = [f"{surname} {given}" for surname in "鏑木 相楽 生方 鵜飼 仁科 沼尻".split() for given in "奏汰 芽依".split()]
_HOMES = [f"鏡浜市汐見町{i + 1}-2-{i + 3}" for i in range(len(_NAMES))]


def _count(value: object) -> int:
    return inspected(json.dumps(value, ensure_ascii=False).encode(), "a.json").subjects


@pytest.mark.parametrize(
    "one",
    [
        lambda i: {"住所": _HOMES[i], "電話": f"090-1{i:03}-2000"},
        lambda i: {"住所": _HOMES[i], "連絡先": {"電話": f"090-1{i:03}-2000"}},
        lambda i: [{"住所": _HOMES[i]}],
        lambda i: {"address": _HOMES[i]} if i else {"address": _HOMES[i], "memo": "x"},
    ],
)
def test_the_key_is_whose_the_object_is(one):
    filed = {name: one(i) for i, name in enumerate(_NAMES)}
    assert _count(filed) == len(_NAMES)
    assert _count({"名簿": filed}) == len(_NAMES)


def test_whoever_is_named_within_is_counted_once():
    parts = ("申請者", "代理人", "世帯主")
    assert _count({part: {"氏名": _NAMES[i], "住所": _HOMES[i]} for i, part in enumerate(parts)}) == len(parts)


@pytest.mark.parametrize(
    "value",
    [
        {f"{name[:2]}町": {"人口": 100 + i, "世帯": 50 + i} for i, name in enumerate(_NAMES)},
        {f"{name[:2]}公園": {"住所": _HOMES[i], "電話": f"0467-22-1{i:03}"} for i, name in enumerate(_NAMES[::2])},
        {"エラー": {"件名": "a"}, "警告": {"件名": "b"}, "情報": {"件名": "c"}},
    ],
)
def test_towns_parks_and_messages_are_nobody(value):
    assert _count(value) == 0
