"""A web request as a Transfer: all of it that can carry content, and what makes it the same content again."""

from __future__ import annotations

import hashlib
from urllib.parse import unquote_plus

from mitmproxy import http

from dlp.channels.coding import decoded
from dlp.errors import Incomplete
from dlp.extract.webform import form_parts
from dlp.transfer import Channel, Transfer

_LONG = 200  # characters of an address or a header; above, it can carry people
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


def _as_text(value: str) -> str:
    """A header as text: mitmproxy reads it as UTF-8 with surrogates, and what is none is most likely CP932."""
    try:
        value.encode()
    except UnicodeEncodeError:
        raw = value.encode("utf-8", "surrogateescape")
        return raw.decode("cp932", "replace")
    return value


def transfer_of(request: http.Request, login: str, limit: int) -> Transfer:
    """A request as a Transfer: body decoded up to `limit` bytes, what stands beside the body in its name."""
    declared = request.headers.get("content-type", "")
    raw = request.raw_content or b""
    body = decoded(request.headers.get("content-encoding", ""), raw, limit)
    if body is None:  # unreadable as it stands, so it will be held
        body, declared = raw, "application/octet-stream"
    path, _, query = request.path.partition("?")
    name = unquote_plus(path.rpartition("/")[2]) or request.host
    beside = beside_the_body(request)
    return Transfer(
        channel=Channel.WEB,
        sender=login,
        destination=(f"{request.scheme}://{request.host}:{request.port}",),
        name=" ".join([name, *([unquote_plus(query)] if query and not beside else []), *beside]),
        data=body,
        declared=declared,
        digest=content_digest(declared, body, query, *beside),
        envelope={
            "method": request.method,
            "scheme": request.scheme,
            "host": request.host,
            "port": request.port,
            "path": path,
        },
    )


def content_digest(declared: str, body: bytes, *beside: str) -> str:
    """SHA-256 hex of what is sent. A multipart boundary is drawn anew each time, so its parts count, not its bytes."""
    total = hashlib.sha256()
    pieces: list[bytes] = [text.encode("utf-8", "surrogateescape") for text in beside or ("",)]
    if declared.lower().startswith("multipart/"):
        try:
            for part in form_parts(declared, body):
                pieces += [part.name.encode(), part.filename.encode(), part.data]
        except (Incomplete, ValueError):
            pieces.append(body)
    else:
        pieces.append(body)
    for piece in pieces:
        total.update(len(piece).to_bytes(8) + piece)
    return total.hexdigest()
