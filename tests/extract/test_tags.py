"""Documents whose elements are called as some of HTML are; pages that are none."""

from __future__ import annotations

import pytest

from dlp.extract import sniff
from dlp.transfer import Part
from tests.extract.people import inspected

_NAMES = [f"{surname} {given}" for surname in "鏑木 相楽 生方 鵜飼 仁科 沼尻".split() for given in "奏汰 芽依".split()]


def _documents() -> dict[str, str]:
    people = [(name, f"1980/{i + 1}/{i + 2}", f"鏡浜市汐見町{i + 1}-2-{i + 3}") for i, name in enumerate(_NAMES)]

    def each(way: str) -> str:
        return "\n".join(way.format(*one) for one in people)

    return {
        "elements in p": f"<list>{each('<p><name>{}</name><birth>{}</birth><addr>{}</addr></p>')}</list>",
        "attributes of p": f"<list>{each('<p name="{}" birth="{}" addr="{}"/>')}</list>",
        "attributes of li": f"<list>{each('<li 氏名="{}" 生年月日="{}" 住所="{}"/>')}</list>",
        "a section": f"<section>{each('<p name="{}" birth="{}" addr="{}"/>')}</section>",
        "tables": f"<db>{each('<table><氏名>{}</氏名><生年月日>{}</生年月日><住所>{}</住所></table>')}</db>",
        "rows of a table": f"<table>{each('<row><name>{}</name><birth>{}</birth><addr>{}</addr></row>')}</table>",
        "spans": f"<doc>{each('<person><span>{}</span><span>{}</span><span>{}</span></person>')}</doc>",
        "a head and a body": f"<msg><head><id>1</id></head><body>{each('<rec name="{}" birth="{}" address="{}"/>')}</body></msg>",
        "declared": f'<?xml version="1.0"?><msg><body>{each('<rec name="{}" birth="{}" address="{}"/>')}</body></msg>',
        "an address": f'<people><meta version="1"/>{each("<person><name>{}</name><birthday>{}</birthday><address>{}</address></person>")}</people>',
        "cut off": f"<list>{each('<p name="{}" birth="{}" addr="{}"/>')}",
    }  # fmt: skip


@pytest.mark.parametrize("kind", list(_documents()))
def test_elements_called_as_those_of_pages(kind):
    written = _documents()[kind].encode()
    assert inspected(written, "a.xml").subjects == len(_NAMES)


@pytest.mark.parametrize(
    "page",
    [
        "<div class='x'><p>こんにちは</p><my-app :key='a'></my-app></div>",
        "<root><table><tr><td>氏名</td><td>住所</td></tr></table></root>",
        '<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN">\n<html xmlns="http://www.w3.org/1999/xhtml"><body/></html>',
        "<p v-if='x' @click='y' onclick='z'>あ</p><o:p></o:p>",
        "<table border=1 cellpadding=2><tr valign=top><td nowrap>あ</td></tr></table>",
        "<html><customer name='a'/><order id='1' total='2'/><body><p>あ</p></body></html>",
        "<svg-icon></svg-icon><div><svg viewBox='0 0 1 1'><path d='M0'/><g/></svg></div>",
    ],
)
def test_pages_stay_pages(page):
    assert sniff.media_type(Part(path=("a",), data=page.encode())) == "text/html"


def test_what_is_called_a_page_is_one():
    written = _documents()["elements in p"].encode()
    assert sniff.media_type(Part(path=("a.html",), data=written)) == "text/html"
    assert sniff.media_type(Part(path=("a",), data=written, declared="text/html")) == "text/html"
    assert sniff.media_type(Part(path=("a",), data=written)) == "application/xml"


@pytest.mark.parametrize("attribute", ["name", "n", "key", "項目"])
def test_cells_that_say_what_they_are_called_are_told_once(attribute):
    told = (("番号", "{i}"), ("認定区分", "要介護{k}"), ("宛名コード", "2227968{i}"), ("氏名", "{name}"))
    rows = (
        "".join(f"<c {attribute}='{word}'>{said.format(i=i, k=i % 5 + 1, name=name)}</c>" for word, said in told)
        for i, name in enumerate(_NAMES)
    )
    written = "<list>" + "".join(f"<row>{row}</row>" for row in rows) + "</list>"
    assert inspected(written.encode(), "a.xml").subjects == len(_NAMES)


def test_one_map_of_names_is_a_list():
    held = "\n".join(f'<string name="{name}">090-1{i:03}-2000</string>' for i, name in enumerate(_NAMES))
    assert inspected(f"<map>{held}</map>".encode(), "a.xml").subjects == len(_NAMES)
