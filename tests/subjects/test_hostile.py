from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlp.extract.blocks import Table, Text
from dlp.subjects.counter import Counter
from dlp.subjects.lines.lines import delimited

CELLS = st.one_of(
    st.none(),
    st.text(max_size=30),
    st.sampled_from(
        [
            "氏名",
            "住所",
            "電話",
            "生年月日",
            "佐藤 花子",
            "090-1234-5678",
            "平塚市本町1-2-3",
            "S60.3.2",
            "：",
            "\t",
            "例",
            "合計",
            "(",
        ]
    ),
)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=12), st.lists(CELLS, max_size=40))
def test_nothing_makes_the_counter_raise(ruleset, rows, pieces):
    counter = Counter(ruleset, b"k")
    counter.feed(("t",), Table(pl.DataFrame(rows, schema={f"c{i}": pl.String for i in range(3)}, orient="row")))
    counter.feed(
        ("x",), Text("\n".join(" ".join(p or "" for p in pieces[i : i + 3]) for i in range(0, len(pieces), 3)))
    )
    found = counter.result()
    assert 0 <= found.lower <= found.subjects <= found.upper
    assert len(found.tokens) == found.subjects
    counter.mask("".join(p or "" for p in pieces))


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "text",
    ["佐藤花子 " * 50_000 + "090-1234-5678", "漢字" * 200_000, "1-" * 200_000, "あ1" * 100_000, "氏名：" * 50_000, ",\n" * 100_000, "(" * 100_000, "佐藤花子 2-1 " * 25_000, "佐藤 2-1 鈴木 " * 25_000, "佐藤花子さん" + "。72歳" * 25_000, "X-" * 100_000 + " lives at home, aged 42."],
    ids=["names", "kanji", "dashes", "mixed", "labels", "delimiters", "brackets", "results", "sides", "sentences", "hyphens"],
)  # fmt: skip
def test_long_lines_do_not_take_forever(count, text):
    assert count(Text(text)).subjects <= 1


@pytest.mark.parametrize("cell", ['"a\rb', 'a"\r"b', '"' + "x" * 200_000])
def test_a_cell_the_csv_module_refuses_stops_no_reading(cell: str) -> None:
    rows = [f"{cell},2", "3,4", "5,6"]
    assert [len(run.lines) for run in delimited(rows, [False] * 3)]


@pytest.mark.parametrize("blank", list("\x1c\x1f\x85\u1680\u2003\u2028\u202f\u205f\xa0"))
def test_a_long_line_of_any_blank_is_no_label(ruleset, blank):
    counter = Counter(ruleset, b"k" * 32)
    counter.feed(("file",), Text(f"氏名：佐藤花子\n電話：090-1234-5678\n\n{blank * 30}\n"), frozenset())
    assert counter.result().subjects == 1
