"""What is read quickly is read as it is read slowly."""

from __future__ import annotations

import pytest

from benchmarks import lists
from dlp.extract import charset
from dlp.extract.blocks import Table
from dlp.extract.budget import Budget
from dlp.extract.office import sheet_beside
from dlp.extract.plain import delimited, text
from dlp.transfer import Part

LIST = lists.make(700, 3)[0]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16", "euc_jp"])
@pytest.mark.parametrize(
    "change",
    [("", ""), ("窓口", '"窓,口"'), ("郵送", "=郵&#x9001;"), ("確認済", "確認済\r"), ("1,", '="1",')],
    ids=["plain", "quoted", "entities", "returns", "formulas"],
)
def test_a_long_list_has_the_cells_a_str_has(encoding: str, change: tuple[str, str]) -> None:
    written = LIST.replace(*change, 40) if change[0] else LIST
    data = written.encode(encoding)
    assert len(data) >= delimited.LONG
    (found,) = text.extract(Part(path=("a.csv",), data=data), Budget()).blocks
    (slow,) = text.blocks_of(charset.decode(data))
    assert isinstance(found, Table)
    assert isinstance(slow, Table)
    assert found.frame.equals(slow.frame)


@pytest.mark.parametrize(
    ("inside", "plain"),
    [
        ("<si><t>佐藤</t></si><si><t></t></si><si><t>a&amp;b</t></si>", True),
        ('<si><t xml:space="preserve"> 花子</t></si><si><t>次</t></si>', True),
        ("<si><t>a</t></si><si><r><t>b</t></r><r><t>c</t></r></si>", False),
        ("<si><t>a</t></si>\n<si><t>b</t></si>", False),
        ("<si><t>a</t></si><si><t/></si>", False),
    ],
)
def test_shared_strings(inside: str, plain: bool) -> None:
    data = f'<?xml version="1.0"?><sst>{inside}</sst>'.encode()
    slow = ["".join(sheet_beside._plain([item])) for item in sheet_beside._ITEM.findall(data)]
    assert sheet_beside._items(data).to_list() == slow
    assert (sheet_beside._plain_items(data) is not None) == plain
