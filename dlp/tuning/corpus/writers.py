"""A document to the bytes of a file. Writers are a table: another format is one function and its line in WRITERS."""

from __future__ import annotations

import csv
import io
import random
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from html import escape

from dlp.tuning.corpus.layout import Cell, Doc, Rows
from dlp.tuning.corpus.office import docx, pdf, pptx, xlsx

ENCODINGS = ("utf-8", "utf-8-sig", "cp932", "utf-16-le", "utf-16-be", "euc_jp", "iso2022_jp")
#: Codecs that say their byte order by a mark only.
_MARKS = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}


@dataclass(frozen=True, slots=True)
class Written:
    """A file's bytes, what it would be called, and how it was encoded."""

    data: bytes
    suffix: str
    encoding: str = ""


type Writer = Callable[[Doc, random.Random, str], Written]


def encode(text: str, encoding: str) -> tuple[bytes, str]:
    """Bytes in `encoding`, or in UTF-8 where the text does not fit it."""
    try:
        return _MARKS.get(encoding, b"") + text.encode(encoding), encoding
    except UnicodeEncodeError:
        return text.encode("utf-8"), "utf-8"


def _said(cell: Cell) -> str:
    return "" if cell is None else str(cell)


def _separated(rows: Rows, delimiter: str, rng: random.Random) -> str:
    out = io.StringIO()
    quoted = rng.random() < 0.5
    writer = csv.writer(
        out,
        delimiter=delimiter,
        quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL,
        lineterminator=rng.choice(("\r\n", "\n")),
    )
    width = max(map(len, rows), default=0)
    for row in rows:
        writer.writerow([_said(c) for c in row] + [""] * (width - len(row)))
    return out.getvalue()


def _sheets(doc: Doc) -> list[tuple[str, Rows]]:
    assert doc.sheets is not None
    return doc.sheets


def text_of(doc: Doc, rng: random.Random) -> str:
    """A document as text: its own, or its first sheet as CSV."""
    return doc.text if doc.text is not None else _separated(_sheets(doc)[0][1], ",", rng)


def write_csv(doc: Doc, rng: random.Random, encoding: str) -> Written:
    """Comma-separated values of the first sheet."""
    data, used = encode(_separated(_sheets(doc)[0][1], ",", rng), encoding)
    return Written(data, "csv", used)


def write_tsv(doc: Doc, rng: random.Random, encoding: str) -> Written:
    """Tab-separated values of the first sheet."""
    data, used = encode(_separated(_sheets(doc)[0][1], "\t", rng), encoding)
    return Written(data, rng.choice(("tsv", "txt")), used)


def write_txt(doc: Doc, rng: random.Random, encoding: str) -> Written:
    """A text document."""
    text = text_of(doc, rng)
    if rng.random() < 0.5 and "\r" not in text:
        text = text.replace("\n", "\r\n")
    data, used = encode(text, "utf-8" if doc.suffix in ("json", "jsonl", "xml", "ldif") else encoding)
    return Written(data, doc.suffix, used)


def write_html(doc: Doc, rng: random.Random, encoding: str) -> Written:
    """A page with tables, or with the text in paragraphs."""
    if doc.sheets is not None:
        body = "".join(f"<h2>{escape(title)}</h2>{_html_table(rows)}" for title, rows in doc.sheets)
    else:
        body = "".join(f"<p>{escape(line)}</p>\n" for line in text_of(doc, rng).split("\n"))
    charset = encoding if encoding in ("cp932", "euc_jp", "iso2022_jp") else "utf-8"
    label = {"cp932": "Shift_JIS", "euc_jp": "EUC-JP", "iso2022_jp": "ISO-2022-JP"}.get(charset, "UTF-8")
    page = f'<!DOCTYPE html><html><head><meta charset="{label}"><title>一覧</title></head><body>{body}</body></html>'
    try:
        return Written(page.encode(charset), "html", charset)
    except UnicodeEncodeError:
        return Written(page.replace(label, "UTF-8", 1).encode(), "html", "utf-8")


def _html_table(rows: Rows) -> str:
    lines = []
    for i, row in enumerate(rows):
        tag = "th" if i == 0 else "td"
        cells = (escape(_said(c)).replace("\n", "<br>") for c in row)
        lines.append("<tr>" + "".join(f"<{tag}>{c}</{tag}>" for c in cells) + "</tr>")
    return "<table border=1>\n" + "\n".join(lines) + "\n</table>"


def write_eml(doc: Doc, rng: random.Random, encoding: str) -> Written:
    """A mail: text in the body, a list attached or as an HTML table."""
    mail = EmailMessage()
    mail["From"], mail["To"] = "shimin@city.kagamihama.lg.jp", "partner@example.co.jp"
    mail["Subject"] = "名簿の送付"
    charset = encoding if encoding in ("utf-8", "iso2022_jp") else "utf-8"
    if doc.sheets is not None:
        mail.set_content("お疲れさまです。名簿を送ります。\n")
        if rng.random() < 0.5:
            mail.add_attachment(xlsx(doc.sheets), maintype="application", subtype="octet-stream", filename="名簿.xlsx")
        else:
            inner = write_csv(doc, rng, encoding)
            mail.add_attachment(inner.data, maintype="text", subtype="csv", filename="名簿.csv")
    elif doc.suffix == "txt":
        try:
            mail.set_content(text_of(doc, rng), charset={"iso2022_jp": "iso-2022-jp"}.get(charset, charset))
        except UnicodeEncodeError:
            mail.set_content(text_of(doc, rng))
    else:
        inner = write_txt(doc, rng, encoding)
        mail.set_content("添付します。\n")
        mail.add_attachment(inner.data, maintype="application", subtype="octet-stream", filename=f"a.{inner.suffix}")
    return Written(mail.as_bytes(), "eml", charset)


def write_zip(doc: Doc, rng: random.Random, encoding: str) -> Written:
    """An archive with the document, sheets as files of their own."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        if doc.sheets is None:
            archive.writestr(f"data.{doc.suffix}", write_txt(doc, rng, encoding).data)
        for title, rows in doc.sheets or ():
            archive.writestr(f"{title}.csv", encode(_separated(rows, ",", rng), encoding)[0])
    return Written(out.getvalue(), "zip", encoding)


def _office(make: Callable[[list[tuple[str, Rows]]], bytes], suffix: str) -> Writer:
    def write(doc: Doc, rng: random.Random, encoding: str) -> Written:
        sheets = doc.sheets
        if sheets is None:
            sheets = [("", [[line] for line in text_of(doc, rng).replace("\f", "").split("\n")])]
        return Written(make(sheets), suffix)

    return write


WRITERS: dict[str, Writer] = {
    "csv": write_csv,
    "tsv": write_tsv,
    "txt": write_txt,
    "html": write_html,
    "eml": write_eml,
    "zip": write_zip,
    "xlsx": _office(xlsx, "xlsx"),
    "docx": _office(docx, "docx"),
    "pptx": _office(pptx, "pptx"),
    "pdf": _office(pdf, "pdf"),
}
_OF_SHEETS = ("csv", "csv", "csv", "xlsx", "xlsx", "tsv", "html", "eml", "zip", "docx", "pptx", "pdf")
_OF_TEXT = ("txt", "txt", "txt", "eml", "docx", "html", "zip", "pdf")


def formats(doc: Doc) -> tuple[str, ...]:
    """What the document may be written as, the frequent ones repeated."""
    if doc.only:
        return doc.only
    if doc.sheets is not None:
        return _OF_SHEETS
    return _OF_TEXT if doc.suffix in ("txt", "md") else ("txt", "txt", "zip", "eml")


def write(doc: Doc, rng: random.Random) -> tuple[str, Written]:
    """The document in a format and encoding drawn for it."""
    if doc.raw is not None:
        return "raw", Written(doc.raw, doc.suffix)
    kind = rng.choice(formats(doc))
    encoding = rng.choice((*ENCODINGS, "utf-8", "cp932", "cp932"))
    return kind, WRITERS[kind](doc, rng, encoding)
