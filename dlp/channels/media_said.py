"""What the names of a file and of its folders say, as a form that the inspection reads: a list needs no content.

Names are written with signs for blanks, and end in what their kind is called; most say nothing of anybody, and are not
read but as what they are.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote

_LETTERS, _FIGURES = 2, 3  # beyond ASCII, and digits beside them: of a name and a telephone, a birth, a house
_MANY = 8  # letters beyond ASCII: a name and an address
_LONG = 60  # characters of one name that are read in any case: packed, they can be a list
_NUMBER = re.compile(r"[0-9０-９]")
_JOINED = re.compile(r"[_＿~=+#;|^]+|(?<=\D)-(?=\D)")
_DATE = re.compile(r"(?<!\d)(?:19|20)\d\d[-.年]?\d{1,2}[-.月]?\d{1,2}(?!\d)")
_SUFFIX = re.compile(r"(?:\.[A-Za-z][A-Za-z0-9]{0,7}){1,2}$")


def form_of(path: str, before: str = "") -> bytes:
    """The names in a path that may say something of people, url-encoded; b"" where none does.

    `before` is the path it had: what stood there was read when it was written.
    """
    lines = [_reading(name) for name in path.split("/") if _speaks(name) and name not in before]
    return b"path=" + quote("\n".join(("", *lines))).encode() if lines else b""  # each on a line of its own


@lru_cache(maxsize=4096)
def _speaks(name: str) -> bool:
    if name.isascii():
        return len(name) > _LONG or "@" in name or len(_NUMBER.findall(name)) > _MANY
    letters = sum(not letter.isascii() and letter.isalpha() for letter in name)
    return letters >= _MANY or len(name) > _LONG or (letters >= _LETTERS and len(_NUMBER.findall(name)) >= _FIGURES)


def _reading(name: str) -> str:
    """With blanks for what joins its words, and what follows the last of them in brackets, as people write of somebody;
    but a date is the document's."""
    words = _JOINED.sub(" ", _SUFFIX.sub("", name))
    who, blank, rest = words.rpartition(" ")
    return f"{who}（{rest}）" if blank and not _DATE.search(rest) else words
