"""What a web page sets smaller beside a word: how it is read, in a ruby or in small type; or half of the word."""

from __future__ import annotations

import re
from itertools import islice
from typing import Any

#: A reading: kana, perhaps with a blank between surname and given name.
_READING = re.compile(r"\s*[(（]?[ぁ-ゖァ-ヺー・ 　]{2,30}[)）]?\s*")
_LEAST = 3  # letters of one that is set in a small type: an honorific has fewer
_KANJI = re.compile(r"[々㐀-鿿豈-﫿]")
_BEFORE = 16  # elements of a ruby before a reading among which its kanji stand, and pieces of what one says
_HEADING = re.compile(r"名前?[ 　]*$")  # no name, but what one is asked for by
_HALVES = re.compile(r"[ァ-ヺーぁ-ゖ][ 　][ァ-ヺーぁ-ゖ]")
#: Where somebody lives, or a day: kanji, and a figure. What half of an address stands before it.
_SAID = re.compile(r"\s*(?![一二三四五六七八九十丁番])[々㐀-鿿豈-﫿]\D{0,20}\d")
_GOES_ON = re.compile(r"(?:^.|[\d０-９市区町村郡県都府字]|.{2}[市区町村郡][^\s市区町村郡]{0,6})$")
_RUN = 20  # letters before an element that tell


def unread(node: Any) -> bool:
    """Whether an element of a ruby only says how kanji are read, or what brackets that where rubies are not known:
    between surname and given name it would part them. A heading is not read in two words: that is whom it asks for."""
    if node.tag not in ("rt", "rp") or len(node):
        return False
    said = node.text or ""
    if node.tag == "rp":
        return not said.strip(" 　()（）[]【】〔〕")
    if not _READING.fullmatch(said):
        return False
    base = _base(node)
    return base is not None and not (_HEADING.search(base) and _HALVES.search(said))


def _base(node: Any) -> str | None:
    """What with kanji stands nearest before a reading in its ruby, and not far: each of a thousand readings would look
    through all of them."""
    ruby, previous = node.getparent(), node
    if ruby is None:
        return None
    for previous in islice(node.itersiblings(preceding=True), _BEFORE):
        pieces = () if previous.tag in ("rt", "rp") else islice(previous.itertext(with_tail=False), _BEFORE)
        said = (previous.tail or "", "".join(map(str, pieces)))
        if found := next(filter(_KANJI.search, said), None):
            return found
    text = ruby.text or "" if previous.getprevious() is None else ""
    return text if _KANJI.search(text) else None


def apart(node: Any, before: str) -> bool:
    """Whether an element stands apart from what is `before` it on its line: a reading does, a sign for what somebody
    did (著, 作) or is called (様), and where he lives or when he was born; half a name, an address or a number does
    not."""
    if not before or before[-1].isspace():
        return False
    if node.tag == "rt":
        return True
    said = "".join(map(str, node.itertext())) if node.tag == "small" else ""
    if _KANJI.fullmatch(said.strip()) or (_SAID.match(said) and not _GOES_ON.search(before[-_RUN:])):
        return True
    return bool(_READING.fullmatch(said)) and len(re.sub(r"\W", "", said)) >= _LEAST


def before(node: Any) -> str:
    """What stands before an element on its line, or what another one says there, or a letter for that."""
    previous, parent = node.getprevious(), node.getparent()
    said = previous.tail if previous is not None else parent.text if parent is not None else ""
    alone = previous is not None and not len(previous) and isinstance(previous.tag, str)
    return said or (alone and previous.text) or "…"
