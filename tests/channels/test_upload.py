"""What of a web request is read, and when two requests carry the same."""

from __future__ import annotations

import base64
import contextlib
import gzip
import hashlib
import os
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from mitmproxy import http

from dlp.channels.web import upload
from dlp.channels.web.upload import BodyDigest, beside_the_body, content_digest, is_misdirected
from dlp.channels.web.upload_stream import Upload
from dlp.errors import Incomplete
from dlp.extract.records.webform import boundary_of, form_parts
from dlp.inspection import inspect
from dlp.transfer import Transfer
from tests.extract.people import ruleset

LIST = "霧野花子,090-0000-0000\n" * 20


def request(url: str = "https://h.example/a", body: bytes = b"", **headers: str) -> http.Request:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    made = http.Request.make("POST", url)
    made.headers = http.Headers([(name.encode(), value.encode()) for name, value in given.items()])
    made.raw_content = body  # `make` would encode it
    return made


def transfer_of(made: http.Request, login: str, limit: int) -> Transfer:
    return upload.transfer_of(made, made.raw_content or b"", login, limit)


def test_a_body_is_read_without_its_coding() -> None:
    made = transfer_of(request(body=gzip.compress(b"list"), content_encoding="gzip", content_type="text/csv"), "c", 100)
    assert (made.data, made.declared, made.destination) == (b"list", "text/csv", ("https://h.example:443",))


@pytest.mark.parametrize("coding", ["br", "uu", "gzip, gzip"])
def test_a_coding_that_is_a_lie_makes_it_unreadable(coding: str) -> None:
    made = transfer_of(request(body=b"list", content_encoding=coding, content_type="text/plain"), "c", 100)
    assert (made.data, made.declared) == (b"list", "application/octet-stream")


@pytest.mark.parametrize(
    "made",
    [
        request(f"https://h.example/{quote(LIST)}/a.txt"),
        request(f"https://h.example/a?q={quote(LIST)}"),
        request(x_note=quote(LIST)),
        request(cookie=f"c={quote(LIST)}"),
        request(referer=f"https://h.example/{quote(LIST)}"),
        request(content_type=f"text/plain; x={quote(LIST)}"),
        request(**{quote(LIST): "x"}),
    ],
    ids=["path", "query", "header", "cookie", "referer", "content-type", "header's name"],
)
def test_what_stands_beside_the_body_is_read_and_counts(made: http.Request) -> None:
    first = transfer_of(made, "c", 100)
    assert "霧野花子" in first.name or quote("霧野花子") in first.name
    made.data.headers = http.Headers()
    made.path = "/a"
    assert beside_the_body(made) == []
    assert transfer_of(made, "c", 100).digest != first.digest


def test_trailers_are_read() -> None:
    made = request()
    made.trailers = http.Headers([(b"x-rest", "霧野花子".encode("cp932"))])
    assert "霧野花子" in transfer_of(made, "c", 100).name


def test_everyday_headers_are_not() -> None:
    token = "eyJ" + "a" * 900
    made = request(
        cookie=f"s={token}", authorization=f"Bearer {token}", user_agent="M" * 300, referer="https://h/" + "x" * 500
    )
    assert beside_the_body(made) == []


@pytest.mark.parametrize(
    ("host", "misdirected"),
    [("h.example", False), ("H.Example.", False), ("h.example:8443", False), ("approved.example", True), ("", False)],
)
def test_a_host_header_that_names_another(host: str, misdirected: bool) -> None:
    made = request()
    if host:
        made.headers["Host"] = host
    assert is_misdirected(made) is misdirected


def multipart(*heads: str, data: str = "x", boundary: str = "b") -> bytes:
    return (
        "".join(f"--{boundary}\r\n{head}\r\n\r\n{data}\r\n" for head in heads).encode() + f"--{boundary}--\r\n".encode()
    )


def test_a_boundary_does_not_change_what_is_sent_and_all_else_does() -> None:
    def digest(head: str, boundary: str = "b", data: str = "x") -> str:
        return content_digest(
            f"multipart/form-data; boundary={boundary}", multipart(head, boundary=boundary, data=data)
        )

    plain = 'Content-Disposition: form-data; name="f"; filename="a.txt"'
    assert digest(plain) == digest(plain, boundary="other")
    for other in (
        plain.replace("a.txt", "b.txt"),
        f"{plain}\r\nX-Note: y",
        f"{plain}; note=y",
        plain.replace('"f"', '"g"'),
    ):
        assert digest(plain) != digest(other)
    assert digest(plain) != digest(plain, data="y")


def test_a_part_is_read_in_its_coding_and_as_it_stands() -> None:
    head = 'Content-Disposition: form-data; name="f"; filename="a"\r\nContent-Transfer-Encoding: base64\r\nX-Note: n'
    parts = form_parts("multipart/form-data; boundary=b", multipart(head, data="bGlzdA=="))
    assert [part.data for part in parts] == [b"list", b"bGlzdA==", b"X-Note: n"]


@pytest.mark.parametrize(
    "head",
    [
        'Content-Type: text/plain; note="%s"',
        "Content-Type: %s",
        "Content-Transfer-Encoding: 7bit; %s",
        "Content-Length: %s",
        "Content-Disposition: %s; name=a",
        "Content-Disposition: form-data; name=a (%s)",
        'Content-Disposition: form-data; name="%s"; name=a',
        'Content-Disposition: form-data; name=a; filename="%s"; filename=b',
        "Content-Disposition: form-data; name=a; filename=\"%s\"; filename*=UTF-8''b",
        "Content-Disposition: form-data; name=a; filename*=UTF-8'%s'b",
        "Content-Disposition: form-data; name=a; filename*=UTF-8''b %s",
        'Content-Disposition: form-data; name="%s"\r\nContent-Disposition: form-data; name=a',
        "X-Note: %s",
    ],
)
def test_whatever_a_parts_headers_say_is_read(head: str) -> None:
    who = "霧野花子 090-0000-0000 平塚市本町1-2-3"
    parts = form_parts("multipart/form-data; boundary=b", multipart(head % who))
    assert any(who.encode() in part.data or who in part.name + part.filename for part in parts)


@pytest.mark.parametrize(
    "head",
    [
        'Content-Disposition: form-data; name="f"; filename="名簿.csv"\r\nContent-Type: text/csv',
        "content-disposition: form-data; name=f\r\nContent-Type: text/plain; charset=UTF-8\r\nContent-Length: 12",
        "Content-Disposition: form-data; name=\"f\"; filename*=UTF-8'ja'a.csv\r\nContent-Transfer-Encoding: binary",
        'Content-Disposition: attachment; name="f"\r\nContent-Type: multipart/mixed; boundary="--x"',
    ],
)
def test_what_every_part_says_adds_nothing(head: str) -> None:
    assert len(form_parts("multipart/form-data; boundary=b", multipart(head))) == 1


def test_a_parts_headers_of_blanks_take_no_square() -> None:
    for name in ("Content-Disposition", "Content-Type", "Content-Length"):
        head = f"{name}: form-data" + " ;" * 200_000 + "\t " * 200_000 + "x"
        began = time.perf_counter()
        form_parts("multipart/form-data; boundary=b", multipart(head))
        assert time.perf_counter() - began < 1.0


def _by_hand(declared: str, content: bytes) -> str:
    """The digest of a body on disk, as its words have it: what stands between the boundaries."""
    mark = boundary_of(declared)
    stretches = content.split(mark) if mark else [content]
    whole = hashlib.sha256(b"".join(hashlib.sha256(one).digest() for one in stretches)).digest()
    return hashlib.sha256((0).to_bytes(8) + len(whole).to_bytes(8) + whole).hexdigest()


@pytest.mark.parametrize("declared", ["text/plain", "multipart/form-data; boundary=--x-x--x"])
@pytest.mark.parametrize("cut", [1, 2, 3, 7, 64, 5000])
def test_a_digest_taken_as_it_comes_is_that_of_the_file_however_it_came(
    tmp_path: Path, declared: str, cut: int
) -> None:
    content = b"----x-x--x\r\n\r\none----x-x--\r\n----x-x--x----x-x--x\r\n\r\ntwo\r\n----x-x--x--" * 9
    there = Upload(tmp_path, declared)
    for start in range(0, len(content), cut):
        there.write(content[start : start + cut])
    assert there.path.read_bytes() == b"".join(there.pieces()) == content
    expected = _by_hand(declared, content)
    assert content_digest(declared, there.path) == expected
    assert content_digest(declared, there.path, arrived=there.digest) == expected
    there.close()
    assert not there.path.exists()


@pytest.mark.parametrize("declared", ["text/plain", "multipart/form-data; boundary=b"])
def test_a_permit_is_good_wherever_the_body_lies(tmp_path: Path, declared: str) -> None:
    """A busy proxy puts small bodies on disk, too."""
    content = multipart('Content-Disposition: form-data; name="f"; filename="a.txt"')
    (tmp_path / "body").write_bytes(content)
    assert content_digest(declared, content) == content_digest(declared, tmp_path / "body")


def _in_pieces(data: bytes) -> bytes:
    return b"".join(base64.b64encode(data[start : start + 700]) for start in range(0, len(data), 700))


@pytest.mark.parametrize(
    "written",
    [
        base64.b64encode,
        _in_pieces,
        base64.urlsafe_b64encode,
        base64.encodebytes,
        lambda data: base64.b64encode(data).rstrip(b"="),
        lambda data: base64.b64encode(data + b"\x80\0\0\0\0"),
    ],
    ids=["whole", "pieces", "for addresses", "lines", "without padding", "trailers"],
)
def test_messages_of_a_browser_s_calls_are_read_however_their_base64_is_cut(written: Callable[[bytes], bytes]) -> None:
    """grpc-web allows padding amid the body, and a frame of trailers behind the messages."""
    message = b"\x0a\x05hello" * 500
    call = 2 * (b"\0" + len(message).to_bytes(4) + message)
    made = request(body=written(call), content_type="application/grpc-web-text+proto")
    assert transfer_of(made, "c", 1 << 30).data in (call, call + bytes(5))


WIDE = "樫良瀬　汐羽野、０９０－７３９４－６２０８\n" * 30


@pytest.mark.parametrize(
    "body",
    [
        WIDE.encode(),
        base64.b64encode(b"\0\0\0\0\x05hello") + b"A",
        base64.b64encode(bytes(700)).rstrip(b"=") + base64.b64encode(b"\0\0\0\0\x05hello"),
        b"".join(base64.b64encode(bytes([one])) for one in (b"\0\0\x02\0\0" + bytes(0x20000))),
        b"\0\0\0\0\x03abc",
        base64.b64encode(b"hello"),
    ],
    ids=["a text", "one sign more", "cut amid", "more pieces than any call", "a call around it", "no call"],
)
def test_a_browser_s_call_that_cannot_be_undone_is_held_unread(body: bytes) -> None:
    """As text it would say nothing, and of a text in wide letters nothing is base64."""
    sent = transfer_of(request(body=body, content_type="application/grpc-web-text"), "c", 1 << 30)
    assert [one.why for one in inspect(sent, ruleset(), token_key=b"k" * 32).unread] == ["corrupt"]


def test_a_browser_s_call_too_large_to_undo_is_not_read_as_text_that_says_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload, "_IN_MEMORY", 100)
    body = tmp_path / "body"
    body.write_bytes(base64.b64encode(b"\0" + (300).to_bytes(4) + bytes(300)))
    sent = upload.transfer_of(request(content_type="application/grpc-web-text"), body, "c", 1 << 30)
    assert [one.why for one in inspect(sent, ruleset(), token_key=b"k" * 32).unread] == ["corrupt"]


@pytest.mark.parametrize(
    ("declared", "body", "reads"),
    [
        ("application/grpc-web-text+proto", b"AAA=" * 1_000_000, False),
        ("multipart/form-data; boundary=a", b"\r\n--a" * 1_000_000 + b"--", True),
        ("multipart/form-data; boundary=a", b"--a\r\n" + b"a:b\r\n" * 1_000_000 + b"\r\n\r\nx\r\n--a--", True),
        ("application/x-www-form-urlencoded", b"a&" * 1_000_000, True),
        ("application/grpc", bytes(5) * 1_000_000, False),
    ],
    ids=["pieces", "boundaries", "headers", "fields", "messages"],
)
def test_a_little_that_unpacks_to_very_many_keeps_nobody_waiting(declared: str, body: bytes, reads: bool) -> None:
    made = request(body=gzip.compress(body), content_encoding="gzip", content_type=declared)
    began = time.perf_counter()
    held = transfer_of(made, "c", 1 << 30)
    with contextlib.suppress(Incomplete, ValueError):
        form_parts(declared, body)
    assert time.perf_counter() - began < 1.5
    assert (held.declared == declared) is reads


def test_boundaries_beyond_any_forms_are_content_however_they_come(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload, "_MOST_STRETCHES", 3)
    content = b"\r\n--b".join(str(number).encode() for number in range(9))
    digests = set()
    for cut in (1, 4, 7, 1000):
        made = BodyDigest("multipart/form-data; boundary=b")
        for start in range(0, len(content), cut):
            made.update(content[start : start + cut])
        digests.add(made.digest())
    assert len(digests) == 1


def test_a_digest_of_another_declaration_is_not_believed(tmp_path: Path) -> None:
    there = Upload(tmp_path, "multipart/form-data; boundary=x")
    there.write(b"--x\r\n\r\none\r\n--x--")
    assert content_digest("text/plain", there.path, arrived=there.digest) == content_digest("text/plain", there.path)
    there.close()


def test_a_disk_that_takes_a_part_is_asked_to_take_the_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = os.write
    there = Upload(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(os, "write", lambda handle, data: whole(handle, data[:3]))
        there.write(b"0123456789")
    assert there.path.read_bytes() == b"0123456789"
    there.close()


@pytest.mark.parametrize(("size", "pieces"), [(1, 1), (1 << 20, 1), ((1 << 20) + 1, 5)])
def test_a_small_body_is_sent_in_one_piece(tmp_path: Path, size: int, pieces: int) -> None:
    there = Upload(tmp_path)
    there.write(bytes(size))
    assert [len(piece) for piece in there.pieces()] == [size] if pieces == 1 else [*[1 << 18] * 4, 1]
    there.close()


def test_nothing_is_read_of_an_upload_that_was_forgotten(tmp_path: Path) -> None:
    there = Upload(tmp_path)
    there.write(b"x" * 1_600_000)
    pieces = there.pieces()
    next(pieces)
    there.close()
    there.close()
    with pytest.raises(OSError, match="descriptor"):
        next(pieces)


@pytest.mark.parametrize("size", [1, 7, 40, 4096])
def test_a_form_is_known_again_whoever_writes_the_headers_of_its_parts(size, tmp_path):
    """aiohttp and curl write them in another order each; what they say counts."""
    named, typed = b'Content-Disposition: form-data; name="file"; filename="a.csv"', b"Content-Type: text/csv"

    def form(mark: bytes, *lines: bytes) -> tuple[str, bytes]:
        body = b"--" + mark + b"\r\n" + b"\r\n".join(lines) + b"\r\n\r\nlist\r\n--" + mark + b"--\r\n"
        return f"multipart/form-data; boundary={mark.decode()}", body

    def digest(declared: str, body: bytes) -> str:
        on_disk, made = tmp_path / "body", BodyDigest(declared)
        on_disk.write_bytes(body)
        for at in range(0, len(body), size):
            made.update(body[at : at + size])
        found = {content_digest(declared, body), content_digest(declared, on_disk, arrived=made)}
        assert len(found) == 1
        return found.pop()

    assert digest(*form(b"one", named, typed)) == digest(*form(b"another", typed, named))
    assert digest(*form(b"one", named, typed)) != digest(*form(b"one", named, typed + b"; x=secret"))
    assert digest(*form(b"one", named)) != digest(*form(b"one", typed))
