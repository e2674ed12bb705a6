"""What stands beside a request's body is read however it is written, and what browsers say there all day is not."""

from __future__ import annotations

import base64
import gzip
import html
import json
import random
import time
import zlib
from collections.abc import Callable
from urllib.parse import quote

import pytest
from mitmproxy import http

from dlp.channels.web import wire
from dlp.channels.web.beside import USUAL, form_of
from dlp.channels.web.upload import transfer_of
from dlp.extract.records.webform import URLENCODED, form_parts
from dlp.inspection import Inspection, inspect
from dlp.tuning.town import citizens
from tests.extract.people import inspected, ruleset

PEOPLE = list(citizens(14, seed=3))
LINES = [f"{one.name},{one.phone},{one.birth:%Y/%m/%d}" for one in PEOPLE]
LIST = "氏名,電話,生年月日\n" + "\n".join(LINES)


def request(path: str = "/a", **headers: str) -> http.Request:
    made = http.Request.make("GET", "http://h.example/")
    made.path = path
    made.headers = http.Headers([(name.replace("_", "-").encode(), text.encode()) for name, text in headers.items()])
    return made


def inspected_of(made: http.Request) -> Inspection:
    transfer = transfer_of(made, b"", "clerk", 1 << 20, said=form_of(made))
    head, data = wire.transfer_said(transfer)
    heard = wire.transfer_heard(json.loads(json.dumps(head)), data, None)  # type: ignore[arg-type]
    assert heard.beside == transfer.beside
    return inspect(heard, ruleset(), token_key=b"k" * 32)


def _b64(text: str | bytes) -> str:
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


def _escape(text: str) -> str:
    return "".join(f"%u{ord(letter):04x}" if not letter.isascii() else quote(letter) for letter in text)


CHARSETS = ("utf-8", "cp932", "euc_jp", "iso2022_jp", "utf-16-le")
WRITTEN: dict[str, Callable[[str], str]] = {
    **{charset: lambda text, charset=charset: quote(text.encode(charset), safe="") for charset in CHARSETS},  # type: ignore[misc]
    **{f"{c} in base64": lambda text, c=c: quote(_b64(text.encode(c)), safe="") for c in CHARSETS},  # type: ignore[misc]
    "base64 of gzip": lambda text: quote(_b64(gzip.compress(text.encode())), safe=""),
    "base64 of deflate": lambda text: quote(_b64(zlib.compress(text.encode())), safe=""),
    "base64 for addresses": lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("="),
    "twice": lambda text: quote(quote(text), safe=""),
    "JSON": lambda text: quote(json.dumps(text), safe=""),
    "entities": lambda text: quote("".join(f"&#{ord(c)};" if not c.isascii() else html.escape(c) for c in text)),
    "escape()": _escape,
}


@pytest.mark.parametrize("written", WRITTEN)
@pytest.mark.parametrize("place", ["query", "path", "header", "cookie"])
def test_a_list_is_read_however_it_is_written(written: str, place: str) -> None:
    text = WRITTEN[written](LIST)
    made = {
        "query": request(f"/q?d={text}"),
        "path": request(f"/p/{text}"),
        "header": request(x_note=text),
        "cookie": request(cookie=f"a=b; s={text}; t=1"),
    }[place]
    found = inspected_of(made)
    assert found.subjects >= len(PEOPLE) - 1 or (written == "base64 of deflate" and found.unread)  # held, either way


PACKED = _b64(LIST)
USUALS = sorted(
    USUAL - {"host", "connection", "content-length", "content-type", "transfer-encoding", "content-encoding"}
)


def _in_each(texts: list[str]) -> http.Request:
    return request(**{name.replace("-", "_"): text for name, text in zip(USUALS, texts, strict=False)})


MANY = [f"{one.name} {one.phone}" for one in citizens(len(USUALS), seed=9)]


@pytest.mark.parametrize("written", [str, quote, _escape, lambda text: quote(text.encode("cp932"))])
def test_somebody_in_each_of_many_usual_headers_is_read(written: Callable[[str], str]) -> None:
    assert inspected_of(_in_each([written(one) for one in MANY])).subjects >= len(MANY) - 1


def _pieces(size: int) -> list[str]:
    return [PACKED[at : at + size] for at in range(0, len(PACKED), size)]


@pytest.mark.parametrize("size", [13, 36, 39])
def test_something_packed_in_pieces_is_read(size: int) -> None:
    pieces = _pieces(size)
    assert inspected_of(request(**{f"x_{n}": one for n, one in enumerate(pieces)})).subjects >= len(PEOPLE) - 1
    cookie = "; ".join(["id=" + _token(30).rstrip("="), *(f"k{n}={one}" for n, one in enumerate(pieces))])
    assert inspected_of(request(cookie=cookie)).subjects >= len(PEOPLE) // 2


def test_something_packed_in_pieces_of_usual_headers_is_read() -> None:
    whole = _b64(gzip.compress(LIST.encode()))
    size = -(-len(whole) // (len(USUALS) - 1))
    pieces = iter([whole[at : at + size] for at in range(0, len(whole), size)])
    made = request(**{name.replace("-", "_"): next(pieces, "") for name in USUALS if name != "cookie"})
    assert inspected_of(made).subjects >= len(PEOPLE) - 1


@pytest.mark.parametrize(
    "made",
    [
        request(f"/q?d={PACKED}"),
        request(f"/p/{PACKED}"),
        request(authorization=f"Bearer {PACKED}"),
        request(authorization=f"Bearer eyJhbGciOiJIUzI1NiJ9.{_b64(json.dumps({'d': LIST}, ensure_ascii=False))}.abc"),
        request(upload_metadata=f"filename {PACKED}"),
        request(dropbox_api_arg=json.dumps({"path": LIST})),
        request(content_type=f"text/plain; x={PACKED}"),
        request(**{f"x_{number}": line for number, line in enumerate(LINES)}),
        request(**{f"x_{number}": quote(line.encode("cp932")) for number, line in enumerate(LINES)}),
        request(cookie="; ".join(f"a{number}={quote(line)}" for number, line in enumerate(LINES))),
    ],
    ids=["plus", "slashes", "bearer", "token", "tus", "Dropbox", "parameter", "cut", "cut in CP932", "cut in a cookie"],
)
def test_a_list_is_read_wherever_it_is_hidden(made: http.Request) -> None:
    assert inspected_of(made).subjects >= len(PEOPLE) - 1


@pytest.mark.parametrize("charset", ["utf-8", "cp932", "euc_jp"])
def test_one_person_in_a_short_query_is_read(charset: str) -> None:
    name = quote("佐藤花子".encode(charset))
    for query in (f"q={name}+090-1234-5678", f"name={name}&tel=090-1234-5678", f"name={name}&tel=09012345678"):
        assert inspected_of(request(f"/s?{query}")).subjects == 1


@pytest.mark.parametrize("name", ["d{}", "d[{}]", "row_{}_x", "d"])
@pytest.mark.parametrize("written", [quote, _escape])
def test_a_list_with_a_row_in_each_field_of_a_form_is_read(name: str, written: Callable[[str], str]) -> None:
    body = "&".join(f"{quote(name.format(n))}={written(line)}" for n, line in enumerate(LINES))
    assert inspected(body.encode(), URLENCODED).subjects >= len(PEOPLE) - 1


def test_a_packed_name_of_a_file_is_read() -> None:
    head = f'--b\r\nContent-Disposition: form-data; name="f"; filename="{PACKED}"\r\n\r\nhi\r\n--b--\r\n'
    assert inspected(head.encode(), "multipart/form-data; boundary=b").subjects >= len(PEOPLE) - 1


def _token(size: int) -> str:
    return _b64(random.Random(size).randbytes(size))


BROWSER = {
    "user_agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0",
    "accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
    "referer": "https://www.search.example/search?q=" + quote("住民票 取り方"),
    "cookie": f"_ga=GA1.1.1234567890.1690000000; _gid=GA1.2.987654321.1690000001; sid={_token(90)}; x={_token(700)}",
    "authorization": f"Bearer eyJhbGciOiJIUzI1NiJ9.{_b64(json.dumps({'sub': '1234567890', 'iat': 1516239022}))}.abc",
}


@pytest.mark.parametrize(
    "path",
    ["/", "/search?q=" + quote("山田太郎 住民票"), "/a?utm_source=x&gclid=Cj0KCQiA1234567890&ts=1700000000000"],
    ids=["start", "search words", "ids"],
)
def test_what_browsers_say_all_day_is_not_read(path: str) -> None:
    assert form_of(request(path, **BROWSER, x_csrf_token=_token(40))) == b""


def test_tokens_of_servers_are_text_not_contents_that_nobody_can_read() -> None:
    packer = zlib.compressobj(wbits=-15)
    saml = _b64(packer.compress(b'<samlp:AuthnRequest ID="_abc" Version="2.0">' * 9) + packer.flush())
    for made in (
        request(f"/sso?SAMLRequest={quote(saml)}&RelayState={quote(_token(150))}"),
        request(f"/cb?code={_token(201)}"),
        request(f"/x/{quote(_token(200), safe='')}/y"),
        request(x_security_token=_token(900)),
    ):
        assert form_of(made)
        found = inspected_of(made)
        assert (found.subjects, found.unread) == (0, ())


def test_tokens_that_begin_as_something_packed_by_chance_are_tokens() -> None:
    """One of three hundred browsers had such cookies, and could not send until they changed."""
    chance = random.Random(4)
    packer = zlib.compressobj(wbits=-15, strategy=zlib.Z_FIXED)
    begin = packer.compress("役".encode("euc-jp")) + packer.flush()
    for size in (40, 200, 400):
        token = base64.urlsafe_b64encode(begin + chance.randbytes(size)).decode().rstrip("=")
        assert form_of(request(cookie=f"sid={token}")) == b""


def test_what_is_said_is_told_apart_from_the_same_body_without_it() -> None:
    made, other = request("/s?q=090-1111-2222"), request("/s?q=090-1111-2223")
    first, second = (transfer_of(one, b"", "c", 100, said=form_of(one)) for one in (made, other))
    assert first.digest != second.digest
    assert [part.data for part in form_parts(URLENCODED, first.beside)] == [b"090-1111-2222"]


@pytest.mark.parametrize(
    "boundary",
    ["-" * 24 + "d74496d66958873e", "-" * 26 + "0123456789abcdefXYZ", "----WebKitFormBoundary7MA4YWxkTrZu0gW"],
)
def test_a_boundary_drawn_anew_is_not_said(boundary: str) -> None:
    assert form_of(request(content_type=f"multipart/form-data; boundary={boundary}")) == b""


@pytest.mark.parametrize("name", [b"Cookie", b"cookie", b"Via"])
def test_a_list_is_read_of_which_each_line_stands_in_a_header_of_its_own(name: bytes) -> None:
    made = request()
    made.headers = http.Headers([(name, line.encode()) for line in LINES])
    assert inspected_of(made).subjects >= 10


def test_a_method_is_read() -> None:
    made = request()
    made.data.method = "、".join(LINES).encode()
    assert form_of(made)
    made.data.method = b"UPDATEREDIRECTREF"
    assert form_of(made) == b""


@pytest.mark.parametrize("text", [b"a" * 65536, b"a@" * 32768, b"0" * 65536, b"\xc0" * 65536, b" " * 1_000_000])
def test_a_text_is_looked_at_in_a_moment_whatever_it_holds(text: bytes) -> None:
    packed = base64.urlsafe_b64encode(zlib.compress(text, 9)).rstrip(b"=")
    for value in (packed, b".".join([packed] * (60_000 // len(packed)))):
        begin = time.process_time()
        form_of(request("/?q=" + packed.decode(), cookie=value.decode()))
        assert time.process_time() - begin < 5.0  # of one word alone: 20 s


def test_what_stands_behind_much_of_nothing_in_a_packed_text_is_not_passed_over() -> None:
    packed = base64.urlsafe_b64encode(zlib.compress(b" " * 70_000 + LIST.encode())).rstrip(b"=")
    assert form_of(request(cookie="s=" + packed.decode()))


def test_a_thousand_small_words_that_unpack_to_much_are_looked_at_in_a_moment() -> None:
    """60 kB of them unpack to 9 MB, which took 4.6 seconds of the proxy."""
    words: list[str] = []
    while sum(map(len, words)) < 56_000:
        words.append(_b64(zlib.compress(len(words).to_bytes(2) + b"\x82\x01\xff" * 2666, 9)))
    made = request(cookie="; ".join(f"a={word}" for word in words))
    begin = time.process_time()
    assert form_of(made)
    assert time.process_time() - begin < 1.0
