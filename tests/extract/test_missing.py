"""A name in which a character could not be written (髙橋 as ?橋, 〓橋) is a name all the same."""

from __future__ import annotations

import pytest

from dlp.extract.plain import normalize
from tests.test_inspection_budget import inspect_bytes

_ROWS = (
    ("{}橋 一郎", "東京都港区芝3-4-5", "090-2234-5679"),
    ("山{} 美咲", "東京都港区芝3-4-9", "090-2234-5670"),
    ("渡{} 健", "東京都港区芝3-4-8", "090-2234-5671"),
    ("{}田花子", "東京都港区芝3-4-1", "090-2234-5672"),
)


@pytest.mark.parametrize("sign", ["?", "〓", "\ufffd"])
def test_people_whose_names_lost_a_character(sign: str) -> None:
    rows = [[cell.format(sign) for cell in row] for row in _ROWS]
    for text in (
        "氏名,住所,電話番号\n" + "".join(",".join(row) + "\n" for row in rows),
        "\n".join("氏名：{}\n住所：{}\n電話：{}\n".format(*row) for row in rows),
        "<meta charset=utf-8><table><tr><th>氏名<th>住所<th>電話番号"
        + "".join(f"<tr>{''.join(f'<td>{cell}' for cell in row)}" for row in rows),
        "From: a@example.jp\nTo: b@example.jp\nContent-Type: text/plain; charset=utf-8\n\n氏名\t住所\t電話番号\n"
        + "".join("\t".join(row) + "\n" for row in rows),
        "".join("{}様（{}、電話 {}）から申請がありました。\n".format(*row) for row in rows),
    ):
        assert inspect_bytes(text.encode()).subjects == len(rows)


@pytest.mark.parametrize(
    "text",
    ["本当ですか?次へ", "https://a.example/?漢=字", "何故?\n次の行", "a?b", "?,不明,?", "q=?山", "出典／?／未詳"],
)
def test_a_question_is_no_character(text: str) -> None:
    raw = text.encode()
    assert normalize.with_missing(raw) is raw
