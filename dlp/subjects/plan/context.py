"""When a name in a table is not a data subject: office holders, heads of companies and facilities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Protocol

from dlp.subjects.books import Books
from dlp.subjects.cells.looks import Look
from dlp.subjects.plan import public
from dlp.subjects.plan.header import Label
from dlp.subjects.plan.public import PROFILE
from dlp.subjects.words import listed

#: Columns that only a private person has in a list.
PRIVATE = frozenset(
    listed(
        "sex birth_date age bank_account individual_number resident_code licence insurance pension passport residence_card "
        "card sensitive levied relationship"
    )
)

ELECTED = 59  # people that a council or its candidates are at most: fewer than a sample of a column holds


#: What is said of animals as of people; what names people.
_MANY, _EACH = 8, 0.9  # addresses in a list, at least; share of them that differ where each is somebody's own
_BODILY = frozenset(("sex", "birth_date", "age"))
_OWNED = 2  # who are named where an animal is named behind its owner, at least
_PAID_TO = frozenset(("bank_account",))  # what a company has as a person does
#: How an owner is reached.
_REACHED = frozenset(("phone", "email", "address"))
_LIVED = "住所"
_KIND = "種"  # 種類, 種別, 品種; classes are called うさぎ and リス, too
_CALLED = frozenset(listed("name surname given kana surname_kana given_kana"))


class Fact(Protocol):
    """What is asked of a column here."""

    @property
    def label(self) -> Label:
        """Its header."""

    @property
    def look(self) -> Look:
        """Its sample's shares."""


class Described(Fact, Protocol):
    """What is asked of a column in its place here."""

    @property
    def index(self) -> int:
        """Its place."""

    @property
    def role(self) -> str:
        """What it is."""


def office_only(group: str, facts: Mapping[str, Sequence[Described]], books: Books) -> bool:
    """Whether a name column holds people in their function only.

    `facts`: role -> columns. True for rosters (title, extension, office telephone) and for heads in lists of
    companies or facilities, where address and telephone are the body's; and for councils with what their members'
    profiles tell.
    """
    elected = facts.get("elected") and all(c.look.n <= ELECTED for c in facts.get("names", ()))
    head = group.startswith(books.heads)
    companies = head and public.of_companies(facts, books)
    own = frozenset(role for role in (PRIVATE - PROFILE if elected else PRIVATE) if facts.get(role))
    if companies:
        own -= _PAID_TO
    if own:
        return public.profiled(facts, own)
    if elected:
        return True
    bodies = books.weights.bodies
    firms = companies or any(c.label.text in books.company_headers for c in facts.get("org", ()))
    clubs = any(c.look.org > bodies for c in facts.get("org", ()))
    company = firms or clubs
    mobile = any(c.look.mobile > books.weights.mobiles for c in facts.get("phone", ()))
    titled = not mobile and not _own(facts, books) and any(c.look.titled > bodies for c in facts.get("names", ()))
    # A club's reservation of a hall, say; 理事長 佐藤 花子 is called by her office and makes none.
    booked = not titled and (facts.get("date") or (facts.get("org") and not company))
    if head and firms and not _trades(group, facts, books, mobile=mobile):
        return True
    if head and ((clubs and not (mobile or _own(facts, books))) or (facts.get("facility") and not booked)):
        return True
    if not _own(facts, books) and public.practises(group, facts, books, mobile=mobile):
        return True
    if mobile:
        return False
    if facts.get("address"):
        return _visiting(facts, books)
    trained = any(c.look.org > bodies for c in facts.get("org", ())) and books.weights.column_title
    posts = any(not _is_private(c, books) or (trained and c.look.title >= trained) for c in facts.get("title", ()))
    extension = any("内線" in c.label.text for role in ("phone", "note", "id", "") for c in facts.get(role, ()))
    office = any(not _is_private(c, books) and c.look.org > bodies for c in facts.get("office", ()))
    return posts or extension or (office and not facts.get("phone")) or _of_section(facts, books)


def _trades(group: str, facts: Mapping[str, Sequence[Described]], books: Books, *, mobile: bool) -> bool:
    """Whether who stands for a firm (代表者) is told of as himself: where he lives, or a mobile telephone of his own, or
    one where the other party of a contract may be a person as well and is no company: 石井建設株式会社."""
    if not group.startswith(books.traders):
        return False
    if any(c.label.text.startswith(books.own_headings) for c in facts.get("address", ())):
        return True
    firms = [c for c in facts.get("org", ()) if c.label.text in books.company_headers or _is_incorporated(c, books)]
    return mobile and (_own(facts, books) or all(_is_either(c, books) for c in firms))


def _is_either(firm: Described, books: Books) -> bool:
    """Whether a column of other parties may hold people as well: by its heading, and most of it are no companies
    by their form; under a firm's name (石井造園) who trades alone stands as well."""
    return firm.label.text in books.counterparts and not _is_incorporated(firm, books)


def _is_incorporated(firm: Described, books: Books) -> bool:
    return firm.look.incorporated > books.weights.column_org


def _visiting(facts: Mapping[str, Sequence[Described]], books: Books) -> bool:
    """Whether names stand as on visiting cards: beside the body, the section in it and the post. The address is the
    body's then, unless a heading says otherwise."""
    body = any(not c.label.text.startswith(books.heads) for c in facts.get("org", ()))
    section = any(c.label.text in books.sections for c in facts.get("office", ()))
    post = any(not _is_private(c, books) for c in facts.get("title", ()))
    return body and section and post and not _own(facts, books) and not _homes(facts)


def _is_private(column: Described, books: Books) -> bool:
    """Whether a heading of posts or offices says nothing of an office: 職業, 受給者職業, 第1連絡先勤務先."""
    text, private = column.label.text, books.private_titles
    return text in private or (
        bool(column.label.group) and any(len(word) > 1 and text.endswith(word) for word in private)
    )


def _homes(facts: Mapping[str, Sequence[Described]]) -> bool:
    """Whether each has an address of his own where many share a body, and no way to reach it is told: a body has one."""
    if facts.get("phone") or facts.get("email"):
        return False
    homes = max((c.look.distinct for c in facts.get("address", ()) if c.look.n >= _MANY), default=0.0)
    bodies = max((c.look.distinct for c in facts.get("org", ())), default=1.0)
    return homes >= _EACH and bodies <= homes / 2


def _of_section(facts: Mapping[str, Sequence[Described]], books: Books) -> bool:
    """Whether the section somebody works in stands beside his name, and no telephone is said to be his own. A section
    elsewhere in the row may be the one that deals with him."""
    names = [c.index for c in facts.get("names", ())]
    beside = (
        c for c in facts.get("office", ()) if c.label.text in books.sections and c.look.org > books.weights.bodies
    )
    return not _own(facts, books) and any(abs(c.index - name) == 1 for c in beside for name in names)


def going_on(before: Sequence[Label], columns: Sequence[Described], books: Books) -> tuple[Label, ...] | None:
    """Labels for columns without a header that go on with a list of firms and their heads, though they were cut
    otherwise, as on a PDF's next page: of the firm and of the head beside it. None where they do not."""
    firms = ((a, b) for a, b in pairwise(before) if a.text in books.company_headers and b.text.startswith(books.heads))
    names, pair = [c.index for c in columns if c.role == "name"], next(firms, None)
    if pair is None or len(names) != 1 or not names[0]:
        return None
    firm = names[0] - 1
    if columns[firm].look.org <= books.weights.bodies:
        return None
    labels = [Label("", "")] * len(columns)
    labels[firm], labels[names[0]] = pair
    return tuple(labels)


def _own(facts: Mapping[str, Sequence[Fact]], books: Books) -> bool:
    """Whether a heading says that an address or a telephone is the head's own, not the body's: 代表者住所, 自宅電話."""
    return any(
        c.label.text.startswith(books.own_headings) for role in ("address", "phone") for c in facts.get(role, ())
    )


def of_things(columns: Sequence[Described], books: Books) -> frozenset[int]:
    """The columns that tell of no person: of a grade of pay (等級 beside 号給) or of a firm, which is none of a disability,
    of animals and of things."""
    firms = any(c.label.text in books.company_headers for c in columns)
    headed = firms and any(c.label.text.startswith(books.heads) for c in columns)
    graded = headed or any(c.label.text in books.salaries for c in columns)
    grades = frozenset(c.index for c in columns if graded and c.label.text in books.grades)
    return grades | _of_others(columns, books)


def _of_others(columns: Sequence[Described], books: Books) -> frozenset[int]:
    """The columns between an animal's or a thing's name and anybody's that say its own sex and when it was born; and
    an animal's behind its owner's, with its own sex right beside it."""
    if pets := frozenset(i for c in columns if c.role == "sex" for i in _pets(c, columns, books)):
        return pets
    if any(_tells_of_animals(c, books) for c in columns):
        beside = _of_animals(columns, books)
        if beside:
            return beside
    thing = next((c.index for c in columns if c.label.role == "item" and c.label.text.startswith(books.things)), None)
    if thing is None:
        return frozenset()
    named = next((c.index for c in columns if c.role in _CALLED and c.index > thing), len(columns))
    return frozenset(c.index for c in columns[thing:named] if c.role in _BODILY and not c.label.group)


def _pets(sex: Described, columns: Sequence[Described], books: Books) -> tuple[int, ...]:
    """The column of an animal's sex, and that of its name left of it, where its owner is named before; none else."""
    named = [c.index for c in columns if c.role in _CALLED and c.index < sex.index]
    if len(named) < _OWNED or named[-1] != sex.index - 1 or sex.look.animal < books.weights.bodies:
        return ()
    return sex.index, named[-1]


def _tells_of_animals(column: Described, books: Books) -> bool:
    """Whether a column says what animal of its kind each is (犬種), that it is one (柴犬, ヤギ) or has an animal's sex."""
    if column.label.text in books.breeds:
        return True
    if column.role == "sex":
        return column.look.animal >= books.weights.bodies
    return (
        column.label.role == "item"
        and _KIND in column.label.text
        and column.look.kind_of_animal >= books.weights.bodies
    )


def _of_animals(columns: Sequence[Described], books: Books) -> frozenset[int]:
    """Where a breed is told: the name of whoever has it, its sex and age, where nobody else is named, nor how to reach
    anybody, and the names are not people's, as their owners' are. Where it was found is no home."""
    named = [c for c in columns if c.role in _CALLED]
    homes = (_LIVED, *books.own_headings)
    if len(named) != 1 or named[0].look.name >= books.weights.listed:
        return frozenset()
    if any(c.role in _REACHED and (c.role != "address" or c.label.text.startswith(homes)) for c in columns):
        return frozenset()
    return frozenset((named[0].index, *(c.index for c in columns if c.role in (*_BODILY, "address"))))
