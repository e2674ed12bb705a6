"""What each column of a table is.

Header words decide where there are any, values where there are none, and both must not contradict each other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from dlp.subjects.books import Books
from dlp.subjects.cells.looks import Look
from dlp.subjects.cells.values import Names
from dlp.subjects.plan import accounts, callings, halves, implied, lots, nobodys, posts
from dlp.subjects.plan.columns import NAMES, OWN, READINGS, SHARED, SHARED_BY, Column, group_of, of_all, with_role
from dlp.subjects.plan.context import of_things
from dlp.subjects.plan.header import SPOKEN_NAME, Header, Label
from dlp.subjects.plan.public import in_posts
from dlp.subjects.plan.several import counted
from dlp.subjects.weights import Weights

_OF_BODIES = frozenset(("org", "office", "facility", "title"))
#: Roles of what has days of its own: a firm's founding, a book's, when somebody came into a post.
_DATED = _OF_BODIES | {"official", "author", "item", "event"}
_BEFORE = 2  # columns of a name and its reading
_LOCALS, _ALL_LOCAL = 8, 0.95  # telephones without an area code, coded births that tell by themselves, and their share
_GENERATION = 30  # years between dates under no heading, beside columns that have theirs, from which they are births
_CODES = (2, 3)  # different cells of a column of sexes: 1 and 2, and an unknown heading
_KINDS, _FEW_KINDS, _AGAIN = 8, 3, 4  # words of which a cell says one, at most; times each is said on average
_TWICE = 2  # the same where there are few, none of them like a name
_SEEMING = 0.2  # share of names that may be written as addresses are
_ENDED = 0.5  # share of cells that end in the same letter, from which they are things: 佐藤太郎の墓
_ALL_DIFFER = 0.9  # share of the names in Latin letters in a column that differ

#: Roles of columns that may tell of care: 備考, 内容, 状態.
_TELLING = ("note", "item", "event")
_SAID = SHARED | OWN | {*NAMES, *READINGS}


def columns_of(
    samples: Sequence[Sequence[str]], beside: Callable[[int, int], list[str]], header: Header | None, names: Names
) -> list[Column]:
    """What each column is by a sample of it; `beside` gives one of two columns joined by a blank."""
    blank = Label("", "")
    columns = []
    for i, cells in enumerate(samples):
        label = header.labels[i] if header and i < len(header.labels) else blank
        columns.append(_column(i, label, cells, names))
    things = of_things(columns, names.books)
    columns = [with_role(c, "note") if c.index in things else c for c in columns]
    columns = lots.placed(_without_shared(columns), names.books)
    several = counted(columns, SHARED | OWN, names.books.weights.names_beside_more)
    columns = [with_role(c, "name") if c.index in several else c for c in columns]
    columns = callings.turns(callings.traders(in_posts(columns, names.books), names.books), names.books)
    columns = nobodys.behind_posts(nobodys.readings(_readings(_given(columns)), names.books), names.books)
    if header is None:
        columns = accounts.told(columns, names.books)
    columns = implied.named(_fallbacks(columns, header, names.books), names.books)
    columns = _said_beside(columns, names.books)
    return halves.told(columns, beside, names)


def _said_beside(columns: list[Column], books: Books) -> list[Column]:
    """父（職業） beside 父, or beside 父名, says something of him where its cells are no names: only 父 is a word of those known."""
    named = [c for c in columns if c.role in NAMES and c.label.group]
    if len({c.label.group for c in named}) == len(named):
        return columns
    called = {group_of(c) for c in named if c.look.name >= books.weights.names_distinct}
    return [
        with_role(c, "note")
        if c.role == "name" and c.label.text == c.label.group in called and c.look.name < books.weights.names_bodily
        else c
        for c in columns
    ]


def _column(index: int, label: Label, cells: Sequence[str], names: Names) -> Column:
    seen = Look(cells, names)
    return Column(index, _role(label, seen, names.books), label, seen)


def _role(label: Label, seen: Look, books: Books) -> str:
    role = label.role
    if not seen.some:
        return "" if role in NAMES else role
    if role in _SAID and label.group.startswith(books.things):
        return "note"
    if role == "name" and label.text.isascii() and seen.told_phone >= books.weights.column_told:
        return "phone"  # contact: "090-… 平塚市…"
    if role == "name" and label.text.isascii() and seen.email >= books.weights.column_email:
        return "email"
    if role in NAMES and seen.title >= books.weights.column_title:
        return "title"  # 代表者 over 理事長, the name behind it
    if role == "licence" and seen.numbered < books.weights.bodies and seen.lettered > books.weights.bodies:
        return "id"  # of a business: 神奈川県知事(3)第12345号
    if (
        role == "kana"
        and label.text in SPOKEN_NAME
        and seen.kana < books.weights.column_kana
        and seen.shape > seen.kana
    ):
        role = "name"  # ｼﾒｲ of a host that prints its headings in kana
    if role == "name" and not label.text.endswith(books.name_ends) and _nobodys(seen, books.weights):
        return "note"  # 紹介者 over 家族, 友人, 民生委員
    if role in NAMES or role in READINGS:
        if seen.lost > books.weights.bodies:
            return "note"  # of which nothing is left
        return _name_role(role, seen, books.weights)
    if role in SHARED | OWN and (label.group.startswith(books.office_prefixes) or label.text in books.office_prefixes):
        return "note"
    if role in ("phone", "address", "id", "note") and seen.email > 0.5:
        role = "email"  # ID: …@…
    if role == "id" and seen.mobile >= books.weights.column_phone:
        return "phone"  # 番号: 090-…
    if role == "address" and seen.phone >= books.weights.column_phone:
        return "phone"  # 自宅: 0463-…
    named = (role == "address" and seen.address <= _SEEMING) or (role == "org" and label.text in books.bodies_or_people)
    if named and seen.name >= books.weights.names_alone and seen.varied and not seen.org and seen.ended <= _ENDED:
        return "name"  # 送付先: 佐藤 花子
    if role == "note" and seen.aged >= books.weights.column_aged:
        return "age"
    if role == "note" and seen.date >= books.weights.column_date:
        return "date?"  # births, where nothing else in a row has a day of its own
    if role == "phone" and seen.address > 0.5 and seen.phone < 0.2:
        return "address"
    if role == "phone" and label.text.startswith(books.companions) and seen.name >= books.weights.names_beside:
        return "name"  # 緊急連絡先 over whom to call
    if role == "birth_date" and seen.bygone:
        return "note"  # of those who are long dead
    if role == "facility" and label.text in books.lived_at and seen.address >= books.weights.column_address:
        return "address"
    if role == "sensitive" and (label.text.startswith(books.secrets) or label.text.endswith(books.secrets)):
        return "levied"
    if role == "sensitive" and seen.broken > books.weights.bodies:
        return "note"  # 症状: 画面が映らない
    if role == "sensitive" and seen.figures > 0.5 and not _level(label, seen, books):
        return "secret"  # numbers of certificates: sensitive, yet no attribute that makes a person
    if role in ("", "id") and _numbered(seen, books.weights):
        return "individual_number"
    if role in _TELLING and seen.care >= books.weights.column_told:
        return "sensitive"
    if role in _TELLING and seen.told_phone >= books.weights.column_told:
        return "phone"
    if role == "birth_date" and label.text in ("年", "月", "日"):
        return role
    return role


def _without_shared(columns: list[Column]) -> list[Column]:
    """A telephone or a mail address that is the same in every row of a list of many is the office's, or the club's, where
    a column tells of one."""
    shared = [c for c in columns if of_all(c)]
    if not shared or not any(c.role in NAMES and c.look.varied for c in columns):
        return columns
    if not any(c.role in _OF_BODIES for c in columns):
        return columns  # residents of one home
    return [with_role(c, "note") if c in shared else c for c in columns]


def _numbered(seen: Look, weights: Weights) -> bool:
    """Whether cells are Individual Numbers by their check digits; one number in all of them is known by none."""
    return seen.n >= 4 and seen.individual >= weights.column_numbers and seen.varied


def _level(label: Label, seen: Look, books: Books) -> bool:
    """Whether figures are a level of care or of a disability, and no amount: 要介護度 3."""
    return seen.level >= books.weights.column_numbers and any(word in label.text for word in books.levels)


def _name_role(role: str, seen: Look, weights: Weights) -> str:
    """A name column must hold what names are written in; one of readings may hold kanji, and one of names readings."""
    shape = max(seen.shape, seen.word) if role != "name" else seen.shape
    if role in NAMES and (shape < weights.column_letters or seen.org > weights.column_org):
        return "org" if seen.org > weights.column_org else "note"
    if role == "name" and seen.latin >= weights.column_latin:  # fewer: foreign residents among others
        return "latin"
    return role


def _fallbacks(columns: list[Column], header: Header | None, books: Books) -> list[Column]:
    """Columns without a header word, by their values."""
    weights = books.weights
    result = [
        c if c.label.role or c.role else with_role(c, _of_office(c, _by_values(c, weights), books)) for c in columns
    ]
    roles = {c.role for c in result}
    if roles.isdisjoint((*NAMES, "latin")):
        named = [c for c in result if c.role in ("", "name?") and _nameable(c, header, books)]
        named = [c for c in named if c.look.varied or c.look.n < SHARED_BY]  # 平塚 in every row is a place
        named = [c for c in named if not _chosen(c, weights) and not nobodys.dealing(c, result)]
        if "kana" in roles:  # who is called by a reading is not called the same as everybody beside it: 記号 平国
            named = [c for c in named if c.look.varied or c.look.n == 1]
        best = max(named, key=lambda c: c.look.name + 0.1 * c.look.distinct, default=None)
        born = any(c.role == "date?" and (c.look.years >= weights.column_births or c.look.cohort) for c in result)
        switchboard = {c.role for c in result if of_all(c)}  # 日直 | 夜直 | 電話: it is nobody's of them
        personal = len((roles - switchboard) & (SHARED | OWN | {"kana"})) + born
        floor = (weights.names_alone, weights.names_beside, weights.names_beside_more)[min(2, personal)]
        if best is not None and personal and best.look.shape >= 0.9 and best.look.distinct >= 0.9:
            # Nothing but letters of names, all different, beside what is said of people.
            bodily = "sex" in roles and (born or not roles.isdisjoint(("age", "birth_date")))
            floor = weights.names_bodily if bodily else weights.names_distinct
        if best is not None and best.look.name >= floor:
            again = _again(best, named, header) if header else _beside(best, named, result, floor)
            for column in (best, *again):
                result[column.index] = with_role(column, "name")
        elif (not header or header.row < 0) and (western := _western(result, weights, born=born)) is not None:
            result[western.index] = with_role(western, "latin")
    kept = [c if c.role != "name?" else with_role(c, "") for c in result]
    # Where its cells alone made a heading of a column, the others have none.
    headed = header is not None and header.row >= 0
    least = _GENERATION if headed else weights.column_births
    kept = [
        with_role(c, "birth_date")
        if c.role == "date?"
        and (not c.label.text or _tells_births(c, kept, books))
        and (c.look.years >= least or (not headed and (c.look.cohort or _born_and_coded(c, kept, weights))))
        else c
        for c in kept
    ]
    kept = [with_role(c, c.label.role) if c.role.endswith("?") else c for c in kept]
    return kept if header else _sex_coded(kept, weights)


def _tells_births(column: Column, columns: Sequence[Column], books: Books) -> bool:
    """Whether days under a heading for anything (備考, 情報) are births: days of a generation, and of nothing else that a
    row tells of, as bodies, works, posts and whose turn it was have them (職名 | 氏名 | 備考: 1998/4/1)."""
    vague = column.label.role == "note" or column.label.text in books.unnamed
    if not vague or column.look.years < _GENERATION or column.look.bygone:
        return False
    dated = any(c.role in _DATED and c.label.text not in books.private_titles for c in columns)
    return not dated and not any(c.label.text in books.successions for c in columns)


def _again(best: Column, named: Sequence[Column], header: Header) -> list[Column]:
    """The same column in lists that stand side by side: one of the same heading, where the headings come again."""
    if not best.label.text:
        return []
    texts = [label.text for label in header.labels if label.text]
    halves = len(texts) > len(set(texts)) and all(texts.count(text) > 1 for text in texts)
    return [c for c in named if halves and c is not best and c.label.text == best.label.text]


def _beside(best: Column, named: Sequence[Column], columns: Sequence[Column], floor: float) -> list[Column]:
    """The same of lists without headings: a name with the same things said at the same places beside it."""
    said = {c.index: c.role for c in columns if c.role in SHARED | OWN}
    found = []
    for other in named:
        away = other.index - best.index
        block = range(min(best.index, other.index), min(best.index, other.index) + abs(away))
        mine = {i: role for i, role in said.items() if i in block}
        if away and mine and other.look.name >= floor and all(said.get(i + abs(away)) == mine[i] for i in mine):
            found.append(other)
    return found


def _western(columns: Sequence[Column], weights: Weights, *, born: bool) -> Column | None:
    """A column of names in Latin letters, which may be those of goods or books as well: beside telephones that are
    carried about, births that say so, or births and something else that is said of people alone."""
    carried = any(c.role == "phone" and c.look.mobile > weights.bodies for c in columns)
    told = any(c.role == "birth_date" and c.label.role for c in columns)  # in a cell, say
    if not carried and not told and not (born and any(c.role in OWN for c in columns)):
        return None
    held = (
        c for c in columns if not c.role and c.look.latin >= weights.column_latin and c.look.distinct >= _ALL_DIFFER
    )
    return next(held, None)


def _born_and_coded(column: Column, columns: Sequence[Column], weights: Weights) -> bool:
    """Whether days stand right between a name with its reading and 1 and 2, as systems write births and sexes: of
    infants, who were all born in the same few years."""
    at = column.index
    if at < _BEFORE or at + 1 >= len(columns):
        return False
    before = {columns[at - 2].role, columns[at - 1].role}
    return before == {"kana", "name"} and _codes_sex(columns[at + 1], weights)


def _codes_sex(column: Column, weights: Weights) -> bool:
    """Whether a column without a role holds two codes, as a sex has."""
    seen = column.look
    return not column.role and seen.coded >= weights.column_sex and round(seen.distinct * seen.n) in _CODES


def _sex_coded(columns: list[Column], weights: Weights) -> list[Column]:
    """1 and 2 beside names, their readings and births, as systems write a sex."""
    roles = {c.role for c in columns}
    if not ({"kana", "birth_date"} <= roles and roles & set(NAMES)):
        return columns
    sex = next((c for c in columns if _codes_sex(c, weights)), None)
    return [with_role(c, "sex") if c is sex else c for c in columns]


def _given(columns: list[Column]) -> list[Column]:
    """苗字 | 名前: beside a surname without a given name, a column of single words is the given name."""
    for left, right in pairwise(columns):
        if left.role != "surname" or right.role != "name":
            continue
        single = right.look.word_shape >= 0.9 and right.look.name < 0.3
        paired = any(c.role == "given" and group_of(c) == group_of(left) for c in columns)
        if single and not paired:
            columns[right.index] = Column(
                right.index, "given", Label(right.label.text, "given", group_of(left)), right.look
            )
    return columns


def _readings(columns: list[Column]) -> list[Column]:
    """Of two columns of names side by side, the one all in kana is how the other is read."""
    for left, right in pairwise(columns):
        if left.role == right.role == "name" and right.look.kana >= 0.9 > left.look.kana + 0.3:
            columns[right.index] = Column(
                right.index, "kana", Label(right.label.text, "kana", group_of(left)), right.look
            )
    return [with_role(c, "name") if _called_so(c, columns) else c for c in columns]


def _called_so(column: Column, columns: Sequence[Column]) -> bool:
    """Whether a column of readings is all that somebody is called by: お子さまのお名前（ひらがな）, born on … beside 保護者氏名."""
    group = group_of(column) if column.role == "kana" else ""
    if not group or not any(c.role == "name" and group_of(c) not in ("", group) for c in columns):
        return False
    alike = [c.role for c in columns if c is not column and group_of(c) == group]
    return any(role in OWN for role in alike) and not any(role in (*NAMES, *READINGS, "latin") for role in alike)


def _nameable(column: Column, header: Header | None, books: Books) -> bool:
    office = posts.is_post(column.label.text, books)
    return column.look.some and column.look.org < 0.3 and not office and (header is None or not column.label.role)


def _chosen(column: Column, weights: Weights) -> bool:
    """Whether a column says one of a few words again and again (意向: 貸付希望, 自ら耕作): under a heading of its own, no sure
    names, or very few."""
    seen = column.look
    kinds = round(seen.distinct * seen.n)
    few = kinds <= _KINDS and seen.n >= _AGAIN * kinds
    return few and (bool(column.label.text) or seen.name < weights.names_sure or kinds <= _FEW_KINDS)


def _nobodys(seen: Look, weights: Weights) -> bool:
    """Whether a column says one of a few words again and again, none of which is like a name."""
    kinds = round(seen.distinct * seen.n)
    again = _TWICE if 1 < kinds <= _FEW_KINDS else _AGAIN
    return kinds <= _KINDS and seen.n >= again * max(kinds, 2) and seen.name < weights.names_bodily


def _of_office(column: Column, role: str, books: Books) -> str:
    """A role found by values; an address or a telephone whose heading begins with an office's word is nobody's."""
    return "note" if role in SHARED and column.label.text.startswith(books.office_prefixes) else role


def _by_values(column: Column, weights: Weights) -> str:
    seen = column.look
    if not seen.some:
        return ""
    if seen.email >= weights.column_email:
        return "email"
    if seen.title >= weights.column_title:
        return "title"
    if _numbered(seen, weights):
        return "individual_number"
    if seen.checked:
        return seen.checked
    if seen.phone >= weights.column_phone and seen.twelve < 0.3:
        return "phone"
    if not column.label.text and seen.led_phone >= weights.column_phone and seen.distinct >= _ALL_DIFFER:
        return "phone"
    if seen.postal >= weights.column_postal:
        return "postal_code"
    if not column.label.text and seen.n >= _LOCALS and seen.local >= _ALL_LOCAL and seen.distinct >= _ALL_DIFFER:
        return "phone"
    if seen.sex >= weights.column_sex and (seen.n < 6 or seen.distinct < 0.7):
        return "sex"
    if not column.label.text and seen.n >= _LOCALS and seen.era_coded >= _ALL_LOCAL and seen.distinct >= _ALL_DIFFER:
        return "birth_date"
    if seen.date >= weights.column_date:
        return "date?"
    if seen.aged >= weights.column_aged and not column.label.text:
        return "age"
    if seen.care >= weights.column_told:
        return "sensitive"  # 要介護3 is written as addresses are, too
    if seen.address >= weights.column_address and seen.placed < _ALL_LOCAL:
        return "address"
    if seen.kana >= weights.column_kana and seen.org < 0.2 and not column.label.text:  # 遊具 is no reading of anybody
        several = seen.n == 1 or seen.distinct * seen.n > 1  # the same in every row is nobody's
        return "kana" if several and seen.distinct >= weights.kana_distinct else ""
    return "org" if column.label.text and seen.org >= weights.column_org else ""  # 直売所名: ○○農園
