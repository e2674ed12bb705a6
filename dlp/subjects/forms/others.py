"""Fields whose value names somebody else than the form is about, or who lives where it says: prose reads them, too."""

from __future__ import annotations

import re

from dlp.subjects.cells.values import CLASS, addressed, clean
from dlp.subjects.plan.header import Label, Reader

_WHOSE = re.compile(
    rf"^\(?(?:{CLASS}{{1,5}}\)? )?{CLASS}{{1,6}} {CLASS}{{1,6}}(?=(?:様|さん|氏)?(?:\({CLASS}{{1,6}}\))?[\s(:]*\d)|^{CLASS}{{1,4}}[:( ]?{CLASS}{{3,8}}(?=[\s(:]*0\d)"
)
#: A place where something is sent that begins with the name of who gets it there, and goes on with where that is.
_SENT_TO = re.compile(rf"^{CLASS}{{1,6}} ?{CLASS}{{1,6}} ?(?:様|さま|さん|氏|殿) ?[(（、 ].*\d")
#: What is said of a body, a household or whoever holds an office; who lives in a household, in such a value.
OTHERWISE, _MEMBERS = (
    frozenset(("official", "count")),
    re.compile(r"[^\W\d][(（][^()（）]{0,16}?(?:\d[歳才]|[母父妻夫子男女人][ ・]?\d{1,3}[)）])"),
)


def owns(label: Label, value: str, reader: Reader) -> bool:
    """Whether a telephone's or an address's value names whose it is ("長男 佐藤 一郎 090-…", "佐藤 花子様（本町1-2）"), or a
    name's is where somebody lives whom the next line names: prose reads it, and it is not the form's."""
    if label.role == "address" and _SENT_TO.match(value):
        return True
    if label.role == "name" and any(map(str.isdigit, value)) and addressed(clean(value)):
        return True
    match = _WHOSE.match(value) if label.role == "phone" else None
    return match is not None and not any(reader.label(word).role for word in match[0].split())


def named_in(value: str, reader: Reader) -> bool:
    """Whether a value tells who lives in a household with their ages, or names somebody with an honorific and where he
    is at home."""
    books = reader.books
    at = (value.find(word) for word in books.honorifics_said)
    return _MEMBERS.search(value) is not None or any(
        place > 0 and books.patterns.visitor.match(value[place:]) is not None for place in at
    )
