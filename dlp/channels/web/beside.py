"""What a request says beside its body, as a form that the inspection reads like any other: query, path, headers.

Nearly every request of a browser says something there and nothing of anybody: search words, cookies, ids. So each text
is looked at first, which costs microseconds, and a value that was looked at is remembered. What counts as saying
something: letters of ours with figures among them, a telephone, an encoding that hides either, or sheer length.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import re
import zlib
from collections.abc import Iterator
from functools import lru_cache
from typing import Final
from urllib.parse import unquote_to_bytes

from mitmproxy import http

_LONG = 200  # characters of an address or a header; above, it can carry people
_METHOD = 30  # characters of a method: the longest registered one has 17
_MANY = 1000  # characters of all unusual headers together, that are read then: a list can be cut in pieces
_KNOWN = 4096  # bytes of a text of which is remembered whether it speaks
_FOREIGN = 20  # letters beyond ASCII that speak, wherever they stand
_FIGURES = 8  # beside two such letters: search words have none, a day of birth and a telephone have
_NUMBERS = 5  # telephones or mail addresses in a cookie
_PACKED_SHORT = 40  # characters of a packed word that can carry somebody
_PACKED_LEAST = _PACKED_SHORT * 3 // 4  # its bytes
_PACKED_LONG = 1 << 13  # bytes of what a word unpacks to that are looked at; what goes on speaks: no token does
_PACKED_TIMES = 20  # of its own size; likewise. Else 64 kB of cookies have megabytes looked at
#: Long by nature, and different each time; and such as say how a request is made. Read when they speak loudly.
USUAL: Final = frozenset(
    """cookie authorization referer user-agent accept accept-language accept-encoding accept-charset if-none-match
    if-match if-modified-since if-unmodified-since if-range range host connection keep-alive proxy-connection
    content-length transfer-encoding te trailer upgrade upgrade-insecure-requests origin cache-control pragma dnt date
    sec-fetch-site sec-fetch-mode sec-fetch-dest sec-fetch-user sec-ch-ua sec-ch-ua-mobile sec-ch-ua-platform
    sec-websocket-key sec-websocket-version sec-websocket-extensions sec-gpc priority expect save-data via
    x-requested-with content-encoding content-type""".split()
)
_ESCAPED = re.compile(rb"\\u[0-9A-Fa-f]{4}|%u[0-9A-Fa-f]{4}|&#[0-9A-Za-z]{2,7};")
_ESCAPE_JS = re.compile(rb"(?:%u[0-9A-Fa-f]{4})+")
_TELEPHONE = re.compile(rb"(?<![0-9A-Za-z.-])0\d{1,4}-?\d{1,4}-?\d{4}(?![0-9A-Za-z.-])")
_ADDRESS = re.compile(rb"(?<=[\w.+-])@[\w-]+\.\w")  # from the @ on: looked for from its start it is quadratic
_WORD = re.compile(rb"[A-Za-z0-9+/_-]+={0,2}")
_PIECE = 8  # signs of a word that may be a piece of something packed
_WHOLE = re.compile(rb"[A-Za-z0-9+/_-]{40,}={0,2}")
_PACKED = re.compile(rb"[A-Za-z0-9+/_-]{40,}")
_WRITINGS = (  # Japanese in a charset, and the share of a text's bytes that it covers and chance does not
    (re.compile(rb"[\xe3-\xe9][\x80-\xbf]{2}|\xef[\xbc-\xbe][\x80-\xbf]"), 15),
    (re.compile(rb"[\x82\x83\x88-\x97][\x40-\xfc]"), 25),
    (re.compile(rb"[\xa4\xa5\xb0-\xdf][\xa1-\xfe]"), 25),
    (re.compile(rb"[\x20-\x7e\r\n]\x00|.[\x30\x4e-\x9f]", re.DOTALL), 90),
    (re.compile(rb"\x00[\x20-\x7e\r\n]|[\x30\x4e-\x9f].", re.DOTALL), 90),
    (re.compile(rb"\x1b\$[@B][!-~]+"), 10),
)


def form_of(request: http.Request) -> bytes:
    """The query, path and headers that may say something of people, url-encoded; b"" where none does."""
    fields = [*_of_address(request.data.path), *_of_headers(request.headers.fields)]
    method = request.data.method
    if len(method) > _METHOD or not method.isascii() or speaks(method):
        fields.append((b"method", _escaped(method)))
    if request.trailers:
        fields += [pair for name, value in request.trailers.fields for pair in _of_value(name, value)]
    fields += _cut(request.headers.fields)
    if len(fields) > 1:  # one after another, too: a list's rows may stand in one each
        fields.append((b"said", b"%0A".join(value for _, value in fields)))
    return b"&".join(name + b"=" + value for name, value in dict.fromkeys(fields))


def _of_address(raw: bytes) -> Iterator[tuple[bytes, bytes]]:
    if len(raw) <= _LONG and not speaks(raw):
        return
    path, _, query = raw.partition(b"?")
    for segment in path.split(b"/"):
        if len(segment) > 1:
            yield b"path", _escaped(segment)
    rest = path
    for _ in range(4):  # base64 has slashes of its own: from each of the first on
        _, _, rest = rest.partition(b"/")
        if b"/" in rest and len(rest) > _LONG:
            yield b"path", _escaped(rest)
    for pair in query.split(b"&"):
        name, equals, value = pair.partition(b"=")
        yield (name, _escaped(value, plus=False)) if equals else (b"query", _escaped(name, plus=False))
        yield from _packed_in(b"query", value)


def _of_headers(headers: tuple[tuple[bytes, bytes], ...]) -> Iterator[tuple[bytes, bytes]]:
    unusual: list[tuple[bytes, bytes]] = []
    usual: dict[bytes, list[bytes]] = {}
    for name, value in headers:
        if (known := name.lower()).decode("latin-1") not in USUAL:
            unusual.append((name, value))
        else:
            usual.setdefault(known, []).append(value)
    yield from _of_usual(usual)
    sizes = [len(name) + len(value) for name, value in unusual]
    if sum(sizes) > _MANY or any(speaks(value) or speaks(name, loudly=True) for name, value in unusual):
        for name, value in unusual:
            yield from _of_value(name, value)
    else:
        for (name, value), size in zip(unusual, sizes, strict=True):
            if size > _LONG:
                yield from _of_value(name, value)


def _cut(headers: tuple[tuple[bytes, bytes], ...]) -> Iterator[tuple[bytes, bytes]]:
    """Something packed, in pieces that are too short to be told alone: of cookies and of headers that are one word."""
    cookies: list[bytes] = []
    others: list[bytes] = []
    for name, value in headers:
        if name.lower() == b"cookie":
            cookies += _cookies(value)
        elif len(value) >= _PIECE and b" " not in value and (word := _word(value)):
            others.append(word)
    for pieces in (cookies, others):
        if len(pieces) > 2 and (whole := _hidden(b"".join(pieces))):
            yield b"said", _escaped(whole)


@lru_cache(maxsize=1024)
def _cookies(value: bytes) -> tuple[bytes, ...]:
    """The values in a cookie header that may be pieces of something packed."""
    pairs = (pair.partition(b"=") for pair in value.split(b"; "))
    return tuple(filter(None, (_word(text if equals else word) for word, equals, text in pairs)))


def _word(value: bytes) -> bytes:
    """A value that may be a piece of something packed; b"": it is none."""
    plain = unquote_to_bytes(value) if b"%" in value else value
    return plain if len(plain) >= _PIECE and _WORD.fullmatch(plain) else b""


@lru_cache(maxsize=1024)
def _hidden(joined: bytes) -> bytes:
    """What of joined words is packed text of ours, wherever the first of its words begins; b"": nothing."""
    return next((joined[at:] for at in range(4) if _hides(joined[at:])), b"")


def _of_usual(usual: dict[bytes, list[bytes]]) -> Iterator[tuple[bytes, bytes]]:
    """Those that speak loudly; and of all that say something each, where together they do: somebody in each of many."""
    foreign = numbers = 0
    some: list[tuple[bytes, bytes]] = []
    for known, values in usual.items():
        # HTTP/2 sends each cookie by itself: none of them speaks loudly, all do
        loud, letters, figures = _said(values[0] if len(values) == 1 else b"; ".join(values))
        if loud:
            for value in values:
                yield from _of_value(known, value)
        elif letters or figures:
            foreign, numbers = foreign + letters, numbers + figures
            some += [(known, value) for value in values]
    if foreign >= _FOREIGN or numbers >= _NUMBERS:
        for known, value in some:
            yield from _of_value(known, value)


def _of_value(name: bytes, value: bytes) -> Iterator[tuple[bytes, bytes]]:
    """A header as a field; a packed word in it as a field of its own, for a field is unpacked that is one whole."""
    if len(name) > 40:
        yield b"header", _escaped(name)
    place = name if len(name) <= 40 else b"header"
    if name.lower() == b"cookie":
        for pair in value.split(b"; "):
            word, _, text = pair.partition(b"=")
            yield _escaped(word), _escaped(text)
    else:
        yield place, _escaped(value)
    yield from _packed_in(b"header", value)


def _packed_in(place: bytes, value: bytes) -> Iterator[tuple[bytes, bytes]]:
    for word in _PACKED.findall(unquote_to_bytes(value)):
        if (word != value or b"+" in word) and _hides(word):
            yield place, _escaped(word)


def _escaped(value: bytes, *, plus: bool = True) -> bytes:
    """A value as a form's: its own percent signs are undone by whoever reads that."""
    if _WHOLE.fullmatch(word := unquote_to_bytes(value)) and not _hides(word.rstrip(b"=")):
        return b"~" + word.replace(b"+", b"%2B")  # a token of a server's: as text, for nobody can read what it packs
    value = _ESCAPE_JS.sub(_of_javascript, value)
    value = value.replace(b"&", b"%26").replace(b";", b"%3B")
    return value.replace(b"+", b"%2B") if plus else value


def _of_javascript(match: re.Match[bytes]) -> bytes:
    """What `escape()` made of letters, in UTF-8."""
    units = bytes.fromhex(match.group().decode().replace("%u", ""))
    return units.decode("utf-16-be", "replace").encode()


def speaks(value: bytes, *, loudly: bool = False) -> bool:
    """Whether a text may say something of people; `loudly`: one that is long by nature, so that ids are borne."""
    return _speaks_known(value, loudly) if len(value) <= _KNOWN else _speaks(value, loudly)


def _undone(value: bytes) -> bytes:
    """Without its percent signs, however often."""
    for _ in range(3):
        if b"%" not in value or (undone := unquote_to_bytes(value)) == value:
            break
        value = undone
    return value


def _letters(plain: bytes) -> int:
    """Letters beyond ASCII, about."""
    return len(_ESCAPED.findall(plain)) + (0 if plain.isascii() else sum(byte > 0x7F for byte in plain) // 2)


def _said(value: bytes) -> tuple[bool, int, int]:
    """Of what is long by nature: whether it speaks loudly, its letters beyond ASCII, its telephones and addresses."""
    return _said_known(value) if len(value) <= _KNOWN else _said_new(value)


def _said_new(value: bytes) -> tuple[bool, int, int]:
    plain = _undone(value)
    numbers = len(_TELEPHONE.findall(plain)) if b"0" in plain else 0
    return (
        _speaks(value, loudly=True),
        _letters(plain),
        numbers + (len(_ADDRESS.findall(plain)) if b"@" in plain else 0),
    )


_said_known = lru_cache(maxsize=4096)(_said_new)


def _speaks(value: bytes, loudly: bool) -> bool:
    plain = _undone(value)
    foreign = _letters(plain)
    numbers = len(_TELEPHONE.findall(plain))
    if foreign >= _FOREIGN or any(map(_hides, _PACKED.findall(plain))):
        return True
    if loudly:
        return numbers + plain.count(b"@") >= _NUMBERS and numbers + len(_ADDRESS.findall(plain)) >= _NUMBERS
    return numbers > 0 or (foreign >= 2 and sum(48 <= byte <= 57 for byte in plain) >= _FIGURES) or b"\x1b$" in plain


_speaks_known = lru_cache(maxsize=4096)(_speaks)


def _hides(word: bytes) -> bool:
    """Whether a packed word is text of ours, as it is or compressed; tokens of servers are noise, or ASCII."""
    return _hides_known(word) if len(word) <= _KNOWN else _hides_new(word)


def _hides_new(word: bytes) -> bool:
    word = word.strip(b"-_")  # a boundary's dashes would decode to what looks like EUC-JP
    if len(word) < _PACKED_SHORT:
        return False
    word = word.replace(b"-", b"+").replace(b"_", b"/")
    try:
        raw = base64.b64decode(word[: len(word) - len(word) % 4])
    except binascii.Error:
        return False
    if raw.startswith(b"PK\x03\x04"):
        return True
    for bits in (47, -15):  # zlib and gzip, and bare
        with contextlib.suppress(zlib.error):
            packed, most = zlib.decompressobj(bits), min(_PACKED_LONG, _PACKED_TIMES * len(raw))
            text = packed.decompress(raw, most)
            if len(raw) - len(packed.unused_data) < _PACKED_LEAST:
                continue  # some letters by chance: one token of three hundred begins with them
            if (len(text) == most and not packed.eof) or _reads(text):  # no token is so long
                return True
    return _reads(raw)


_hides_known = lru_cache(maxsize=4096)(_hides_new)


def _reads(raw: bytes) -> bool:
    if raw.isascii():
        numbers = len(_TELEPHONE.findall(raw)) + len(_ADDRESS.findall(raw))
        return numbers >= _NUMBERS or len(_ESCAPED.findall(raw)) >= _FOREIGN or b"\x1b$" in raw
    return any(sum(map(len, written.findall(raw))) * 100 >= share * len(raw) for written, share in _WRITINGS)
