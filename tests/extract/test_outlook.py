"""Outlook's messages: msg written by aspose-email-foss, winmail.dat and compressed RTF by hand; Visio; Ichitaro."""

from __future__ import annotations

import io
import struct
import zipfile
from email.message import EmailMessage

import pytest
from aspose.email_foss.msg import MapiMessage

from dlp.extract.blocks import Extracted, Why
from dlp.extract.budget import Budget
from dlp.extract.containers import cfb
from dlp.extract.mail import lzfu
from dlp.extract.registry import extract
from dlp.transfer import Part
from tests.extract import makers
from tests.extract.people import count, inspected, line, malformed

P = makers.PEOPLE


def msg(*, body: str, attachment: bytes = b"", inner: MapiMessage | None = None) -> bytes:
    message = MapiMessage.create("名簿の件", body)
    if attachment:
        message.add_attachment("名簿.xlsx", attachment)
    if inner is not None:
        message.add_embedded_message_attachment(inner, filename="転送")
    return bytes(message.to_bytes())


def test_a_list_in_the_body_and_one_attached() -> None:
    assert count(msg(body=makers.CSV)) == (150, [])
    assert count(msg(body="送ります。", attachment=makers.xlsx())) == (150, [])


def test_a_message_in_a_message() -> None:
    inner = MapiMessage.create("転送", line(P[0]))
    inner.add_attachment("a.csv", "".join(f"{p.name},{p.phone}\r\n" for p in (P[1], P[2])).encode("cp932"))
    found = inspected(msg(body=line(P[3]), inner=inner))
    assert (found.subjects, found.inspected) == (4, True)


def test_html_body_of_a_mail_turned_into_msg() -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "clerk@town.example.jp", "p@outside.example", "名簿"
    mail.set_content("HTMLをご覧ください。")
    mail.add_alternative(makers.html().decode("euc_jp").replace("<meta charset=euc-jp>", ""), subtype="html")
    assert count(bytes(MapiMessage.from_email_message(mail).to_bytes())) == (150, [])


def test_malformed_messages() -> None:
    data = msg(body=makers.CSV, attachment=makers.xlsx())
    for broken in malformed(data, seed=9):
        assert isinstance(extract(Part(path=("x",), data=broken), Budget()), Extracted)
    assert extract(Part(path=("x",), data=data[: len(data) // 2]), Budget()).unread


def attribute(level: int, number: int, kind: int, data: bytes) -> bytes:
    return struct.pack("<BHHI", level, number, kind, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def winmail(body: str, name: str, data: bytes) -> bytes:
    """As [MS-OXTNEF] has it: a code page, a body of MAPI properties, one attachment."""
    text = body.encode("utf-16-le") + b"\0\0"
    properties = struct.pack("<IHHII", 1, 0x1F, 0x1000, 1, len(text)) + text + bytes(-len(text) % 4)
    return (
        b"\x78\x9f\x3e\x22\x01\x00"
        + attribute(1, 0x9006, 8, struct.pack("<I", 0x10000))
        + attribute(1, 0x9007, 6, struct.pack("<II", 932, 0))
        + attribute(1, 0x9003, 6, properties)
        + attribute(2, 0x9002, 6, bytes(14))
        + attribute(2, 0x8010, 1, name.encode("cp932") + b"\0")
        + attribute(2, 0x800F, 6, data)
    )


def test_winmail() -> None:
    data = winmail(line(P[0]), "名簿.xlsx", makers.xlsx())
    assert count(data) == (150, [])
    assert count(winmail(makers.CSV, "a.txt", b"x"))[0] == 150
    mail = makers.eml(attachment=data, name="winmail.dat", kind="application/ms-tnef")
    assert count(mail) == (150, [])
    assert Why.CORRUPT in count(data[:-3000])[1]
    for broken in malformed(data, seed=2):
        assert isinstance(extract(Part(path=("x",), data=broken), Budget()), Extracted)


def test_compressed_rtf() -> None:
    """The example of [MS-OXRTFCP] 3.1."""
    packed = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
    )
    assert lzfu.decompress(packed) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"


def test_visio() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("visio/document.xml", "<VisioDocument/>")
        shapes = "".join(f"<Shape><Text>{line(p)}</Text></Shape>" for p in P[:20])
        page = f'<PageContents xmlns="http://schemas.microsoft.com/office/visio/2012/main"><Shapes>{shapes}</Shapes></PageContents>'
        archive.writestr("visio/pages/page1.xml", page)
    assert count(out.getvalue()) == (20, [])


@pytest.mark.parametrize("stream", ["DocumentText", "VisioDocument"])
def test_what_only_its_container_is_known_of_is_searched_and_held(stream: str) -> None:
    """Ichitaro keeps its text in UTF-16 (big endian), vsd in UTF-16 (little): found as strings, and still unread."""
    encoding = "utf-16-be" if stream == "DocumentText" else "utf-16-le"
    data = cfb.write({(stream,): b"SsmgV.01" + bytes(24) + makers.CSV.encode(encoding) + bytes(4000)})
    people, unread = count(data)
    assert unread == [Why.UNKNOWN]
    assert people >= 140


def test_macros_are_read_and_do_not_hold_a_workbook() -> None:
    source = f'Attribute VB_Name = "M"\r\n\' {line(P[5])}\r\n'.encode("cp932")
    chunk = b"".join(b"\0" + source[i : i + 8] for i in range(0, len(source), 8))
    module = bytes(30) + b"\x01" + struct.pack("<H", 0xB000 | len(chunk) - 1) + chunk
    project = cfb.write({("VBA", "dir"): b"\x01\x00", ("VBA", "M"): module, ("PROJECT",): b"ID=1"})
    out = io.BytesIO(makers.xlsx())
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("xl/vbaProject.bin", project)
    found = inspected(out.getvalue())
    assert found.inspected
    assert count(project) == (1, [])
