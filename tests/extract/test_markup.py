"""JSON whose records hold rows of a table; XML in the character set of Japanese Windows."""

from __future__ import annotations

import json
from collections.abc import Iterable

import pytest

from dlp.extract.blocks import Table
from dlp.extract.budget import Budget
from dlp.extract.records import markup
from dlp.transfer import Part
from dlp.tuning.town import citizens
from tests.extract.people import inspected


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


def _tables(found: Iterable[object]) -> list[list[tuple[str | None, ...]]]:
    return [block.frame.rows() for block in found if isinstance(block, Table)]


@pytest.mark.parametrize("value", [
    {"result": {"columns": ["氏名", "電話"], "rows": [["佐藤花子", "1"], ["鈴木太郎", "2"], ["高橋一郎", "3"]]}},
    {"氏名": ["佐藤花子", "鈴木太郎", "高橋一郎"], "電話": ["1", "2", "3"]},
    {"氏名": {"0": "佐藤花子", "1": "鈴木太郎", "2": "高橋一郎"}, "電話": {"0": "1", "1": "2", "2": "3"}},
])  # fmt: skip
def test_tables_in_json_that_are_no_arrays_of_objects(value: dict[str, object]) -> None:
    found = markup.extract_json(Part(path=("a",), data=json.dumps(value).encode()), Budget()).blocks
    assert _tables(found) == [[("氏名", "電話"), ("佐藤花子", "1"), ("鈴木太郎", "2"), ("高橋一郎", "3")]]


def test_places_on_a_map_are_no_rows() -> None:
    value = {"type": "LineString", "coordinates": [[139.1, 35.2], [139.2, 35.3], [139.3, 35.4]]}
    assert not _tables(markup.extract_json(Part(path=("a",), data=json.dumps(value).encode()), Budget()).blocks)


def test_boxes_side_by_side_are_a_table_and_prose_in_boxes_is_none() -> None:
    rows = "".join(f"<div><span>佐藤{i}</span><span>本町{i}</span></div>\n" for i in range(4))
    found = list(markup.extract_html(Part(path=("a",), data=f"<section>{rows}</section>".encode()), Budget()).blocks)
    assert _tables(found) == [[(f"佐藤{i}", f"本町{i}") for i in range(4)]]
    words = "".join(f"<div>今日は<b>晴</b>で<i>寒い</i>{i}</div>" for i in range(4))
    assert not _tables(
        markup.extract_html(Part(path=("a",), data=f"<section>{words}</section>".encode()), Budget()).blocks
    )


def test_fields_of_one_name_in_xml_are_rows() -> None:
    bare = "".join(f"<row><v>佐藤{i}</v><v>本町{i}</v></row>" for i in range(3))
    named = "".join(f'<row><v name="氏名">佐藤{i}</v><v name="住所">本町{i}</v></row>' for i in range(3))
    plain, headed = (
        list(markup.extract_xml(Part(path=("a",), data=f"<t>{rows}</t>".encode()), Budget()).blocks)
        for rows in (bare, named)
    )
    assert _tables(plain) == [[(f"佐藤{i}", f"本町{i}") for i in range(3)]]
    assert _tables(headed)[0][:2] == [("氏名", "住所"), ("佐藤0", "本町0")]


def test_a_documents_table_in_xml_is_rows_of_people() -> None:
    """DocBook, TEI: each cell holds a paragraph. Line by line, the telephone of one stood above the next one's name."""
    people = [(one.name, one.address, one.phone, f"{one.birth:%Y/%m/%d}") for one in citizens(12, seed=6)]
    rows = "".join(
        "<row>" + "".join(f"<entry><para>{cell}</para></entry>" for cell in row) + "</row>"
        for row in (("氏名", "住所", "電話番号", "生年月日"), *people)
    )
    page = f"<?xml version='1.0'?><article><para>名簿</para><table><tbody>{rows}</tbody></table></article>"
    found = {one.phone: one.name[:2] for one in inspected(page.encode(), listing=True).affected}
    assert len(found) >= 11
    assert all(found[phone.replace("-", "")] == name[:2] for name, _, phone, _ in people if phone)


def test_runs_of_paragraphs_are_no_cells() -> None:
    page = "<?xml version='1.0'?><doc>" + "<p><run><t>あ</t></run><run><t>い</t></run></p>" * 9 + "</doc>"
    found = markup.extract_xml(Part(path=("x",), data=page.encode()), Budget())
    assert not any(isinstance(block, Table) for block in found.blocks)
