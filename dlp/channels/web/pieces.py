"""Which requests are pieces of one upload: tus, S3 multipart, Google Drive, OneDrive, Dropbox, plain Content-Range.

Read from address and headers alone. What joins the pieces is :mod:`dlp.channels.web.joining`. No I/O here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import orjson
from mitmproxy import http

_RANGE = re.compile(r"(?:bytes[ =])?\s*(?:(\d{1,18})-(\d{1,18})|\*)/(\d{1,18}|\*)", re.ASCII)
_NUMBER = re.compile(r"\d{1,18}", re.ASCII)
_PART = re.compile(rb"<(?:\w+:)?PartNumber>\s*(\d{1,5})\s*</")
_DECLARATION = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*<\?xml version=\"1.0\"(?: encoding=\"[Uu][Tt][Ff]-8\")?\s*\?>")
_DROPBOX = re.compile(r".*/files/upload_session/(start|append_v2|append|finish|finish_batch(?:_v2)?|start_batch)")
#: The addresses of sessions that Microsoft Graph gives out, for SharePoint, OneDrive and printers. A folder of a user's
#: (/v1.0/…:/up/list.csv:/content, /Docs/uploadSession by WebDAV) may bear their words, and takes whole files.
_SESSION = re.compile(r"/(?:[^?]*/)?_api/v2\.\d/[^?]*/uploadsession(?:\?.*)?", re.IGNORECASE)
_UP = re.compile(r"/r?up/.*", re.IGNORECASE)
_PRINTED = re.compile(r"/uploadsessions/.*", re.IGNORECASE)
_ELSEWHERE = re.compile(r"/\.|%2e|%2f|%5c|\\|//", re.IGNORECASE)  # by which a server's path may be another
#: The one way in which a service takes pieces, by its domain. It takes what only headers call a piece as a whole file.
_WAYS = {
    "googleapis.com": ("drive", "s3"),
    "dropboxapi.com": ("dropbox",),
    "amazonaws.com": ("s3",),
    "sharepoint.com": ("session",),
    "microsoft.com": ("session", "printed"),
    "1drv.com": ("up",),
    "onedrive.com": ("up",),
}


class DoesNotFit(Exception):
    """A piece that cannot be joined, so nothing can be judged. The argument says why, in one word of ours."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """What a request says of itself: of which upload it is a piece, where it belongs, and what it completes."""

    upload: str  # the upload's id, unique with person and host; "": the server names it in its answer
    start: int = 0  # offset of its first byte
    size: int | None = None  # bytes of it as declared; None: as many as its body has
    number: int | None = None  # of an S3 part, which has no offset
    total: int | None = None  # bytes of the whole
    closes: bool = False  # says that it is the last
    open_ended: bool = False  # the total is told elsewhere: where we have not heard it, this may be the last
    listed: bool = False  # its body is not content, but names the parts (S3)
    self_ending: bool = False  # its server has the whole as soon as all bytes are there: no request says so
    shared: bool = False  # the id is the service's own: one upload, whoever sends to it and by whichever of its hosts
    way: str = ""  # whose protocol it speaks, where its address does so


def is_taken_as_piece(mark: Mark, host: str) -> bool:
    """Whether this host would not take the request for something else, as far as its protocol is known."""
    domain = _service(host)
    return not domain or mark.way in _WAYS[domain]


def owner_of(mark: Mark, person: str, site: str, host: str) -> tuple[str, str]:
    """Whose upload at which site it is: with the upload's id, what pieces of one upload have in common."""
    return ("", _service(host) or site) if mark.shared else (person, site)


def _service(host: str) -> str:
    """The domain of the service that a host belongs to, "" where it is none that is known."""
    return next((domain for domain in _WAYS if f".{host}".endswith(f".{domain}")), "")


def recognise(request: http.Request) -> Mark | None:
    """The mark of a piece; None where a request is none. Raises DoesNotFit for what is one but cannot be joined."""
    if request.method in ("GET", "HEAD", "OPTIONS", "DELETE", "CONNECT"):
        return None
    return _s3(request) or _dropbox(request) or _tus(request) or _ranged(request)


def _s3(request: http.Request) -> Mark | None:
    query = request.query
    upload = query.get("uploadId", "")
    if not upload:
        return None
    if any(len(query.get_all(name)) > 1 for name in ("uploadId", "partNumber")):
        raise DoesNotFit("twice")  # nobody knows which of them the server takes
    number = query.get("partNumber")
    upload = f"s3 {request.path.partition('?')[0]} {upload}"
    if number is None:
        return Mark(upload=upload, closes=True, listed=True) if request.method == "POST" else None
    if "x-amz-copy-source" in request.headers:  # from what the server has; a completion that names it is refused
        return None
    return Mark(upload=upload, number=_whole_number(number), way="s3" if request.method == "PUT" else "")


def listed_parts(body: bytes) -> list[int]:
    """The part numbers that a CompleteMultipartUpload names, in its order. Raises DoesNotFit."""
    numbers = [int(number) for number in _PART.findall(body)]
    text = _DECLARATION.sub(b"", body, count=1)
    hidden = b"<!" in text or b"<?" in text or body.count(b"PartNumber") != 2 * len(numbers)
    if hidden or not numbers or numbers != sorted(set(numbers)):  # what XML could say in another way, too
        raise DoesNotFit("parts")
    return numbers


def _dropbox(request: http.Request) -> Mark | None:
    found = _DROPBOX.fullmatch(request.path.partition("?")[0])
    if found is None or found[1] == "start_batch":  # which opens sessions, and has no content
        return None
    if found[1].startswith("finish_batch"):
        raise DoesNotFit("batch")
    told = request.headers.get("dropbox-api-arg") or request.query.get("arg") or "{}"
    try:
        said: Any = orjson.loads(told)
        if found[1] == "start":
            return Mark(upload="", way="dropbox")
        cursor = said["cursor"] if found[1] != "append" else said
        session, offset = str(cursor["session_id"]), int(cursor["offset"])
    except (ValueError, KeyError, TypeError):
        raise DoesNotFit("cursor") from None
    return Mark(upload=f"dropbox {session}", start=offset, closes=found[1] == "finish", way="dropbox")


def is_dropbox_start(request: http.Request) -> bool:
    """Whether the answer's body will name the upload."""
    return request.path.partition("?")[0].endswith("/files/upload_session/start")


def _tus(request: http.Request) -> Mark | None:
    headers = request.headers
    if headers.get("upload-concat", "").lstrip().lower().startswith("final"):
        raise DoesNotFit("concatenation")
    length = headers.get("upload-length")
    total = _whole_number(length) if length is not None else None
    if "upload-offset" in headers:
        start = _whole_number(headers["upload-offset"])
        return Mark(upload=tus_upload(request.path), start=start, total=total, open_ended=True)
    if request.method == "POST" and (total is not None or "upload-defer-length" in headers):
        return Mark(upload="", total=total, open_ended=True)
    return None


def tus_upload(path: str) -> str:
    """The id of an upload by its address."""
    return f"tus {path}"


def _ranged(request: http.Request) -> Mark | None:
    header = request.headers.get("content-range")
    if header is None:
        return None
    found = _RANGE.fullmatch(header.strip())
    if found is None:
        raise DoesNotFit("range")
    first, last, whole = found.groups()
    total = None if whole == "*" else int(whole)
    drive = request.query.get("upload_id", "")
    # Where the server gave no id, another total is another file: one address often takes many, one after the other.
    name = request.headers.get("content-disposition", "")
    upload = f"drive {drive}" if drive else f"range {request.path} {name} {whole}"
    way = _way(request, drive)
    if first is None:  # "bytes */total": asks how far it is, and ends an upload whose total was not known
        return Mark(upload=upload, start=total or 0, size=0, total=total, way=way, shared=bool(drive))
    if int(last) < int(first) or (total is not None and int(last) >= total):
        raise DoesNotFit("range")
    return Mark(
        upload=upload,
        start=int(first),
        size=int(last) - int(first) + 1,
        total=total,
        # Without Google's id nothing that says how long it is would be known to belong to it.
        open_ended=total is None and not drive,
        self_ending=True,
        shared=bool(drive),
        way=way,
    )


def _way(request: http.Request, drive: str) -> str:
    """Of a range: Google's only where its address does not ask for a whole upload, too."""
    if drive:
        kinds = request.query.get_all("uploadType")
        return "drive" if kinds in ([], ["resumable"]) and len(request.query.get_all("upload_id")) == 1 else ""
    if _ELSEWHERE.search(request.path.partition("?")[0]):
        return ""
    ways = {"session": _SESSION, "up": _UP, "printed": _PRINTED}
    return next((way for way, address in ways.items() if address.fullmatch(request.path)), "")


def _whole_number(text: str) -> int:
    if not _NUMBER.fullmatch(text.strip()):
        raise DoesNotFit("number")
    return int(text)
