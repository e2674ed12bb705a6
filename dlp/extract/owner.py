"""The small file that Word, Excel and PowerPoint keep beside an open document ("~$report.docx"): who has it open.

On a share over a stick each document that is opened writes one. It holds a user's name twice and nothing else; one in
which anything else stands is of an unknown format.
"""

from __future__ import annotations

from dlp.extract.blocks import Extracted, Text
from dlp.extract.budget import Budget
from dlp.transfer import Part

KIND = "application/x-office-owner"
_WIDTHS = (53, 54)  # characters that a name may have: Word's files are 162 bytes long, the others' 165
_FILL = b" \0"
_CODES = ("cp932", "utf-8", "cp1252", "ascii")


def is_owner(data: bytes) -> bool:
    """Whether this is such a file, to the last byte."""
    return _name(data) is not None


def extract(part: Part, budget: Budget) -> Extracted:
    """The name in it."""
    return Extracted(KIND, [Text(f"{_name(part.data) or ''}\n")])


def _name(data: bytes) -> str | None:
    for width in _WIDTHS:
        if len(data) == 3 * (width + 1):
            return _name_of(data, width)
    return None


def _name_of(data: bytes, width: int) -> str | None:
    """A byte and so many of the name in the system's code page; two and so many units of it in UTF-16: the same."""
    size, count = data[0], int.from_bytes(data[width + 1 : width + 3], "little")
    narrow, fill = data[1 : 1 + size], data[1 + size : 1 + width]
    wide, rest = data[width + 3 :][: 2 * count], data[width + 3 :][2 * count :]
    if not 0 < size <= width or not 0 < count <= width or fill.strip(_FILL) or rest.strip(_FILL):
        return None
    name = wide.decode("utf-16-le", "replace")
    same = any(narrow == name.encode(code, "replace") for code in _CODES)
    return name if same and name.isprintable() else None
