"""Pages and documents are read to their end: what stands behind the page's end, deep within others, behind a long text,
in styles and in addresses was left out without a word."""

from __future__ import annotations

import io
import time
import zipfile
from urllib.parse import quote

import pytest

from dlp.extract.records import html_tree
from dlp.tuning.town import citizens
from tests.extract import makers
from tests.extract.people import inspected

PEOPLE = list(citizens(12, seed=611))
ROWS = [f"{p.name} {p.phone} {p.address}" for p in PEOPLE]
LINES = "".join(f"<p>{row}</p>\n" for row in ROWS)
FILL = "<p>これは案内の文章です。</p>\n" * 400


def found(data: str, declared: str = "text/html") -> tuple[int, bool]:
    inspection = inspected(data.encode("utf-8", "surrogateescape"), declared)
    return inspection.subjects, bool(inspection.unread)


@pytest.mark.parametrize(
    "between",
    ["</body></html>", "</html>\n<html><body>", "</html></html>\n", "</body></html><!-- end -->\n<br>", "<wbr>" * 300,
     "<svg><style>", "<iframe>", "<noframes>", "<noembed>", "<style>", "<style></styl"],
)  # fmt: skip
def test_what_stands_behind_is_read(between: str) -> None:
    assert found(f"<html><body>{FILL}{between}{LINES}</body></html>") == (12, False)


@pytest.mark.parametrize("tag", ["div", "font", "b", "blockquote", "o:p", "ul><li", "table><tr><td"])
@pytest.mark.parametrize("deep", [200, 300, 900])
def test_depth_hides_nothing(tag: str, deep: int) -> None:
    rows = "<br>\n".join(ROWS)
    people, unread = found(f"<html><body>{f'<{tag}>' * deep}{rows}")
    too_deep = deep * len(tag.split("><")) > 2000
    assert unread == too_deep
    assert too_deep or people == 12


def test_what_is_too_deep_is_held() -> None:
    assert found(f"<html><body>{'<i>' * 5000}{LINES}")[1]


def test_a_long_text_hides_nothing() -> None:
    assert found(f"<html><body><pre>{'x y' * 3_600_000}</pre>{LINES}</body></html>") == (12, False)


def test_addresses_and_styles_are_read() -> None:
    text = quote("\n".join(ROWS))
    assert found(f"<p>x</p><a href='https://x.example/?q={text}'>x</a>")[0] == 12
    assert found(f"<p>x</p><img src='https://x.example/?q={text}'>")[0] == 12
    assert found(f"<p>x</p><a href='mailto:x@outside.example?body={text}'>x</a>")[0] == 12
    rules = "".join(f"#a{i}:after{{content:'{row}'}}" for i, row in enumerate(ROWS))
    assert found(f"<style>{rules}</style><p>x</p>")[0] == 12
    escaped = "".join(
        f"#a{i}:after{{content:'{''.join(f'{chr(92)}{ord(c):06x}' for c in r)}'}}" for i, r in enumerate(ROWS)
    )
    assert found(f"<style>{escaped}</style><p>x</p>")[0] == 12
    comment = "\n".join(ROWS)
    assert found(f"<style>/* {comment} */ p {{color: red}}</style><p>x</p>")[0] == 12


def test_what_word_puts_into_styles_says_nothing() -> None:
    word = '<style><!-- /* Font Definitions */ @font-face {font-family:"ＭＳ 明朝"; panose-1:2 2 6 9 4 2 5 8 3 4;} --></style>'
    assert found(f"<html>{word}<body><p>お知らせ</p></body></html>") == (0, False)


@pytest.mark.parametrize("tag", ["pre", "tt", "blockquote", "section", "title"])
def test_a_page_may_begin_with_any_element(tag: str) -> None:
    assert found(f"<{tag}>&amp; x</{tag}>\n</html>{LINES}") == (12, False)


@pytest.mark.parametrize(
    "slip", ["</zz>", "<!-- ", "<![CDATA[ ", "</root>", "</", "\x01", "&#0;", "<a b=1>", "<a>" * 300]
)
def test_xml_that_is_mended_loses_nothing(slip: str) -> None:
    rows = "".join(f"<item>{row}</item>\n" for row in ROWS)
    text = f"<?xml version='1.0'?><root>{FILL}{slip}{rows}</root>"
    people, unread = found(text, "application/xml")
    assert people == 12 or unread


def test_a_document_hides_nothing_in_its_depth() -> None:
    whole = makers.docx()
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "word/document.xml":
                said = "".join(f"<w:p><w:r><w:t>{row}</w:t></w:r></w:p>" for row in ROWS)
                deep = f"{'<w:sdt><w:sdtContent>' * 200}{said}{'</w:sdtContent></w:sdt>' * 200}"
                data = data.replace(b"</w:body>", f"{deep}</w:body>".encode())
            new.writestr(name, data)
    inspection = inspected(out.getvalue())
    assert inspection.subjects >= 12 or inspection.unread


def test_many_ends_take_no_longer_than_their_number() -> None:
    begun = time.process_time()
    html_tree.read("</html><p>a" * 40_000)
    assert time.process_time() - begun < 1.5  # it was the square of them: 4.4 s
