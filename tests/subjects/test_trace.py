"""Tokens of pairs of facts: whoever knows two finds, in any writing; nothing can be read without the key."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import polars as pl
import pytest

from dlp import bundle
from dlp.detect import loader
from dlp.detect.loader import load
from dlp.extract.blocks import Table
from dlp.inspection import inspect
from dlp.subjects import caller
from dlp.subjects.counter import Counter
from dlp.subjects.own import OwnTown
from dlp.subjects.people import trace
from dlp.subjects.people.people import SCHEMA
from dlp.transfer import Channel, Transfer

KEY = b"k" * 32
PERSON = {
    "name": "髙橋 花子",
    "kana": "タカハシ ハナコ",
    "birth": "1985/03/02",
    "address": "神奈川県平塚市東八幡2-3-1",
    "phone": "0463-23-1188",
    "email": "hana@citizen.example",
}
#: Other writings of the same facts.
WRITINGS = {
    "name": ["高橋花子", "髙橋　花子様", "高橋　花子"],
    "kana": ["ﾀｶﾊｼ ﾊﾅｺ", "たかはし　はなこ", "タカハシハナコ"],
    "birth": ["昭和60年3月2日", "S60.3.2", "19850302", "昭和六十年三月二日", "１９８５年３月２日"],
    "address": [
        "東八幡二丁目3番1号",
        "平塚市東八幡２－３－１",
        "東八幡2ー3ー1",
        "東八幡二丁目三番一号",
        "東八幡二―三―一",
        "神奈川県平塚市東八幡２丁目３番地の１",
    ],
    "phone": ["0463231188", "０４６３（２３）１１８８", "+81 463-23-1188"],
    "email": ["HANA@citizen.example", "ｈａｎａ@citizen.example"],
}


@pytest.fixture(scope="module")
def ruleset():  # type: ignore[no-untyped-def]
    return load(bundle.read().files)


@pytest.fixture(scope="module")
def own(ruleset) -> OwnTown:  # type: ignore[no-untyped-def]
    return OwnTown(ruleset, "平塚市")


def table(*rows: dict[str, str]) -> bytes:
    heads = {
        "name": "氏名",
        "kana": "フリガナ",
        "birth": "生年月日",
        "address": "住所",
        "phone": "電話番号",
        "email": "メール",
    }
    lines = [",".join(heads.values()), *(",".join(row.get(k, "") for k in heads) for row in rows)]
    return "\n".join(lines).encode()


def indexed(ruleset, *contents: bytes) -> set[int]:  # type: ignore[no-untyped-def]
    found: set[int] = set()
    for content in contents:
        transfer = Transfer(channel=Channel.WEB, sender="s", destination=("h",), name="list.csv", data=content)
        traces = inspect(transfer, ruleset, token_key=KEY, town="平塚市").traces
        found |= set(np.frombuffer(traces.tokens, dtype="<u8").tolist())
    return found


FILLER = [
    {
        **PERSON,
        "name": f"佐藤 {g}",
        "birth": f"19{60 + i}-01-0{i + 1}",
        "phone": f"0463-55-102{i}",
        "email": f"u{i}@a.example",
        "address": f"平塚市中原{i + 2}-3-4",
        "kana": f"サトウ {k}",
    }
    for i, (g, k) in enumerate([("一郎", "イチロウ"), ("次郎", "ジロウ"), ("三郎", "サブロウ"), ("良子", "リョウコ")])
]


def test_any_two_facts_in_any_writing_find_the_person(ruleset, own: OwnTown) -> None:  # type: ignore[no-untyped-def]
    tokens, index = trace.tokens_of(KEY), indexed(ruleset, table(PERSON, *FILLER))
    missed = []
    for a, b in combinations(PERSON, 2):
        for first in (PERSON[a], *WRITINGS[a]):
            for second in (PERSON[b], *WRITINGS[b]):
                wanted = trace.wanted(caller.facts({a: first, b: second}, own), tokens)
                agreed = set().union(*(kinds for token, kinds in wanted.items() if token in index))
                if not {a, b} <= agreed:
                    missed.append((a, first, b, second, agreed))
    assert missed == []


def test_nobody_else_is_found(ruleset, own: OwnTown) -> None:  # type: ignore[no-untyped-def]
    tokens, index = trace.tokens_of(KEY), indexed(ruleset, table(PERSON, *FILLER))
    stranger = {
        "name": "鈴木 花子",
        "kana": "スズキ ハナコ",
        "birth": "1985/03/03",
        "address": "東八幡2-3-2",
        "phone": "0463-23-1189",
        "email": "hana2@citizen.example",
    }
    for a, b in combinations(stranger, 2):
        assert not trace.wanted(caller.facts({a: stranger[a], b: stranger[b]}, own), tokens).keys() & index
    # two people of one list do not make a third
    mixed = {"name": PERSON["name"], "birth": FILLER[0]["birth"]}
    assert not trace.wanted(caller.facts(mixed, own), tokens).keys() & index


def test_another_key_finds_nothing(ruleset) -> None:  # type: ignore[no-untyped-def]
    index = indexed(ruleset, table(PERSON, *FILLER))
    assert not trace.wanted(caller.facts(PERSON), trace.tokens_of(b"x" * 32)).keys() & index


def test_few_rows_and_many_have_the_same_tokens() -> None:
    blank = {name: [None] * 200 for name in SCHEMA}
    facts = {
        "name": [f"高橋花{i}" * (1 + i % 5) for i in range(200)],
        "birth": [None, *range(19500101, 19500300)],
        "address": [f"本町{i}-1" for i in range(200)],
    }
    people = pl.DataFrame({**blank, **facts}, schema=SCHEMA)
    tokens = trace.tokens_of(KEY)
    whole = sorted(np.concatenate(tokens.of(people)[0]).tolist())
    pieces = sorted(t for at in range(0, 200, 10) for run in tokens.of(people.slice(at, 10))[0] for t in run.tolist())
    assert whole == pieces
    assert len(set(whole)) == len(whole) == 200 + 199 * 2
    assert max(whole) < 2**63
    row = people.row(7, named=True)
    assert tokens.pair(("birth", str(row["birth"])), ("name", row["name"])) in set(whole)


def test_where_in_a_file_a_person_stood(ruleset) -> None:  # type: ignore[no-untyped-def]
    counter = Counter(ruleset, KEY)
    frames = {
        ("zip", "a.csv"): pl.DataFrame(
            {"氏名": ["高橋 花子", "佐藤 一郎"], "電話番号": ["090-1234-5671", "090-1234-5672"]}
        ),
        ("zip", "b.csv"): pl.DataFrame({"氏名": ["高橋 花子", "佐藤 次郎"], "生年月日": ["1985-03-02", "1960-01-01"]}),
    }
    for path, frame in frames.items():
        head = pl.DataFrame({f"c{i}": [name, *frame[name]] for i, name in enumerate(frame.columns)})
        counter.feed(path, Table(head))
    traces = counter.result().traces
    where = dict(
        zip(np.frombuffer(traces.tokens, "<u8").tolist(), np.frombuffer(traces.parts, "<u2").tolist(), strict=True)
    )
    tokens = trace.tokens_of(KEY)

    def part(a: tuple[str, str], b: tuple[str, str]) -> tuple[str, ...]:
        return traces.paths[where[tokens.pair(a, b)]]

    name, phone, birth = ("name", "高橋花子"), ("phone", "09012345671"), ("birth", "19850302")
    assert part(name, phone) == ("zip", "a.csv")
    assert part(name, birth) == ("zip", "b.csv")
    assert part(birth, phone) == ("zip", "a.csv"), "facts of two places are one person's"
    assert loader.towns({}) == {}
