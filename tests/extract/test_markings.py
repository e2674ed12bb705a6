"""What a document says of itself (取扱注意, 部外秘, 機密性3) is found in its text, however its bytes hold that."""

from __future__ import annotations

import base64
import io
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import openpyxl
import pytest

from tests.extract.people import inspected

MARKS = ("【取扱注意】", "機密性3", "部外秘", "取　扱　注　意", "庁 外 秘")


def _docx(mark: str) -> bytes:
    document, out = docx.Document(), io.BytesIO()
    document.add_paragraph(mark)
    document.add_paragraph("来年度の組織について")
    document.save(out)
    return out.getvalue()


def _xlsx(mark: str) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in ((mark,), ("課", "定員"), ("市民課", 12), ("税務課", 9)):
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def _zip(name: str, data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return out.getvalue()


def _mail(mark: str, codec: str) -> bytes:
    body = base64.encodebytes(f"{mark}\n来年度の組織について\n".encode(codec))
    head = f"From: a@town.example\nSubject: x\nContent-Type: text/plain; charset={codec}\nContent-Transfer-Encoding: base64\n\n"
    return head.encode() + body


WAYS: dict[str, Callable[[str], bytes]] = {
    "docx": _docx,
    "xlsx": _xlsx,
    "docx in zip": lambda mark: _zip("a.docx", _docx(mark)),
    "mail": lambda mark: _mail(mark, "utf-8"),
    "mail of iso-2022-jp": lambda mark: _mail(mark, "iso-2022-jp"),
    "entities": lambda mark: (
        "<html><body><p>" + "".join(f"&#{ord(c)};" for c in mark) + "</p></body></html>"
    ).encode(),
    "text": lambda mark: f"{mark}\n来年度の組織について\n".encode("cp932"),
}


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("way", WAYS)
def test_a_marking_is_found(way: str, mark: str) -> None:
    found = [one.signature for one in inspected(WAYS[way](mark)).findings]
    assert found.count("confidentiality-marking") == 1


def test_a_marking_in_a_pdf_is_found(tmp_path: Path, need: Callable[..., None]) -> None:
    need("soffice")
    (tmp_path / "a.docx").write_bytes(_docx(MARKS[0]))
    command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf"]
    subprocess.run([*command, "--outdir", tmp_path, tmp_path / "a.docx"], check=True, capture_output=True, timeout=100)
    found = [one.signature for one in inspected((tmp_path / "a.pdf").read_bytes()).findings]
    assert found.count("confidentiality-marking") == 1


def test_what_is_not_marked_is_not() -> None:
    for make in WAYS.values():
        for text in ("総務部 外線の番号", "取扱いの注意点ではない", "-----BEGIN PGP MESSAGE-----"):
            kinds = {one.category for one in inspected(make(text)).findings}
            assert "marking" not in kinds
            assert "container" not in kinds or b"BEGIN PGP" in make(text)
