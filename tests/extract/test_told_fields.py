"""Fields whose value is a text of its own (markup, lines of labels), and records whose fields stand deeper."""

from __future__ import annotations

import html
import json
import re

import pytest
from lxml import etree

from dlp.extract.records import told_fields, xml_records
from tests.test_inspection_budget import inspect_bytes

PEOPLE = [
    ("佐藤", "健一", "葭江1-2-3", "090-1111-2222"),
    ("鈴木", "美咲", "葭江45番地", "090-1111-3333"),
    ("田中", "花子", "鴇ヶ森3-1", "090-1111-4444"),
]


def _map(people: list[tuple[str, str, str, str]]) -> str:
    places = "".join(
        f"<Placemark><name>{s}　{g}</name><description><![CDATA[住所:{a}<br>電話:{p}]]></description>"
        "<Point><coordinates>139.3,35.3,0</coordinates></Point></Placemark>"
        for s, g, a, p in people
    )
    return f'<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>{places}</Document></kml>'


def _nested() -> str:
    people = "".join(
        f"<p:Person xmlns:p='urn:x'><p:Shimei><p:Sei>{s}</p:Sei><p:Mei>{g}</p:Mei></p:Shimei><p:Renraku><p:Jusho>{a}"
        f"</p:Jusho><p:Tel>{t}</p:Tel></p:Renraku></p:Person>"
        for s, g, a, t in PEOPLE
    )
    return f'<?xml version="1.0"?><list>{people}</list>'


def _chat() -> str:
    said = [f"<p>{s} {g}様 {p} 折り返しお願いします</p>" for s, g, _, p in PEOPLE]
    return json.dumps({"value": [{"id": i, "body": {"contentType": "html", "content": c}} for i, c in enumerate(said)]})


@pytest.mark.parametrize("text", [_map(PEOPLE), _nested(), _chat()], ids=["map", "nested", "chat"])
def test_people_are_counted(text: str) -> None:
    assert inspect_bytes(text.encode()).subjects == len(PEOPLE)


def test_a_lone_record_of_value_objects_is_read() -> None:
    said = {"Name": "TARO YAMADA", "Date of Birth": "2012/3/19", "Tel": "090-1199-7001"}
    fields = {name: {"type": "SINGLE_LINE_TEXT", "value": value} for name, value in said.items()}
    assert (
        inspect_bytes(json.dumps({"records": [{"$id": {"type": "__ID__", "value": "0"}, **fields}]}).encode()).subjects
        == 1
    )


def test_a_lone_place_of_a_map_is_read() -> None:
    assert inspect_bytes(_map(PEOPLE[:1]).encode()).subjects == 1


def test_markup_is_what_its_reader_sees() -> None:
    assert told_fields.plain("<p>a&amp;b<br/>c</p><td>d</td><td>e</td>") == "a&b\nc\nd\te"
    assert not told_fields.is_markup("a < b and c > d")
    assert told_fields.fields("住所：葭江1\n電話:090") == {"住所": "葭江1", "電話": "090"}
    assert not told_fields.fields("住所：葭江1\nそのほか")
    assert not told_fields.fields("https://a.example/\nhttps://b.example/")


def test_records_in_records_are_not_read_twice() -> None:
    tree = etree.fromstring("<a><h><m><n>x</n><b><c>1</c></b></m><m><n>y</n><b><c>2</c></b></m></h></a>")
    rows, inside = xml_records.records(tree)
    assert rows == [[{"n": "x", "b.c": "1"}, {"n": "y", "b.c": "2"}]]
    assert {node.tag for node in inside} == {"m", "n", "b", "c"}


def test_facilities_of_a_map_are_nobody() -> None:
    halls = [("東公民館", "", a, p.replace("090-1111", "0463-22")) for _, _, a, p in PEOPLE]
    assert inspect_bytes(_map(halls).encode()).subjects == 0


def test_the_kind_of_a_value_is_no_field_of_its_own() -> None:
    heads = ("登録No", "氏名（漢字）", "氏名（カナ）", "自宅電話")
    rows = [(str(i), f"{s}　{g}", k, p) for i, (s, g, _, p) in enumerate(PEOPLE) for k in ("サトウ　ケンイチ",)]
    records = [{h: {"type": "SINGLE_LINE_TEXT", "value": v} for h, v in zip(heads, row, strict=True)} for row in rows]
    assert inspect_bytes(json.dumps({"records": records}).encode()).subjects == len(PEOPLE)


OTHERS = [("山本", "健"), ("中村", "詩織"), ("小林", "巌"), ("加藤", "澄江")]


def _told(i: int, whose: list[tuple[str, str]], phone: str, sign: str) -> str:
    return f"氏名:{' '.join(whose[i])}{sign}電話:{phone}{i}"


@pytest.mark.parametrize("sign", ["\n", "<br>", " "])
def test_fields_of_one_label_in_two_fields_are_of_two(sign: str) -> None:
    """The child's name and telephone stood in the place of who asks for it."""
    askers = [(a, b) for a, b, *_ in PEOPLE]
    records = [
        {"申請者": _told(i, askers, "090-1111-222", sign), "保護者": _told(i, OTHERS, "090-3333-222", sign)}
        for i in range(3)
    ]
    assert inspect_bytes(json.dumps(records).encode()).subjects == 6
    fields = (
        "".join(f"<{key}>{html.escape(value)}</{key}>" for key, value in record.items()) for record in records
    )  # fmt: skip
    document = f"<?xml version='1.0'?><l>{''.join(f'<r>{field}</r>' for field in fields)}</l>"
    assert inspect_bytes(document.encode()).subjects == 6


def test_objects_of_one_name_in_two_objects_are_of_two() -> None:
    asked = [{"氏名": f"{a} {b}", "電話": phone} for a, b, _, phone in PEOPLE]
    told = [{"氏名": " ".join(name), "電話": f"090-3333-222{i}"} for i, name in enumerate(OTHERS)]
    records = [{"申請": {"本人": one}, "届出": {"本人": other}} for one, other in zip(asked, told, strict=False)]
    assert inspect_bytes(json.dumps(records).encode()).subjects == 6


def test_names_are_no_kinds_of_a_value() -> None:
    """Each name became a column of its own: a list in an object of a list held nobody."""
    pairs = [[{"name": f"{a} {b}", "value": phone}] for a, b, _, phone in PEOPLE]
    pairs = [[*one, {"name": " ".join(OTHERS[i]), "value": f"090-3333-222{i}"}] for i, one in enumerate(pairs)]
    assert inspect_bytes(json.dumps([{"people": several} for several in pairs]).encode()).subjects == 6


_ROWS = [(f"{a}<!-- x -->{b}", f"<!-- 電話 -->{phone}") for a, b, _, phone in PEOPLE]
_CELLS = "".join(f"<tr><td>{name}</td><td>{phone}</td></tr>" for name, phone in _ROWS)
_HEAD = "<tr><th>氏名</th><th>電話</th></tr>"


@pytest.mark.parametrize(
    "page",
    [
        f"<table>{_HEAD}{_CELLS}</table>",
        f"<p>x</p><!-- {_HEAD}{re.sub('<!--.*?-->', '', _CELLS)} -->",
        "<html><body>x</body></html>" + "".join(f"<!-- 氏名：{a}{b} 電話：{p} -->" for a, b, _, p in PEOPLE),
        "<table><tr><th>番号</th><th>記事</th></tr>"
        + "".join(f"<tr><td>1<!-- 氏名：{a}{b} 電話：{p} --></td><td>x</td></tr>" for a, b, _, p in PEOPLE)
        + "</table>",
    ],
    ids=["in cells", "rows", "behind the page", "hidden in cells"],
)
def test_comments_hide_nobody(page: str) -> None:
    """What a comment says stood in the middle of a name, and what stands in a comment of a cell was not read."""
    assert inspect_bytes(page.encode()).subjects == len(PEOPLE)


def test_blanks_of_a_line_end_soon() -> None:
    """A minute before; the test's own time limit tells."""
    assert not told_fields.fields("a:1\n" + " " * 200_000 + "x")


def test_elements_in_elements_are_looked_for_fields_in_a_few_of_them() -> None:
    """Each element looked through all below it: half a minute for a megabyte. The test's own time limit tells."""
    nested = "<a><b/>" * 200 + "</a>" * 200
    rows, inside = xml_records.records(etree.fromstring(f"<x>{nested * 100}</x>"))
    assert not rows
    assert not inside
