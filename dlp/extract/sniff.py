"""What a part is, by its bytes. Names and declared types are hints for text dialects only."""

from __future__ import annotations

import re
import struct
import zipfile
from io import BytesIO

from dlp.extract import binary_json, charset, dbase_header, owner, tags
from dlp.extract.containers import cms, iso9660, lzh, mbox, packed, tar
from dlp.transfer import Part

OOXML = "application/vnd.openxmlformats-officedocument."
XLSX = OOXML + "spreadsheetml.sheet"
DOCX = OOXML + "wordprocessingml.document"
PPTX = OOXML + "presentationml.presentation"
VISIO = "application/vnd.ms-visio.drawing.main+xml"
ODF = "application/vnd.oasis.opendocument"
OLE = "application/x-ole-storage"
FLAT = "application/vnd.oasis.opendocument.flat"  # and its kin: an office document in one XML file
MAIL = "message/rfc822"
JSON = "application/json"
SVG = "image/svg+xml"
ICON = "image/x-icon"  # begins with small numbers, as much else does

#: How files of known formats begin.
MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"PK\x05\x06", "application/zip"),
    (b"PK\x07\x08", "application/zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLE),
    (b"\x1f\x8b", "application/gzip"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"\xd7\xcd\xc6\x9a", "image/wmf"),
    (b"\x01\x00\x09\x00\x00\x03", "image/wmf"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"BM", "image/bmp"),
    (b"RIFF", "image/webp"),
    (b"\0\0\1\0", ICON),
    *((bytes((0, 0, 0, size)) + b"ftypavif", "image/avif") for size in (0x18, 0x1C, 0x20, 0x24, 0x28)),
    (b"{\\rt", "application/rtf"),
    (b"\x78\x9f\x3e\x22", "application/vnd.ms-tnef"),
    (b"BZh", "application/x-bzip2"),
    (b"\xfd7zXZ\x00", "application/x-xz"),
    (b"\x28\xb5\x2f\xfd", "application/zstd"),
    (b"SQLite format 3\x00", "application/vnd.sqlite3"),
    (b"PAR1", "application/vnd.apache.parquet"),
    (b"MSCF", "application/vnd.ms-cab-compressed"),
    (b"!<arch>\n", "application/x-archive"),
    (b"070701", "application/x-cpio"),
    (b"070702", "application/x-cpio"),
    (b"070707", "application/x-cpio"),
    (b"\xc7\x71", "application/x-cpio"),
    (b"xar!\0\x1c", "application/x-xar"),
    (b"\x5d\0\0", "application/x-lzma"),
    (b"-----BEGIN PGP MESSAGE-----", "application/pgp-encrypted"),
    (b"\x1e{", JSON),  # a sequence of texts, RFC 7464
)
#: What services write before JSON, so that no page of another's can run it as a script.
GUARD = ")]}'"
#: How JSON begins that a program put into a string, once or more.
_QUOTED_JSON = ('"{\\"', '"[{\\"', '"[[\\"', '"[\\"', '"\\"[', '"\\"{')
_ASCII85 = "<~"  # as Adobe's base85 begins
_BEGINS = tuple(magic for magic, _ in MAGIC)
#: Formats told by how their header fits itself.
_SHAPES = (
    (lambda data: data[:4] == b"\x01\0\0\0" and data[40:44] == b" EMF", "image/emf"),
    (lzh.is_lzh, lzh.KIND),
    (tar.is_tar, tar.KIND),
    (iso9660.is_iso, iso9660.KIND),
    (cms.is_cms, cms.KIND),
    (mbox.is_mbox, mbox.KIND),
    (dbase_header.is_dbf, dbase_header.KIND),
    (owner.is_owner, owner.KIND),
    (packed.is_zlib, packed.ZLIB),
    (binary_json.is_messagepack, binary_json.MESSAGEPACK),
    (binary_json.is_cbor, binary_json.CBOR),
    (binary_json.is_bson, binary_json.BSON),
)
#: Shapes that a channel or container names itself, and what is never one of them whatever it is declared as.
_TRUSTED = (
    MAIL,
    "multipart/form-data",
    "application/x-www-form-urlencoded",
    "application/grpc",
    "application/grpc-web-text",
)
_CLEAR = (b"PK\x03\x04", b"%PDF-", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\x1f\x8b\x08", b"7z\xbc\xaf", b"Rar!\x1a\x07")
_MAIL_HEADER = re.compile(
    rb"\A(?:>?From [^\n]*\n)?(?:(?:received|return-path|delivered-to|from|to|cc|subject|date|message-id|mime-version|"
    rb"content-type|content-transfer-encoding|x-[\w-]+|reply-to|sender|dkim-signature|authentication-results|"
    rb"auto-submitted|importance|thread-[\w-]+|user-agent)[ \t]*:[^\n]*\n(?:[ \t][^\n]*\n)*){2}",
    re.IGNORECASE,
)
_FLAT = re.compile(
    r"<(?:\w+:)?(?:document|Workbook|wordDocument|package)\b[^>]*\b"
    r"(?:urn:oasis:names:tc:opendocument|urn:schemas-microsoft-com:office:spreadsheet|"
    r"schemas\.microsoft\.com/office/word/2003/wordml|schemas\.microsoft\.com/office/2006/xmlPackage)"
)
_SVG = re.compile(r"(?:<[?!][^<>]*>\s*|<!--(?:[^-]|-(?!-))*-->\s*)*<(?:\w+:)?svg[\s>]", re.IGNORECASE)
_XHTML = re.compile(r"<(?:!doctype\s+)?(?:html|head|body|meta)[\s>]", re.IGNORECASE)
_HTML = re.compile(
    r"<(?:!doctype\s+html|html|head|body|table|ul|ol|li|dl|dt|dd|h[1-6]|center|font|hr|img|div|p|br|span|meta)(?=[\s/>])",
    re.IGNORECASE,
)
#: How a page may begin that is declared as one; in other markup these may be anything.
_DECLARED_HTML = re.compile(
    r"<(?:a|abbr|address|article|big|blockquote|caption|code|details|em|figure|footer|form|header|iframe|kbd|label|link|"
    r"listing|main|map|nav|nobr|noscript|object|plaintext|pre|q|s|samp|script|section|select|small|strike|strong|style|"
    r"sub|sup|tbody|td|template|textarea|thead|title|tr|tt|xmp)(?=[\s/>])",
    re.IGNORECASE,
)
#: A word of a text set bold, or otherwise: no page, whose line ends would be blanks.
_INLINE = re.compile(r"<(?:b|i|u|strong|em|mark|code)>", re.IGNORECASE)
_PAGES = (".html", ".htm")
_BLANK, _GLANCE = b" \t\r\n\0", 64  # what says nothing; bytes in which most contents say something


def media_type(part: Part) -> str:
    """The media type of a part; "application/octet-stream" for what is unknown."""
    data, declared = part.data, part.declared.partition(";")[0].strip().lower()
    if declared in _TRUSTED and not data.startswith(_CLEAR):
        return declared
    return form_of(data) or _text_kind(data, declared, part.path[-1].lower() if part.path else "")


def form_of(data: bytes, *, is_text: bool = False) -> str:
    """The media type of what is no text, or blank; "" for text, whatever dialect it is in. `is_text`: it reads as text,
    as is known already."""
    if not data[:_GLANCE].strip(_BLANK) and not data.strip(_BLANK):
        return "text/plain" if b"\0" not in data else "application/octet-stream"
    for magic, kind in MAGIC if data.startswith(_BEGINS) else ():
        if data.startswith(magic) and (magic not in _DOUBTFUL or _DOUBTFUL[magic](data)):
            return _zip_kind(data) if kind == "application/zip" else kind
    if data.find(b"%PDF-", 0, 1024) >= 0:
        return "application/pdf"
    for fits, kind in _SHAPES:
        if fits(data):
            return kind
    if _ends_an_archive(data) and zipfile.is_zipfile(BytesIO(data)):
        return _zip_kind(data)
    return "" if is_text or charset.is_text(data) else "application/octet-stream"


def _ends_an_archive(data: bytes) -> bool:
    """Whether an archive's last record may stand in the end of a content, which is where it is looked for."""
    end = max(0, len(data) - 65558)
    return data.find(b"\5", end) >= 0 and data.find(b"PK\5\6", end) >= 0  # one byte is found ten times as fast


def _is_bmp(data: bytes) -> bool:
    return (
        len(data) > 26
        and data[6:10] == b"\0\0\0\0"
        and data[14:18] in (b"(\0\0\0", b"\x0c\0\0\0", b"l\0\0\0", b"|\0\0\0")
    )


def _is_webp(data: bytes) -> bool:
    return data[8:12] == b"WEBP"


def _is_icon(data: bytes) -> bool:
    """Up to so many pictures as anybody makes, the first of them within the content (Microsoft's ICONDIR)."""
    count, size, place = int.from_bytes(data[4:6], "little"), *struct.unpack_from("<II", data.ljust(22, b"\0"), 14)
    return 0 < count <= _ICONS and data[9:10] == b"\0" and 6 + 16 * count <= place <= place + size <= len(data)


#: Marks that other contents begin with, too.
_DOUBTFUL = {b"BM": _is_bmp, b"RIFF": _is_webp, b"\0\0\1\0": _is_icon}
_ICONS = 64


def _zip_kind(data: bytes) -> str:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        return "application/zip"
    for member, kind in (
        ("xl/workbook.xml", XLSX),
        ("xl/workbook.bin", XLSX),
        ("word/document.xml", DOCX),
        ("ppt/presentation.xml", PPTX),
        ("visio/document.xml", VISIO),
    ):
        if member in names:
            return kind
    if "mimetype" in names and "content.xml" in names:
        return ODF
    return "application/zip"


def _text_kind(data: bytes, declared: str, name: str) -> str:
    if _MAIL_HEADER.match(data, 0, 65536):
        return MAIL
    head = data[:65536].decode("utf-8", "ignore").lstrip("\ufeff \t\r\n")
    if "\0" in head:  # UTF-16
        head = charset.decode(data[: 65536 // 2 * 2])[:4000].lstrip("\ufeff \t\r\n")
    start = head[:40].upper()
    if start.startswith("BEGIN:VCARD"):
        return "text/vcard"
    if start.startswith("BEGIN:VCALENDAR"):
        return "text/calendar"
    if head[:1] and (head[:1] in "{[" or head.startswith((GUARD, *_QUOTED_JSON))):
        return JSON
    if head[:1] == "<" and _FLAT.search(head[:4000]):
        return FLAT
    if head[:1] == "<" and _SVG.match(head[:4000]):
        return SVG
    if start.startswith("<?XML") and not (_XHTML.search(head[:4000]) and not tags.is_foreign(head[:4000])):
        return "application/xml"  # <table> and <p> may be anything there
    if _INLINE.match(head) and not _HTML.search(head[:4000]):
        return "text/plain"
    if declared == "text/html" and _DECLARED_HTML.match(head):
        return "text/html"
    if head[:1] == "<" and head[:2] != _ASCII85:
        called = declared == "text/html" or name.endswith(_PAGES)
        page = _HTML.search(head[:4000]) and (called or not tags.is_foreign(head[:4000]))
        return "text/html" if page else "application/xml"
    if declared == "text/html" or name.endswith(_PAGES):
        return "text/html"
    if declared in ("text/csv", "text/tab-separated-values") or name.endswith((".csv", ".tsv")):
        return "text/csv"
    return "text/plain"
