"""JSON whose records hold rows of a table."""

from __future__ import annotations

import json

from dlp.extract import markup
from dlp.extract.budget import Budget
from dlp.transfer import Part


def test_rows_in_one_field_of_each_record_are_the_table() -> None:
    lines = ["氏名,住所,電話,性別", "山田 太郎,本町2-3-1,090-1234-5678,男", "佐藤 花子,港町4-5,080-1111-2222,女"]
    body = "".join(json.dumps({"row": line}, ensure_ascii=False) + "\n" for line in lines).encode()
    children = list(markup.extract_json(Part(path=("a",), data=body), Budget()).children)
    assert [(child.declared, child.data.decode()) for child in children] == [("text/csv", "\n".join(lines))]
    prose = b'[{"memo": "one, two, three, four"}, {"memo": "five"}, {"memo": "six"}]'
    assert not list(markup.extract_json(Part(path=("a",), data=prose), Budget()).children)
