"""A report as a Word file (Office Open XML, ECMA-376): headings, paragraphs, tables, no more. Pure.

Written by hand, as our readers read by hand: four parts, and nothing a reader would have to guess.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape

from dlp.breach.draft import Report

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" ContentType="{base}.document.main+xml"/>'
    '<Override PartName="/word/styles.xml" ContentType="{base}.styles+xml"/></Types>'
).format(base="application/vnd.openxmlformats-officedocument.wordprocessingml")
_RELATIONS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
_RELATION = (
    '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}" Target="{}"/>'
)
_FONT = '<w:rFonts w:ascii="Yu Mincho" w:hAnsi="Yu Mincho" w:eastAsia="游明朝"/>'
_STYLES = (
    f"<w:styles {_W}><w:docDefaults><w:rPrDefault><w:rPr>{_FONT}"
    '<w:sz w:val="21"/><w:lang w:val="ja-JP" w:eastAsia="ja-JP"/></w:rPr></w:rPrDefault></w:docDefaults>'
    '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/><w:pPr><w:jc w:val="center"/></w:pPr>'
    '<w:rPr><w:b/><w:sz w:val="28"/></w:rPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/>'
    '<w:pPr><w:keepNext/><w:spacing w:before="240" w:after="80"/><w:outlineLvl w:val="0"/></w:pPr>'
    '<w:rPr><w:b/><w:sz w:val="24"/></w:rPr></w:style></w:styles>'
)
_BORDERS = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:color="808080"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)
_PAGE = (
    '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/>'
    '<w:pgMar w:top="1134" w:right="1134" w:bottom="1134" w:left="1134" w:header="567" w:footer="567" w:gutter="0"/>'
    "</w:sectPr>"
)
_TEXT_WIDTH = 9638  # twentieths of a point between the margins
#: What XML 1.0 cannot hold.
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def docx(report: Report) -> bytes:
    """The file's bytes."""
    body = [_paragraph(report.title, "Title"), _table(report.head, header=False), _paragraph("")]
    for section in report.sections:
        body.append(_paragraph(section.title, "Heading1"))
        body += [_paragraph(text) for text in section.paragraphs]
        if section.table:
            body.append(_table(section.table, header=True))
            body.append(_paragraph(""))
    document = f"<w:document {_W}><w:body>{''.join(body)}{_PAGE}</w:body></w:document>"
    return _package(
        {
            "[Content_Types].xml": _TYPES,
            "_rels/.rels": _RELATIONS.format(_RELATION.format("officeDocument", "word/document.xml")),
            "word/_rels/document.xml.rels": _RELATIONS.format(_RELATION.format("styles", "styles.xml")),
            "word/document.xml": document,
            "word/styles.xml": _STYLES,
        }
    )


def _package(parts: dict[str, str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in parts.items():
            package.writestr(name, _XML + text)
    return file.getvalue()


def _run(text: str, *, bold: bool = False) -> str:
    strong = "<w:rPr><w:b/></w:rPr>" if bold else ""
    return f'<w:r>{strong}<w:t xml:space="preserve">{escape(_NO_XML.sub("", text))}</w:t></w:r>'


def _paragraph(text: str, style: str = "", *, bold: bool = False) -> str:
    marked = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{marked}{_run(text, bold=bold)}</w:p>"


def _table(rows: Iterable[Sequence[str]], *, header: bool) -> str:
    rows = list(rows)
    columns = max(map(len, rows))
    width = _TEXT_WIDTH // columns
    grid = f"<w:tblGrid>{f'<w:gridCol w:w="{width}"/>' * columns}</w:tblGrid>"
    lines = []
    for index, row in enumerate(rows):
        first = header and index == 0
        cells = "".join(
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>'
            f"{_paragraph(cell, bold=first or (not header and at == 0))}</w:tc>"
            for at, cell in enumerate(row)
        )
        lines.append(f"<w:tr>{'<w:trPr><w:tblHeader/></w:trPr>' if first else ''}{cells}</w:tr>")
    look = f'<w:tblPr><w:tblW w:w="{_TEXT_WIDTH}" w:type="dxa"/><w:tblBorders>{_BORDERS}</w:tblBorders></w:tblPr>'
    return f"<w:tbl>{look}{grid}{''.join(lines)}</w:tbl>"
