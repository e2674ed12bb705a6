"""Bodies of web requests: multipart/form-data and application/x-www-form-urlencoded."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, unquote_to_bytes

from dlp.errors import Incomplete
from dlp.extract import charset
from dlp.extract.blocks import Extracted, Text, Why
from dlp.extract.budget import Budget
from dlp.extract.records.markup import decode_base64
from dlp.transfer import Part

URLENCODED = "application/x-www-form-urlencoded"
_BOUNDARY = re.compile(r"boundary=(?:\"([^\"]+)\"|([^;\s]+))", re.IGNORECASE)
_MOST_FIELDS = 100_000  # of a form: 44 kB of packed boundaries were six million
_HEAD_LINES = 100  # of a field's headers
_PACKED_NAME = 40  # characters of a name from which it may be something packed
_NUMBER = re.compile(r"\d+")
_ROWS = 3  # values of one kind that may be a list's
_ROW = 2000  # bytes of one
#: What a field's headers say as a rule; a line that says more is read like any other, for it leaves as well.
_USUAL = {
    b"content-disposition": re.compile(rb"(?:form-data|file|attachment|inline)?[\s;]*", re.IGNORECASE),
    b"content-type": re.compile(
        rb"[\w.+-]{1,40}/[\w.+-]{1,100}(?:\s*;\s*(?:charset=\"?[\w:.-]{1,40}|boundary=\"?[!-:<-~]{1,70})\"?)*",
        re.IGNORECASE | re.ASCII,
    ),
    b"content-transfer-encoding": re.compile(rb"(?:[78]bit|binary|base64|quoted-printable)", re.IGNORECASE),
    b"content-length": re.compile(rb"\d{1,20}"),
}
_LONGEST = 300  # bytes of such a line, what it names aside
_CHARSET = re.compile(rb"[\w.-]{1,40}'[A-Za-z0-9-]{0,20}'.*", re.ASCII | re.DOTALL)
_PARAMETER = re.compile(rb"(\w+\*?)=(?:\"((?:[^\"\\]|\\.)*)\"|([^;\s]+))")


@dataclass(frozen=True, slots=True)
class FormPart:
    """One field of a form. `filename` is "" for a field that is no file."""

    name: str
    filename: str
    media_type: str
    data: bytes


def form_parts(content_type: str, body: bytes) -> list[FormPart]:
    """The fields of a form body, in order. Raises Incomplete(CORRUPT) when it has not the shape it declares."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind == URLENCODED:
        return _urlencoded(body)
    mark = boundary_of(content_type)
    if not mark or body.count(mark) > _MOST_FIELDS:
        raise Incomplete(Why.CORRUPT)
    pieces = re.split(rb"(?:\A|\r?\n)" + re.escape(mark), body)
    if len(pieces) < 2 or not pieces[-1].startswith(b"--"):
        raise Incomplete(Why.CORRUPT)
    parts = [part for piece in pieces[1:-1] for part in _part(piece)]
    # What stands before the first or after the last boundary leaves as well: it is read, too.
    outside = [piece for piece in (pieces[0], pieces[-1][2:]) if piece.strip()]
    return parts + [FormPart("outside", "", "", piece) for piece in outside]


def boundary_of(content_type: str) -> bytes:
    """What stands between the fields of a multipart body, its dashes with it; b"" for any other type."""
    match = _BOUNDARY.search(content_type)
    if not content_type.strip().lower().startswith("multipart/") or not match:
        return b""
    return b"--" + (match.group(1) or match.group(2)).encode("latin-1", "replace")


def heading(head: bytes) -> FormPart:
    """What a field's headers, ended by their blank line, say it is; without its content."""
    return _part(head)[0]


def _part(piece: bytes) -> list[FormPart]:
    """One field; and what else a server could read from it: headers of its own, the content in its declared coding."""
    head, separator, data = re.sub(rb"\A[ \t]*\r?\n", b"", piece, count=1).partition(b"\r\n\r\n")
    if not separator:
        head, separator, data = piece.partition(b"\n\n")
    name = filename = media_type = coding = ""
    others: list[bytes] = []
    seen: dict[bytes, bytes] = {}
    lines = head.split(b"\n", _HEAD_LINES)
    if len(lines) > _HEAD_LINES:
        others.append(lines.pop())
    for line in filter(bytes.strip, b"\n".join(lines).splitlines()):
        key, _, value = line.partition(b":")
        word, more = key.strip().lower(), value
        if word in seen:  # the last is taken here, the first elsewhere
            others.append(seen[word])
        seen[word] = line
        if word == b"content-disposition":
            pairs = [(k.decode("ascii").lower(), q or p) for k, q, p in _PARAMETER.findall(value)]
            found = dict(pairs)
            name, filename = _word(found.get("name", b"")), _filename(found)
            others += _besides(pairs)
            more = _PARAMETER.sub(b"", value)
        elif word == b"content-type":
            media_type = _word(value.strip())
        elif word == b"content-transfer-encoding":
            coding = _word(value.strip()).lower()
        if not _is_usual(word, more.strip()):
            others.append(line)
    whole = FormPart(name, filename, media_type, data)
    parts = [whole, *(FormPart("header", "", "", other) for other in others)]
    plain = _uncoded(coding, data)
    return parts if plain is None else [replace(whole, data=plain), FormPart("coded", "", "", data), *parts[1:]]


def _is_usual(word: bytes, said: bytes) -> bool:
    usual = _USUAL.get(word)
    return usual is not None and len(said) <= _LONGEST and usual.fullmatch(said) is not None


def _besides(pairs: list[tuple[str, bytes]]) -> list[bytes]:
    """What a disposition says besides the name and the file's name that are taken: a server may take the others."""
    last = {key: place for place, (key, _) in enumerate(pairs)}
    taken = {last.get("name"), last.get("filename*", last.get("filename"))}
    said = [value for place, (_, value) in enumerate(pairs) if place not in taken]
    extended = dict(pairs).get("filename*")
    if extended is not None and not _CHARSET.fullmatch(extended):
        said.append(extended)
    return said


def _uncoded(coding: str, data: bytes) -> bytes | None:
    """The content of a part with a Content-Transfer-Encoding, as a lenient server reads it; None without one."""
    try:
        if coding == "base64":
            return binascii.a2b_base64(data)
        return binascii.a2b_qp(data) if coding == "quoted-printable" else None
    except binascii.Error:
        return None


def _filename(found: dict[str, bytes]) -> str:
    extended = found.get("filename*")  # RFC 5987: charset'language'percent-encoded
    if extended is not None and extended.count(b"'") >= 2:
        return _word(unquote_to_bytes(extended.split(b"'", 2)[2]))
    return _word(found.get("filename", b""))


def _word(raw: bytes) -> str:
    try:
        return charset.decode(raw)
    except Incomplete:
        return raw.decode("latin-1")


def _urlencoded(body: bytes) -> list[FormPart]:
    pairs = parse_qsl(body.decode("latin-1"), keep_blank_values=True, encoding="latin-1", max_num_fields=_MOST_FIELDS)
    return [FormPart(_word(k.encode("latin-1")), "", "", v.encode("latin-1")) for k, v in pairs]


def extract(part: Part, budget: Budget) -> Extracted:
    """Fields as "name：value" lines, files and large fields as children."""
    kind = part.declared.partition(";")[0].strip().lower()
    try:
        fields = form_parts(part.declared, part.data)
    except (Incomplete, ValueError):
        return Extracted(kind, unread=(Why.CORRUPT,))
    lines: list[str] = []
    children: list[Part] = []
    for number, field in enumerate(fields, 1):
        children += _packed_names(part.path, field)
        if (
            field.filename
            or field.media_type not in ("", "text/plain")
            or len(field.data) > 2000
            or b"\0" in field.data
        ):
            path = (*part.path, field.filename or field.name or f"field {number}")
            children.append(Part(path=path, data=field.data, declared=field.media_type))
            continue
        text = _word(field.data)
        hidden = decode_base64(text)
        if hidden is not None:
            children.append(Part(path=(*part.path, field.name), data=hidden[1], declared=hidden[0]))
        lines.append(f"{field.name}：{text}")
    texts = [Text("\n".join(lines) + "\n", "form"), *_rows(fields)]
    return Extracted(kind, tuple(texts), tuple(children))


def _rows(fields: list[FormPart]) -> Iterator[Text]:
    """Values of fields that are numbered and else named alike (row1, row2; d[0], d[1]; d, d): one below the other, for
    with its field's name before it a row of a list is none."""
    stems: dict[str, list[str]] = {}
    for field in fields:
        if len(field.data) <= _ROW and not field.filename and (b"," in field.data or b"\t" in field.data):
            stems.setdefault(_NUMBER.sub("", field.name), []).append(_word(field.data))
    for values in stems.values():
        if len(values) >= _ROWS:
            yield Text("\n".join(values) + "\n", "rows")


def _packed_names(path: tuple[str, ...], field: FormPart) -> Iterator[Part]:
    """What is packed into a field's name or its file's."""
    for name in (field.name, field.filename):
        if len(name) >= _PACKED_NAME and (hidden := decode_base64(name)) is not None:
            yield Part(path=(*path, "name"), data=hidden[1], declared=hidden[0])
