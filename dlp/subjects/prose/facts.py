"""Attributes in one line of running text: where each stands, its role, its value."""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Sequence

from dlp.detect.anchored import Anchored
from dlp.detect.ruleset import Ruleset, Signature
from dlp.native import hold
from dlp.subjects import hints
from dlp.subjects.cells.values import CLASS
from dlp.subjects.hints import Hinted, Hints
from dlp.subjects.own import OwnTown
from dlp.subjects.prose import numbered, years
from dlp.subjects.prose.ages import Ages
from dlp.subjects.prose.figures import Figures

_PHONE = Anchored(
    re.compile(
        r"(?<![\d-])(?:\+81[ -]?\d{1,4}[ -]?\d{1,4}[ -]?\d{3,4}|\(?0\d{1,4}[-()]{1,2}\d{1,4}[-)]\d{3,4}|0[5789]0\d{8}|0[1-9]\d{8}"
        r"|0[5789]0[ .]\d{4}[ .]\d{4}|0\d{1,3}([ .])\d{2,4}\1\d{4})(?![\d-])"
    )
)
# 64 letters before the @, as RFC 5321 has it: without a bound each letter of a long word is tried to its end.
_EMAIL = re.compile(r"[A-Za-z0-9][\w.+%-]{0,63}@[\w-]+(?:\.[\w-]+)+", re.ASCII)
_DAY = r"[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?![\d-])"
_DAY_SHORT = r"[/.]\d{1,2}[/.]\d{1,2}(?![\d./-])"  # 令2.7.26, and no 平2-7-26, which may be a lot
#: Each way begins with a letter of its own, and looks behind it thereafter: so a search passes quickly over the rest.
_DATE = re.compile(
    "|".join(
        (
            *(
                rf"{era}(?<![\d-]{era}){more}(?:\d{{1,2}}|元){_DAY}"
                for era, more in zip("明大昭平令", "治正和成和", strict=True)
            ),
            *(rf"{era}(?<![\d-]{era})(?:\d{{1,2}}|元){_DAY}" for era in "MTSHR"),
            *(rf"{era}(?<![一-鿿\d-]{era})(?:\d{{1,2}}|元){_DAY_SHORT}" for era in "明大昭平令"),
            *(rf"{a}(?<![\d-]{a}){b}\d\d{_DAY}" for a, b in ("19", "20")),
            *(rf"{a}(?<!\d{a}){b}\d\d[01]\d[0-3]\d(?!\d)" for a, b in ("19", "20")),
        )
    )
)
_POSTAL = Anchored(re.compile(r"〒?(?<!\d)\d{3}-\d{4}(?![\d-])"))
#: A house that a lot number is followed by: コーポ浜田203, 県営住宅2棟.
_HOUSE = "[ァ-ヴー]{2}|[都府県市町村]営|団地"
#: A town and a bare lot number ("霞台527"), where something says that it is an address.
_LOT = re.compile(
    rf"(?:(?:住所|居所|自宅|住まい|居住地)(?:は|:|が|、)? ?|(?<=[ ,、(はが]))(?P<lot>{CLASS}{{2,16}}?\d{{1,5}})(?=[ ,、。)]|$|に(?:在住|居住|住)|です|{_HOUSE})"
)
#: Prefecture, municipality, town and a bare lot number: "神奈川県大磯町国府本郷22"; a municipality that numbers its lots
#: without towns: "茨城県龍ケ崎市3710".
_FAR = Anchored(
    re.compile(
        rf"(?:{CLASS}{{2,3}}[都府県]|北海道){CLASS}{{1,8}}?[市区町村郡](?:{CLASS}{{1,14}}\d{{1,5}}|[1-9]\d{{1,4}}(?!-))(?![\d%,.人名件円個点年月日時分代歳才位回号棟室条項])"
    )
)
_FAR_WORDS = ("県", "都", "府", "海道")
#: Letters that lots of a town are counted by before their numbers: "高松市番町ロ123", "今治市別宮町甲5".
_LETTERED = "イロハニホヘトチリヌルヲワ甲乙丙丁"
_LETTERED_ANY = re.compile(rf"[町村][{_LETTERED}]の?[1-9]")
_LETTERED_LOT = re.compile(
    rf"{CLASS}{{1,6}}?[市区町村郡]{CLASS}{{0,12}}[町村][{_LETTERED}]の?[1-9]\d{{0,4}}"
    r"(?:番地?)?(?![\d%,.人名件円個点年月日時分代歳才位回号棟室条項A-Za-z])"
)
#: … at the beginning of a line, where somebody lives: "大磯町国府本郷22に住む…".
_LIVED_LOT = re.compile(rf"(?P<lot>{CLASS}{{2,16}}\d{{1,5}})に(?:在住|居住|住)")
_LIVING = re.compile(r"(?:住所|居所|自宅|住まい|居住地)(?:は|:|が|、)? ?$")
_LIVES = re.compile(r"に(?:在住|居住|住)")
#: In brackets of its own after somebody named with an honorific: a town and a number no class or team has.
_AFTER_PERSON = re.compile(rf"{CLASS}{{2}} ?(?:(?:様|さん|さま|氏|夫妻|夫婦)[宅方]? ?\(|(?:夫妻|夫婦) )$")
_PERSON_IN_BRACKETS = re.compile(r"(?:様|さん|さま|氏|夫妻|夫婦)[宅方]? ?[( ][^()\d]{2,10}\d")
#: What a sentence says before an address: 住所は, 佐藤さんは.
_TOPIC = re.compile(r"(?:[一-鿿ん々]|住まい)は(?=[一-鿿ァ-ヶ])|(?:住所|自宅|住まい|さん|さま|様|氏)は")
#: A municipality, a town and a bare lot number in brackets of their own: "佐藤花子（平塚市岡崎4000）".
_IN_BRACKETS = Anchored(
    re.compile(
        rf"(?<=\()(?:{CLASS}{{2,3}}[都府県])?{CLASS}{{1,6}}?[市区町村郡]{CLASS}{{1,14}}"
        r"(?:\d{3,5}(?:番地?)?|(?<![小中高校園大部会組班])\d\d(?:番地?)?|\d番地?)(?=[、,)])"  # and no year at school: 崇善小3
    )
)
_BRACKETED_LOT = re.compile(rf"{CLASS}{{2,10}}\d{{2,5}}(?:\)|\s*$|(?:{_HOUSE})[^()]{{1,20}}\))")
_BELOW, _HEADING = 40, 40  # lines that a heading is over, and its letters, at most
_CALLED = 12  # letters before a number that may say what it is
_OPENING = ("(", ",", "、", " ")  # before a date that a bracket ends
_LONG_LOT, _FIGURES = re.compile(r"\d{3}"), "0123456789"
_BORN_YEAR = re.compile(
    r"(?<![\d-])(?P<year>(?:(?:明治|大正|昭和|平成|令和)(?:\d{1,2}|元)|(?:19|20)\d\d)年(?:\d{1,2}月)?)(?:頃)?(?:生ま?れ?|誕生)(?!活|産|徒|計|育|物)"
)
_BORN = re.compile(r"^\s*(?:生|に生まれ(?!変)|誕生|出生(?![届率数証地]))")
_BORN_BEFORE = re.compile(
    r"(?:生年月日|誕生日|生まれ|(?<![発先衛厚再民更派])生|\b(?i:dob|d\.o\.b\.|born|birthday|date of birth))[^\d]{0,6}$"
)
#: A bracket right after letters of a name: a date in it is a birth.
_NAMED_SINCE = re.compile(rf"{CLASS}(?:様|さん|氏)? ?\([男女]?性?[、,・ ]?$")
_SINCE, _BEFORE = 8, 24  # letters that it matches, and the word before a birth, at most
#: Signatures of these categories say something of a person named beside them; the others have patterns of their own.
_UNTICKED = ("□", "☐")  # before what is not so
_SIGNED = frozenset(
    (
        "sensitive",
        "bank_account",
        "passport",
        "residence_card",
        "licence",
        "insurance",
        "pension",
        "resident_code",
        "card",
    )
)

#: Lines that may say more than dates: a sign they must hold, and what must stand about it. Few texts hold many of the
#: signs, and to look for one costs next to nothing. Each pattern matches wherever the ones above do about its sign.
SAYING = 4  # of the bits of words, after those of the hints
SAID_BITS = hold.SAYS | hold.word(SAYING)  # of lines that may say more
_NUMERAL = "[0-9一二三四五六七八九十]"
_SAYING = tuple(
    (sign, re.compile(pattern))
    for sign, pattern in (
        ("@", "@"),
        ("+81", r"\+81"),
        ("0", r"0[0-9](?:[0-9]{0,3}[-() .]|[0-9]{8})"),
        ("-", rf"{_NUMERAL}-[0-9]"),
        ("の", rf"{_NUMERAL}の[0-9]"),
        ("丁目", rf"{_NUMERAL}丁目"),
        ("番", rf"{_NUMERAL}番(?:地|[0-9])"),
        ("地割", rf"{_NUMERAL}地割"),
        *((letter, rf"[町村]{letter}の?[1-9]") for letter in _LETTERED),
        ("歳", "[0-9]歳"),
        ("才", "[0-9]才"),
        ("年齢", "年齢[ :は]{1,2}[0-9]"),
        *((word, word) for word in ("要介護", "要支援", "手帳")),
        ("級", "[1-6]級"),
        *((sex, rf"(?:^|[\s(（、,・/代]){sex}(?:性|児)?(?:[\s)）、,・/]|$)|{sex}[0-9]|[0-9]{sex}") for sex in "男女"),
        *((letter, rf"[0-9]{letter}(?:[ )）、,・/]|$)") for letter in "MF"),
        ("生", r"生[^0-9]{0,9}[0-9MTSHR明大昭平令]|[0-9日年月頃]に?\s*出?生"),
        ("誕生", r"誕生[^0-9]{0,9}[0-9MTSHR明大昭平令]|[0-9日年月頃]\s*誕生"),
        (")", r"[0-9日]\s*\)"),
        (
            "(",
            r"\([男女]?性?[、,・ ]?[0-9MTSHR明大昭平令]|(?:[様氏]|さん|さま)[宅方]? ?\([^()0-9]{2,10}[0-9]{2,5}[^()]{0,24}\)"
            r"|\([^()0-9]{1,9}[市区町村郡][^()0-9]{1,14}[0-9]{1,5}(?:番地?)?[、,)]",
        ),
        *((f"夫{mate}", rf"夫{mate} ?[( ][^()0-9]{{2,10}}[0-9]") for mate in "妻婦"),
        ("住", "住所|住まい|居住|在住|に住"),
        ("居所", "居所"),
        ("自宅", "自宅"),
        *((word, rf"{word}[^0-9 、。,]{{1,30}}[0-9]") for word in _FAR_WORDS),
    )
)


#: Words one of which a line must hold that says anything, if it has no figures as attributes have them.
SAYING_WORDS = (
    *(
        "@",
        "+81",
        "丁目",
        "番地",
        "地割",
        "歳",
        "才",
        "年齢",
        "要介護",
        "要支援",
        "手帳",
        "男",
        "女",
        "生",
        "誕生",
        "夫妻",
        "夫婦",
    ),
    *("住", "居所", "自宅", *_FAR_WORDS, *(f"{word}{figure}" for word in "の番" for figure in range(10))),
    *(f"{figure}級" for figure in range(1, 7)),
    *(f"{figure}{sex}" for figure in range(10) for sex in "MF"),
    *(f"{place}{letter}" for place in "町村" for letter in _LETTERED),
)


def saying(rows: Sequence[str], held: hold.Held = None) -> set[int]:
    """The lines that may say more than dates."""
    if held is not None:
        return {i for i in held.having(SAID_BITS) if rows[i] and _says(rows[i])}
    text = "\n".join(rows)
    found: set[int] = set()
    for sign, pattern in _SAYING:
        if sign in text:
            found.update(i for i, row in enumerate(rows) if sign in row and pattern.search(row))
    return found


def _says(row: str) -> bool:
    return any(sign in row and pattern.search(row) for sign, pattern in _SAYING)


type Fact = tuple[int, str, str]  # start, role, value


def dates(line: str, *, first: bool = False) -> list[Fact]:
    """What a line says that says nothing but dates; the first of them, where that there is one is all that is asked."""
    if first:
        return [(m.start(), "date", m.group())] if (m := _DATE.search(line)) else []
    return [(m.start(), "date", m.group()) for m in _DATE.finditer(line)]


def says_more(found: Sequence[Fact]) -> bool:
    """Whether a line says more than dates."""
    return any([role != "date" for _, role, _ in found]) if len(found) != 1 else found[0][1] != "date"


def _spoken_before(place: str) -> int:
    """How many letters a sentence says before the address in `place`."""
    return max((m.end() for m in _TOPIC.finditer(place)), default=0) if "は" in place else 0


def lots(line: str, *, listed: bool) -> list[Fact]:
    """Towns with a bare lot number: in a line of a list whose others have addresses (`listed`), or where a word says so."""
    first = None if listed else _LIVED_LOT.match(line)
    return [
        *([(0, "address", first["lot"])] if first else []),
        *_lots(line, listed=listed),
    ]


def _lots(line: str, *, listed: bool) -> Iterator[Fact]:
    return (
        (m.start("lot"), "address", m["lot"])
        for m in _LOT.finditer(line)
        if listed
        or _LIVING.search(line[: m.start("lot")])
        or _LIVES.match(line, m.end())
        or (_AFTER_PERSON.search(line[: m.start("lot")]) and _BRACKETED_LOT.match(line, m.start("lot")))
    )


def _shortest(words: Collection[str]) -> tuple[str, ...]:
    """Words without those that hold another of them: where they stand, it does."""
    return tuple(sorted(word for word in words if not any(other in word for other in words if other != word)))


class Facts:
    """Reads attributes by one ruleset's signatures."""

    def __init__(self, ruleset: Ruleset, own: OwnTown, likelihood: Callable[[str], float] = lambda _: 0.0) -> None:
        """`likelihood`: how likely letters are somebody's name (0–1)."""
        self._ruleset, self._own, self._figures = ruleset, own, Figures(ruleset, likelihood)
        self._likelihood, self._sure = likelihood, ruleset.weights["name_sure"]
        self._signatures = tuple(s for s in ruleset.signatures if s.category in _SIGNED)
        # Most lines hold no word that most signatures need beside their number: one search tells.
        needy = [s for s in self._signatures if s.score < s.threshold]
        self._free = tuple(s for s in self._signatures if s.score >= s.threshold)
        self._needed = _shortest({word for s in needy for word in s.near})
        self._words = {s.id: tuple(hints.held(s.pattern)) if s.pattern else () for s in self._signatures}
        self.hints = Hints(self._signatures, ruleset.terms)
        self._ailing, self._secret = (
            Anchored(ruleset.patterns["ailing_said"]),
            Anchored(ruleset.patterns["secret_said"]),
        )
        self._practised, self._practising = ruleset.patterns["practised"], ruleset.patterns["practising"]
        self._care, self.ages = Anchored(ruleset.patterns["care_said"]), Ages(ruleset)
        self._towns = ruleset.words.get("towns", frozenset())
        self._no_lot, self._places = ruleset.patterns["no_lot"], ruleset.words.get("place_ends", frozenset())
        self._numbered_so, self._no_birth = ruleset.patterns["numbered_so"], ruleset.patterns["no_birth"]
        self._lived, self._colleague = ruleset.patterns["lived"], ruleset.patterns["colleague"]
        self._no_telephones = tuple(ruleset.words["no_telephones"])
        self._events = tuple(ruleset.words.get("events", frozenset()))

    def _named(self, text: str) -> bool:
        """Whether letters are surely somebody's name."""
        return self._likelihood(text) >= self._sure

    def born(self, line: str, start: int, value: str, *, told: bool) -> str:
        """The role of a date of which it is `told` that it is a birth: it is none at the beginning of a life that has
        ended."""
        return "birth_date" if told and not self._lived.match(line[start + len(value) :]) else "date"

    def ails(self, line: str) -> bool:
        """Whether a line may say how somebody is, or what is secret of him; what is said at events is said of nobody."""
        if self._secret.search(line):
            return True
        return (
            self._ailing.search(line) is not None
            and not any(word in line for word in self._events)
            and not self._practised.search(line)
        )

    def ailing(self, rows: Sequence[str], among: Iterable[int]) -> set[int]:
        """Of some lines those that say how somebody is; those of doctors and speakers, below their heading, do not."""
        found = [i for i in among if self.ails(rows[i])]
        return (
            {i for i in found if not any(map(self._heads_practice, rows[max(0, i - _BELOW) : i]))} if found else set()
        )

    def _heads_practice(self, row: str) -> bool:
        return 0 < len(row) <= _HEADING and self._practising.search(row) is not None

    def hinted(self, rows: Sequence[str], held: hold.Held = None) -> Hinted:
        """The lines that `signed` may find anything in; it finds nothing in others."""
        return self.hints.lines(rows) if held is None else self.hints.of(held)

    def signed(self, line: str) -> list[Fact]:
        """What the signatures know: numbers with their words, illness, care and the like."""
        asked = self._signatures if any(map(line.__contains__, self._needed)) else self._free
        found = [
            (match.start, match.signature.category, line[match.start : match.end])
            for match in self._ruleset.scan_text(line, [s for s in asked if self._may(s, line)])
            if match.signature.category in _SIGNED and not line[: match.start].rstrip().endswith(_UNTICKED)
        ]
        if any(role == "sensitive" for _, role, _ in found) and any(word in line for word in self._events):
            return [fact for fact in found if fact[1] != "sensitive"]
        return found

    def _may(self, signature: Signature, line: str) -> bool:
        """Whether a line holds one of the words without which a signature's pattern matches nothing."""
        words = self._words[signature.id]
        return not words or any(map(line.__contains__, words))

    def of(
        self,
        line: str,
        correspondents: frozenset[str],
        *,
        ails: bool | None = None,
        guests: bool = False,
        homes: Container[str] = (),
    ) -> list[Fact]:
        """(start, role, value) of attributes in one line, places without overlap. `ails`: what `ailing` said of it;
        `guests`: whether a title says that the text is of private people; `homes`: see `Ages`."""
        found: list[Fact] = []
        taken: list[tuple[int, int]] = []

        def take(start: int, end: int, role: str, value: str) -> None:
            at = bisect(taken, (start, end))  # the places taken do not overlap: its neighbours tell
            if (not at or taken[at - 1][1] <= start) and (at == len(taken) or end <= taken[at][0]):
                taken.insert(at, (start, end))
                found.append((start, role, value))

        if "@" in line:
            for m in _EMAIL.finditer(line):
                known = m.group().lower() in correspondents or (not guests and self._colleague.search(m.group()))
                role = "" if known else "email"
                take(*m.span(), role, m.group())
        for m in _PHONE.finditer(line):
            before = line[max(0, m.start() - 8) : m.start()].rstrip(" :(").upper()
            none = before.endswith(self._no_telephones) or numbered.too_long(m.group())
            take(*m.span(), "" if none else "phone", m.group())
        for m in _DATE.finditer(line):
            start, end = m.span()
            closed = line[end : end + 1] == ")" and line[start - 1 : start] in _OPENING
            born = closed or _NAMED_SINCE.search(line, max(0, start - _SINCE), start) or _BORN.match(line[end:])
            born = born or _BORN_BEFORE.search(line, max(0, start - _BEFORE), start)
            # 附則（昭和53年3月20日条例第53号）, and lives that have ended
            enacted = born and (self._no_birth.match(line, end) or self._lived.match(line[end:]))
            take(start, end, "birth_date" if born and not enacted else "date", m.group())
        for m in _BORN_YEAR.finditer(line) if "生" in line else ():
            take(*m.span(), "birth_date", m["year"])
        for m in _POSTAL.finditer(line):
            take(*m.span(), "postal_code", m.group())
        for start, end in self._own.addresses(line):
            take(start, end, "address", line[start:end])
        for start, end, age in self.ages.read(line, homes):
            take(start, end, "age", f"{age}歳")
        places = list(numbered.places(line))
        places = [] if places and self._figures.of_match(line) else places
        scored = self._figures.scored(line, places)
        for m in places:
            number = m.start("number")
            no_lot = m.start() in scored or self._figures.classed(line, m)
            no_lot = no_lot or years.of_a_life(m, self._towns, self._named) or numbered.of_book(m)
            if not no_lot and not self._numbered_so.search(line[max(0, number - _CALLED) : number]):
                take(start := m.start() + _spoken_before(m.group()), m.end(), "address", line[start : m.end()])
        for m in _FAR.finditer(line):
            take(start := m.start() + _spoken_before(m.group()), m.end(), "address", line[start : m.end()])
        for m in _LETTERED_LOT.finditer(line) if _LETTERED_ANY.search(line) else ():
            take(*m.span(), "address", m.group())
        for m in _IN_BRACKETS.finditer(line):
            if not self._no_lot.search(m.group()):
                take(*m.span(), "address", m.group())
        told = "住" in line or "宅" in line or _PERSON_IN_BRACKETS.search(line)
        for start, role, value in lots(line, listed=False) if told else ():
            if not self._no_lot.search(value) and (
                _LONG_LOT.search(value) or value.rstrip(_FIGURES)[-1] in self._places
            ):
                take(start, start + len(value), role, value)
        for m in self._care.finditer(line):
            take(*m.span(), "sensitive", m.group())
        if self.ails(line) if ails is None else ails:
            for m in self._ailing.finditer(line):
                take(*m.span("value"), "sensitive", m["value"])
            for m in self._secret.finditer(line):
                take(*m.span(), "sensitive", m.group())
        for m in self._figures.sexes(line):
            take(*m.span(), "sex", m.group(1))
        return [fact for fact in sorted(found) if fact[1]]
