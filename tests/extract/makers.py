"""A list of people as files, each made by another program than the one that reads it."""

from __future__ import annotations

import io
import subprocess
import zipfile
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from dlp.tuning.town import COLUMNS, citizens, rows

PEOPLE = list(citizens(150, seed=77))
ROWS = [COLUMNS, *rows(PEOPLE)]
#: Columns that fit on upright paper without a line break inside a cell.
NARROW = [(row[0], row[2], row[3], row[6]) for row in ROWS]
CSV = "".join(",".join(row) + "\r\n" for row in ROWS)


def xlsx() -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    book.active.title = "表紙"
    book.active["A1"] = "名簿"
    sheet = book.create_sheet("名簿")
    sheet.sheet_state = "hidden"
    for row in ROWS:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def docx() -> bytes:
    from docx import Document

    document = Document()
    document.add_paragraph("名簿を送ります。")
    table = document.add_table(rows=0, cols=len(COLUMNS))
    for row in ROWS:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def pptx() -> bytes:
    from pptx import Presentation
    from pptx.util import Inches

    deck = Presentation()
    for start in range(1, len(ROWS), 30):
        slide = deck.slides.add_slide(deck.slide_layouts[5])
        part = [COLUMNS, *ROWS[start : start + 30]]
        shape = slide.shapes.add_table(len(part), len(COLUMNS), Inches(0), Inches(0), Inches(9), Inches(6))
        for y, row in enumerate(part):
            for x, text in enumerate(row):
                shape.table.cell(y, x).text = text
    out = io.BytesIO()
    deck.save(out)
    return out.getvalue()


def pdf() -> bytes:
    from reportlab.lib import pagesizes
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import SimpleDocTemplate, Table, TableStyle

    pdfmetrics.registerFont(UnicodeCIDFont("HeiseiMin-W3"))
    assert ParagraphStyle
    out = io.BytesIO()
    table = Table(ROWS, repeatRows=1)
    table.setStyle(
        TableStyle([("FONT", (0, 0), (-1, -1), "HeiseiMin-W3", 6), ("GRID", (0, 0), (-1, -1), 0.3, "black")])
    )
    SimpleDocTemplate(out, pagesize=pagesizes.landscape(pagesizes.A4)).build([table])
    return out.getvalue()


def html(*, wide: bool = True) -> bytes:
    chosen = ROWS if wide else NARROW
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>\n" for row in chosen)
    return f"<html><head><meta charset=euc-jp></head><body><p>名簿</p><table>{body}</table></body></html>".encode(
        "euc_jp"
    )


def eml(
    *, body: str = "名簿を送ります。\n", attachment: bytes = b"", name: str = "名簿.csv", kind: str = "text/csv"
) -> bytes:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = "clerk@town.example", "p@outside.example", "名簿の件"
    message.set_content(body, charset="utf-8", cte="base64")
    if attachment:
        main, _, sub = kind.partition("/")
        message.add_attachment(attachment, maintype=main, subtype=sub, filename=name)
    return message.as_bytes()


def zipped(name: str, data: bytes, *, depth: int = 1) -> bytes:
    for level in range(depth):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name if level == 0 else f"{level}.zip", data)
        data = out.getvalue()
    return data


def office(source: Path, target: str, folder: Path) -> bytes:
    """`source` converted by LibreOffice; a CSV is read as UTF-8."""
    command = ["soffice", "--headless", f"-env:UserInstallation={(folder / 'profile').as_uri()}"]
    if source.suffix == ".csv":
        command.append("--infilter=CSV:44,34,76,1")
    command += ["--convert-to", target, "--outdir", str(folder), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=170)
    return (folder / f"{source.stem}.{target.partition(':')[0]}").read_bytes()
