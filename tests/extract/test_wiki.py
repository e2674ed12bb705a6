"""Tables of document markup whose rows are no lines between one sign, and records each of whose lines has a mark."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest

from dlp.extract.plain import wiki
from dlp.tuning.town import citizens
from tests.extract.people import count, inspected

_PEOPLE = 12
_HEAD = ("氏名", "住所", "電話番号", "生年月日")
_ROWS = [(one.name, one.address, one.phone, f"{one.birth:%Y/%m/%d}") for one in citizens(_PEOPLE, seed=6)]
_ALL = [_HEAD, *_ROWS]
type Row = Sequence[str]


def _entry(row: Row, form: str) -> str:
    return "\n".join(form.format(key, said) for key, said in zip(_HEAD, row, strict=True))


WAYS: dict[str, str] = {
    "reStructuredText, list": ".. list-table:: 名簿\n   :header-rows: 1\n\n"
    + "\n".join("   * - " + "\n     - ".join(row) for row in _ALL),
    "reStructuredText, CSV": '.. csv-table:: 名簿\n   :header: "'
    + '", "'.join(_HEAD)
    + '"\n\n'
    + "\n".join('   "' + '", "'.join(row) + '"' for row in _ROWS)
    + "\n\n以上\n",
    "AsciiDoc": "= 名簿\n\n[cols=4*]\n|===\n"
    + "\n\n".join("\n".join(f"|{cell}" for cell in row) for row in _ALL)
    + "\n|===\n",
    "DokuWiki": "^ " + " ^ ".join(_HEAD) + " ^\n" + "\n".join("| " + " | ".join(row) + " |" for row in _ROWS),
    "MediaWiki": "\n".join("{{住民\n" + _entry(row, "|{}={}") + "\n}}" for row in _ROWS),
    "BibTeX": "\n".join(f"@person{{p{i},\n{_entry(row, '  {} = {{{}}},')}\n}}" for i, row in enumerate(_ROWS)),
    "Haml": "%table\n" + "\n".join("  %tr\n" + "\n".join(f"    %td {cell}" for cell in row) for row in _ALL),
    "Pug": "table\n" + "\n".join("  tr\n" + "\n".join(f"    td {cell}" for cell in row) for row in _ALL),
    "Perl": "$VAR1 = [\n"
    + ",\n".join("  {\n" + _entry(row, "    '{}' => '{}',") + "\n  }" for row in _ROWS)
    + "\n];\n",
    "property list": "(\n" + ",\n".join("  {\n" + _entry(row, '    "{}" = "{}";') + "\n  }" for row in _ROWS) + "\n)\n",
    "TOML": "people = [\n"
    + "\n".join("  { " + ", ".join(f'"{k}" = "{v}"' for k, v in zip(_HEAD, row, strict=True)) + " }," for row in _ROWS)
    + "\n]\n",
    "XHTML": "<html><body><table>"
    + "".join("<tr>" + "".join(f"<td><![CDATA[{cell}]]></td>" for cell in row) + "</tr>" for row in _ALL)
    + "</table></body></html>",
    "an outline": "\n".join(f"* {row[0]}\n  {row[3]}\n  {row[1]}\n  {row[2]}" for row in _ROWS),
}


@pytest.mark.parametrize("way", WAYS)
def test_each_row_is_a_person(way: str) -> None:
    assert count(WAYS[way].encode()) == (_PEOPLE, [])


@pytest.mark.parametrize("way", ["reStructuredText, list", "an outline"])
def test_what_is_said_is_of_whom_it_stands_below(way: str) -> None:
    """A telephone is the last thing said of each, and stood right above the next one's name."""
    found = {person.phone: person.name for person in inspected(WAYS[way].encode(), listing=True).affected}
    for name, _, phone, _ in _ROWS:
        assert not phone or found[phone.replace("-", "")][:2] == name[:2]


@pytest.mark.parametrize(
    "text",
    [
        "* - だけの行\n- 箇条書き\n* 別の行\n",
        "持ち物:\n* - 水\n* - 帽子\n",
        "{{stub}}\n本文です。\n",
        "^ これは脚注 ^\n本文 | 続き\n",
        "|===\n|施設 |電話\n\n|公民館 |0463-22-1111\n|===\n",
        "td 1\ntr\n本文\n",
    ],
)
def test_what_is_no_table_stays_text(text: str) -> None:
    assert wiki.tables(text) is None


@pytest.mark.parametrize(
    "signs", ["|===\n", "* - a\n", "{{a\n", ".. csv-table::\n", "^ a ^\n", "   \n", "<![CDATA[", "td a\n"]
)
def test_what_it_costs_grows_with_the_text(signs: str) -> None:
    begun = time.process_time()
    for head in ("", ".. csv-table::\n", "|===\n", "<html>"):
        long = head + signs * (60_000 // len(signs))
        wiki.tables(long)
    assert time.process_time() - begun < 3


def test_a_page_of_sections_that_never_end() -> None:
    begun = time.process_time()
    inspected(b"<html><body>" + b"<![CDATA[" * 10_000)
    assert time.process_time() - begun < 10
