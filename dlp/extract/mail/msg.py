"""Outlook messages (msg, oft) ([MS-OXMSG]) over olefile: extract-msg knows more of them, but is under the GPL."""

from __future__ import annotations

import re
import struct

from dlp.extract.blocks import Extracted, Why
from dlp.extract.budget import Budget
from dlp.extract.containers import cfb
from dlp.extract.containers.cfb import Compound
from dlp.extract.mail import mapi
from dlp.transfer import Part

KIND = "application/vnd.ms-outlook"
_STREAM = re.compile(r"__substg1\.0_([0-9A-F]{4})([0-9A-F]{4})(-[0-9A-F]{8})?", re.IGNORECASE)
_FIXED, _LONG, _BINARY, _NARROW, _WIDE, _OBJECT, _MANY = "__properties_version1.0", 3, 0x102, 0x1E, 0x1F, 0x0D, 0x1000
_NAMED = 0x8000


def extract(file: Compound, part: Part, budget: Budget) -> Extracted:
    """Subject, bodies, fields; attachments and attached messages as parts. Raises Incomplete."""
    own = _properties(file, (), 32)
    tops = sorted({path[0] for path in file.paths if len(path) > 1})
    page = {n: own.values[n] for n in mapi.CODE_PAGES if n in own.values}
    recipients = [_properties(file, (name,), 8, page) for name in tops if name.lower().startswith("__recip")]
    children: list[Part] = []
    unread: list[Why] = []
    for number, name in enumerate((n for n in tops if n.lower().startswith("__attach")), 1):
        found = _attachment(file, name, part, number, page)
        if found is None:
            unread.append(Why.UNKNOWN)  # a link to a file elsewhere, or nothing
        else:
            budget.take_bytes(len(found.data))
            children.append(found)
    read = mapi.message(KIND, part, budget, own, recipients, children)
    if own.text(0x001A).lower() == "ipm.note.smime":
        unread.append(Why.ENCRYPTED)
    return Extracted(KIND, read.blocks, read.children, tuple(dict.fromkeys(unread)), read.correspondents)


def _properties(
    file: Compound, storage: tuple[str, ...], head: int, page: dict[int, mapi.Value] | None = None
) -> mapi.Properties:
    """The properties of one storage; `head`: bytes before the fixed ones."""
    own = mapi.Properties(dict(page or {}))
    for name in file.names(*storage):
        if name.lower() == _FIXED:
            data = file.read(*storage, name)
            for at in range(head, len(data) - 15, 16):
                kind, number, _, value = struct.unpack_from("<HHII", data, at)
                if kind == _LONG:
                    own.values[number] = value
        elif match := _STREAM.fullmatch(name):
            _take(own, int(match[1], 16), int(match[2], 16), bool(match[3]), file.read(*storage, name))
    return own


def _take(own: mapi.Properties, number: int, kind: int, one_of_many: bool, data: bytes) -> None:
    if kind & ~_MANY == _WIDE:
        text = data[: len(data) // 2 * 2].decode("utf-16-le", "replace").rstrip("\0")
        if one_of_many or number >= _NAMED:
            own.extra.append(text)
        elif kind == _WIDE:
            own.values[number] = text
    elif kind in (_NARROW, _BINARY) and number < _NAMED:
        own.values[number] = data
    elif kind & ~_MANY == _NARROW and (one_of_many or number >= _NAMED):
        own.extra.append(data.decode("cp932", "replace"))


def _attachment(file: Compound, name: str, part: Part, number: int, page: dict[int, mapi.Value]) -> Part | None:
    own = _properties(file, (name,), 8, page)
    inner = f"__substg1.0_{mapi.DATA:04X}{_OBJECT:04X}"
    storage = next((p[:2] for p in file.paths if len(p) > 2 and p[0] == name and p[1].upper() == inner.upper()), None)
    if storage is None:
        return mapi.attachment(own, part.path, number)
    label = own.text(mapi.LONG_NAME) or own.text(0x3001) or f"message {number}"
    return Part(path=(*part.path, label), data=_as_top(file, storage))


def _as_top(file: Compound, storage: tuple[str, ...]) -> bytes:
    """An attached message as a file of its own: its fixed properties begin 8 bytes earlier than a file's."""
    depth = len(storage)
    streams = {p[depth:]: file.read(*p) for p in file.paths if p[:depth] == storage and len(p) > depth}
    for path in streams:
        if path[0].lower() == _FIXED:
            streams[path] = streams[path][:24] + bytes(8) + streams[path][24:]
    return cfb.write(streams)
