"""People in running text: surname and given name together with an attribute on the same line or the next.

A lone surname, a place, a station, an author or the holder of an office is nobody. Lines that all begin with a name
and hold attributes (a list without a delimiter, a page of a PDF) are a list: there, names need no dictionary.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dlp.detect import checks
from dlp.detect.ruleset import Ruleset
from dlp.subjects.forms import Pair
from dlp.subjects.header import Label, Reader
from dlp.subjects.mask import mask
from dlp.subjects.values import CLASS, Names

_ANY = re.compile(r"@|\d|(?:男|女)(?:性|児)?(?:[\s)）、,・/]|$)|[一二三四五六七八九十]丁目")
_PHONE = re.compile(
    r"(?<![\d-])(?:\+81[ -]?\d{1,4}[ -]?\d{1,4}[ -]?\d{3,4}|\(?0\d{1,4}[-()]{1,2}\d{1,4}[-)]\d{3,4}|0[5789]0\d{8}|0\d{9}"
    r"|0[5789]0[ .]\d{4}[ .]\d{4}|0\d{1,3}([ .])\d{2,4}\1\d{4})(?![\d-])"
)
_EMAIL = re.compile(r"[A-Za-z0-9][\w.+%-]*@[\w-]+(?:\.[\w-]+)+", re.ASCII)
_DATE = re.compile(
    r"(?<![\d-])(?:(?:明治|大正|昭和|平成|令和|[MTSHR])(?:\d{1,2}|元)|(?:19|20)\d\d)[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?![\d-])|(?<!\d)(?:19|20)\d\d[01]\d[0-3]\d(?!\d)"
)
_AGE = re.compile(r"(?<!\d)(?:満)?(\d{1,3})(?:歳|才)(?!以|未|児|から|代|時|まで|を|の方|~|-)")
_SEX = re.compile(r"(?:(?<=[\s(（、,・/])|^)(男|女)(?:性|児)?(?=[\s)）、,・/]|$)")
_CARE = re.compile(r"要介護\s?[1-5]|要支援\s?[12]|障害者?手帳\s?[1-6]級|療育手帳\s?[ABＡＢ]|[1-6]級(?=\s|$)")
_POSTAL = re.compile(r"〒?(?<!\d)\d{3}-\d{4}(?![\d-])")
_PLACE = re.compile(
    rf"(?P<where>(?:{CLASS}|[ヶケ0-9](?={CLASS})){{2,30}}?)\s?(?P<number>(?:\d{{1,4}}|[一二三四五六七八九十]{{1,3}})(?:丁目|番地|番(?=\d)|(?:-|の)(?=\d))[\d\-丁目番地号の一二三四五六七八九十 ]*)"
)
_BORN = re.compile(r"^\s*(?:生|生まれ|誕生)|^\s*\)")
_BORN_BEFORE = re.compile(r"(?:生年月日|誕生日|生まれ|生)[^\d]{0,6}$")
_LEAD = re.compile(r"^[\s>]*(?:[(（]?\d{1,6}[)）.、:]?\s+|[(（\[]?\d{1,4}[)）\].、:]\s*|[・●○◆■*-]\s*)?")
_TITLED = re.compile(
    rf"^(?P<name>{CLASS}{{1,5}} {CLASS}{{1,5}}(?![^\s,、:(（様さ氏殿])|{CLASS}{{2,8}})(?=[\s,、:(（]|$)"
)
_HONOURED = re.compile(rf"(?P<name>{CLASS}{{1,4}} ?{CLASS}{{1,4}}?) ?(?:様|さん|さま|氏(?!名)|殿|君|くん|ちゃん)")
_GIVEN = re.compile(rf" ?(?P<given>{CLASS}{{1,6}})")
_SPREAD = re.compile(rf"(?<!{CLASS})(?:{CLASS} ){{2,5}}{CLASS}(?!{CLASS})")
_OFFICE = re.compile(
    r"(?:課|係|室|局|センター|役所|役場|事務局|株式会社|有限会社|法人|大学|学校|委員会|協会|組合|問い?合わ?せ先?|担当者?|発信者?|作成者?|部|所属)[\s:(（]*$"
)
_STAFF = re.compile(r"問い?合わ?せ|担当[:：課者]|連絡先[:：]|事務局|内線|(?:課|係|役所|役場|株式会社)(?:\s|$)")
#: A line saying where to ask: what it holds is the office's.
_DESK = re.compile(
    r"問い?合わ?せ|申込み?先|提出先|送付先|窓口[:：は]|内線|(?:課|係|役所|役場|事務局|株式会社|センター)(?:[\s:、(（]|$)|(?:会場|場所|開催|主催)[:：はで]"
)
_RULE = re.compile(r"^\s*(?:-- ?|[-=_*━─＊＝~～+#]{5,}.*)$")
_SIGNED = re.compile(
    r"(?:課|係|室|局|部|署|担当)(?=[\s　:：(（/／]|$)|役所|役場|株式会社|有限会社|法人|事務局|センター|Inc\.|Ltd|Dept|City Hall"
)
_REACH = re.compile(r"TEL|電話|Mail|@|FAX|内線|直通", re.IGNORECASE)
_PRIVATE = re.compile(r"氏名|名前|生年月日|性別|年齢|フリガナ|住所[:：]")
_HEADER_LINE = re.compile(r"^[\s>]*(?:From|To|Cc|Bcc|Sent|Reply-To|差出人|宛先|送信者|送信元|CC)\s*:", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\d-])\d{4}[ -]?\d{4}[ -]?\d{4}(?![\d-])")
_NUMBER_WORD = re.compile(r"個人番号|マイナンバー|my ?number", re.IGNORECASE)
_APART = re.compile(r"(?<![\d.])(?:\d ?- ?|\d ){8,14}\d(?!\d)")
_FAR = 120  # characters between a name and what is said of it, at most
_LIST = 3  # lines of one kind that make a list


def without_signatures(rows: Sequence[str]) -> list[str]:
    """Lines without staff signatures: after a rule, a few lines naming an office and how to reach it."""
    kept = list(rows)
    i = 0
    while i < len(kept):
        if _RULE.match(kept[i]):
            end = min(i + 16, len(kept))
            stop = next((j for j in range(i + 1, end) if _RULE.match(kept[j])), end)
            block = kept[i + 1 : stop]
            text = "\n".join(block)
            signed = any(_SIGNED.search(line) for line in block) and _REACH.search(text)
            if signed and len(text) < 500 and not _PRIVATE.search(text):
                kept[i:stop] = [""] * (stop - i)
                i = stop
                continue
        i += 1
    return kept


@dataclass(slots=True)
class Found:
    """A name at a place, and what stands near it."""

    line: int
    start: int
    name: str
    likelihood: float
    pairs: list[Pair]


class Prose:
    """Reads lines by one ruleset's names and titles."""

    def __init__(self, ruleset: Ruleset, names: Names, reader: Reader, town: str = "") -> None:
        self._ruleset, self._names, self._reader = ruleset, names, reader
        words = ruleset.words
        self._titles = tuple(sorted(words.get("titles", frozenset()), key=len, reverse=True))
        self._searched = "surnames" in words
        self._town = town

    def read(self, rows: Sequence[str], correspondents: frozenset[str] = frozenset()) -> list[list[Pair]]:
        """One record (label–value pairs) a person."""
        rows = [_closed_up(line) if _APART.search(line) else line for line in rows]
        facts = {
            i: found
            for i, line in enumerate(rows)
            if _ANY.search(line) and (found := self._facts(line, correspondents))
        }
        records = self._numbers(rows)
        if not facts:
            return records
        near = sorted({j for i in facts for j in (i - 1, i, i + 1) if 0 <= j < len(rows) and rows[j].strip()})
        listed = self._listed(rows, facts)
        people = list(listed.values())
        people += [found for i in near if i not in listed for found in self._names_in(rows, i)]
        self._share(rows, people, facts, set(listed))
        return records + [person.pairs for person in people if len(person.pairs) > 1]

    # -- attributes

    def _facts(self, line: str, correspondents: frozenset[str]) -> list[tuple[int, str, str]]:
        """(start, role, value) of attributes in one line, places without overlap."""
        found: list[tuple[int, str, str]] = []
        taken: list[tuple[int, int]] = []

        def take(start: int, end: int, role: str, value: str) -> None:
            if all(end <= a or start >= b for a, b in taken):
                taken.append((start, end))
                found.append((start, role, value))

        if "@" in line:
            for m in _EMAIL.finditer(line):
                role = "" if m.group().lower() in correspondents else "email"
                take(*m.span(), role, m.group())
        for m in _PHONE.finditer(line):
            before = line[max(0, m.start() - 8) : m.start()].rstrip(" :(").upper()
            take(*m.span(), "" if before.endswith(("FAX", "ファクス", "ファックス", "内線")) else "phone", m.group())
        for m in _DATE.finditer(line):
            born = _BORN.match(line[m.end() :]) or _BORN_BEFORE.search(line[: m.start()])
            take(*m.span(), "birth_date" if born else "date", m.group())
        for m in _POSTAL.finditer(line):
            take(*m.span(), "postal_code", m.group())
        for m in _AGE.finditer(line):
            take(*m.span(), "age", m.group(1))
        for m in _PLACE.finditer(line):
            take(*m.span(), "address", m.group())
        for m in _CARE.finditer(line):
            take(*m.span(), "sensitive", m.group())
        for m in _SEX.finditer(line):
            take(*m.span(), "sex", m.group(1))
        return [fact for fact in sorted(found) if fact[1]]

    def _numbers(self, rows: Sequence[str]) -> list[list[Pair]]:
        """Individual Numbers in running text: by a word near them, or many of them."""
        found: list[tuple[int, str]] = []
        named: list[str] = []
        for i, line in enumerate(rows):
            if not any(c.isdigit() for c in line):
                continue
            for m in _NUMBER.finditer(line):
                value = re.sub(r"[ -]", "", m.group())
                if not checks.individual_number(value):
                    found.append((0, value))
                elif _NUMBER_WORD.search(line) or (i and _NUMBER_WORD.search(rows[i - 1])):
                    named.append(value)
                else:
                    found.append((1, value))
        valid = [value for good, value in found if good]
        if len(valid) >= 5 and len(valid) >= 0.8 * len(found):
            named += valid
        return [[(Label("個人番号", "individual_number"), value)] for value in named]

    # -- names

    def _listed(self, rows: Sequence[str], facts: dict[int, list[tuple[int, str, str]]]) -> dict[int, Found]:
        """Names at the beginning of lines that make a list."""
        runs: list[list[Found]] = [[]]
        misses = 0
        heads = self._head_lines(rows)
        for i, line in enumerate(rows):
            if i in heads:
                continue
            found = self._leading(line, i) if line.strip() else None
            if found and (i in facts or runs[-1]):
                runs[-1].append(found)
                misses = 0
            elif runs[-1] and line.strip():
                misses += 1
                if misses > 2:
                    runs.append([])
                    misses = 0
        result: dict[int, Found] = {}
        for run in runs:
            carrying = [
                f for f in run if any(role not in ("date", "postal_code") for _, role, _ in facts.get(f.line, ()))
            ]
            dates = [v for f in run for _, role, v in facts.get(f.line, ()) if role == "date"]
            head = max((h for h in heads if run and h < run[0].line), default=-1)
            under = head >= 0 and (run[0].line - head <= 3 or len(run) >= _LIST)
            if (_years(dates) >= 10 and len(dates) >= _LIST) or (under and "birth_date" in heads[head]):
                # Dates of many years beside names are births.
                for f in run:
                    facts[f.line] = [(s, "birth_date" if r == "date" else r, v) for s, r, v in facts.get(f.line, [])]
                carrying = run
            if under and sum(f.likelihood for f in run) >= 0.3 * len(run):
                result.update({f.line: f for f in run})
            elif len(carrying) >= _LIST and sum(f.likelihood for f in carrying) >= 0.4 * len(carrying):
                result.update({f.line: f for f in run if f.likelihood > 0 or len(run) > 2 * _LIST})
        return result

    def _head_lines(self, rows: Sequence[str]) -> dict[int, set[str]]:
        """Lines of header words between spaces: line -> roles."""
        found: dict[int, set[str]] = {}
        for i, line in enumerate(rows):
            words = line.split() if len(line) < 120 else []
            if 2 <= len(words) <= 20 and self._reader.score(words) > 0:
                roles = {self._reader.label(word).role for word in words}
                if roles & {"name", "surname", "kana"} and len(roles) >= 2:
                    found[i] = roles
        return found

    def _leading(self, line: str, i: int) -> Found | None:
        line = _SPREAD.sub(lambda m: m.group().replace(" ", ""), line)
        line = _SEX.sub(lambda m: "," * len(m.group()), line)
        lead = _LEAD.match(line)
        start = lead.end() if lead else 0
        match = _TITLED.match(line[start:])
        if not match:
            return None
        name = match["name"]
        if " " in name:
            first, _, second = name.partition(" ")
            if first.endswith(self._titles) or second.endswith(self._titles):
                return None
            whole = self._names.likelihood(first)
            if len(first) >= 3 and whole >= 0.45 and self._names.likelihood(name) < 0.85:
                name = first
        likelihood = self._names.likelihood(name)
        return Found(i, start, name, likelihood, [_pair("name", name)])

    def _names_in(self, rows: Sequence[str], i: int) -> list[Found]:
        """Names in a line of prose: known ones, and those with an honorific."""
        line = _SPREAD.sub(lambda m: m.group().replace(" ", ""), rows[i])
        if _HEADER_LINE.match(line) or (i and _STAFF.search(rows[i - 1]) and _STAFF.search(line)):
            return []
        found: dict[int, Found] = {}
        for m in _HONOURED.finditer(line):
            name = m["name"]
            start = m.start("name")
            likelihood = self._names.likelihood(name)
            if "の" in name:
                continue
            if likelihood >= (0.55 if " " in name else 0.45) and not self._official(line, start, m.end("name")):
                found[start] = Found(i, start, name, likelihood, [_pair("name", name)])
        leading = self._leading(rows[i], i)
        if (
            leading
            and leading.likelihood >= 0.85
            and not self._official(line, leading.start, leading.start + len(leading.name))
        ):
            found.setdefault(leading.start, leading)
        taken = {place for f in found.values() for place in range(f.start, f.start + len(f.name))}
        if self._searched:
            for start, end in self._ruleset.find_words("surnames", line):
                made = self._after_surname(line, start, end)
                overlaps = made and not taken.isdisjoint(range(start, made[1]))
                if made and not overlaps and not self._official(line, start, made[1]):
                    found[start] = Found(i, start, made[0], 0.8, [_pair("name", made[0])])
        return list(found.values())

    def _after_surname(self, line: str, start: int, end: int) -> tuple[str, int] | None:
        """Surname and given name beginning at `start`: (text, end)."""
        if start and re.match(CLASS, line[start - 1]) and line[start - 1] not in "はがのをにでとやもへ":
            return None
        given = _GIVEN.match(line, end)
        if not given:
            return None
        run, shift = given["given"], given.start("given")
        for length in range(min(4, len(run)), 0, -1):
            piece = run[:length]
            known = piece in self._names.given or (
                length == len(run) and " " in given.group() and piece[-1] in self._names.endings
            )
            if known and (length >= 2 or length == len(run)) and _closed(run[length:]):
                return line[start : shift + length], shift + length
        return None

    def _official(self, line: str, start: int, end: int) -> bool:
        head, after = line[max(0, start - 30) : start], line[end : end + 12].lstrip(" 　")
        before = head.rstrip(" 　:：・(（").rstrip("にはがの、,")
        return bool(_OFFICE.search(head)) or before.endswith(self._titles) or after.startswith(self._titles)

    # -- nearness

    def _share(
        self, rows: Sequence[str], people: list[Found], facts: dict[int, list[tuple[int, str, str]]], listed: set[int]
    ) -> None:
        """Each attribute to the nearest name: same line first, else the line before, else the next."""
        by_line: dict[int, list[Found]] = {}
        for person in people:
            by_line.setdefault(person.line, []).append(person)
        # Address above name, as on labels, or name above address.
        sides = (1, -1) if by_line and min(by_line) > min(facts) else (-1, 1)
        for i, found in facts.items():
            desk = i not in listed and _DESK.search(rows[i])
            for start, role, value in found:
                if role == "date" or desk:
                    continue
                owner = _nearest(by_line.get(i, []), start, rows[i])
                if owner is None and "。" not in rows[i]:
                    near = [i + j for j in sides if i + j not in listed and i + j in by_line]
                    owner = next((by_line[j][0] for j in near if "。" not in rows[j]), None)
                if owner is not None:
                    owner.pairs.append(_pair(role, value))

    def mask(self, text: str) -> str:
        """Names in a subject line or file name masked."""
        out = text
        for start, end in reversed(self._ruleset.find_words("surnames", text) if self._searched else []):
            made = self._after_surname(text, start, end)
            stop = made[1] if made else end
            if made or re.match(r" ?(?:様|さん|氏|殿|君|家|宅)", text[end:]):
                out = out[:start] + mask(text[start:stop], 1) + out[stop:]
        return _HONOURED.sub(lambda m: m.group().replace(m["name"], mask(m["name"], 1)), out)


def _closed_up(line: str) -> str:
    """A line whose digits stand apart, with them together."""
    return _APART.sub(lambda m: m.group().replace(" ", ""), line)


def _pair(role: str, value: str) -> Pair:
    return Label(role, role), value


def _nearest(people: Sequence[Found], start: int, line: str) -> Found | None:
    """The last name before `start`, else the first after it, in the same sentence and not far."""

    def close(person: Found) -> bool:
        low, high = sorted((person.start, start))
        return high - low <= _FAR and "。" not in line[low:high]

    near = [p for p in people if close(p)]
    before = [p for p in near if p.start <= start]
    return before[-1] if before else near[0] if near else None


def _closed(rest: str) -> bool:
    """Whether a name may end before `rest`: an honorific, a particle, or nothing."""
    return not rest or bool(
        re.match(r"様|さん|さま|氏|殿|君|くん|ちゃん|は|が|の|を|に|で|と|も|や|へ|か|から|より", rest)
    )


def _years(dates: Sequence[str]) -> int:
    years = [born.year for born in map(checks.birth_date, dates) if born]
    return max(years) - min(years) if years else 0
