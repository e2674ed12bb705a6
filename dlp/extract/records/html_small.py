"""What a web page sets smaller beside a word: how it is read, in a ruby or in small type; or half of the word."""

from __future__ import annotations

import re
from typing import Any

#: A reading: kana, perhaps with a blank between surname and given name.
_READING = re.compile(r"\s*[(（]?[ぁ-ゖァ-ヺー・ 　]{2,30}[)）]?\s*")
_LEAST = 3  # letters of one that is set in a small type: an honorific has fewer
_KANJI = re.compile(r"[々㐀-鿿豈-﫿]")


def unread(node: Any) -> bool:
    """Whether an element of a ruby only says how kanji are read, or what brackets that where rubies are not known:
    between surname and given name it would part them."""
    if node.tag not in ("rt", "rp") or len(node):
        return False
    said = node.text or ""
    if node.tag == "rp":
        return not said.strip(" 　()（）[]【】〔〕")
    ruby = node.getparent()
    return ruby is not None and bool(_READING.fullmatch(said) and _KANJI.search("".join(map(str, ruby.itertext()))))


def apart(node: Any, before: str) -> bool:
    """Whether an element stands apart from what is `before` it on its line: a reading does, and a sign for what
    somebody did (著, 作) or is called (様); half a name, an address or a number does not."""
    if not before or before[-1].isspace():
        return False
    if node.tag == "rt":
        return True
    said = "".join(map(str, node.itertext())) if node.tag == "small" else ""
    if _KANJI.fullmatch(said.strip()):
        return True
    return bool(_READING.fullmatch(said)) and len(re.sub(r"\W", "", said)) >= _LEAST


def before(node: Any) -> str:
    """What stands before an element on its line, or a letter for what another one says."""
    previous, parent = node.getprevious(), node.getparent()
    said = previous.tail if previous is not None else parent.text if parent is not None else ""
    return said or "…"
