"""Runs of base64, base32 and hex in a text, and the bytes that they stand for; blocks of lines that are nothing else.

Most of a large run is a picture or an archive and says nothing: native code passes over its lines, and what a long run
is as a whole is told by its beginning first.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import re
import zlib
from collections.abc import Iterator

import polars as pl

from dlp.errors import Incomplete
from dlp.extract import charset, sniff
from dlp.extract.containers import packed
from dlp.extract.plain import folds
from dlp.extract.plain.unfold import CODECS, JAPANESE, readable, shown
from dlp.native import scan
from dlp.native.look import Look

#: With what follows the two short ones of bzip2 and LZMA: a block's own mark, the usual sizes of a dictionary.
_BZIP2 = tuple(b"BZh%d1AY&SY" % level for level in range(1, 10))
_LZMA = tuple(b"\x5d\0\0" + (1 << size).to_bytes(2, "little") for size in range(12))
_MAGIC = (*(magic for magic, kind in sniff.MAGIC if len(magic) > 3 and kind != sniff.ICON), *_BZIP2, *_LZMA)
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff")
#: How unpacked bytes begin that may be something though there are controls in them.
_BEGINS = (*_MAGIC, b"\x1f\x8b", *packed.ZLIB_BEGINS, *_WIDE_MARKS)
#: For every two bytes, whether anything of `_BEGINS` begins with them.
_TWO = frozenset(begin[0] << 8 | begin[1] for begin in _BEGINS)
PAIRS = bytes(i in _TWO for i in range(1 << 16))
_CONTROLS = bytes((*range(9), 11, 12, *range(14, 27), *range(28, 32), 127))  # an escape may say that Japanese follows
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f]")
#: Lines of one width that are nothing but packed bytes: no words, no figures by themselves. "AAAA" are zeros.
_BLOCK = re.compile(
    r"^(?:(?:A{60,80}+|(?=[A-Z0-9+/]*[a-z])(?=[a-z0-9+/]*[A-Z])[A-Za-z0-9+/]{60,80}+)\r?\n){8,}+", re.MULTILINE
)
_SIGN, _SIGNS = re.compile("[A-Za-z0-9+/_-]"), re.compile("[A-Za-z0-9+/_-]{24}")
_RUN = r"[A-Za-z0-9+/_-]{24,}={0,6}(?:\r?\n[A-Za-z0-9+/_-]+={0,6})*"
_FOLDED = 40  # characters of a line from which runs below each other are one run that was folded
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2})+")
_HEX_DIGIT = re.compile(r"[0-9A-Fa-f]")
_CUTS = range(4)  # places at which four signs, and the bytes of one character, may be cut
_BASE32 = re.compile(r"(?:[A-Z2-7]{8})*(?:[A-Z2-7]{2,7}=+)?")
#: What a Japanese text in two bytes a character is of.
_TWO_BYTES = re.compile("[\t\r\n -~\u3000-\u30ff\u4e00-\u9fff\uf900-\ufaff\uff01-\uff9f‐-―…※○●◎□■→①-⑳]*")
_OTHERWISE = re.compile(r"[0-9A-Fa-f]*|[A-Z2-7]*")  # what may go on as hex or base32
_ASCII = 12  # bytes of ASCII that are no accident
WIDE = 24  # signs of a run
_TOLD = 1 << 13  # bytes by which a text of two bytes a character is told
_BESIDE = 200  # signs before and behind lines in which the ones next to them are looked for
_SEVERAL = 2  # lines that may be one text
_OPENS = (b"{", b"[", b"<")  # how JSON and markup begin
_REFOLDED = 64  # signs of a line to which pieces are folded anew that are no text together
_FIRST = 512  # signs of pieces by which most that are none are told
_LONG = 1 << 14  # signs of a run from which native code looks at its lines, and of its beginning


def runs(text: str, seen: Look | None = None) -> Iterator[bytes]:
    """The bytes of each encoded run; lines of one length below each other are one run that was folded. `seen`: what
    `normalize.told` said of the text."""
    if len(text) < WIDE:
        return
    if seen is None or seen.folded >= folds.LEAST:
        found, text, seen = _unfolded(text, seen)
        yield from found
    yield from _of_runs(text, seen)


def _of_runs(text: str, seen: Look | None = None) -> Iterator[bytes]:
    """The bytes of each run of 24 signs and more."""
    if (seen is not None and seen.longest < WIDE) or (not text.isascii() and not _long_run(text)):
        return
    raw = text.encode("utf-8", "surrogatepass")
    if (places := scan.runs(raw)) is None:
        yield from _by_python(text)
        return
    for begin, end in places:
        run = raw[begin:end]
        yield from lines_of(run.decode("ascii").split()) if len(run) < _LONG else _lines_of_long(run)


def _unfolded(text: str, seen: Look | None) -> tuple[list[bytes], str, Look | None]:
    """The bytes of pieces on lines below each other; the text without the lines that they were read of."""
    raw = text.encode("utf-8", "surrogatepass")
    found: list[bytes] = []
    left, at = [], 0
    for fold in folds.folds(raw, seen):
        if fold.begin >= at and (made := list(_of_fold(fold))):
            found += (data for data, _ in made)
            left.append(raw[at : fold.begin])
            at = fold.after if made[-1][1] else fold.end
    if not found:
        return found, text, seen
    return found, b"\n".join((*left, raw[at:])).decode("utf-8", "surrogatepass"), None


def _of_fold(fold: folds.Fold) -> Iterator[tuple[bytes, bool]]:
    """The bytes of a stretch, up to each padding; whether what stands on the line below belongs to them."""
    pieces: list[str] = []
    for piece in fold.pieces:
        pieces.append(piece)
        if piece.endswith("="):
            yield from _pieces_of(pieces, "")
            pieces = []
    yield from _pieces_of(pieces, fold.more)


def _pieces_of(pieces: list[str], more: str) -> Iterator[tuple[bytes, bool]]:
    if alone := _each_alone(pieces):
        yield from ((data, False) for data in alone)
        return
    joined = "".join(pieces)
    if len(joined) + len(more) < WIDE:
        return
    if not may_go_on(joined[:_FIRST]) or not may_go_on(joined[:_LONG]):
        yield from ((data, False) for data in _among([*pieces, more]))
        return
    for written in dict.fromkeys((joined + more, joined, joined[: len(joined) // 8 * 8])):
        data = aligned(written)
        for end in (len(data), *range(len(data) - 1, len(data) - 4, -1)):  # the last character may be cut
            if is_file(data) or of_bytes(data[:end]):
                yield data[:end], written != joined and len(written) > len(joined)
                return


def _each_alone(pieces: list[str]) -> list[bytes]:
    """The bytes of pieces that are values, each packed of its own; none where they are one text: a cut goes through
    characters, lines end within pieces, and of JSON or markup the pieces begin each in another way."""
    if len(pieces) < _SEVERAL or len(pieces[0]) < WIDE or len(pieces[0]) % 4 == 1:
        return []
    found: list[bytes] = []
    for piece in pieces:
        data = decoded(piece)
        if b"\n" in data[:-1] or not of_bytes(data):
            return []
        found.append(data)
    whole = found[0][:1] in _OPENS and any(data[:1] != found[0][:1] for data in found)
    return [] if whole else found


def _among(pieces: list[str]) -> Iterator[bytes]:
    """Texts among packed noise, some lines long each: of one line there is much by chance."""
    if len(pieces[0]) < _FOLDED:
        joined = "".join(pieces)
        pieces = [joined[at : at + _REFOLDED] for at in range(0, len(joined), _REFOLDED)]
    lines = "\n".join(filter(None, pieces))
    for data in _of_runs(lines):
        if len(data) > _REFOLDED and of_bytes(data):
            yield data


def _by_python(text: str) -> Iterator[bytes]:
    """The regular expressions of polars run an order of magnitude faster than Python's over a whole text."""
    if _long_run(text):
        for run in pl.Series([text]).str.extract_all(_RUN).explode().drop_nulls().to_list():
            yield from lines_of(run.split())


def _long_run(text: str) -> bool:
    """Whether there is a run of signs long enough: one must stand over every 24th place of it."""
    places = (WIDE * match.start() + WIDE - 1 for match in _SIGN.finditer(text[WIDE - 1 :: WIDE]))
    return any(_SIGNS.search(text, max(0, at - WIDE + 1), at + WIDE) for at in places)


def without_blocks(text: str, seen: Look | None = None) -> str:
    """`text` without blocks of packed lines, read unpacked if they are anything: their letters say nothing."""
    if len(text) < WIDE or (seen is not None and seen.longest < WIDE):
        return text
    if not text.isascii() and not _long_run(text):
        return text
    raw = text.encode("utf-8", "surrogatepass")
    if (places := scan.blocks(raw)) is None:
        return _BLOCK.sub("\n", text) if _long_run(text) else text
    if not places:
        return text
    begins, ends = [0, *(end for _, end in places)], [*(begin for begin, _ in places), len(raw)]
    return b"\n".join(map(raw.__getitem__, map(slice, begins, ends))).decode("utf-8", "surrogatepass")


def lines_of(lines: list[str]) -> Iterator[bytes]:
    """The bytes of a run's lines, together or each of its own."""
    size = len(lines[0])
    full = next((i for i, length in enumerate(map(len, lines)) if length != size), len(lines))
    if (end := "\n".join(lines[:full]).find("=")) >= 0:
        full = end // (size + 1)
    if size >= _FOLDED and (full > 1 or len(lines) == 2):
        for end in dict.fromkeys((full + 1, full)):  # the last line is shorter; what follows it may be a word
            data = aligned("".join(lines[:end]))
            if is_file(data) or of_bytes(data):
                yield from _each_alone(lines[:end]) or [data]
                lines = lines[end:]
                break
    if len(lines) == 1 and _of_two(decoded(lines[0][:_FIRST])):
        yield decoded(lines[0])
        return
    wide = scan.telling([line for line in lines if len(line) >= WIDE], PAIRS)
    yield from _each("\n".join(lines), wide)


def _lines_of_long(run: bytes) -> Iterator[bytes]:
    """The same of a long run as it stands, by native code."""
    shape = scan.shape(run)
    assert shape is not None  # else nobody had found the run
    if shape.lines == 1 and _of_two(decoded(run[:_FIRST].decode("ascii"))):
        yield decoded(run.decode("ascii"))
        return
    if shape.width >= _FOLDED and (shape.full > 1 or shape.lines == 2):
        for end in dict.fromkeys((shape.more, shape.whole)):
            if data := _together(run[:end]):
                yield from _each_alone(run[:end].decode("ascii").split()) or [data]
                run = run[end:].lstrip(b"\r\n")
                break
    if telling := scan.telling_of_run(run, WIDE, PAIRS):
        yield from _each(run.decode("ascii"), telling)


def _each(run: str, lines: list[str]) -> Iterator[bytes]:
    """The bytes of those `lines` of a run that may say something; of such as stand below each other, together."""
    told = [(line, data) for line in lines if likely(data := decoded(line)) or likely(data := aligned(line))]
    group: list[tuple[str, bytes]] = []
    at = begin = 0
    for line, data in told:
        place = run.index(line, at)
        if group and run[at:place].strip("\r\n="):
            yield from _of_group(run, begin, at, group)
            group = []
        begin = begin if group else place
        group.append((line, data))
        at = place + len(line)
    if group:
        yield from _of_group(run, begin, at, group)


def _of_group(run: str, begin: int, end: int, told: list[tuple[str, bytes]]) -> Iterator[bytes]:
    """The bytes of lines that stand below each other and are text, with what of it is on the lines about them."""
    group = [data for _, data in told]
    body = b"".join(group)
    if len(group) < _SEVERAL or (b"\n" not in body and all(map(of_bytes, group))):  # values, each packed of its own
        yield from (aligned(line) for line, _ in told)
        return
    above = _CONTROL.split(decoded(run[max(0, begin - _BESIDE) : begin].rstrip("\r\n").rpartition("\n")[2]))[-1]
    below = _CONTROL.split(decoded(run[end : end + _BESIDE].lstrip("\r\n=").partition("\n")[0].rstrip("\r")))[0]
    firsts, lasts = (above + group[0], group[0], b""), (group[-1] + below, group[-1], b"")
    inner = b"".join(group[1:-1])
    for whole in (first + inner + last for first in firsts for last in lasts):  # noise may stand on lines at the ends
        for start in filter(lambda at: _begins(whole[at : at + _FIRST]), range(4)):
            for cut in range(4):  # and characters may be cut there
                if of_bytes(whole[start : len(whole) - cut]):
                    yield whole[start : len(whole) - cut]
                    return
    yield from (aligned(line) for line, _ in told)


def _begins(head: bytes) -> bool:
    return _plain(head) or any(_may_read(head, codec) for codec in CODECS) or bool(_of_two(head))


def _together(lines: bytes) -> bytes:
    """The bytes of lines that are one; none where they are nothing, as their beginning tells of most."""
    head = lines[:_LONG].translate(None, b"\r\n").decode("ascii")
    if len(lines) > _LONG and not may_go_on(head):
        return b""
    data = aligned(lines.translate(None, b"\r\n").decode("ascii"))
    return data if is_file(data) or of_bytes(data) else b""


def may_go_on(head: str) -> bool:
    """Whether what begins so may unpack to a file or a text: false only where no end could make it one."""
    head = head[: len(head) // 4 * 4]
    if "=" in head or _OTHERWISE.fullmatch(head):
        return True
    data = decoded(head)
    if is_file(data) or data.startswith(_WIDE_MARKS) or _plain(data) or _of_two(data):
        return True
    if any(_may_read(data, codec) for codec in CODECS):
        return True
    return len(head) >= _FOLDED and any(map(_begins_cut, (data, *_others(head))))


def _begins_cut(data: bytes) -> bool:
    """The same of bytes that may begin within a character."""
    return _plain(data) or any(_of_two(data[at:]) or _may_read(data[at:], codec) for at in _CUTS for codec in CODECS)


def _may_read(data: bytes, codec: str) -> bool:
    try:
        return shown(codecs.getincrementaldecoder(codec)().decode(data))
    except UnicodeDecodeError:
        return False


def _plain(data: bytes) -> bool:
    return data.isascii() and all(c >= 32 or c in b"\r\n\t" for c in data)


def of_bytes(data: bytes) -> str:
    """Unpacked bytes as the text they are; "" where they are no text."""
    made = readable(data)
    if made or len(data) < _ASCII:
        return made
    if _plain(data):
        return data.decode("ascii")
    if data[:2] in _WIDE_MARKS:
        try:
            return charset.decode(data)
        except Incomplete:
            return ""
    return _of_two(data)


def _of_two(data: bytes) -> str:
    """UTF-16 without a mark: characters of Japanese text and nothing else, ASCII among them, and some Japanese."""
    data = data[: len(data) // 2 * 2]
    head = data[:_TOLD]
    if len(data) < _ASCII or not head.count(0) * 32 >= len(head):
        return ""
    for codec in ("utf-16-le", "utf-16-be"):
        made = head.decode(codec, "replace")
        if _TWO_BYTES.fullmatch(made) and JAPANESE.search(made):
            return data.decode(codec, "replace")
    return ""


def aligned(run: str) -> bytes:
    """The bytes of one run wherever it was cut: between the four signs that stand for three bytes, within a character.
    What reads as UTF-8 somewhere is that; what reads nowhere, or is short, as if it were whole."""
    data = decoded(run)
    if len(run) < _FOLDED or is_file(data) or _plain(data) or _strictly(data):
        return data
    others = tuple(_others(run))
    may_read = [way for way in (data, *others) if len(way.translate(None, _CONTROLS)) == len(way)]
    for codec in CODECS:
        for way in may_read:
            if whole := _whole_characters(way, codec):
                return whole
        if codec == "utf-8" and of_bytes(data):
            return data
    return next((way for way in others if _plain(way) or _of_two(way)), data)


def _others(run: str) -> Iterator[bytes]:
    """The bytes of a run that does not begin where four signs do."""
    return (decoded(run[at:]) for at in _CUTS[1:]) if len(run) >= _FOLDED else iter(())


def _strictly(data: bytes) -> bool:
    try:
        return bool(JAPANESE.search(data.decode()))
    except UnicodeDecodeError:
        return False


def _whole_characters(data: bytes, codec: str) -> bytes:
    """Japanese text without the parts of characters at its ends; none where it is no such text."""
    for at in _CUTS:
        decoder = codecs.getincrementaldecoder(codec)()
        try:
            text = decoder.decode(data[at:])
        except UnicodeDecodeError:
            continue
        if JAPANESE.search(text) and shown(text):
            return data[at : len(data) - len(decoder.getstate()[0])]
    return b""


def is_file(data: bytes) -> bool:
    """Whether unpacked bytes are a file of a known format: two accidental bytes do not make a gzip."""
    if data[:2] == b"\x1f\x8b":
        try:
            return bool(zlib.decompressobj(31).decompress(data[:512]))
        except zlib.error:
            return False
    return len(data) > 20 and (data.startswith(_MAGIC) or packed.is_zlib(data))


def likely(data: bytes) -> bool:
    """Whether unpacked bytes can be a text or a file: hardly any by chance are without controls."""
    if not data or data.count(data[0]) == len(data):
        return False  # one byte over and over says nothing
    return len(data.translate(None, _CONTROLS)) == len(data) or data.startswith(_BEGINS)


def decoded(run: str) -> bytes:
    """The bytes of one run, whichever way it is written, without what is half a byte at its end."""
    if _HEX.fullmatch(run, 0, len(run) // 2 * 2) and _HEX_DIGIT.fullmatch(run[-1]):
        return bytes.fromhex(run[: len(run) // 2 * 2])
    if len(run) % 8 == 0 and _BASE32.fullmatch(run):
        try:
            return base64.b32decode(run)
        except binascii.Error:
            return b""
    bare = run.rstrip("=").replace("-", "+").replace("_", "/")
    if len(bare) % 4 == 1:
        bare = bare[:-1]
    try:
        return binascii.a2b_base64(bare + "=" * (-len(bare) % 4))
    except binascii.Error:
        return b""
