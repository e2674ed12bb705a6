"""What a town tunes in how people are told from what is no person: words, context patterns and weights of its signatures.

Every name here must be in the ruleset: a counter without its negative contexts would count offices.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

from dlp.detect.ruleset import Ruleset
from dlp.errors import ConfigError
from dlp.subjects.weights import Weights


@dataclass(frozen=True, slots=True)
class Patterns:
    """Context patterns, read over one folded line or cell: `signatures/office-context`, `signatures/person-context`."""

    office_before: re.Pattern[str]
    from_abroad: re.Pattern[str]
    called_said: re.Pattern[str]
    office_line: re.Pattern[str]
    staff: re.Pattern[str]
    desk: re.Pattern[str]
    premises: re.Pattern[str]
    counter: re.Pattern[str]
    visitor: re.Pattern[str]
    visited: re.Pattern[str]
    tended: re.Pattern[str]
    founder: re.Pattern[str]
    founded: re.Pattern[str]
    signed: re.Pattern[str]
    reach: re.Pattern[str]
    private: re.Pattern[str]
    mail_header: re.Pattern[str]
    returned: re.Pattern[str]
    western_post: re.Pattern[str]
    western_post_before: re.Pattern[str]
    colleague: re.Pattern[str]
    faculty: re.Pattern[str]
    teachers: re.Pattern[str]
    public_titled: re.Pattern[str]
    guests: re.Pattern[str]
    guests_titled: re.Pattern[str]
    listed_titled: re.Pattern[str]
    invited: re.Pattern[str]
    invited_titled: re.Pattern[str]
    invited_staff: re.Pattern[str]
    authored: re.Pattern[str]
    author_line: re.Pattern[str]
    programmed: re.Pattern[str]
    programmers: re.Pattern[str]
    holder: re.Pattern[str]
    posted: re.Pattern[str]
    nobody: re.Pattern[str]
    incorporated: re.Pattern[str]
    body: re.Pattern[str]
    body_end: re.Pattern[str]
    desk_end: re.Pattern[str]
    addressed_body: re.Pattern[str]
    opening: re.Pattern[str]
    resident: re.Pattern[str]
    served: re.Pattern[str]
    keeper: re.Pattern[str]
    keeping: re.Pattern[str]
    trade: re.Pattern[str]
    asked: re.Pattern[str]
    continues: re.Pattern[str]
    subjectless: re.Pattern[str]
    elliptic: re.Pattern[str]
    in_general: re.Pattern[str]
    matter: re.Pattern[str]
    called_back: re.Pattern[str]
    lives_said: re.Pattern[str]
    born_as: re.Pattern[str]
    taken_by: re.Pattern[str]
    person_noun: re.Pattern[str]
    minor: re.Pattern[str]
    levels: re.Pattern[str]
    sent_to: re.Pattern[str]
    number_word: re.Pattern[str]
    placed: re.Pattern[str]
    housed: re.Pattern[str]
    couple: re.Pattern[str]
    care_said: re.Pattern[str]
    care_told: re.Pattern[str]
    ailing_said: re.Pattern[str]
    elected: re.Pattern[str]
    practised: re.Pattern[str]
    practising: re.Pattern[str]
    age_said: re.Pattern[str]
    age_when: re.Pattern[str]
    cared_for: re.Pattern[str]
    treated: re.Pattern[str]
    lives_there: re.Pattern[str]
    not_lived_in: re.Pattern[str]
    circumstances: re.Pattern[str]
    ranked: re.Pattern[str]
    schools: re.Pattern[str]
    no_lot: re.Pattern[str]
    played: re.Pattern[str]
    numbered_so: re.Pattern[str]
    secret_said: re.Pattern[str]
    secret_title: re.Pattern[str]
    no_birth: re.Pattern[str]
    account_told: re.Pattern[str]
    seat_before: re.Pattern[str]
    seat_after: re.Pattern[str]
    past: re.Pattern[str]
    past_years: re.Pattern[str]
    present: re.Pattern[str]
    fiction: re.Pattern[str]
    lives: re.Pattern[str]
    awarded: re.Pattern[str]
    decoration: re.Pattern[str]
    speech: re.Pattern[str]
    told_of: re.Pattern[str]
    broken: re.Pattern[str]
    code: re.Pattern[str]
    english: re.Pattern[str]
    english_names: re.Pattern[str]
    western_titled: re.Pattern[str]
    western_said: re.Pattern[str]
    western_introduced: re.Pattern[str]
    private_mail: re.Pattern[str]
    lived: re.Pattern[str]


class Books:
    """Words, patterns and weights by one ruleset. Raises ConfigError where it lacks one."""

    def __init__(self, ruleset: Ruleset) -> None:
        self._words = ruleset.words
        self.patterns: Patterns = _filled(Patterns, ruleset.patterns, "pattern")
        self.weights: Weights = _filled(Weights, ruleset.weights, "weight")
        # Headers: whose a column is, and what kind of table it stands in.
        self.levels = self._set("levels")
        self.secrets, self.domiciles = self._longest_first("secrets"), self._set("domiciles")
        self.company_headers = self._set("company_headers")
        self.register_numbers = self._set("register_numbers")
        self.elected, self.elective = self._set("elected"), self._longest_first("elective")
        self.fallen = self._set("fallen")
        self.births = self._longest_first("births")
        self.heads = self._longest_first("heads")
        self.callings = self._longest_first("callings")
        self.members = self._set("members")
        self.professions, self.practices = self._longest_first("professions"), self._set("practices")
        self.profiles = self._set("profiles")
        self.terms, self.successions = self._set("terms"), self._set("successions")
        self.office_ends = self._longest_first("office_ends")
        self.office_prefixes = self._longest_first("office_prefixes")
        self.things = self._longest_first("things")
        self.breeds, self.animal_sexes = self._set("breeds"), self._set("animal_sexes")
        self.animals = self._longest_first("animals")
        self.own_headings = self._longest_first("own_headings")
        self.lived_at = self._set("lived_at")
        self.districts, self.lots = self._set("districts"), self._set("lots")
        self.alias_groups = self._longest_first("alias_groups")
        self.companions = self._longest_first("companions")
        self.also_values = self._set("also_values")
        self.name_ends = self._longest_first("name_ends")
        self.kana_hints = self._longest_first("kana_hints")
        self.latin_hints = self._longest_first("latin_hints")
        self.qualifiers = self._longest_first("qualifiers")
        self.date_words = self._set("date_words")
        self.untitled = self._set("untitled")
        self.unnamed, self.bodies_or_people = self._set("unnamed"), self._set("bodies_or_people")
        self.private_titles, self.sections = self._set("private_titles"), self._set("sections")
        self.parents, self.descent = self._set("parents"), self._set("descent")
        self.turns = self._longest_first("turns")
        self.salaries, self.grades = self._set("salaries"), self._set("grades")
        self.invited = self._longest_first("invited")
        self.traders = self._longest_first("traders")
        self.counterparts = self._set("counterparts")
        #: Roles of columns of staff's mail addresses -> whose addresses are theirs.
        self.staff = {"colleague": self.patterns.colleague, "faculty": self.patterns.faculty}
        self.carried = self._longest_first("carried")
        self.wrong_notes = self._set("wrong_notes")
        self.former_addresses = self._set("former_addresses")
        # Cells and lines that are no person.
        self.not_persons = self._set("not_persons")
        self.places = ruleset.words.get("municipalities", frozenset()) | ruleset.words.get("prefectures", frozenset())
        #: What municipalities are called without their 市, 町 or 県.
        self.place_stems = frozenset(place[:-1] for place in self.places if len(place) > _STEM)
        #: Words that look like names and are what somebody is, or where.
        self.no_names = self.places.union(*map(self._set, ("kin", "parties", "titles", "line_marks")))
        self.towns = ruleset.words.get("towns", frozenset())
        self.sums = self._set("sums")
        self.single_signs = self._set("single_signs")
        self.bodies_in_names = self._longest_first("bodies_in_names")
        self.bodies_in_kana = self._longest_first("bodies_in_kana")
        self.bodies_in_latin = self._set("bodies_in_latin")
        self.example_words = self._longest_first("example_forms")
        self.nothing_said = self._set("nothing_said")
        self.place_ends = self._set("place_ends")
        self.foreign_kana = self._set("foreign_kana")
        self.body_ends = self._set("body_ends")
        self.example_names = self._longest_first("example_names")
        self.example_people = self._set("example_people")
        # What follows a name, or stands before it.
        self.belonging = self._longest_first("belonging")
        self.no_telephones = self._longest_first("no_telephones")
        self.together = self._set("together")
        self.line_marks = self._longest_first("line_marks")
        self.group_heads = self._longest_first("group_heads")
        self.account_kinds = self._set("account_kinds")
        self.kin = self._longest_first("kin")
        self.parties = self._longest_first("parties")
        self.same_as_above = self._set("same_as_above")
        self.parties_asking = self._set("parties_asking")
        self.volunteers = self._longest_first("volunteers")
        self.honorifics = self._longest_first("honorifics")
        self.honorifics_said = self._longest_first("honorifics_said")
        self.honorifics_polite = self._longest_first("honorifics_polite")
        self.honorifics_formal = self._longest_first("honorifics_formal")
        self.after_names = self._longest_first("after_names")

    @cached_property
    def example_row(self) -> str:
        """A row's first cell that shows how to fill in, as a pattern for whole columns."""
        return rf"^{_OPENS}*(?:{_either(self._longest_first('example_rows'))})(?:[)）】\]＞>\s:：0-9０-９①-⑨]|$)"

    @cached_property
    def example_firsts(self) -> str:
        """What such a cell begins with, as a pattern of one character; "" for anything."""
        words = self._longest_first("example_rows")
        return f"{_OPENS}|{_either(tuple(word[0] for word in words))}" if words and all(words) else ""

    @cached_property
    def example_form(self) -> re.Pattern[str]:
        """The same at the beginning of a line of a document, or in brackets at its end: 申請書（記入例）."""
        words = _either(self._longest_first("example_forms"))
        return re.compile(rf"^\s*[(（【\[〔<＜※]*(?:{words})|[(（【\[〔<＜](?:{words})[)）】\]〕>＞]\s*$")

    @cached_property
    def example_line(self) -> re.Pattern[str]:
        """A line that shows how to write something: "例）山田太郎 様 …", "2 例：…", 「山田太郎」と入力し、…."""
        words = _either(self._longest_first("example_rows"))
        return re.compile(
            rf"^\s*(?:\d{{1,2}}[.)]?\s+)?[・*※(（【\[〔<＜]*(?:{words})\d?[)）】\]〕>＞:：]|^[^(（]{{1,20}}[(（](?:{words})\d?[:：)）]|^.*{_TYPED}"
        )

    @cached_property
    def honoured(self) -> str:
        """An honorific after a name, and no compound that only begins or ends with one (氏名, 御殿)."""
        return self._parted(self.honorifics_said)

    @cached_property
    def polite(self) -> str:
        """The same of the politer ones."""
        return self._parted(self.honorifics_polite)

    def _parted(self, honorifics: tuple[str, ...]) -> str:
        longer = self._longest_first("honorific_compounds")
        return "|".join(_not_behind(word, longer) + re.escape(word) + _not_before(word, longer) for word in honorifics)

    def _set(self, book: str) -> frozenset[str]:
        if book not in self._words:
            raise ConfigError(f"signatures: no list {book}.txt, which the counting of people needs")
        return self._words[book]

    def _longest_first(self, book: str) -> tuple[str, ...]:
        return tuple(sorted(self._set(book), key=lambda word: (-len(word), word)))


def _filled(kind: Any, given: Mapping[str, Any], what: str) -> Any:
    """`kind` with each field from the ruleset."""
    names = [field.name for field in fields(kind)]
    missing, unknown = sorted(set(names) - set(given)), sorted(set(given) - set(names))
    if missing:
        raise ConfigError(f"signatures: no {what} {missing[0]}, which the counting of people needs")
    if unknown:
        raise ConfigError(f"signatures: {what} {unknown[0]} is asked for by nobody; known: {', '.join(sorted(names))}")
    return kind(**{name: given[name] for name in names})


_STEM = 2  # letters of a municipality's name beside which its kind is one more: 津市 has fewer
#: What a manual says behind what it lets somebody type.
_TYPED = r"」(?:など)?[とを]入力し(?:、|ます|て(?:くだ|下さ|から|検索|確認))"
#: What stands before a word for an example.
_OPENS = r"[(（【\[＜<※\s]"


def _either(words: tuple[str, ...]) -> str:
    return "|".join(map(re.escape, words))


def _not_behind(word: str, compounds: tuple[str, ...]) -> str:
    heads = [longer.removesuffix(word) for longer in compounds if longer.endswith(word)]
    return "".join(f"(?<!{re.escape(head)})" for head in heads)


def _not_before(word: str, compounds: tuple[str, ...]) -> str:
    rests = [re.escape(longer.removeprefix(word)) for longer in compounds if longer.startswith(word)]
    return f"(?!{'|'.join(rests)})" if rests else ""
