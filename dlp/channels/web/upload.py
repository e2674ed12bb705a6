"""A web request as a Transfer: all of it that can carry content, and what makes it the same content again."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path
from urllib.parse import unquote_plus

from mitmproxy import http

from dlp.channels.web.coding import decoded
from dlp.extract.records import protobuf
from dlp.extract.records.webform import boundary_of
from dlp.transfer import Channel, Transfer

_LONG = 200  # characters of an address or a header; above, it can carry people
_IN_MEMORY = 32 * 1024 * 1024  # bytes of a body that is read into memory to undo its coding, or of a piece
_MOST_STRETCHES = 100_000  # between the boundaries of a body that are told apart
_HEAD_ENDS, _LONGEST_HEAD = b"\r\n\r\n", 1 << 16  # of a part's headers
_BLANKS, _NO_SIGN = b" \t\r\n", re.compile(rb"[^A-Za-z0-9+/_=-]")
_PIECE = re.compile(rb"[^=]+")  # of base64, between paddings
_MOST_MESSAGES = 100_000  # of a gRPC call
_FLAGS = 0x81  # of a message: compressed, and a browser's trailers
_FOREIGN = 20  # letters beyond ASCII in a header that is long by nature
#: Long by nature, and different each time; read only when they hold text in letters of ours.
_USUAL = frozenset(
    {"cookie", "authorization", "referer", "user-agent", "accept", "accept-language", "if-none-match", "if-match"}
)


def is_misdirected(request: http.Request) -> bool:
    """Whether the Host header names another host than the one the request goes to.

    The person who approves, and a permit, would see the one while the other receives.
    """
    return request.pretty_host.rstrip(".").lower() != request.host.rstrip(".").lower()


def beside_the_body(request: http.Request) -> list[str]:
    """The texts outside the body that are long enough to carry people: address, headers, trailers."""
    texts = [unquote_plus(request.path)] if len(request.path) > _LONG else []
    for name, value in request.headers.items(multi=True):
        text = unquote_plus(_as_text(value))
        if name.lower() in _USUAL:
            if sum(not letter.isascii() for letter in text) >= _FOREIGN:
                texts.append(text)
        elif len(name) + len(value) > _LONG:
            texts.append(f"{name} {text}")
    if request.trailers:
        texts += [f"{name} {_as_text(value)}" for name, value in request.trailers.items(multi=True)]
    return texts


def is_grpc(request: http.Request) -> bool:
    """Whether a request is a gRPC call."""
    return str(request.headers.get("content-type", "")).lower().startswith("application/grpc")


def _is_grpc_text(request: http.Request) -> bool:
    """Whether it is a browser's call, in base64."""
    return str(request.headers.get("content-type", "")).lower().startswith("application/grpc-web-text")


def _of_base64(body: bytes) -> bytes | None:
    """A body in pieces, each with its own padding, as the messages came, or without it; None where it is none."""
    signs = body.translate(None, _BLANKS)
    if signs.count(b"=") > _MOST_MESSAGES or _NO_SIGN.search(signs):
        return None  # with other signs among them it may be a text that says it is a call
    ways = b"-_" if b"-" in signs or b"_" in signs else None
    try:
        return b"".join(base64.b64decode(piece + b"=" * (-len(piece) % 4), ways) for piece in _PIECE.findall(signs))
    except ValueError:
        return None


def _grpc(request: http.Request, body: bytes, limit: int) -> bytes | None:
    """The messages of a call without their coding; None for what has another shape."""
    coding, plain, at, messages = request.headers.get("grpc-encoding", ""), bytearray(), 0, 0
    if _is_grpc_text(request):
        if (undone := _of_base64(body)) is None:
            return None
        body = undone
    while at < len(body):
        flag, size = body[at], int.from_bytes(body[at + 1 : at + 5])
        message = body[at + 5 : at + 5 + size]
        if flag & 1:
            message = decoded(coding, message, limit - len(plain)) or b"" if size else b""
            if size and not message:
                return None
        messages += 1
        if messages > _MOST_MESSAGES or flag & ~_FLAGS or at + 5 + size > len(body) or len(plain) > limit:
            return None
        plain += b"\0" + len(message).to_bytes(4) + message
        at += 5 + size
    return bytes(plain)


def _as_text(value: str) -> str:
    """A header as text: mitmproxy reads it as UTF-8 with surrogates, and what is none is most likely CP932."""
    try:
        value.encode()
    except UnicodeEncodeError:
        raw = value.encode("utf-8", "surrogateescape")
        return raw.decode("cp932", "replace")
    return value


def transfer_of(
    request: http.Request,
    body: bytes | Path,
    login: str,
    limit: int,
    *,
    piece: bool = False,
    arrived: BodyDigest | None = None,
    said: bytes = b"",
) -> Transfer:
    """A request as a Transfer: body decoded up to `limit` bytes, what stands beside the body in its name.

    `body` is the body as it came, or where it lies. There it stays, for the inspection reads it from there, but for a
    coded one and a `piece` of an upload, if they are not large. `arrived` is its digest, where it was taken while the
    body came; `said` what :mod:`dlp.channels.web.beside` found to read. Raises OSError.
    """
    declared = request.headers.get("content-type", "")
    coding = request.headers.get("content-encoding", "").strip().lower()
    coded = coding not in ("", "identity") or is_grpc(request)
    if isinstance(body, Path) and (coded or piece) and body.stat().st_size <= _IN_MEMORY:
        body = body.read_bytes()
    if isinstance(body, bytes):
        limit = min(limit, _IN_MEMORY) if coded else limit
        plain = decoded(coding, body, limit)
        if plain is not None and is_grpc(request):
            declared, plain = protobuf.KIND, _grpc(request, plain, limit)
        if plain is None:
            declared = _unread(request)
        else:
            body = plain
    elif coded:  # too large to undo in memory
        declared = _unread(request)
    path, _, query = request.path.partition("?")
    name = unquote_plus(path.rpartition("/")[2]) or request.host
    beside = beside_the_body(request)
    return Transfer(
        channel=Channel.WEB,
        sender=login,
        destination=(f"{request.scheme}://{request.host}:{request.port}",),
        name=" ".join([name, *([unquote_plus(query)] if query and not beside else []), *beside]),
        data=body if isinstance(body, bytes) else None,
        spool=None if isinstance(body, bytes) else body,
        declared=declared,
        digest=content_digest(declared, body, query, *beside, *_once(said), arrived=arrived),
        beside=said,
        envelope={
            "method": request.method,
            "scheme": request.scheme,
            "host": request.host,
            "port": request.port,
            "path": path,
        },
    )


def _unread(request: http.Request) -> str:
    """What a body is called that is unreadable as it stands, so that it will be held: a call in base64 would else be
    text that says nothing."""
    return protobuf.IN_BASE64 if _is_grpc_text(request) else "application/octet-stream"


def _once(said: bytes) -> tuple[str, ...]:
    return (said.decode("latin-1"),) if said else ()


class BodyDigest:
    """Of a body: what stands between the boundaries, each stretch by its digest, so that no two can mix.

    Fed with what comes, as it comes. The headers of a part count in any order: each client has its own. Boundaries
    beyond any form's are content like the rest, or it would take minutes.
    """

    def __init__(self, declared: str) -> None:
        self.declared = declared
        self._mark, self._left = boundary_of(declared), _MOST_STRETCHES
        self._total, self._stretch, self._rest = hashlib.sha256(), hashlib.sha256(), b""
        self._head: bytes | None = None  # of a part, until it ends; None outside of one

    def update(self, data: bytes) -> None:
        """Add to the end."""
        if not self._mark:
            self._stretch.update(data)
            return
        *whole, rest = (self._rest + data).split(self._mark, self._left)
        self._left -= len(whole)
        for text in whole:
            self._feed(text)
            self._stretch.update(self._head or b"")
            self._total.update(self._stretch.digest())
            self._stretch, self._head = hashlib.sha256(), b""
        sure = max(0, len(rest) - len(self._mark) + 1)  # what follows could be the start of a boundary
        self._feed(rest[:sure])
        self._rest = rest[sure:]
        if not self._left:
            self._mark = b""
            self._stretch.update((self._head or b"") + self._rest)
            self._head, self._rest = None, b""

    def _feed(self, data: bytes) -> None:
        """Add to a stretch; of a part's headers once they are whole."""
        if self._head is None:
            self._stretch.update(data)
            return
        self._head += data
        end = self._head.find(_HEAD_ENDS, 0, _LONGEST_HEAD)
        if end >= 0:
            self._head = b"\r\n".join(sorted(self._head[:end].split(b"\r\n"))) + self._head[end:]
        if end >= 0 or len(self._head) >= _LONGEST_HEAD:  # however it came, in one piece or in many
            self._stretch.update(self._head)
            self._head = None

    def digest(self) -> bytes:
        """Of all that came so far."""
        last = BodyDigest("")
        last._mark, last._head, last._stretch = self._mark, self._head, self._stretch.copy()
        last._feed(self._rest)
        last._stretch.update(last._head or b"")
        total = self._total.copy()
        total.update(last._stretch.digest())
        return total.digest()


def content_digest(declared: str, body: bytes | Path, *beside: str, arrived: BodyDigest | None = None) -> str:
    """SHA-256 hex of what is sent. A multipart boundary is drawn anew each time, so its parts count, not its bytes.

    `arrived` spares reading a body on disk again, if it was taken of what is declared here.
    """
    pieces: list[bytes] = [text.encode("utf-8", "surrogateescape") for text in beside or ("",)]
    known = arrived if isinstance(body, Path) and arrived is not None and arrived.declared == declared else None
    pieces.append((known or _digested(declared, body)).digest())
    total = hashlib.sha256()
    for piece in pieces:
        total.update(len(piece).to_bytes(8))
        total.update(piece)
    return total.hexdigest()


def _digested(declared: str, body: bytes | Path) -> BodyDigest:
    made = BodyDigest(declared)
    if isinstance(body, bytes):
        made.update(body)
        return made
    with body.open("rb", buffering=0) as file:
        while chunk := file.read(1 << 20):
            made.update(chunk)
    return made
