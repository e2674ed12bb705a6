"""A large mail read part by part says what it says read whole; what could be read in two ways stays whole."""

from __future__ import annotations

import base64
import random
import subprocess
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest

from benchmarks.ours import rules
from dlp import reading
from dlp.extract.budget import Budget
from dlp.extract.mail import parts as mail_parts
from dlp.extract.mail.parts import Attachment, split
from dlp.inspection import Inspection, inspect
from dlp.transfer import Channel, Transfer
from tests.e2e.people import CSV
from tests.extract import makers

LIST = CSV.encode("cp932")
NOISE = bytes(random.Random(5).randbytes(40_000))
LEAST = 4000


@pytest.fixture(autouse=True)
def _however_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """No mail here is too large to be read whole, and all that can be are read part by part."""
    monkeypatch.setattr(reading, "_WHOLE_MAIL", 0)


def coded(data: bytes, letters: int = 76, end: bytes = b"\r\n") -> bytes:
    text = base64.b64encode(data)
    return end.join(text[at : at + letters] for at in range(0, len(text), letters)) + end


def leaf(data: bytes, name: str = "list.csv", kind: str = "application/octet-stream", more: bytes = b"") -> bytes:
    head = f'Content-Type: {kind}; name="{name}"\r\nContent-Disposition: attachment; filename="{name}"\r\n'.encode()
    return head + more + b"Content-Transfer-Encoding: base64\r\n\r\n" + coded(data)


HELLO = b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + "資料を送ります。パスワード: Kaki7Sakura\r\n".encode()


def mail(
    *parts: bytes, boundary: str = "BB", head: bytes = b"", close: bytes = b"--\r\n", kind: str = "mixed"
) -> bytes:
    mark = b"--" + boundary.encode()
    top = b"From: clerk@town.example\r\nSubject: =?utf-8?B?5LyaW6c=?=\r\nMIME-Version: 1.0\r\n" + head
    top += f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n'.encode()
    return top + b"preamble\r\n" + b"".join(mark + b"\r\n" + part + b"\r\n" for part in parts) + mark + close


def nested(*parts: bytes) -> bytes:
    body = mail(*parts, boundary="inner", kind="related")
    return body[body.index(b"Content-Type: multipart") :]


def zipped(data: bytes) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("list.csv", data)
        archive.writestr("noise.bin", NOISE)
    return out.getvalue()


#: Mails of which something is taken out.
TAKEN: dict[str, bytes] = {
    "csv": mail(HELLO, leaf(LIST)),
    "csv as text": mail(HELLO, leaf(LIST, kind="text/csv")),
    "xlsx": mail(HELLO, leaf(makers.xlsx() + b"\0" * 6000, "list.xlsx")),
    "zip": mail(HELLO, leaf(zipped(LIST), "a.zip")),
    "two and small ones": mail(HELLO, leaf(LIST), leaf(b"tiny", "t.txt"), leaf(NOISE, "n.bin")),
    "nested": mail(nested(HELLO, leaf(LIST)), leaf(NOISE, "n.bin")),
    "an unnamed application": mail(HELLO, b"Content-Type: application/x-thing\r\nContent-Transfer-Encoding: base64\r\n\r\n" + coded(LIST)),
    "lf": mail(HELLO, leaf(LIST)).replace(b"\r\n", b"\n"),
    "lines of 60": mail(HELLO, leaf(b"x").replace(coded(b"x"), coded(LIST, 60))),
    "one line over": mail(HELLO, leaf(b"x").replace(coded(b"x"), coded(LIST, 76) + b"\r\n\r\n")),
    "a full last line": mail(HELLO, leaf(LIST[: len(LIST) // 57 * 57])),
    "padding in a full line": mail(HELLO, leaf(LIST[: len(LIST) // 57 * 57 - 1])),
    "blanks behind boundaries": mail(HELLO, leaf(LIST)).replace(b"--BB\r\n", b"--BB \t \r\n"),
    "a boundary's beginning in a text": mail(HELLO + b"--BBx\r\n--B\r\n", leaf(LIST)),
    "closed at the end": mail(HELLO, leaf(LIST), close=b"--"),
    "an epilogue": mail(HELLO, leaf(LIST), close=b"--\r\nepilogue\r\n--BB\r\n\r\nnot a part\r\n"),
}  # fmt: skip

#: Mails that two programs could read differently, or that are none of ours: read whole, as ever.
WHOLE: dict[str, bytes] = {
    "no multipart": b"Subject: x\r\nContent-Transfer-Encoding: base64\r\nContent-Type: text/csv; name=l\r\n\r\n" + coded(LIST),
    "never closed": mail(HELLO, leaf(LIST), close=b"x\r\n"),
    "uneven lines": mail(HELLO, leaf(b"x").replace(coded(b"x"), coded(LIST[:5700]) + coded(LIST[5700:], 72))),
    "a stray sign": mail(HELLO, leaf(LIST)).replace(coded(LIST)[780:784], b"*" + coded(LIST)[780:783]),
    "padding amid": mail(HELLO, leaf(b"x").replace(coded(b"x"), coded(LIST[:5000]) + coded(LIST[5000:]))),
    "a bare CR": mail(HELLO + b"a\rb", leaf(LIST)),
    "two encodings": mail(HELLO, leaf(LIST, more=b"Content-Transfer-Encoding: 7bit\r\n")),
    "two kinds": mail(HELLO, leaf(LIST, more=b"Content-Type: text/plain\r\n")),
    "quoted-printable": mail(HELLO, leaf(LIST).replace(b"base64", b"quoted-printable")),
    "a digest": mail(HELLO, leaf(LIST), kind="digest"),
    "a torn header": mail(HELLO, b"what is this\r\n" + leaf(LIST)),
    "a text with a file in it": mail(HELLO, leaf(b"begin 644 a.txt\r\n" + LIST, kind="text/plain")),
    "a body in base64": mail(b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n" + coded(LIST)),
    "a mailbox": b"From clerk Thu Nov 26 03:00:00 2026\r\n" + mail(HELLO, leaf(LIST)),
    "small": mail(HELLO, leaf(b"tiny")),
    "nothing": b"",
}  # fmt: skip


@pytest.fixture(autouse=True)
def early(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_LARGE_FIELD", LEAST)
    monkeypatch.setattr(mail_parts, "_PIECE", 1000)  # so that everything straddles


def read(data: bytes, *, large: bool) -> Inspection:
    transfer = Transfer(
        channel=Channel.MAIL,
        sender="clerk@town.example",
        destination=("x@y.example",),
        name="mail",
        data=b"" if large else data,
        declared="message/rfc822",
    )
    return inspect(transfer, rules(), token_key=b"k" * 32, large=data if large else None)


def facts(found: Inspection) -> tuple[object, ...]:
    tree = sorted((entry.path, entry.media_type.replace("csv", "plain"), entry.bytes) for entry in found.tree)
    categories = {finding.signature for finding in found.findings}
    return found.subjects, found.counts, found.tokens, sorted(map(str, found.unread)), tree, categories


@pytest.mark.parametrize("name", [*TAKEN, *WHOLE])
def test_it_says_the_same_part_by_part(name: str) -> None:
    data = TAKEN.get(name, WHOLE.get(name, b""))
    assert facts(read(data, large=True)) == facts(read(data, large=False))


@pytest.mark.parametrize("name", TAKEN)
def test_what_is_taken_out_is_what_was_attached(name: str) -> None:
    taken = split(TAKEN[name], LEAST, Budget())
    assert taken is not None
    small, attachments = taken
    assert len(small) + sum(len(one.raw) for one in attachments) >= len(TAKEN[name]) - 400 * len(attachments)
    for one in attachments:
        whole = base64.b64decode(one.raw[:])
        assert (one.content[:], len(one.content)) == (whole, len(whole))
        random_ = random.Random(3)
        for _ in range(50):
            start = random_.randrange(len(whole))
            stop = start + random_.randrange(3000)
            assert one.content[start:stop] == whole[start:stop]


@pytest.mark.parametrize("name", WHOLE)
def test_what_could_be_read_differently_is_not_taken_apart(name: str) -> None:
    assert split(WHOLE[name], LEAST, Budget()) is None


def _mangled(random_: random.Random, data: bytes) -> bytes:
    """A few bytes changed where structure is."""
    places = [
        at for at in range(len(data)) if data[at : at + 2] in (b"--", b": ", b'="') or data[at : at + 4] == b"\r\n\r\n"
    ]
    out = bytearray(data)
    for _ in range(random_.randrange(1, 4)):
        at = random_.choice(places)
        what = random_.choice(
            [b"", b"\r\n", b"\n", b"--BB\r\n", b"--BB--\r\n", b" ", b"=", b"--inner--\r\n", b"A", b"\r\n\r\n"]
        )
        out[at : at + random_.randrange(3)] = what
    return bytes(out)


@pytest.mark.parametrize("seed", range(60))
def test_mangled_mails_say_no_less(seed: int) -> None:
    random_ = random.Random(seed)
    data = _mangled(random_, random_.choice([*TAKEN.values()]))
    whole, parts = read(data, large=False), read(data, large=True)
    assert (parts.subjects, parts.inspected) == (whole.subjects, whole.inspected)


def test_a_password_in_the_small_mail_opens_what_was_taken_out(need: Callable[..., None], tmp_path: Path) -> None:
    need("7z")
    (tmp_path / "list.csv").write_bytes(LIST)
    (tmp_path / "noise.bin").write_bytes(NOISE)
    command = ["7z", "a", "-tzip", "-pKaki7Sakura", "-mem=AES256", "a.zip", "list.csv", "noise.bin"]
    subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=60, check=True)
    data = mail(HELLO, leaf((tmp_path / "a.zip").read_bytes(), "a.zip"))
    assert split(data, LEAST, Budget()) is not None
    assert [read(data, large=large).subjects for large in (False, True)] == [150, 150]


def test_attachments_name_themselves() -> None:
    taken = split(mail(HELLO, leaf(LIST, "=?utf-8?B?5ZCN57C/LmNzdg==?=")), LEAST, Budget())
    assert taken is not None
    (one,) = taken[1]
    assert isinstance(one, Attachment)
    assert one.name == "名簿.csv"
