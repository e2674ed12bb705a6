"""Lists that run on in one line ("山田太郎（45歳、…）、鈴木花子（…）"): a line for each item, so that they are read as lists."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import islice

from dlp.extract.plain import sieve
from dlp.native import hold
from dlp.subjects.cells.values import CLASS
from dlp.subjects.letters import FIRST, HAN
from dlp.subjects.lines import signs
from dlp.subjects.lines.rows import changed

_MAIL = r"[\w.+-]{1,64}@"  # RFC 5321, 4.5.3.1.1; without an end a line of figures is gone through from each place
#: How an attribute begins that stands right after a name.
FACT = (
    r"(?:〒?\d{3}-\d{4}|\(?0\d{1,4}[-(]\d|0\d{9}|\d{1,3}(?:歳|才)|[男女]性?[、,・/) ]"
    rf"|{_MAIL}"
    r"|(?:明治|大正|昭和|平成|令和|[MTSHR])(?:\d{1,2}|元)[-/.年]|(?:19|20)\d\d[-/.年]\d)"
)
_NAME = rf"(?:{CLASS}{{1,6}} {CLASS}{{1,6}}|{CLASS}{{2,8}}|[ァ-ヺー]{{1,12}}(?:[ ・][ァ-ヺー]{{1,12}}){{1,4}})"
_ITEM = re.compile(
    rf"(?<!{CLASS})(?<!{CLASS} ){_NAME}(?:様|さん|さま|氏|殿|君|ちゃん)?"
    rf"(?:\s*\((?=[^()]{{0,80}}[\d@])|[\s:、,]*(?={FACT})|\s+(?={CLASS}{{2,16}}\d[\d番丁-]))"
)
#: Where one may end: each of them ends at a place of its own. What an attribute begins with is asked before the rest.
_ITEM_ENDS = re.compile(
    rf"\((?=[^()]{{0,80}}\d)|(?=[〒(\d男女明大昭平令MTSHR])(?<!\()(?={FACT.replace('|' + _MAIL, '')})"
    rf"|\s(?={CLASS}{{2,16}}\d[\d番丁-])"
)
_BEFORE = re.compile(r"(?:^|[、,;。/|・:)\d号室])\s*$")
#: Words of a foreign name before its last, and their letters.
_FIRST_NAMES, _FOREIGN = re.compile(r"(?<![ァ-ヺー])[ァ-ヺー]{2,12}(?:・[ァ-ヺー]{2,12}){0,3}・$"), 40
_HAILED = re.compile(rf"{CLASS}(?:様|さん|さま|氏|君|ちゃん)(?:は|の|、)$")
_PARTICLE = re.compile(rf"[^ ]*[はがを](?={FIRST}[々ノヶヵ之{HAN}]|[ァ-ヺ]{{2}})")
_HIRAGANA = re.compile("[ぁ-ん]+")
_NEXT_IS = re.compile(rf"(?<=\))[、,]\s*{CLASS}{{1,7}}[がは]$")  # what the next one is: "…）、班員が"
_HOUSE = re.compile(r"番|丁目|号|の|階|室")
_COUNTED = re.compile(r"[年月日時分歳才人名回件](?:生|以|前|後|間|目|の)")  # no name behind a figure: 昭和22年生まれの
#: A message of a chat: when, who wrote it.
_SENDER = re.compile(
    r"^\[?(?:(?:\d{4}[-/年])?\d{1,2}[-/月]\d{1,2}日?\s*)?\d{1,2}:\d{2}(?::\d{2})?\]?\s+[^\s:][^:\[\]()]{0,24}(?:\([^:\[\]()]{1,16}\))?:\s"
)
#: The same in an export with tabs: when, who, what; and lines that make a chat, share of different senders in it.
_SENT = re.compile(
    r"^\[?(?:(?:\d{4}[-/年])?\d{1,2}[-/月]\d{1,2}日?\s*)?\d{1,2}:\d{2}(?::\d{2})?\]?\t(?P<who>[^\t]{1,24})\t(?=[^\t]{2,}$)"
)
_CHAT, _SENDERS, _DESKS = 3, 0.5, 0.5
#: Lines that may hold three items: something of what tells an item, three times.
_TELLS = rf"(?:\([^()]*[\d@][^()]*\)|\d-\d|\d歳|\d才|@|0\d{{9}}|[男女]|[元\d][-/.年]|{CLASS}\d[\d番丁-])"
_SEVERAL = rf"{_TELLS}(?:.*?{_TELLS}){{2}}"
_ARROW, _STEP = "→", re.compile(rf"{CLASS}{{2}}.*\d-?\d{{4}}")
#: Who is what, with figures about him, and where one may end before another.
_PARTY = re.compile(rf"\s*{CLASS}{{1,10}}\s?:\s?(?:{_NAME})(?:様|さん|氏)?\s?[(\s][^/]*\d")
_PARTY_ENDS = re.compile(rf"\s?/(?=\s?{CLASS}{{1,10}}\s?:)")
_LEAST, _SHORT = 3, 36
_WIDE = re.compile(r"\s{2,}")
_PAIRS = 2  # lines of two items each that make a list of two a line
#: Letters of a line of prose at least, how much lines differ that are broken at one width, what ends a sentence.
_FULL, _SLACK = 18, 2
_CLOSED = "。」"
_LONG = 12  # lines of one width that are no sentences as a whole: none is looked for in them again
_EQUAL, _STOPS = 0.75, 0.2  # share of them that are of one length; that hold a full stop
_KANA_LEAST, _KANA = 0.1, 0.25  # share of hiragana in a line of prose; on average
_PLACES, _SHARED = 20, 0.4  # places that are many, however many lines; share of lines that have one in common
_ALIKE, _KANA_ALIKE = 3, 0.15  # lines of the very same length that tell more; the share on average in these
#: How a line begins that goes on with no other: blanks, a mark, a number of its own, a time.
_OWN_LINE = re.compile(r"[\s・●○◆■◎※□*【\[〔〈<>]|- |\(?\d{1,2}[.)] |\(\d{1,2}\)|\d{1,2}[:、]\d?\d?")
_ENDS = re.compile(r"(?<=。)")


def without_senders(rows: Sequence[str], staff: re.Pattern[str], held: hold.Held = None) -> Sequence[str]:
    """`rows`, messages of a chat without who wrote them: he is nobody they are about. `staff`: how an office's is."""
    where = {i: row for i in hold.where(held, signs.COLON, rows) if ":" in (row := rows[i])[:40]}
    sent = {i: match for i, row in where.items() if "\t" in row and (match := _SENT.match(row))}
    senders = [match["who"] for match in sent.values()]
    few = len(set(senders)) <= _SENDERS * len(senders)
    chat = len(sent) >= _CHAT and (few or sum(staff.search(who) is not None for who in senders) > _DESKS * len(senders))
    ends = {i: sent[i] if chat and i in sent else _SENDER.match(row) for i, row in where.items()}
    return changed(rows, {i: where[i][match.end() :] for i, match in ends.items() if match})


def broken(rows: Sequence[str], held: hold.Held = None, labels: re.Pattern[str] | None = None) -> Sequence[str]:
    """`rows`, lines that hold a list of people broken before each item; `labels`: how what begins no item begins."""
    found: list[str] = []
    done = 0
    if held is None or held.any & signs.ARROW:
        whole, rows = rows, [piece for row in rows for piece in (_steps(row) if _ARROW in row else (row,))]
        held = held if len(rows) == len(whole) else None
    if held is None or held.any & signs.DELIMITED["/"]:
        rows, held = _partied(rows, held)
    if held is None or held.any & signs.DELIMITED["  "]:
        rows, held = _paired(rows, held)
    for i in sieve.lines(rows, _SEVERAL)[0] if held is None else held.having(hold.SEVERAL):
        if len(rows[i]) < _SHORT or _few_ends(rows[i]) or len(starts := _starts(rows[i], labels)) < _LEAST:
            continue
        found += rows[done:i]
        found += [
            _NEXT_IS.sub("", rows[i][a:b].strip(" 、,;/|・"))
            for a, b in zip([0, *starts], [*starts, None], strict=True)
            if a != b
        ]
        done = i + 1
    return [*found, *rows[done:]] if done else rows


def _steps(line: str) -> list[str]:
    """A line of a calling tree, somebody with his number in each of its steps: a line each."""
    steps = line.split(_ARROW)
    whole = all(_STEP.search(step) for step in steps)
    return [step.strip() for step in steps] if whole else [line]


def _partied(rows: Sequence[str], held: hold.Held) -> tuple[Sequence[str], hold.Held]:
    """`rows`, those that say who is what of several people (甲：佐藤花子（…）／乙：…) broken before each of them."""
    where = hold.where(held, signs.DELIMITED["/"], rows)
    broken = {i: pieces for i in where if ":" in rows[i] and len(pieces := _PARTY_ENDS.split(rows[i])) > 1}
    broken = {i: pieces for i, pieces in broken.items() if all(map(_PARTY.match, pieces))}
    if not broken:
        return rows, held
    return [piece.strip() for i, row in enumerate(rows) for piece in broken.get(i, (row,))], None


def _paired(rows: Sequence[str], held: hold.Held) -> tuple[Sequence[str], hold.Held]:
    """`rows`, those that hold two people side by side, each with something said of him: a line each."""
    where = hold.where(held, signs.DELIMITED["  "], rows)
    broken = {i: pieces for i in where if (pieces := _two(rows[i]))}
    if len(broken) < _PAIRS:
        return rows, held
    return [piece for i, row in enumerate(rows) for piece in broken.get(i, (row,))], None


def _two(line: str) -> list[str]:
    """Both items of a line of two that stand wide apart; none of any other line."""
    pieces = _WIDE.split(line.strip())
    return pieces if len(pieces) == 2 and all(map(_ITEM.match, pieces)) else []


def _few_ends(line: str) -> bool:
    """Whether fewer items than a list has may end in a line."""
    return "@" not in line and next(islice(_ITEM_ENDS.finditer(line), _LEAST - 1, None), None) is None


def _starts(line: str, labels: re.Pattern[str] | None = None) -> list[int]:
    """Where items begin: names before an attribute, after what ends another item, in no brackets."""
    found, depth, at = list[int](), 0, 0
    for match in _ITEM.finditer(line):
        depth += line.count("(", at, match.start()) - line.count(")", at, match.start())
        at = match.start()
        last = found[-1] if found else 0
        if line[at - 1 : at] == "・" and (foreign := _FIRST_NAMES.search(line, max(last, at - _FOREIGN), at)):
            begins = foreign.start()  # リー・ウェイ様は
        elif particle := _PARTICLE.match(match.group()):
            begins = at + particle.end()
        elif depth <= 0 and _BEFORE.search(line[max(0, at - 4) : at]) and not _HOUSE.match(line, at):
            if line[at - 1 : at].isdigit() and _COUNTED.match(line, at):
                continue
            begins = at
        else:
            continue
        if not _told_of(line, last, begins, labels):
            found.append(begins)
    return found


def _told_of(line: str, last: int, at: int, labels: re.Pattern[str] | None) -> bool:
    """Whether what may begin an item at a place is the label of what is said, or when, of whom the sentence has named:
    林花子様、生年月日…, 比企詩乃様は日中090-…"""
    if labels is not None and labels.match(line, at):
        return True
    said = line[max(last, line.rfind("。", 0, at) + 1) : at]
    return len(said) <= _SHORT and _HAILED.search(said) is not None and not any(map(str.isdigit, said))


def unwrapped(rows: Sequence[str], held: hold.Held = None) -> Sequence[str]:
    """`rows`, sentences that were broken at a fixed width, a name in two perhaps, made whole: a line each."""
    if not (any("。" in row for row in rows) if held is None else held.any & signs.STOP):
        return rows
    found: list[str] = []
    done = 0
    where = hold.where(held, hold.OPEN, rows)
    for i in [i for i in where if len(rows[i]) >= _FULL and rows[i][-1] not in _CLOSED]:
        if i < done or not _goes_on(rows, i, len(rows[i])) or _kana(rows[i]) < _KANA_LEAST:
            continue  # no sentence, whatever follows: packed bytes, say, of which there may be a hundred thousand lines
        stop = i + 1
        while _goes_on(rows, stop, len(rows[i])):
            stop += 1
        stop += 1
        if _sentences(rows[i:stop]):
            found += rows[done:i]
            found += [piece for piece in _ENDS.split("".join(rows[i:stop])) if piece]
            done = stop
        elif stop - i > _LONG:
            found += rows[done:stop]
            done = stop  # so that its lines are not looked at again from each of them
    return [*found, *rows[done:]] if done else rows


def _goes_on(rows: Sequence[str], i: int, full: int) -> bool:
    """Whether a line is as long as lines are and the next goes on with its sentence."""
    if i + 1 >= len(rows) or abs(len(rows[i]) - full) > _SLACK:
        return False
    if rows[i][-1] in _CLOSED and len(rows[i]) != full:
        return False
    following = rows[i + 1]
    return 0 < len(following) <= full + _SLACK and not _OWN_LINE.match(following)


def _at_many(places: Sequence[tuple[int, int]]) -> bool:
    """Whether stops and commas stand at many places: lines of one width have room for so many and no more."""
    most = Counter(places).most_common(1)[0][1] if places else 0
    return len(set(places)) > min(len(places) / 2, _PLACES) and most <= max(2, _SHARED * len(places))


def _kana(row: str) -> float:
    """The share of a line that is hiragana."""
    return sum(map(len, _HIRAGANA.findall(row))) / len(row)


def _sentences(rows: Sequence[str]) -> bool:
    """Whether lines are prose: stops in them, at no place that they share as the lines of a list do."""
    *full, _ = map(len, rows)
    equal = Counter(full).most_common(1)[0][1] / len(full)
    if equal < _EQUAL:
        return False
    kana = [_kana(row) for row in rows]
    wrapped = equal == 1 and len(full) >= _ALIKE
    if sum(kana) < (_KANA_ALIKE if wrapped else _KANA) * len(rows) or (min(kana[:-1]) < _KANA_LEAST and not wrapped):
        return False
    places = [row.index("。") if "。" in row else -1 for row in rows]
    commas = [row.index("、") if "、" in row else -1 for row in rows]
    return sum(place >= 0 for place in places) >= _STOPS * len(rows) and _at_many(
        list(zip(places, commas, strict=True))
    )
