"""A large mail taken apart where it lies: a mail of what is small in it, each large attachment undone as it is read.

Only what no two programs could read differently is taken out: a leaf between two boundaries, with sound headers, whose
base64 is even lines of letters. All else stays in the small mail, which is read as any other; where nothing can be
taken out, the mail is read whole.
"""

from __future__ import annotations

import base64
import email
import email.errors
import email.policy
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from itertools import pairwise

from dlp.extract.budget import Budget
from dlp.extract.mail import heads as mail_heads
from dlp.extract.mail import mail
from dlp.extract.stream import Content, Slice

_POLICY = email.policy.compat32
_HEAD = 1 << 16  # bytes a header may have
_PIECE = 4 << 20
_BLANK = re.compile(rb"\r?\n\r?\n")
_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_LAST = re.compile(rb"[A-Za-z0-9+/]+={0,2}|")
_LONGEST_LINE = 1000
_SLACK = 256  # blanks that may stand behind a boundary
_DEEPEST = 5
_TORN = (
    email.errors.MissingHeaderBodySeparatorDefect,
    email.errors.FirstHeaderLineIsContinuationDefect,
    email.errors.MisplacedEnvelopeHeaderDefect,
)
_INSTEAD = b"Content-Type: text/plain\r\n\r\n\r\n"  # where something was taken out: a part that says nothing


@dataclass(frozen=True, slots=True)
class Attachment:
    """One that was taken out: what it holds, and where its letters lie."""

    name: str
    declared: str
    content: Content
    raw: Slice


@dataclass(frozen=True, slots=True)
class Base64:
    """What even lines of base64 stand for, undone where it is asked for. Behaves like bytes."""

    raw: Slice
    letters: int  # of one line
    end: int  # bytes of a line's end
    size: int

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, piece: slice) -> bytes:
        start, stop, _ = piece.indices(self.size)
        out = io.BytesIO()
        while start < stop:
            out.write(self._some(start, min(stop, start + _PIECE)))
            start += _PIECE
        return out.getvalue()

    def _some(self, start: int, stop: int) -> bytes:
        a_line, width = self.letters // 4 * 3, self.letters + self.end
        first, last = start // a_line, -(-stop // a_line)
        letters = self.raw[first * width : last * width].translate(None, b"\r\n")
        return base64.b64decode(letters)[start - first * a_line : stop - first * a_line]


def split(data: Content, least: int, budget: Budget) -> tuple[bytes, list[Attachment]] | None:
    """The mail without its attachments of `least` bytes and more, and those; None where it has to be read whole."""
    if data[:6].lstrip(b">")[:5] == b"From ":
        return None
    found: list[Attachment] = []
    small = b"".join(_without(Slice(data, 0, len(data)), least, budget, found))
    return (small, found) if found else None


def _without(whole: Slice, least: int, budget: Budget, found: list[Attachment], depth: int = 0) -> Iterator[bytes]:
    """What stays of a mail, or of a part with its headers."""
    head = _head(whole) if len(whole) >= least and depth <= _DEEPEST else None
    if head is None:
        yield whole[:]
        return
    header, start = head
    body = Slice(whole.whole, whole.start + start, whole.stop)
    taken = _attachment(header, body, least, budget) if depth else None  # a mail that is one stays a mail
    if taken is not None:
        found.append(taken)
        yield _INSTEAD
        return
    done = 0
    for first, last in _between(whole, start, _boundary(header), budget):
        yield whole[done:first]
        part = Slice(whole.whole, whole.start + first, whole.start + last)
        yield from _without(part, least, budget, found, depth + 1)
        done = last
    yield whole[done:]


def _boundary(header: Message) -> bytes:
    """What stands between the parts; nothing where there are none, or none that say themselves what they are."""
    if header.get_content_maintype() != "multipart" or header.get_content_type() == "multipart/digest":
        return b""
    boundary = header.get_boundary("")
    return boundary.encode() if boundary.isascii() else b""


def _head(whole: Slice) -> tuple[Message, int] | None:
    """The headers of a mail or part, and where what they speak of begins; None for any that are not sound."""
    beginning = whole[:_HEAD]
    blank = _BLANK.search(beginning)
    if blank is None or not blank.start() or beginning[:1].isspace() or _bare(beginning[: blank.end()]):
        return None
    header = email.message_from_bytes(beginning[: blank.end()], policy=_POLICY)
    sound = not any(isinstance(defect, _TORN) for defect in header.defects)  # others: that its parts are not here
    return (header, blank.end()) if sound and not mail_heads.ambiguous(header) else None


def _bare(text: bytes) -> bool:
    """Whether a line ends in a CR alone: whoever takes it for an end reads another mail."""
    return text.count(b"\r") != text.count(b"\r\n")


def _between(whole: Slice, start: int, boundary: bytes, budget: Budget) -> list[tuple[int, int]]:
    """Where the parts of a multipart lie, without the lines between them; none where that could be read differently."""
    if not boundary:
        return []
    mark = b"--" + boundary
    line = re.compile(rb"(?<=\n)" + re.escape(mark) + rb"(--)?[ \t]*(?:\r?\n|\Z)")
    begins: list[tuple[int, int]] = []
    for at in range(start, len(whole), _PIECE):
        budget.check_time()
        offset = max(start, at - len(mark) - _SLACK) - 1  # with a byte before, to see the line's start
        piece = whole[offset : at + _PIECE]
        if _bare(piece.rstrip(b"\r")):
            return []
        for match in line.finditer(piece):
            place = offset + match.start(), offset + match.end()
            torn = not match[0].endswith(b"\n") and place[1] < len(whole)  # whole in the next piece
            if torn or (begins and place[0] <= begins[-1][0]):
                continue
            begins.append(place)
            if match[1]:
                return _parts(begins)
    return []


def _parts(begins: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """From the end of one line to the beginning of the next."""
    return [(first[1], last[0]) for first, last in pairwise(begins)]


def _attachment(header: Message, body: Slice, least: int, budget: Budget) -> Attachment | None:
    """The attachment that this leaf is; None for one that stays where it is."""
    kind, declared = header.get_content_type(), str(header.get("content-type", ""))
    if header.get_content_maintype() in ("multipart", "message") or kind == "application/pgp-encrypted":
        return None
    name = mail.name_of(header)
    attached = name or header.get_content_disposition() == "attachment"
    if not attached and header.get_content_maintype() == "text":
        return None
    if str(header.get("content-transfer-encoding", "")).strip().lower() != "base64":
        return None
    content = _undone(body, budget)
    if content is None or len(content) < least or (kind == "text/plain" and _says(content, b"begin")):
        return None  # a text may hold files in letters of its own
    return Attachment(name or kind, declared or kind, content, body)


def _undone(body: Slice, budget: Budget) -> Base64 | None:
    """Its base64, if every line but the last is as long as the first."""
    first = body[: _LONGEST_LINE + 2].partition(b"\n")[0]
    letters, end = (len(first) - 1, 2) if first.endswith(b"\r") else (len(first), 1)
    if letters < 4 or letters % 4 or letters > _LONGEST_LINE:
        return None
    lines = _even_lines(body, letters, end, budget)
    last = body[lines * (letters + end) :]
    rest = last.rstrip(b"\r\n")
    if len(rest) > letters or len(rest) % 4 or not _LAST.fullmatch(rest):
        return None
    size = lines * (letters // 4 * 3) + len(base64.b64decode(rest))
    raw = Slice(body.whole, body.start, body.start + lines * (letters + end) + len(rest))
    return Base64(raw, letters, end, size)


def _even_lines(body: Slice, letters: int, end: int, budget: Budget) -> int:
    """How many lines at its beginning have so many letters each."""
    width = letters + end
    lines, piece = len(body) // width, _PIECE // width
    for at in range(0, lines, piece):
        budget.check_time()
        some = body[at * width : min(lines, at + piece) * width]
        if not _even(some, letters, end):
            return at + next(n for n in range(piece) if not _even(some[n * width : (n + 1) * width], letters, end))
    return lines


def _even(some: bytes, letters: int, end: int) -> bool:
    """Whether these are whole lines of so many letters each."""
    width = letters + end
    lines = len(some) // width
    return (
        some.translate(None, _LETTERS) == (b"\r\n" if end == 2 else b"\n") * lines
        and some[letters::width] == (b"\r" if end == 2 else b"\n") * lines
    )


def _says(content: Content, word: bytes) -> bool:
    return any(word in content[max(0, at - len(word)) : at + _PIECE] for at in range(0, len(content), _PIECE))
