"""JSON whose records hold rows of a table; XML in the character set of Japanese Windows."""

from __future__ import annotations

import json

import pytest

from dlp.extract import markup
from dlp.extract.blocks import Table
from dlp.extract.budget import Budget
from dlp.transfer import Part


def test_rows_in_one_field_of_each_record_are_the_table() -> None:
    lines = ["氏名,住所,電話,性別", "山田 太郎,本町2-3-1,090-1234-5678,男", "佐藤 花子,港町4-5,080-1111-2222,女"]
    body = "".join(json.dumps({"row": line}, ensure_ascii=False) + "\n" for line in lines).encode()
    children = list(markup.extract_json(Part(path=("a",), data=body), Budget()).children)
    assert [(child.declared, child.data.decode()) for child in children] == [("text/csv", "\n".join(lines))]
    prose = b'[{"memo": "one, two, three, four"}, {"memo": "five"}, {"memo": "six"}]'
    assert not list(markup.extract_json(Part(path=("a",), data=prose), Budget()).children)


@pytest.mark.parametrize(
    ("declared", "codec"), [("Shift_JIS", "cp932"), ("UTF-8", "cp932"), ("EUC-JP", "euc_jp"), ("UTF-8", "utf-8")]
)
def test_xml_is_read_to_its_end_whatever_it_says_of_its_bytes(declared: str, codec: str) -> None:
    """A parser's Shift_JIS knows no 髙: it would stop at the first, and say nothing."""
    names = ["佐藤花子", "髙橋一郎" if codec != "euc_jp" else "高橋一郎", "鈴木太郎"]
    rows = "".join(f'<row 氏名="{name}" 電話="090-1234-567{i}"/>\n' for i, name in enumerate(names))
    text = f'<?xml version="1.0" encoding="{declared}"?>\n<rows>{rows}</rows>'
    found = list(markup.extract_xml(Part(path=("a",), data=text.encode(codec)), Budget()).blocks)
    tables = [block.frame.rows() for block in found if isinstance(block, Table)]
    assert [row[0] for row in tables[0][1:]] == names
