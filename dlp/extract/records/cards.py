"""vCard and iCalendar: one card a row, under the words a list of people would have; events as text."""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from dataclasses import dataclass, field

from dlp.extract import charset
from dlp.extract.blocks import Block, Extracted, Table, Text
from dlp.extract.budget import Budget
from dlp.extract.plain.text import frame_of
from dlp.transfer import Part

VCARD, ICALENDAR = "text/vcard", "text/calendar"
_HEADS = {
    "FN": "氏名", "N": "氏名", "X-PHONETIC-LAST-NAME": "姓カナ", "X-PHONETIC-FIRST-NAME": "名カナ", "SOUND": "フリガナ",
    "TEL": "電話番号", "EMAIL": "メールアドレス", "ADR": "住所", "BDAY": "生年月日", "GENDER": "性別", "NOTE": "備考",
    "ORG": "会社名", "TITLE": "役職",
}  # fmt: skip
NAME, BODY = _HEADS["FN"], _HEADS["ORG"]  # what a card is called, and the body it is of
_LINE = re.compile(r"(?:[\w-]+\.)?([\w-]+)((?:;(?:[^\":;]|\"[^\"]*\")*)*):(.*)", re.DOTALL)
_LEAST_FILE = 40
_REST, _BLANK = 3, (" ", "　")  # letters of a name behind that at once, at least (an honorific has fewer); or a blank
_BODY = 4  # letters of what a body is called, at least: a family is called by fewer
#: A telephone that is carried about; what is said to be at somebody's home, or with him.
_MOBILE, _OWN = re.compile(r"(?:tel:)?(?:\+81[ -]?|0)[789]0"), re.compile(r"\b(?:HOME|CELL)\b", re.IGNORECASE)
#: What an event says of whom it is about stands on one line, as prose has it.
_TOLD = ("SUMMARY", "LOCATION", "DESCRIPTION", "COMMENT", "CONTACT")
_PERSON = re.compile(r"^\W*(?:[^\W\d][ 　]?){3,}\W*(?:\(?\d{2,4}[-)])?\d{1,4}-\d{4}", re.MULTILINE)  # a line of his own
_NOTE = 4  # lines of a description that tell of one event; more are a list, those with labels a form
#: Colleagues invited: a body's own addresses.
_COLLEAGUE = re.compile(
    r"@(?:[\w-]+\.)*(?:(?:lg|go)|(?:city|town|vill|pref|metro)\.(?!(?:co|ne|or|ac|gr|ad|ed)\.)[\w-]+(?:\.[\w-]+)?)"
    r"\.jp\b",
    re.IGNORECASE,
)
#: A meeting that one of them calls; whoever is invited for a body, with its address.
_CALLED = re.compile(rf"^ORGANIZER[^\n]*{_COLLEAGUE.pattern}", re.IGNORECASE | re.MULTILINE)
_FOR_A_BODY = re.compile(r"@[\w.-]+\.(?:co|or|ac|ed|gr)\.jp\b", re.IGNORECASE)


@dataclass(slots=True)
class _Card:
    """What one card says, under the heads of a list."""

    row: dict[str, str] = field(default_factory=dict)
    name: str = ""  # surname and given name, as N has them
    private: bool = False  # whether it tells a birth, a home, or a telephone that is carried about


def extract(part: Part, budget: Budget) -> Extracted:
    """Cards of a file as a table, its other lines as text; photographs and files in it as children."""
    declared = re.search(r"charset=\"?([\w.:-]+)", part.declared, re.IGNORECASE)
    text = _unfolded(charset.decode(part.data, declared.group(1) if declared else ""))
    calendar = "BEGIN:VCALENDAR" in text[:200].upper()
    called = calendar and _CALLED.search(text) is not None
    cards: list[_Card] = []
    rest: list[str] = []
    told: list[str] = []
    children: list[Part] = []
    for line in text.split("\n"):
        match = _LINE.fullmatch(line.strip())
        if match is None:
            rest.append(line)
            continue
        name, parameters, raw = match.group(1).upper(), match.group(2), match.group(3)
        if name == "BEGIN" and raw.strip().upper() == "VCARD":
            cards.append(_Card())
            continue
        value = _value(raw, parameters, part, children)
        if name in _HEADS and cards and not calendar:
            _take(cards[-1].row, name, value)
            _note(cards[-1], name, parameters, value)
        elif calendar and name in _TOLD:
            told.append(_of_one_event(value))
        elif name == "END" and told:
            rest += ["　".join(told), ""]
            told = []
        elif name in ("ATTENDEE", "ORGANIZER") and (_COLLEAGUE.search(value) or (called and _FOR_A_BODY.search(value))):
            continue
        elif name not in ("BEGIN", "END", "VERSION", "PRODID"):
            named = " ".join(re.findall(r"CN=\"?([^\";:]+)", parameters, re.IGNORECASE))
            rest.append(" ".join(filter(None, (named, value))))
    blocks: list[Block] = [_table(cards)] if cards else []
    if any(line.strip() for line in rest):
        blocks.append(Text("\n".join(rest) + "\n", "text"))
    return Extracted(ICALENDAR if calendar else VCARD, blocks, children)


def _unfolded(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = re.sub(r"=\n(?=[^\n])", "", text) if "QUOTED-PRINTABLE" in text.upper() else text
    return re.sub(r"\n[ \t]", "", text)


def _value(raw: str, parameters: str, part: Part, children: list[Part]) -> str:
    upper = parameters.upper()
    if "QUOTED-PRINTABLE" in upper:
        charset_hint = re.search(r"CHARSET=\"?([\w-]+)", parameters, re.IGNORECASE)
        decoded = quopri.decodestring(raw.encode("utf-8", "replace"))
        return _plain(charset.decode(decoded, charset_hint.group(1) if charset_hint else ""))
    packed = "BASE64" in upper or "ENCODING=B" in upper
    inline = re.match(r"data:([\w/+.-]*);base64,(.*)", raw, re.DOTALL)
    if packed or inline:
        body = inline.group(2) if inline else raw
        try:
            data = base64.b64decode(re.sub(r"\s", "", body))
        except (binascii.Error, ValueError):
            return raw
        if len(data) >= _LEAST_FILE:
            children.append(Part(path=(*part.path, f"value {len(children) + 1}"), data=data))
            return ""
        return charset.decode(data)
    return _plain(raw)


def _of_one_event(value: str) -> str:
    """What an event says, on one line where it tells of that event alone."""
    few = value.count("\n") < _NOTE and ":" not in value and "：" not in value and len(_PERSON.findall(value)) < 2
    return value.replace("\n", "　") if few else value


def _plain(value: str) -> str:
    value = re.sub(r"\\[nN]", "\n", value)
    return re.sub(r"\\(.)", r"\1", value)


def _take(row: dict[str, str], name: str, value: str) -> None:
    if name in ("N", "ADR"):
        pieces = [piece.strip() for piece in value.split(";")]
        if name == "ADR":  # box, extended, street, town, region, code, country: as it is written in Japan
            pieces = (pieces + [""] * 7)[:7]
            value = "".join((pieces[4], pieces[3], pieces[2], pieces[1]))
        else:
            value = "　".join(filter(None, pieces[:2]))
    if name == "SOUND":
        value = value.replace(";", " ").strip()
    if name == "GENDER":
        value = {"M": "男", "F": "女"}.get(value[:1].upper(), value)
    value = value.removeprefix("tel:").removeprefix("mailto:")
    head = _HEADS[name]
    if head in row and name == "N":
        return  # FN has it already
    column = head
    number = 2
    while column in row and row[column] != value:
        column, number = f"{head}{number}", number + 1
    row[column] = value


def _note(card: _Card, name: str, parameters: str, value: str) -> None:
    """Keep in mind what tells that a card is somebody's own."""
    if name == "N":
        surname, given = [piece.strip() for piece in (*value.split(";"), "")][:2]
        card.name = f"{surname}　{given}" if surname and given else ""
    own = name == "BDAY" or (name in ("TEL", "ADR", "EMAIL") and _OWN.search(parameters))
    card.private |= bool(value.strip(" ;") and (own or (name == "TEL" and _MOBILE.match(value))))


def _called_by_body(card: _Card) -> None:
    """Where a card is called by what it belongs to, and a section or somebody of that perhaps, leave it what its N
    calls, or the rest; who tells his home is no body, whatever he is called. Of the others `subjects` tells."""
    body, name = card.row.get(BODY, ""), card.row.get(NAME, "").strip()
    called = body.partition(";")[0].strip()
    if len(called) < _BODY or not any(name.startswith(called) for name in _names(card.row)):
        return
    own = card.name if not any(piece in body for piece in card.name.split("　")) else ""
    if own or card.private:
        behind = [name.removeprefix(called) for name in _names(card.row)]
        rest = next((rest.strip() for rest in behind if len(rest.strip()) >= _REST or rest[:1] in _BLANK), name)
        for head in [head for head in card.row if head.startswith(NAME)]:
            del card.row[head]
        card.row[NAME] = own or rest
        del card.row[BODY]


def _names(row: dict[str, str]) -> list[str]:
    return [value.strip() for head, value in row.items() if head.startswith(NAME)]


def _table(cards: list[_Card]) -> Table:
    for card in cards:
        _called_by_body(card)
    rows = [card.row for card in cards]
    heads = list(dict.fromkeys(head for row in rows for head in row))
    return Table(frame_of([heads, *([row.get(head, "") for head in heads] for row in rows)]), "cards")
