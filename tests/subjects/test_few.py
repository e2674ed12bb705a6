"""A handful of people and whole columns: the same keys, groups, counts and tokens, read either way."""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator
from contextlib import contextmanager

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlp.detect.ruleset import Ruleset
from dlp.inspection import Inspection, inspect
from dlp.subjects.people import acquaintance, identity, tally, trace
from dlp.subjects.people.few import Mention
from dlp.subjects.people.people import SCHEMA
from dlp.subjects.tables import frames, tables
from dlp.transfer import Channel, Transfer
from dlp.tuning import corpus
from dlp.tuning.corpus import people

_FACTS: dict[str, st.SearchStrategy[object]] = {
    "name": st.sampled_from(["霞見壮太", "碧江楓子", "碧江"]),
    "kana": st.sampled_from(["カスミソウタ", "アオエフウコ"]),
    "latin": st.sampled_from(["kasumi sota", "aoe fuko"]),
    "number": st.sampled_from(["111111111118", "222222222226"]),
    "code": st.sampled_from(["licence:1", "licence:2", "pension:1"]),
    "policy": st.sampled_from(["insurance:1", "card:1", "card:2"]),
    "local": st.sampled_from(["宛名番号:1", "宛名番号:2", "受給者番号:1", "宛名番号:123456"]),
    "care": st.sampled_from(["要介護度:1", "要介護度:2"]),
    "birth": st.sampled_from([19850302, 19850303, 20010000]),
    "phone": st.sampled_from(["0463000001", "09000000002"]),
    "email": st.sampled_from(["a@b.jp", "c@d.jp"]),
    "address": st.sampled_from(["本町1-2", "本町1-3"]),
    "account": st.sampled_from(["bank_account:1234567", "bank_account:7654321"]),
    "sex": st.sampled_from([1, 2]),
    "age": st.sampled_from([35, 36]),
}
_MENTIONS = st.lists(
    st.fixed_dictionaries(
        {fact: st.none() | st.none() | told for fact, told in _FACTS.items()}
        | {"cats": st.integers(1, 2**19 - 1), "sure": st.booleans(), "part": st.integers(0, 2)}
    ).filter(lambda mention: any(mention[fact] for fact in ("name", "kana", "latin", "number"))),
    min_size=1,
    max_size=14,
)


@settings(max_examples=120, deadline=None)
@given(_MENTIONS)
def test_the_same_people_are_told_apart(mentions: list[Mention]) -> None:
    few = acquaintance.who_is_who(mentions)
    columns = identity.who_is_who(pl.DataFrame(mentions, schema=SCHEMA))
    assert list(few.persons) == columns.mentions["person"].to_list()
    assert (few.count, few.lower, few.upper) == (columns.count, columns.lower, columns.upper)
    assert [few.in_part(i) for i in range(4)] == [columns.in_part(i) for i in range(4)]
    assert tally.tally(few, b"k") == tally.tally(columns, b"k")
    of_rows, of_columns = trace.Tracer(b"k"), trace.Tracer(b"k")
    of_rows.add_rows(few.mentions, few.repeated())
    of_columns.add(columns.mentions, tally.one_each(columns.mentions))
    assert _traced(of_rows) == _traced(of_columns)


def _traced(tracer: trace.Tracer) -> list[tuple[int, tuple[str, ...]]]:
    """Tokens with their parts; of a person met twice the order is nobody's."""
    found = tracer.result([("a",), ("b",), ("c",)])
    tokens = struct.unpack(f"<{len(found.tokens) // 8}Q", found.tokens)
    parts = struct.unpack(f"<{len(found.parts) // 2}H", found.parts) or (0,) * len(tokens)
    return sorted((token, found.paths[part]) for token, part in zip(tokens, parts, strict=True))


@contextmanager
def as_columns() -> Iterator[None]:
    """Every table a frame, every mention a row of one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, "ROWS", 0)
        patch.setattr(frames, "ROWS", 0)
        patch.setattr(acquaintance, "MOST", 0)
        yield


def _seen(name: str, data: bytes, ruleset: Ruleset) -> tuple[object, ...]:
    transfer = Transfer(channel=Channel.MEDIA, sender="x", destination=("x",), name=name, data=data)
    seen: Inspection = inspect(transfer, ruleset, token_key=b"k" * 32)
    return seen.subjects, seen.lower, seen.upper, seen.counts, seen.tokens, seen.findings, seen.samples, seen.tree


def test_files_of_every_layout_are_read_alike(ruleset: Ruleset) -> None:
    books = people.common(ruleset.words)
    files = [*corpus.made(books, each=1, seed=90, sizes=((3, 25),))]
    files += [corpus.innocent(name, 6, books, 90) for name in corpus.INNOCENTS]
    assert len(files) > 60
    for file in files:
        found = _seen(file.name, file.data, ruleset)
        with as_columns():
            assert _seen(file.name, file.data, ruleset) == found, file.layout


_HEADS = ("氏名", "フリガナ", "姓", "名", "住所", "電話番号", "生年月日", "性別", "年齢", "個人番号", "備考", "宛名番号",
          "保護者氏名", "続柄", "口座番号", "記号", "番号", "メール", "前住所", "郵便番号", "運転免許証番号", "障害者手帳")  # fmt: skip


def test_tables_of_any_cells_are_read_alike(ruleset: Ruleset) -> None:
    rng = random.Random(7)
    books = people.common(ruleset.words)
    cells = [c for f in corpus.made(books, each=1, seed=3, sizes=((5, 9),)) if f.kind == "csv" for c in _cells(f.data)]
    for _ in range(60):
        heads = rng.sample(_HEADS, rng.randint(2, 8))
        rows = [[rng.choice(cells) for _ in heads] for _ in range(rng.randint(1, 25))]
        data = "\n".join(",".join(row) for row in ([heads] if rng.random() < 0.8 else []) + rows).encode()
        found = _seen("a.csv", data, ruleset)
        with as_columns():
            assert _seen("a.csv", data, ruleset) == found, data.decode()


def _cells(data: bytes) -> list[str]:
    text = data.decode("utf-8", "ignore")
    return [cell.strip('"') for row in text.splitlines() for cell in row.split(",") if len(cell) < 30]
