"""Labels and letters: postal code, address, name with 様, each on a line; and payees in bank files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import itemgetter

from dlp.detect.headers import PERSONAL
from dlp.extract.plain import sieve
from dlp.native import hold
from dlp.subjects.books import Books
from dlp.subjects.cells.values import CLASS, Names
from dlp.subjects.forms.bearer import PRIVATE
from dlp.subjects.forms.form_records import NAMED, Pair
from dlp.subjects.forms.forms import pairs_of
from dlp.subjects.plan.header import Label, Reader

_POSTAL = re.compile(r"^〒?\s*(\d{3}-?\d{4})(?:\s+(\S.*))?$")
_WHERE = re.compile(rf"^{CLASS}[^、。,@]{{1,58}}$")
_NUMBERED = re.compile(r"\d|[一二三四五六七八九十](?:丁目|番)")
_NAME = re.compile(
    rf"^((?:{CLASS}{{1,12}})(?:[ ・]+{CLASS}{{1,12}}){{0,5}}?|[A-Za-z][A-Za-z'.-]+(?: [A-Za-z'.-]+){{1,4}}) *(?:様|さま|殿)(?: *方)?$"
)
#: A document's number, a meeting's, its date; a telephone before any other figure.
_NO_PLACE = re.compile(
    r"番号|N[oO][.． ]? ?\d|№|第 ?\d+[号回条]|\d年 ?\d{1,2}月 ?\d{1,2}日|\d[歳才](?: |$)|^\D*0\d{1,4}-\d{1,4}-\d{4}"
)
_LINE = re.compile(
    rf"^〒? ?(\d{{3}}-?\d{{4}}) +({CLASS}\S*\d\S*(?: +\S+)??) +"
    rf"([ァ-ヺー]{{1,12}}(?:[ ・][ァ-ヺー]{{1,12}}){{1,4}}|[A-Za-z'.-]{{2,}}(?: [A-Za-z'.-]+){{1,4}}|{CLASS}{{1,6}} {CLASS}{{1,6}}|{CLASS}{{3,8}})"
    r" ?(?:様|さま|殿)$"
)
#: The same behind a word that it is sent to, postal code or not.
_SENT = re.compile(
    rf"(?:〒? ?(\d{{3}}-?\d{{4}}) *)?({CLASS}\S*\d\S*(?: +\S+)??) +"
    rf"([ァ-ヺー]{{1,12}}(?:[ ・][ァ-ヺー]{{1,12}}){{1,4}}|{CLASS}{{1,6}} {CLASS}{{1,6}}|{CLASS}{{3,8}}) ?(?:様|さま|殿)$"
)
_QUOTED = ' \r\t"'  # what may stand about a line of a table of one column
_NAME_ENDS, _LASTS = ("様", "さま", "殿", "方"), "様ま殿方"
_WIDE = re.compile(r"\s{2,}")
_LABEL = 8  # lines of one label, at most
_SEVERAL = 2  # who are named above where they live, at least
_ADDRESS_LINES = 3  # of one label with figures in them, at most
_GAP = 2  # blank lines between the lines of one label

#: One fact a line, as under a name that stands alone.
_ALONE = re.compile(rf"^(?:#?\d{{1,4}}[.)、 ] *)?((?:{CLASS}{{1,8}} ){{1,3}}{CLASS}{{1,8}}|{CLASS}{{2,6}})(?: ?様)?$")
#: A name with its reading behind it.
_READ = re.compile(r"([㐀-鿿々ヶ][^ ]* [^ ]+) ([ぁ-ゖー]+(?: [ぁ-ゖー]+)?|[ァ-ヺー]+ [ァ-ヺー]+)")
_MARKS = "■□●○◆◇▼★※・*"  # what may stand before it
_FACTS = (
    ("email", re.compile(r"^[\w.+%-]+@[\w-]+(?:\.[\w-]+)+$", re.ASCII)),
    ("phone", re.compile(r"^(?:\+81[- ]?|0)\d{1,4}[- ()]?\d{1,4}[- ()]?\d{3,4}$")),
    ("birth_date", re.compile(r"^(?:(?:明治|大正|昭和|平成|令和|[MTSHR])(?:\d{1,2}|元)|(?:19|20)\d\d)[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?:生まれ|生)?$")),
    ("postal_code", re.compile(r"^(?:〒 ?\d{3}-?\d{4}|\d{3}-\d{4})$")),
    ("age", re.compile(r"^\d{1,3}歳$")),
    ("sex", re.compile(r"^[男女]性?$")),
    ("address", re.compile(rf"^(?!内線)(?:〒?\d{{3}}-\d{{4}} )?{CLASS}{{2,}}(?:[\d一二三四五六七八九十]+(?:丁目|番|-|号)|\d+(?:$| (?=\D{{2,14}}\d{{0,4}}(?:号室?)?$)))[^。]*$")),
)  # fmt: skip
_LABELLED = re.compile(r"^[・●○◆■*-]?\s*[^\s\d:：][^:：]{0,11}[:：]")  # a line with a label of its own
_SIGNS, _SHORT = re.compile(r"[ 、,/()・]+"), 40  # between several facts of a line; its letters
_WORD = 6  # letters of a word between facts
_ICONS = "✉☎☏✆℡📞📱📧 　"  # before a telephone or a mail address
_TOWN = re.compile(rf"{CLASS}{{2,8}}[都道府県市区町村]")  # where somebody lives, and no more of it
_PARAGRAPHS, _PARAGRAPH = 3, 8  # people that make a list; lines of one, at most

_TRANSFER = r"(?:^|\s)\d{7}(?:\s.*)?[ァ-ヺ]|[ァ-ヺ].*\s\d{7}(?:\s|$)"
_SEVEN = re.compile(r"\d{7}")
_ACCOUNT, _HOLDER, _AMOUNT = (
    re.compile(r"\d{7}"),
    re.compile(r"[ァ-ヺー][ァ-ヺー.()]*"),
    re.compile(r"[\d,]+円?|\\[\d,]+"),
)
_TRANSFERS, _DISTINCT = 3, 0.6  # lines that make a list of transfers; share of holders that differ
_PAYMENTS = re.compile(r"^1(?:11|12|21|71|72|91)[01]")
_PAYEE = re.compile(
    r"2\d{4}[^\d\n]{0,20}\d{3}[^\d\n]{0,20}\d{0,4}\d(\d{7})([ァ-ヺ][ァ-ヺー・A-Z0-9().\-/ ]{1,47}?) *\d{10}"
)
_COMPANY = re.compile(r"(?:^|[ (])(?:カ|ユ|ド|イ|シヤ|ザイ)\)|\((?:カ|ユ|ド|イ|シヤ|ザイ)(?:\)|$| )")


def labels(rows: Sequence[str], used: list[bool], books: Books, held: hold.Held = None) -> list[list[Pair]]:
    """One record a label; the lines they stand on are marked used."""
    where = hold.where(held, hold.ADDRESSEE, rows)
    if not any(rows[i].rstrip(_QUOTED).endswith(_NAME_ENDS) for i in where):
        return []
    records = [*_in_a_line(rows, where, used, books), *_beside(rows, where, used, books)]
    held_by = _below if _names_first(rows, where, used, books) else _above
    return [*records, *_downwards(rows, held_by(rows, where, used, books), used, books)]


def _in_a_line(rows: Sequence[str], where: Sequence[int], used: list[bool], books: Books) -> list[list[Pair]]:
    """Labels of a line each: postal code, address and name, from which a dictionary would have to know the name."""
    records: list[list[Pair]] = []
    for i in where:
        row = rows[i]
        line = row.strip(_QUOTED)
        sent = books.patterns.sent_to.match(line)
        found = None
        if not used[i] and line.endswith(_NAME_ENDS):
            found = _SENT.match(line, sent.end()) if sent else _LINE.match(line)
        if not found or books.patterns.nobody.search(found[3]) or books.patterns.addressed_body.search(row):
            continue
        used[i] = True
        records.append(
            [(Label("氏名", "name"), found[3]), *_pairs([(i, "postal_code", found[1] or ""), (i, "address", found[2])])]
        )
    return records


def _beside(rows: Sequence[str], where: Sequence[int], used: list[bool], books: Books) -> list[list[Pair]]:
    """Labels side by side, far apart: each line of a block in as many parts as the line with the names."""
    records: list[list[Pair]] = []
    for i in [i for i in where if "  " in rows[i] and rows[i].rstrip().endswith(_NAME_ENDS)]:
        names = _WIDE.split(rows[i].strip())
        if len(names) < 2 or not all(map(_NAME.match, names)):
            continue
        start = i
        while start and i - start < _LABEL and rows[start - 1].strip() and not used[start - 1]:
            start -= 1
        end = i + 1
        if start == i:  # names first
            while end < len(rows) and end - i < _LABEL and rows[end].strip() and not used[end]:
                end += 1
        block = [_WIDE.split(line.strip()) for line in rows[start:end]]
        if len(block) < 2 or any(len(parts) != len(names) for parts in block):
            continue
        columns = zip(*(block if end == i + 1 else block[::-1]), strict=True)
        found = [_downwards(column, range(len(column)), [False] * len(column), books) for column in columns]
        records += [record for column in found for record in column]
        used[start:end] = [True] * (end - start)
    return records


def _above(rows: Sequence[str], where: Sequence[int], used: Sequence[bool], books: Books) -> list[int]:
    """Lines that end a label, and those above them that may go with it: what else there is, parts labels."""
    found: list[int] = []
    for i in [i for i in where if not used[i] and rows[i].rstrip().endswith(tuple(_LASTS))]:
        first, blank = i, 0
        while first > (found[-1] + 1 if found else 0):
            line = "" if used[first - 1] else rows[first - 1].strip()
            blank = 0 if line else blank + 1
            if blank > _GAP or (line and line[-1] not in _LASTS and not _place(line, books)):
                break
            first -= 1
        found += range(first, i + 1)
    return found


def _names_first(rows: Sequence[str], where: Sequence[int], used: Sequence[bool], books: Books) -> bool:
    """Whether several are named above where they live: nothing stands above the first, something below the last."""
    names = [i for i in where if not used[i] and _NAME.match(rows[i].strip(_QUOTED))]
    if len(names) < _SEVERAL:
        return False
    above = next((rows[i].strip() for i in range(names[0] - 1, -1, -1) if rows[i].strip()), "")
    below = next((rows[i].strip() for i in range(names[-1] + 1, len(rows)) if rows[i].strip()), "")
    return not _dwelling(above, books) and _dwelling(below, books)


def _dwelling(line: str, books: Books) -> bool:
    return any(role in ("address", "postal_code") for role, _ in _place(line, books))


def _below(rows: Sequence[str], where: Sequence[int], used: Sequence[bool], books: Books) -> list[int]:
    """The same from the last line to the first: what stands below a name goes with it."""
    last = len(rows) - 1
    mirrored = _above(rows[::-1], [last - i for i in reversed(where)], used[::-1], books)
    return [last - i for i in mirrored]


@dataclass(slots=True)
class _Label:
    """What stands on a label above its name: each line is looked at once, however many there are."""

    roles: set[str] = field(default_factory=set)
    _lines: list[tuple[int, str, str]] = field(default_factory=list)  # line, role, text
    _pairs: list[Pair] | None = None  # of all lines, once asked for

    def add(self, i: int, found: Sequence[tuple[str, str]]) -> None:
        """A line, and what it says."""
        self._lines += [(i, role, text) for role, text in found]
        self.roles.update(role for role, _ in found)
        self._pairs = None

    @property
    def lists(self) -> bool:
        """Whether more lines than an address has say where somebody is: rows of a list, and no label's."""
        return sum(role == "address" for _, role, _ in self._lines) > _ADDRESS_LINES

    def pairs(self, used: list[bool]) -> list[Pair]:
        """What is said of whoever is named below; its lines are marked in `used`."""
        if self._pairs is None:
            self._pairs = _pairs(self._lines)
            for i, _, _ in self._lines:
                used[i] = True
        return self._pairs


def _downwards(rows: Sequence[str], where: Sequence[int], used: list[bool], books: Books) -> list[list[Pair]]:
    """Labels below each other, in lines `where` as they follow each other: what is between those parts labels."""
    records: list[list[Pair]] = []
    held = _Label()
    blank, last, before = 0, "", -1
    for i in where:
        if abs(i - before) > 1:
            held, last = _Label(), ""
        before, line = i, "" if used[i] else rows[i].strip()
        if not line:
            blank += 1
            if blank > _GAP:
                held, last = _Label(), ""
            continue
        name = _NAME.match(line) if line[-1] in _LASTS else None
        tells = "address" in held.roles and "body" not in held.roles and not held.lists
        if name and tells and not _in_office(name[1], books):
            last = _whole(name[1], last)
            records.append([(Label("氏名", "name"), last), *held.pairs(used)])
            used[i] = True
        elif not used[i] and (found := _place(line, books)):
            if last:
                held, last = _Label(), ""
            held.add(i, found)
        else:
            held, last = _Label(), ""
        blank = 0
    return records


def _in_office(name: str, books: Books) -> bool:
    """Whether a letter is addressed to nobody by name, or to who holds an office (平塚市長 佐藤 太郎 様); or no letter is,
    and a field is filled in (お名前 佐藤 太郎 様)."""
    if books.patterns.nobody.search(name):
        return True
    first, blank, _ = name.partition(" ")
    return bool(blank) and (books.patterns.nobody.search(first) is not None or first.endswith(books.name_ends))


def _whole(name: str, first: str) -> str:
    """A second name on a label may leave the surname out."""
    return f"{first.split()[0]} {name}" if first and " " not in name and " " in first and len(name) <= 3 else name


def _place(line: str, books: Books) -> list[tuple[str, str]]:
    """Postal code, address, building or an office's name in one line."""
    if postal := _POSTAL.match(line):
        return [("postal_code", postal[1]), *([("address", postal[2])] if postal[2] else [])]
    if len(line) > 60 or "\t" in line or not _WHERE.match(line) or _NO_PLACE.search(line):
        return []
    if books.patterns.addressed_body.search(line):
        return [("body", line)]
    return [("address", line)] if _NUMBERED.search(line) else [("building", line)] if len(line) <= 20 else []


def _pairs(held: Sequence[tuple[int, str, str]]) -> list[Pair]:
    address = "".join(text for _, role, text in sorted(held, key=itemgetter(0)) if role == "address")
    postal = next((text for _, role, text in held if role == "postal_code"), "")
    found: list[Pair] = [(Label("住所", "address"), address)]
    return [*found, (Label("郵便番号", "postal_code"), postal)] if postal else found


def paragraphs(
    rows: Sequence[str], used: list[bool], names: Names, reader: Reader, held: hold.Held = None
) -> list[list[Pair]]:
    """A name alone on its line and a fact on each line below, by itself or with its label, again and again: one record
    each. What is said with labels is said of events and offices as well, and so is where something marked is and its
    telephone: there, most must be names by their letters, and no title stands above them."""
    books = names.books
    where = range(len(rows)) if held is None else held.filled(hold.ALONE | hold.MARKED)
    if len(where) < _PARAGRAPHS:
        return []
    found: list[tuple[list[Pair], int, int]] = []
    stop = 0
    for i in where:
        if i < stop or not (name := _named(rows, i, used, books)) or reader.knows(reader.label(name.split()[0]).text):
            continue
        pairs, stop = _said_below(rows, i, used, name, reader)
        goes_on = stop < len(rows) and not used[stop] and rows[stop].strip() and not _named(rows, stop, used, books)
        private = any(label.role in PRIVATE for label, _ in pairs)
        told = any(label.role not in ("name", "kana", "postal_code") for label, _ in pairs)
        if told and (private or not goes_on):  # with something that is no fact
            found.append((pairs, i, stop))
    labelled = any(label.text != label.role for pairs, _, _ in found for label, _ in pairs[1:])
    marked = any(rows[i].lstrip()[:1] in _MARKS for _, i, _ in found)
    if labelled or (marked and not any(label.role in PRIVATE for pairs, _, _ in found for label, _ in pairs)):
        found = [one for one in found if not one[1] or rows[one[1] - 1].strip() not in names.titles]
        if sum(names.likelihood(pairs[0][1]) for pairs, _, _ in found) < books.weights.listed * len(found):
            return []
    if len(found) < _PARAGRAPHS:
        return []
    for _, i, stop in found:
        used[i:stop] = [True] * (stop - i)
    return [pairs for pairs, _, _ in found]


def _named(rows: Sequence[str], i: int, used: Sequence[bool], books: Books) -> str:
    """The name that stands alone on a line; "" if none does."""
    alone = None if used[i] else _ALONE.match(rows[i].strip().lstrip(_MARKS).lstrip())
    return alone[1] if alone and not _is_none(alone[1], books) else ""


def _said_below(rows: Sequence[str], i: int, used: Sequence[bool], name: str, reader: Reader) -> tuple[list[Pair], int]:
    """The name of a line with the facts below it, and the first line that is none."""
    read = _READ.fullmatch(name)
    pairs: list[Pair] = [(Label("氏名", "name"), read[1] if read else name)]
    pairs += [(Label("kana", "kana"), read[2])] if read else []
    stop = i + 1
    while stop < len(rows) and stop - i < _PARAGRAPH and not used[stop]:
        said = _facts(rows[stop].strip(), reader)
        if said is None:
            break
        pairs += said
        stop += 1
    return pairs, stop


def _facts(line: str, reader: Reader) -> list[Pair] | None:
    """What a line under a name says; None where it is none of his, or names somebody itself: a form, no paragraph."""
    if fact := _fact(line.lstrip(_ICONS)):
        return [fact]
    if _TOWN.fullmatch(line):
        return []
    words = [word for word in _SIGNS.split(line) if word] if len(line) <= _SHORT else []
    several = [fact for word in words if (fact := _fact(word))]
    if len(words) > 1 and (len(several) == len(words) or (len(several) > 1 and _fact(words[0]) and not _others(words))):
        return several
    if not _LABELLED.match(line) and not reader.knows(reader.label(line.split(maxsplit=1)[0] if line else "").text):
        return None
    pairs = pairs_of(line, reader)
    if not pairs:
        return [] if _LABELLED.match(line) else None
    return None if any(label.role in NAMED for label, _ in pairs) else [p for p in pairs if p[0].role in PERSONAL]


def _others(words: Sequence[str]) -> bool:
    """Whether words say something in figures or at length that is no fact: 会社員 beside an age and a sex does not."""
    return any(not _fact(word) and (len(word) > _WORD or any(map(str.isdigit, word))) for word in words)


def _is_none(name: str, books: Books) -> bool:
    """A body, or a word such as 生年月日, alone on its line."""
    return bool(books.patterns.addressed_body.search(name)) or re.sub(r"\s", "", name) in books.not_persons


def _fact(line: str) -> Pair | None:
    return next(((Label(role, role), line) for role, pattern in _FACTS if pattern.match(line)), None)


def payees(text: str) -> list[list[Pair]]:
    """Who is paid by a file in the banks' common format (全銀): account and holder, companies left out."""
    if not _PAYMENTS.match(text.lstrip("\ufeff \r\n")):
        return []
    found = [(m[1], m[2].strip()) for m in _PAYEE.finditer(text)]
    return [
        [(Label("口座名義人カナ", "kana"), holder), (Label("口座番号", "bank_account"), account)]
        for account, holder in found
        if not _COMPANY.search(holder)
    ]


def transfers(rows: Sequence[str], used: list[bool], books: Books, held: hold.Held = None) -> list[list[Pair]]:
    """Who is paid by a list of accounts and holders in katakana, one blank between the fields."""
    if held is not None:
        where: Sequence[int] = held.having(hold.SEVEN)
    elif len(_SEVEN.findall("\n".join(rows))) < _TRANSFERS:
        return []  # too few accounts: a search for figures is quicker than a query
    else:
        where = sieve.lines(rows, _TRANSFER)[0]
    found = [(i, made) for i in where if not used[i] and (made := _transfer(rows[i], books))]
    holders = {holder for _, (holder, _) in found}
    if len(found) < _TRANSFERS or len(holders) < _DISTINCT * len(found):
        return []
    for i, _ in found:
        used[i] = True
    return [
        [(Label("口座名義人カナ", "kana"), holder), (Label("口座番号", "bank_account"), account)]
        for _, (holder, account) in found
        if not _COMPANY.search(holder)
    ]


def _transfer(line: str, books: Books) -> tuple[str, str] | None:
    """Holder and account of a line that holds these, figures, a kind of account, and nothing else."""
    words = line.split()
    kana = [i for i, word in enumerate(words) if _HOLDER.fullmatch(word)]
    account = next((word for word in words if _ACCOUNT.fullmatch(word)), "")
    if not kana or not account or kana[-1] - kana[0] != len(kana) - 1:
        return None
    others = [word for i, word in enumerate(words) if i not in kana]
    kinds = [word for word in others if word in books.account_kinds]
    if not all(_AMOUNT.fullmatch(word) or word in kinds for word in others) or len(others) < 3 - bool(kinds):
        return None
    return " ".join(words[i] for i in kana), account
