"""Lines that name their own fields, and tables of LaTeX, are tables; cards of a page, too."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from dlp.extract.blocks import Table, Text
from dlp.extract.budget import Budget
from dlp.extract.plain.text import of_text
from dlp.extract.records import markup
from dlp.transfer import Part

KEYS = ["利用者", "問1 満足か", "連絡先"]
ROWS = [
    ["霞見　壮太", "はい", "0463-22-1111"],
    ["碧江　楓子", "12:30", "090-1111-2222"],
    ["蒼沢　紬香", "", "03-1234-5678"],
]


def _tables(text: str) -> list[list[tuple[str | None, ...]]]:
    return [block.frame.rows() for block in of_text(text).blocks if isinstance(block, Table)]


@pytest.mark.parametrize(
    "text",
    [
        "\n".join("\t".join(f"{k}:{v}" for k, v in zip(KEYS, row, strict=True)) for row in ROWS),
        "\n".join(urlencode(dict(zip(KEYS, row, strict=True))) for row in ROWS),
        "\n".join(" ".join(f'{k.replace(" ", "_")}="{v}"' for k, v in zip(KEYS, row, strict=True)) for row in ROWS),
    ],
    ids=["ltsv", "form", "quoted"],
)
def test_lines_that_name_their_fields_are_rows(text: str) -> None:
    (rows,) = _tables(text)
    assert [cell.replace("_", " ") if cell else "" for cell in rows[0]][:3] == KEYS
    assert [[cell or "" for cell in row[:3]] for row in rows[1:]] == ROWS


def test_what_stands_about_the_fields_of_a_log_is_kept() -> None:
    text = (
        "\n".join(f'2026-11-26 09:00 INFO {row[0]} a="{row[1]}" b="{row[2]}"' for row in ROWS * 2)
        + "\n住所：霧ヶ森1-2-3\n"
    )
    table, rest = of_text(text).blocks
    assert isinstance(table, Table)
    assert isinstance(rest, Text)
    assert ROWS[0][0] in "".join(cell or "" for cell in table.frame.row(1))
    assert "霧ヶ森1-2-3" in rest.text


def test_code_and_links_are_no_such_rows() -> None:
    code = 'const a = f("x", 1);\nlet b="y", c="z";\nif (a="1" && b="2") return;\n'
    links = "http://a.example/\thttps://b.example/\nhttp://c.example/\thttps://d.example/\n"
    assert not any(row[0] == "b" for rows in _tables(code) for row in rows)
    assert all("http" not in (rows[0][0] or "")[:4] or "://" in (rows[0][0] or "") for rows in _tables(links))


def test_a_table_of_latex_is_read_by_its_cells() -> None:
    body = " \\\\\n".join(f"{a} & {b} & \\textbf{{{c}}}" for a, b, c in [["氏名", "50\\% \\& 他", "電話"], *ROWS])
    text = f"前文\n\\begin{{tabular}}{{l|p{{3cm}}l}}\n\\toprule\n{body} \\\\\n\\bottomrule\n\\end{{tabular}}\n後文\n"
    table, rest = of_text(text).blocks
    assert isinstance(table, Table)
    assert isinstance(rest, Text)
    assert table.frame.rows()[:2] == [("氏名", "50% & 他", "電話"), tuple(ROWS[0])]
    assert "前文" in rest.text
    assert "後文" in rest.text
    assert ROWS[0][0] not in rest.text


@pytest.mark.parametrize(
    "card",
    [
        lambda row: "<dl>" + "".join(f"<dt>{k}</dt><dd>{v}</dd>" for k, v in zip(KEYS, row, strict=True)) + "</dl>",
        lambda row: (
            "<div>" + "".join(f"<p><b>{k}</b><span>{v}</span></p>" for k, v in zip(KEYS, row, strict=True)) + "</div>"
        ),
        lambda row: (
            "<ul>"
            + "".join(f'<li><span class="label">{k}：</span><em>{v}</em></li>' for k, v in zip(KEYS, row, strict=True))
            + "</ul>"
        ),
    ],
    ids=["dl", "bold", "class"],
)
def test_cards_with_the_same_headings_are_rows_once(card: object) -> None:
    page = "<html><meta charset=utf-8><body><h1>一覧</h1>" + "".join(map(card, ROWS)) + "<p>以上</p></body></html>"  # type: ignore[arg-type]
    found = list(markup.extract_html(Part(path=("a",), data=page.encode()), Budget()).blocks)
    tables = [block.frame.rows() for block in found if isinstance(block, Table)]
    assert [[cell or "" for cell in row] for rows in tables for row in rows] == [KEYS, *ROWS]
    (text,) = [block.text for block in found if isinstance(block, Text)]
    assert ROWS[0][0] not in text
    assert "以上" in text


def test_a_glossary_is_no_list_of_cards() -> None:
    page = "<dl><dt>壮太</dt><dd>090</dd></dl><dl><dt>楓子</dt><dd>080</dd></dl><dl><dt>甲</dt><dd>乙</dd></dl>"
    found = markup.extract_html(Part(path=("a",), data=page.encode()), Budget()).blocks
    assert not any(isinstance(block, Table) for block in found)


def test_one_card_alone_keeps_heading_and_field_apart() -> None:
    page = "<p><b>氏名</b><span>霞見壮太</span></p><p><span>佐</span><span>藤</span></p>"
    (text,) = markup.extract_html(Part(path=("a",), data=page.encode()), Budget()).blocks
    assert isinstance(text, Text)
    assert "氏名\t霞見壮太" in text.text
    assert "佐藤" in text.text


def test_a_field_that_is_an_object_is_called_by_its_own_name() -> None:
    data = (
        b'{"records":[{"a b":{"type":"T","value":"1"},"c":{"type":"T","value":"2"}},{"a b":{"type":"T","value":"3"}}]}'
    )
    (table, *_) = markup.extract_json(Part(path=("a",), data=data), Budget()).blocks
    assert isinstance(table, Table)
    header = table.frame.row(0)
    assert header == ("a b", "c")


def test_a_time_with_thousandths_parts_no_cells() -> None:
    line = (
        "2026-11-26 10:00:0{},123 [http-8080-1] INFO  c.x.Users - update user id={} name={} tel={} mail=a{}@example.jp"
    )
    rows = _tables("\n".join(line.format(i, i, row[0].replace("　", ""), row[2], i) for i, row in enumerate(ROWS)))
    assert {row[0] for row in ROWS} == {f"{row[1][:2]}　{row[1][2:]}" for row in rows[0][1:] if row[1]}
