"""Mails: written by other programs (openssl, gpg, uuencode, Python's own mail writer), nested, torn, contradictory."""

from __future__ import annotations

import base64
import mailbox
import subprocess
import zlib
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from dlp.extract import ppap
from dlp.extract.blocks import Lost, Text, Why
from dlp.extract.budget import Budget
from dlp.extract.registry import extract
from dlp.transfer import Part
from tests.extract import makers
from tests.extract.people import count
from tests.extract.test_registry import missing, read

MAIL = "message/rfc822"
HEAD = b"From: clerk@town.example\r\nTo: p@outside.example\r\nSubject: =?iso-2022-jp?B?GyRCTD5KbRsoQg==?=\r\nMIME-Version: 1.0\r\n"
LIST64 = base64.encodebytes(makers.CSV.encode("cp932")).replace(b"\n", b"\r\n")


def run(*command: str, data: bytes = b"", cwd: Path | None = None) -> bytes:
    return subprocess.run(command, input=data, capture_output=True, check=True, timeout=60, cwd=cwd).stdout


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory, need: Callable[..., None]) -> Path:
    need("openssl")
    folder = tmp_path_factory.mktemp("keys")
    run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "cert.pem", "-days",
        "30", "-subj", "/CN=clerk", cwd=folder)  # fmt: skip
    return folder


@pytest.mark.parametrize("tool", ["smime", "cms"])
@pytest.mark.parametrize("detached", [True, False], ids=["detached", "opaque"])
def test_signed_mail_is_read(tool: str, detached: bool, keys: Path) -> None:
    more = [] if detached else ["-nodetach"]
    data = run("openssl", tool, "-sign", *more, "-signer", "cert.pem", "-inkey", "key.pem",
               data=makers.eml(attachment=makers.CSV.encode("cp932")), cwd=keys)  # fmt: skip
    text, unread = read(HEAD + data, MAIL)
    assert (missing(text), unread) == ([], [])


def test_a_signed_file_is_read_and_a_torn_one_is_not(keys: Path) -> None:
    for form in ("DER", "PEM"):
        data = run("openssl", "cms", "-sign", "-nodetach", "-binary", "-outform", form, "-signer", "cert.pem",
                   "-inkey", "key.pem", data=makers.CSV.encode(), cwd=keys)  # fmt: skip
        text, unread = read(data, name="list.csv.p7m")
        assert (missing(text), unread) == ([], [])
    assert read(data[: len(data) // 3])[1] != []


def test_encrypted_mail_is_unread(keys: Path) -> None:
    for tool in ("smime", "cms"):
        data = run("openssl", tool, "-encrypt", "-aes256", "cert.pem", data=makers.eml(), cwd=keys)
        assert read(HEAD + data, MAIL)[1] == [Why.ENCRYPTED]


def test_pgp_is_unread(tmp_path: Path, need: Callable[..., None]) -> None:
    need("gpg")
    base = ["gpg", "--homedir", str(tmp_path), "--batch", "--passphrase", "x", "--pinentry-mode", "loopback", "-c"]
    tmp_path.chmod(0o700)
    armoured, binary = run(*base[:-1], "-a", "-c", data=makers.CSV.encode()), run(*base, data=makers.CSV.encode())
    assert read(armoured)[1] == [Why.ENCRYPTED]
    assert Why.ENCRYPTED in read(HEAD + b"\r\nhello\r\n\r\n" + armoured, MAIL)[1]
    assert read(binary)[1] != []
    both = HEAD + (b'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary=b\r\n\r\n'
                   b"--b\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n--b\r\n"
                   b"Content-Type: application/octet-stream\r\n\r\n" + armoured + b"\r\n--b--\r\n")  # fmt: skip
    assert Why.ENCRYPTED in read(both, MAIL)[1]


def test_a_mailbox(tmp_path: Path) -> None:
    box = mailbox.mbox(tmp_path / "box")
    for number in range(3):
        message = EmailMessage()
        message["From"], message["Subject"] = "a@town.example", f"part {number}"
        message.set_content("From here on\n\nFrom there on\n")
        if number == 2:
            message.add_attachment(makers.CSV.encode("cp932"), maintype="text", subtype="csv", filename="名簿.csv")
        box.add(message)
    box.close()
    text, unread = read((tmp_path / "box").read_bytes(), name="archive")
    assert (missing(text), unread, text.count("From here on")) == ([], [], 3)


def test_mails_in_mails() -> None:
    mail = makers.eml(attachment=makers.CSV.encode("cp932"))
    for _ in range(4):
        outer = EmailMessage(policy=SMTP)
        outer["From"], outer["Subject"] = "a@town.example", "fwd"
        outer.set_content("see below")
        import email

        outer.add_attachment(email.message_from_bytes(mail, policy=SMTP))
        mail = outer.as_bytes()
    text, unread = read(mail, MAIL)
    assert (missing(text), unread) == ([], [])
    deep = mail
    for _ in range(9):
        deep = HEAD + b"Content-Type: message/rfc822\r\n\r\n" + deep
    from tests.test_inspection_budget import inspect_bytes

    assert "too_deep" in {unread.why for unread in inspect_bytes(deep, MAIL).unread}


def test_uuencode(tmp_path: Path, need: Callable[..., None]) -> None:
    need("uuencode")
    (tmp_path / "list").write_bytes(makers.xlsx())
    for option in ([], ["-m"]):
        packed = run("uuencode", *option, "list", "list.xlsx", cwd=tmp_path)
        text, unread = read(HEAD + b"\r\nhello\r\n\r\n" + packed + b"\r\nbye\r\n", MAIL)
        assert (missing(text), unread) == ([], [])
    assert read(HEAD + b"\r\n" + run("uuencode", "list", "x", cwd=tmp_path)[:3000], MAIL)[1] != []
    declared = (
        HEAD + b"Content-Type: application/octet-stream; name=a.xlsx\r\nContent-Transfer-Encoding: x-uuencode\r\n\r\n"
    )
    assert missing(read(declared + run("uuencode", "list", "x", cwd=tmp_path), MAIL)[0]) == []


def yenc(data: bytes, name: str = "list.csv", size: int | None = None, part: bytes = b"") -> bytes:
    """By the letter of the yEnc draft, 1.3: no program for it is in Debian."""
    out = bytearray()
    for byte in data:
        code = (byte + 42) & 0xFF
        out += bytes((0x3D, (code + 64) & 0xFF)) if code in (0, 10, 13, 0x3D) else bytes((code,))
    lines, at = [], 0
    while at < len(out):
        end = at + 128 + (out[at + 127 : at + 128] == b"=")
        lines.append(bytes(out[at:end]))
        at = end
    total = len(data) if size is None else size
    return (b"=ybegin line=128 size=%d name=%s\r\n" % (total, name.encode()) + part + b"\r\n".join(lines)
            + b"\r\n=yend size=%d crc32=%08x\r\n" % (len(data), zlib.crc32(data)))  # fmt: skip


def test_yenc() -> None:
    raw = makers.CSV.encode("cp932")
    text, unread = read(HEAD + b"\r\nhello\r\n" + yenc(raw), MAIL)
    assert (missing(text), unread) == ([], [])
    changed = yenc(raw).replace(b"crc32=", b"crc32=0")
    assert Why.CORRUPT in read(HEAD + b"\r\n" + changed, MAIL)[1]
    piece = yenc(raw, size=len(raw) * 3, part=b"=ypart begin=1 end=2\r\n")
    assert Why.PARTIAL in read(HEAD + b"\r\n" + piece, MAIL)[1]


def test_a_partial_message_is_unread() -> None:
    data = HEAD + b'Content-Type: message/partial; id="x"; number=1; total=3\r\n\r\nFrom: a@b\r\n\r\n' + LIST64
    assert Why.PARTIAL in read(data, MAIL)[1]


def test_encodings_of_one_mail_are_told_apart() -> None:
    rows = makers.CSV.splitlines(keepends=True)
    head, rest = rows[0], rows[1:]
    third = len(rest) // 3
    pieces = [
        ("iso-2022-jp", "iso2022_jp", rest[:third]),
        ("shift_jis", "cp932", rest[third : 2 * third]),
        ("utf-8", "utf-8", rest[2 * third :]),
    ]
    body = b"".join(
        b"--b\r\nContent-Type: text/plain; charset=%s\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" % name.encode()
        + "".join([head, *lines]).encode(codec)
        + b"\r\n"
        for name, codec, lines in pieces
    )
    data = HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + body + b"--b--\r\n"
    text, unread = read(data, MAIL)
    assert (missing(text), unread) == ([], [])


@pytest.mark.parametrize(
    "header",
    [
        "Content-Disposition: attachment; filename*=iso-2022-jp''%1B%24BL%3EJm%1B%28B.csv",
        "Content-Disposition: attachment; filename*0*=utf-8''%E5%90%8D; filename*1*=%E7%B0%BF.csv",
        'Content-Disposition: attachment; filename="=?utf-8?B?5ZCN57C/LmNzdg==?="',
        'Content-Type: application/octet-stream; name="=?iso-2022-jp?B?GyRCTD5KbRsoQi5jc3Y=?="',
        'Content-Disposition: attachment; filename="名簿.csv"',
    ],
)
def test_file_names_however_they_are_written(header: str) -> None:
    data = HEAD + header.encode() + b"\r\nContent-Transfer-Encoding: base64\r\n\r\n" + LIST64
    (child,) = extract(Part(path=("m",), data=data, declared=MAIL), Budget()).children
    assert child.path == ("m", "名簿.csv")


def test_flowed_lines_are_joined() -> None:
    data = (
        HEAD
        + "Content-Type: text/plain; charset=utf-8; format=flowed; delsp=yes\r\n\r\n霧窪井 \r\n侑太助さん\r\n".encode()
    )
    found = extract(Part(path=("m",), data=data, declared=MAIL), Budget())
    assert any(isinstance(block, Text) and "霧窪井侑太助さん" in block.text for block in found.blocks)


def test_utf7_with_half_a_character_is_read() -> None:
    body = b"+ZeVnLNg9-, hello " + b"A1b2" * 10 + b"\n"
    text, _ = read(HEAD + b"Content-Type: text/plain; charset=utf-7\r\n\r\n" + body, MAIL)
    assert "日本囗, hello" in text


def test_utf7_when_it_is_declared() -> None:
    body = makers.CSV.replace("\r\n", "\n").encode("utf-7").replace(b"\n", b"\r\n")
    text, _ = read(HEAD + b"Content-Type: text/plain; charset=utf-7\r\n\r\n" + body, MAIL)
    assert missing(text) == []


MULTI = HEAD + b"Content-Type: multipart/mixed; boundary=right\r\n\r\n"
ATTACHED = b"Content-Type: text/csv\r\nContent-Transfer-Encoding: base64\r\n\r\n" + LIST64


@pytest.mark.parametrize(
    "data",
    [
        MULTI + b"--wrong\r\n" + ATTACHED + b"--wrong--\r\n",
        HEAD + b"Content-Type: multipart/mixed\r\n\r\n--b\r\n" + ATTACHED + b"--b--\r\n",
        HEAD + b"Content-Type: text/csv\r\nContent-Transfer-Encoding: base64\r\nContent-Transfer-Encoding: 7bit\r\n\r\n" + LIST64,
        HEAD + b"Content-Type: multipart/mixed; boundary=a\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
        + ATTACHED + b"--b--\r\n",
        HEAD + b"Content-Type: application/zip\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!!" + LIST64,
        HEAD + b"Content-Type: text/csv\r\nContent-Transfer-Encoding: base64\r\n\r\nQ",
        HEAD + b"Content-Type: text/csv\r\nContent-Transfer-Encoding: x-strange\r\n\r\n" + LIST64,
        HEAD + b"Content-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(b"--b\r\n" + ATTACHED + b"--b--\r\n"),
    ],
    ids=["other boundary", "no boundary", "two encodings", "two boundaries", "stray signs", "a torn letter",
         "strange encoding", "an encoded multipart"],
)  # fmt: skip
def test_what_programs_read_differently_is_never_passed(data: bytes) -> None:
    text, unread = read(data, MAIL)
    assert unread != [] or missing(text) == []
    assert unread != []


@pytest.mark.parametrize(
    "data",
    [
        MULTI + b"preamble, a multi-part\r\n" + makers.CSV.encode() + b"\r\n--right\r\n\r\nhello\r\n--right--\r\n",
        MULTI + b"--right\r\n\r\nhello\r\n--right--\r\n" + makers.CSV.encode(),
        MULTI + b"--right\r\n" + ATTACHED,
        HEAD + b"\r\nforwarded:\r\nContent-Type: text/csv\r\nContent-Transfer-Encoding: base64\r\n\r\n" + LIST64,
        HEAD + b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(makers.eml(attachment=makers.CSV.encode())),
        HEAD + b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(makers.xlsx()),
        HEAD + b"Content-Type: image/png; name=a.png\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(makers.xlsx()),
        HEAD + b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; a\r\n\r\n" + makers.CSV.encode(),
    ],
    ids=["preamble", "epilogue", "no end", "mail as text", "encoded mail", "file as text", "file as image", "report"],
)  # fmt: skip
def test_what_lies_where_nobody_looks_is_read(data: bytes) -> None:
    assert missing(read(data, MAIL)[0]) == []


@pytest.mark.parametrize(
    ("sentence", "word"),
    [
        ("パスワード：Xk3-9pQ2", "Xk3-9pQ2"),
        ("添付ファイルの解凍パスワードは「hira2018」です。", "hira2018"),
        ("ＰＷ：ｈｉｒａ２０１８", "hira2018"),
        ("Password is: a!b@c#d$", "a!b@c#d$"),
        ("パスワードは以下の通りです。\r\n\r\n  town-2026\r\n", "town-2026"),
    ],
)
def test_a_password_in_the_text_is_found(sentence: str, word: str) -> None:
    assert word in ppap.passwords(sentence)


def test_no_password_is_made_up() -> None:
    assert ppap.passwords("名簿を送ります。よろしくお願いします。") == []


@pytest.mark.parametrize("method", ["ZipCrypto", "AES256", "7z", "header"])
@pytest.mark.parametrize("html", [False, True], ids=["plain", "html"])
def test_a_mail_that_gives_the_password_is_opened_and_says_so(
    method: str, html: bool, tmp_path: Path, need: Callable[..., None]
) -> None:
    need("7z")
    (tmp_path / "list.csv").write_bytes(makers.CSV.encode("cp932"))
    kinds = {"7z": ["a.7z"], "header": ["-mhe=on", "a.7z"]}
    name = kinds.get(method, ["-tzip", f"-mem={method}", "a.zip"])
    run("7z", "a", "-pXk3-9pQ2", *name, "list.csv", cwd=tmp_path)
    packed = (tmp_path / name[-1]).read_bytes()

    def mail(sentence: str) -> bytes:
        message = EmailMessage(policy=SMTP)
        message["From"], message["Subject"] = "a@town.example", "名簿"
        message.set_content(f"<p>{sentence}</p>" if html else sentence, subtype="html" if html else "plain")
        message.add_attachment(packed, maintype="application", subtype="octet-stream", filename=name[-1])
        return message.as_bytes()

    from tests.test_inspection_budget import inspect_bytes

    opened = inspect_bytes(mail("添付のパスワードは Xk3-9pQ2 です。"), MAIL)
    assert (opened.subjects, opened.inspected, opened.notes) == (150, True, ("password_in_mail",))
    for sentence in ("パスワードは別途お知らせします。", "パスワード：wrong-one"):
        closed = inspect_bytes(mail(sentence), MAIL)
        assert ({unread.why for unread in closed.unread}, closed.notes) == ({"encrypted"}, ())


def test_nothing_but_parts_and_losses_come_out() -> None:
    found = extract(Part(path=("m",), data=MULTI + b"--right\r\n" + ATTACHED, declared=MAIL), Budget())
    assert all(isinstance(child, Part | Lost) for child in found.children)


def locked_xlsx() -> bytes:
    import io

    from msoffcrypto.format.ooxml import OOXMLFile

    out = io.BytesIO()
    OOXMLFile(io.BytesIO(makers.xlsx())).encrypt("Xk3-9pQ2", out)
    return out.getvalue()


def locked_pdf() -> bytes:
    import io

    from reportlab.lib import pagesizes
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import SimpleDocTemplate, Table, TableStyle

    pdfmetrics.registerFont(UnicodeCIDFont("HeiseiMin-W3"))
    table = Table(makers.ROWS, repeatRows=1)
    table.setStyle(TableStyle([("FONT", (0, 0), (-1, -1), "HeiseiMin-W3", 6)]))
    out = io.BytesIO()
    SimpleDocTemplate(
        out, pagesize=pagesizes.landscape(pagesizes.A4), encrypt=StandardEncryption("Xk3-9pQ2", canPrint=0)
    ).build([table])
    return out.getvalue()


@pytest.mark.parametrize("make", [locked_xlsx, locked_pdf])
def test_documents_too_are_opened_with_the_mails_password(make: Callable[[], bytes]) -> None:
    from tests.test_inspection_budget import inspect_bytes

    def mail(sentence: str) -> bytes:
        message = EmailMessage(policy=SMTP)
        message["From"], message["Subject"] = "a@town.example", "名簿"
        message.set_content(sentence)
        message.add_attachment(make(), maintype="application", subtype="octet-stream", filename="a.bin")
        return message.as_bytes()

    opened = inspect_bytes(mail("パスワード：Xk3-9pQ2\n"), MAIL)
    assert (opened.inspected, opened.notes) == (True, ("password_in_mail",))
    assert 148 <= opened.subjects <= 150
    closed = inspect_bytes(mail("パスワードは別途お知らせします。\n"), MAIL)
    assert ({unread.why for unread in closed.unread}, closed.subjects) == ({"encrypted"}, 0)


SURNAMES, GIVEN = "佐藤 鈴木 高橋 田中 伊藤 渡辺".split(), "太郎 花子 一郎 美咲 健太".split()
ROWS = [
    f"{SURNAMES[i % 6]}　{GIVEN[i % 5]}　平塚市岡崎{i + 1}-2　090-12{i:02}-34{i:02}　1970/1/{i + 1}" for i in range(30)
]


def _field(name: str, rows: list[str], way: str) -> bytes:
    """A header field that says these rows: as they are, each folded onto a line, or in words of RFC 2047."""
    if way == "raw":
        return f"{name}: {' / '.join(rows)}\r\n".encode()
    if way == "folded":
        return (f"{name}: " + "\r\n ".join(rows) + "\r\n").encode()
    if way == "base64":
        return f"{name}: {base64.b64encode(chr(10).join(rows).encode()).decode()}\r\n".encode()
    words = (f"=?utf-8?B?{base64.b64encode(f'{row} / '.encode()).decode()}?=" for row in rows)
    return (f"{name}: " + "\r\n ".join(words) + "\r\n").encode()


@pytest.mark.parametrize("way", ["folded", "words", "base64"])
@pytest.mark.parametrize("name", ["X-Data", "User-Agent", "References", "Received", "List-Archive", "Thread-Index"])
def test_people_in_any_header_field_count(name: str, way: str) -> None:
    field = _field(name, ROWS, way)
    assert count(HEAD + field + b"\r\nhello\r\n") == (30, [])


@pytest.mark.parametrize("way", ["folded", "words"])
def test_a_field_each_and_fields_of_a_part_count(way: str) -> None:
    each = b"".join(_field(f"X-R{i}", [row], way) for i, row in enumerate(ROWS))
    assert count(HEAD + each + b"\r\nhello\r\n") == (30, [])
    parts = b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n'
    for name in ("Content-Description", "Content-ID", "Content-Type: text/plain;\r\n x"):
        field = _field(name, ROWS, way).replace(b": ", b"=", 1) if "=" in name else _field(name, ROWS, way)
        assert count(HEAD + parts + field + b"\r\nhello\r\n--b--\r\n")[0] == 30, name
    beside = ",\r\n ".join(f'"{row}" <p{i}@outside.example>' for i, row in enumerate(ROWS)).encode()
    assert count(b"From: c@town.example\r\nSubject: x\r\nCc: " + beside + b"\r\n\r\nhello\r\n") == (30, [])


def test_fields_of_programs_and_names_beside_addresses_say_nobody() -> None:
    """A mail as it came through other servers: their fields are read by nobody and count nobody."""
    data = (
        b"Received: from mx.town.example (mx.town.example [203.0.113.9])\r\n\tby a.example; Mon, 1 Jun 2026 10:00:00 +0900\r\n"
        b"DKIM-Signature: v=1; a=rsa-sha256; d=town.example; b=" + base64.b64encode(bytes(range(256))) + b"\r\n"
        b"X-MS-Exchange-Organization-Network-Message-Id: 4f8b2c1e-9d3a-4b6f-8e2d-1c5a7b9e0f34\r\n"
        b"X-Spam-Status: No, score=-1.9 required=5.0 tests=BAYES_00,SPF_PASS autolearn=ham\r\n"
        b"From: =?utf-8?B?" + base64.b64encode("平塚市 市民課 佐藤 太郎".encode()) + b"?= <c090@town.example>\r\n"
        b'To: "Suzuki, Hanako" <h2@outside.example>, k1998@outside.example\r\nSubject: x\r\n\r\nhello\r\n'
    )
    found = extract(Part(path=("m",), data=data, declared=MAIL), Budget())
    (fields,) = [child for child in found.children if isinstance(child, Part)]
    assert fields.data.decode() == "No, score=-1.9 required=5.0 tests=BAYES_00,SPF_PASS autolearn=ham"
    assert count(data) == (0, [])
