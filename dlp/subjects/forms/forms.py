"""Labels and their values: "氏名：佐藤 花子" in text, label and value columns in sheets, one block or many.

Pairs become a table whose header is the labels, so that forms and tables are read by the same rules.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from dlp.detect.headers import PERSONAL
from dlp.native import hold
from dlp.subjects.cells.values import CLASS
from dlp.subjects.forms import bare, bearer, latin, others, said
from dlp.subjects.forms.blocks import Blocks
from dlp.subjects.forms.form_records import NAMED, Pair, split_records
from dlp.subjects.lines import signs
from dlp.subjects.plan.header import Label, Reader, looks_like_value

#: A label: an optional mark, a short word, an optional note, then a colon, tab, 】 or a run of dots.
_PAIR_OF = (
    r"^[\s>・*●○◆◇■□★☆▼▽◎※\d.(（)）①-⑳-]*"
    r"(?:[【\[［〔<＜「(（](?P<boxed>[^】\]］〕>＞」)）(（\n]{{1,16}}(?:[(（][^()（）\n]{{1,10}}[)）])?)[】\]］〕>＞」)）]\s*[:：]?"
    r"|(?P<label>[^\s:：=＝\t,、。（(]{{1,20}}{0}(?:[ 　][^\s:：=＝\t,、。]{{1,6}}){{0,4}}(?:[(（][^)）\n]{{1,10}}[)）])?)\s*(?:[:：＝]|=(?!=)|\t|…+|‥+|\.{{3,}}))"
    r"[\s　]*(?P<value>.*)$"
)
#: Without a run of dots no sign stands among a label's letters, and none of them need be given back.
_PAIR, _PAIR_UNLED = re.compile(_PAIR_OF.format("")), re.compile(_PAIR_OF.format("+"))
_DOTS = ("…", "‥", "...")
#: Several pairs on one line: "氏名：佐藤 花子　電話：0463-…": a word right before each colon, of so many letters at most,
#: and what may stand before it; words of Latin letters after a sign.
_COLON, _LABEL, _LONGEST_LABEL = re.compile("[:：]"), re.compile(r"[^\s:：,、/／|｜;；&]+"), 12
_PARTS = re.compile(r"[\s　/／|｜,、;；&]")
_NEXT_LATIN = re.compile(r"[,、;；|]\s*(?=[A-Za-z]{1,10}(?: [A-Za-z]{1,10}){1,2}[:：])")
#: … "name=佐藤花子 tel=0463-…", "name=…&tel=…".
_NEXT_EQUAL = re.compile(r"(?:(?<=[\s　|｜,、;；&])|^)(?=[^\s=＝,、/／|｜;；&]{1,20}[=＝](?!=))")
#: A label later in a line: "090-… 住所：…" below "電話：".
_INNER = re.compile(r"(?<=[\s　/／|｜,、])(?=(?P<label>[^\s:：=＝,、/／|｜]{1,12})\s*[:：])")
_LATIN_WORDS = re.compile(r"[A-Za-z]+(?: [A-Za-z]+)* ")  # the beginning of a label of several words
_AROUND = " 　\t/／|｜\"'「」,、;；&。"
#: A known label, blanks, and its value: "お名前　山本 さくら".
_SPACED = re.compile(
    r"^[\s・●○◆■□★☆]*(?:[(（]?\d{1,3}[)）.]\s*|\d{1,2}\s+)?(?P<label>[^\s\d、。]{2,12}|[甲乙丙丁])[ 　]+(?P<value>\S.*)$"
)
#: Two letters that blanks keep apart, and stand alone.
_SPREAD = re.compile(r"(?<!\S)(\w)[ 　]+(\w)(?!\S)")
#: What parts words, and pairs of a label and a value.
_WORDS = re.compile(r"\s*[、,;；|｜]\s*|\s+/\s+|\s+")
#: What no word for whose a label is holds: "矢島健太（電話" is a name, and what is said of it.
_NO_GROUP = re.compile("[ぁ-ゖ(（\\[［【]")
#: Properties of a vCard.
_VCARD = re.compile(r"^(?:item\d\.)?(?P<field>FN|TEL|EMAIL|ADR|BDAY)(?:;[^:]*)?:(?:tel:)?(?P<value>.*)$", re.IGNORECASE)
#: A name's value that goes on about the person: prose reads it, too.
_MORE = re.compile(r"[(（、,\s].*(?:[男女]|\d)")
#: … an account's that goes on about its holder.
_ACCOUNTS, _HELD = frozenset(("bank", "bank_account")), re.compile(r"\d{7}\D*[ァ-ヺ一-鿿]{2}")
#: … a number's that goes on with who has it.
_OWNED = re.compile(rf"\d{{4}}[-\d]*[ (]+{CLASS}{{2}}")
_DIGITS = "0123456789０１２３４５６７８９元"
_FIGURES = {
    **dict.fromkeys(("phone", "birth_date", "age", "postal_code", "individual_number"), _DIGITS),
    "address": f"{_DIGITS}一二三四五六七八九十",
    "email": "@＠",
}
#: Colons written twice behind a label that is no program's: お名前::佐藤 花子.
_DOUBLED = re.compile("(?<=[ぁ-ゖァ-ヺ一-鿿])::+(?=[^:])")
#: One of several boxed labels on a line, with its value.
_BOX = re.compile(r"【[^【】]{1,16}】[^【】]*")
#: What counts the items of a form: 1., (2), 問3, Q4.
_ITEM_NUMBER = re.compile(r"^[^\W\d]{0,2}[(（]?\d{1,2}(?:[)）.．、]\s*|\s+)")
_WHOSE_BOXED = re.compile(
    r"^\s*[甲乙丙丁]?[(（](?P<party>[^\s()（）\d]{1,8})[)）](?P<label>[^\s\d(（:：]{2,8})(?=[\s:：])"
)
_VCARD_LABELS = {"FN": "氏名", "TEL": "電話番号", "EMAIL": "メールアドレス", "ADR": "住所", "BDAY": "生年月日"}
_UNTICKED, _BOXES = ("□", "☐"), "□☐☑✓✔☒■"
#: Signs beside a label …
_BESIDE = (":", "：", "=", "＝", "\t", "…", "‥", "...")
#: … brackets about it, blanks after it; and how many letters a line may have that is nothing else.
_BOXED = re.compile(r"^[\s>・*●○◆◇■□★☆▼▽◎※\d.(（)）①-⑳-]*[【\[［〔<＜「(（]")
_APART = re.compile(r"^[\s・●○◆■□★☆]*(?:[(（]?\d{1,3}[)）.]\s*|\d{1,2}\s+)?(?:[^\s\d、。]{2,12}+|[甲乙丙丁])[ 　]")
_ALONE, _MARKS = 20, " 　\t\r\x0b\x0c・●■◆【】[]<>＜＞"
_HEADS = frozenset("■□●○◆◇▼▽★☆")  # what begins a line that is no value
_POINTS = frozenset("・*●-")  # what begins a point
_RULE = 8  # letters by which most lines are told from a rule
#: A line without any of these has no label beside its value.
_PARTED = re.compile(r"[:：=＝\t…‥【\[［〔<＜「(（ 　]|\.\.\.")
_LONGEST = 400  # letters of a line of labels and values

#: Roles whose label may be followed by its value without a sign between them.
_SPOKEN = PERSONAL - {"surname", "given", "surname_kana", "given_kana", "postal_code", "relationship"} | {"bank"}
#: … of them those whose values are numbers, and how many figures these have at least.
_NUMBERS = PERSONAL & frozenset(
    "bank_account individual_number resident_code licence insurance pension passport residence_card card".split()
)
_FIGURES_LEAST = 4

#: Roles whose value may stand on the line below its label.
_WAITED = PERSONAL

#: A telephone, an address or a date behind something else: a line of a list.
_LISTED = re.compile(r"\S[ 　\t]\D{0,40}\d[^ 　\t]{0,20}?(?:[-‐–－ー(]\d|年\d)")
_SHOWN = 3  # lines of a text that show how fields are filled in, at most
_NAME_WORDS = 2  # of a name, at most
_BARE_AGE = re.compile(r"\d{1,3}")


def text_records(lines: Sequence[str], reader: Reader, used: list[bool], held: hold.Held = None) -> list[list[Pair]]:
    """Blocks of label–value pairs in lines not yet `used`; the lines they stand on are marked used."""
    blocks = Blocks(reader.books.same_as_above)
    gap, waiting, last = False, None, -2
    masks = [hold.UNPLAIN] * len(lines) if held is None else held.lines
    unplain = range(len(lines)) if held is None else held.filled(hold.UNPLAIN)  # a blank one leaves a gap
    at = 0
    while at < len(lines):
        if waiting is None and last != at - 1:  # plain lines say nothing by themselves
            plainly, at = at, _next(unplain, at, len(lines))
            gap = _gap_behind(lines, used, plainly, at, gap)
            if at == len(lines):
                break
        i, line, at = at, lines[at], at + 1
        if used[i]:
            waiting = None  # its value would have been here
            continue
        if not line:
            gap = True
            continue
        named = last == i - 1 and blocks.named
        plain = waiting is None and (not masks[i] & hold.UNPLAIN or _plain(line))
        if plain and not named:
            gap = False
            continue
        if not plain and (not line.strip() or _ruled(line)):
            gap = True
            continue
        pairs = [] if plain else _behind_waiting(waiting, line, reader) or pairs_of(line, reader)
        if not pairs and waiting is not None and not gap_label(line, reader) and not _PAIR.match(line):
            # "滞納" above a list of people, 振込先 above points
            heads = (waiting.role == "sensitive" or line.lstrip()[:1] in _POINTS) and _LISTED.search(line)
            pairs = [(waiting, line.strip())] if not heads and "。" not in line and _fits(waiting, line) else []
        waiting = None
        if not pairs and named and (alone := bare.told(line, reader)):
            pairs = [alone]
        if pairs and any(others.owns(label, value, reader) for label, value in pairs):
            gap = False
            continue
        if pairs and _shows(line, lines, reader):
            used[i], gap = True, True
            continue
        if pairs:
            named_above = not gap and blocks.named  # the account is his, and its holder no second person
            used[i] = _begins(line, reader) and not any(
                (label.role == "name" and (_MORE.search(value) or _ails(line, masks[i], reader, held)))
                or (label.role in _ACCOUNTS and not named_above and _HELD.search(value))
                or (label.role in _NUMBERS - (_ACCOUNTS if named_above else frozenset()) and _OWNED.search(value))
                or (label.role in others.OTHERWISE and others.named_in(value, reader))
                or (label.role == "address" and any(map(value.__contains__, reader.books.honorifics_formal)))
                or (label.role in _UNLABELLED and not reader.knows(label.text))
                for label, value in pairs
            )
            if gap:
                blocks.part()
            blocks.add([pair for pair in pairs if pair[1]])
            last = i
            if not pairs[-1][1]:
                waiting = pairs[-1][0]
        elif not plain and (label := gap_label(line, reader)) is not None:
            used[i] = True
            waiting = label
            if gap:
                blocks.part()
        gap = False
    return split_records([block for block in blocks.all if block])


def _ails(line: str, mask: int, reader: Reader, held: hold.Held) -> bool:
    """Whether a line says how somebody is, or what is secret of him: "氏名：佐藤 花子（統合失調症）", "滞納者：佐藤 花子"."""
    if held is not None and not mask & signs.AILING:
        return False
    says = reader.books.patterns
    return says.ailing_said.search(line) is not None or says.secret_said.search(line) is not None


def _next(places: Sequence[int], at: int, end: int) -> int:
    """The first of `places`, which are in order, that is not before `at`; `end` if there is none."""
    place = bisect_left(places, at)
    return places[place] if place < len(places) else end


def _gap_behind(lines: Sequence[str], used: Sequence[bool], begin: int, end: int, gap: bool) -> bool:
    """Whether plain and blank lines leave a gap: the last of them that is not used tells; `gap` where none is."""
    told = next((i for i in range(end - 1, begin - 1, -1) if not used[i]), None)
    return gap if told is None else not lines[told].strip()


def _shows(line: str, lines: Sequence[str], reader: Reader) -> bool:
    """Whether a line shows how a field is filled in: "（記載例）氏名 …". Of more than a few nobody believes it."""
    example = reader.books.example_line
    return example.match(line) is not None and sum(1 for row in lines if example.match(row)) <= _SHOWN


def _behind_waiting(waiting: Label | None, line: str, reader: Reader) -> list[Pair]:
    """The pairs of a line that begins with the value of the label above it and goes on with another label."""
    inner = _INNER.search(line.rstrip(), 1) if waiting is not None and len(line) <= _LONGEST else None
    if waiting is None or inner is None or not reader.knows(reader.label(inner["label"]).text):
        return []
    value = line[: inner.start()].strip(_AROUND)
    if not value or gap_label(value, reader) or _PAIR.match(value) or not _fits(waiting, value):
        return []
    return [(waiting, value), *pairs_of(line[inner.end() :], reader)]


def _fits(label: Label, line: str) -> bool:
    """Whether a line may be the value of the label above it: figures where figures belong, and no head of its own."""
    if line.lstrip()[:1] in _HEADS:
        return False
    sign = _FIGURES.get(label.role)
    return sign is None or any(c in sign for c in line)


def _plain(line: str) -> bool:
    """Whether a line is no label, holds none, parts no blocks and underlines nothing."""
    if len(line.strip(_MARKS)) <= _ALONE or not line.lstrip()[:1].isalnum():
        return False
    for sign in _BESIDE:
        if sign in line:
            return False
    return not _APART.match(line) and not _BOXED.match(line)


def gap_label(line: str, reader: Reader) -> Label | None:
    """A line that is a label and nothing else, whose value stands on the next line."""
    text = _ITEM_NUMBER.sub("", line.strip(" 　\t・●■◆【】[]<>＜＞:："))
    if not text or len(text) > 14 or looks_like_value(text):
        return None
    label = reader.label(text)
    return label if label.role in _WAITED and len(label.text) >= 2 and reader.knows(label.text) else None


def _ruled(line: str) -> bool:
    bare = line.strip()
    return not bare[0].isalnum() and len(set(bare[:_RULE])) <= 2 and len(set(bare)) <= 2


def pairs_of(line: str, reader: Reader) -> list[Pair]:
    """The label–value pairs of one line, known labels only."""
    if len(line) > _LONGEST or not _PARTED.search(line):
        return []
    line = _opened(line, reader)
    if "::" in line:
        line = _DOUBLED.sub(":", line)
    if (card := _VCARD.match(line)) and card["value"]:
        return [(reader.label(_VCARD_LABELS[card["field"].upper()]), card["value"].strip(" ;").replace(";", ""))]
    if line.count("【") > 1 and (boxed := _BOX.findall(line)):
        return [pair for piece in boxed for pair in pairs_of(piece.strip(), reader)]
    starts = _starts(line)
    pieces = [line[a:b] for a, b in zip([0, *starts], [*starts, len(line)], strict=True)] if starts else [line]
    matches = [*map(_pair, pieces)]
    if len(pieces) == 1 and (owned := _of_whom(matches[0], reader)):
        return owned
    found: list[Pair] = []
    for piece, match in zip(pieces, matches, strict=True):
        label = _asked(match, reader) if match else None
        if match and label and label.role == "official" and "。" in match["value"]:
            continue  # 佐藤委員：… is what he says, and prose
        if match and label and label.role == "name" and _in_function(match["value"].strip(), reader):
            continue
        if match and label and not label.role and reader.books.patterns.care_told.search(match["value"]):
            label = Label(label.text or "状態", "sensitive")
        if match and label and label.role:
            if latin.tells(label, match["value"], reader.books.patterns):
                found += said.with_him(label, said.ticked(said.unwrapped(match["value"].strip(_AROUND))))
        elif found and piece.strip() and not match:
            found[-1] = (found[-1][0], f"{found[-1][1]} {piece.strip()}")
    found = found or _spaced_pair(line, reader)
    return bearer.parted([*found, *bare.account(found, reader)], reader) if found else found


def _in_function(value: str, reader: Reader) -> bool:
    """Whether a name's value says that it is an office's holder's: whom a paper is addressed to, or one of its staff."""
    says = reader.books.patterns
    return says.holder.search(value) is not None or says.posted.match(value) is not None


def _pair(piece: str) -> re.Match[str] | None:
    """A label and its value."""
    return (_PAIR if any(map(piece.__contains__, _DOTS)) else _PAIR_UNLED).match(piece)


def _starts(line: str) -> list[int]:
    """Where the pairs of a line begin that holds several; none else."""
    if line.count(":") + line.count("：") > 1:
        starts = sorted({*_labels(line), *(m.end() for m in _NEXT_LATIN.finditer(line))})
        return [b for a, b in pairwise([0, *starts]) if not a or not _LATIN_WORDS.fullmatch(line, a, b)]
    return [m.end() for m in _NEXT_EQUAL.finditer(line)] if line.count("=") + line.count("＝") > 1 else []


def _labels(line: str) -> Iterator[int]:
    """Where words begin that stand right before a colon."""
    for colon in _COLON.finditer(line):
        at = colon.start()
        word = _LABEL.match(line[max(0, at - _LONGEST_LABEL - 1) : at][::-1])  # from right to left
        begin = at - word.end() if word else at
        if at - _LONGEST_LABEL <= begin < at and (not begin or _PARTS.match(line, begin - 1)):
            yield begin


_UNLABELLED = frozenset(("sex", "age"))
_BULLETS = " 　\t-・*●■◆"


def _begins(line: str, reader: Reader) -> bool:
    """Whether a line with several colons begins with a label: else prose reads it, too."""
    line = line.lstrip(_BULLETS)
    start = next((start for start in _starts(line) if start), 0)
    match = _PAIR.match(line[:start]) if start else None
    return not start or bool(match and _asked(match, reader).role)


def _asked(match: re.Match[str], reader: Reader) -> Label:
    """The label of a pair; none where a name stands before it: "佐藤太郎 連絡先：…" is said of him."""
    label = reader.asked(match["boxed"] or match["label"])
    named = label.group and (
        reader.calls(label.group)
        or bearer.before(match["label"] or "", label, reader)
        or (label.group.endswith("(") and label.group.isascii())  # Li Wei (DOB: …
        or ("{" in label.group and label.group[0].isalpha())  # a program's: new Person { Name = "…"
    )
    return Label(label.text, "") if named else label


def _spaced_pair(line: str, reader: Reader) -> list[Pair]:
    match = _SPACED.match(_closed(line, reader))
    if not match or (line.lstrip()[:1] in _UNTICKED and any(box in match["value"] for box in _BOXES)):
        return []  # one of several boxes, not ticked
    label = reader.label(match["label"])
    following = _label_of(_WORDS.split(match["value"], maxsplit=1)[0], reader)
    if following.role not in ("", "bank") and not (label.role and following.text in reader.books.also_values):
        empty = label.role in _SPOKEN and _known(label, reader) and reader.knows(following.text)  # 住所　　TEL 090-…
        if not empty and not _whose(match["label"], reader):
            return []
        pairs = _spaced_pair(match["value"], reader)
        return pairs if empty else bearer.named(match["label"], pairs, reader)
    if label.role not in _SPOKEN or not _known(label, reader):
        return []
    along = _along(label, _WORDS.split(match["value"]), reader)
    told = [
        pair
        for label, value in along
        for pair in said.with_him(label, said.ticked(value))
        if value and _numbered(label, value) and not (label.role == "name" and _in_function(value, reader))
    ]
    says = reader.books.patterns
    return told if all(latin.tells_apart(label, line, value, says) for label, value in told) else []


def _label_of(word: str, reader: Reader) -> Label:
    """What a word is as a label: nothing, where it is a value: 0463-55-1208（自宅）."""
    return Label("", "") if looks_like_value(word) else reader.label(word)


def _of_whom(match: re.Match[str] | None, reader: Reader) -> list[Pair]:
    """Fields without colons behind a word for whose they are, and a colon: "申出人：氏名 佐藤 花子 住所 …"."""
    if match is None or not match["value"].strip():
        return []
    word = match["boxed"] or match["label"]
    first = _label_of(_WORDS.split(match["value"].strip(), maxsplit=1)[0], reader)
    if first.role not in _SPOKEN or not reader.knows(first.text):
        return []
    counted = first.role in NAMED and reader.label(word).role == "count"  # 対象世帯：世帯主 …
    if not counted and not _whose(word, reader):
        return []
    pairs = bearer.named(word, _spaced_pair(match["value"], reader), reader)
    named = any(label.role in NAMED for label, _ in pairs)
    return pairs if named or reader.label(word).role == "name" else []


def _opened(line: str, reader: Reader) -> str:
    """A line without the brackets about whose its label is: "(代理人)住所　…"."""
    whose = _WHOSE_BOXED.match(line) if line.lstrip()[:1] in "(（甲乙丙丁" else None
    if whose is None or whose["party"] not in reader.books.parties:
        return line
    label = reader.label(whose["label"])
    return line[whose.start("label") :] if label.role in PERSONAL and reader.knows(label.text) else line


def _closed(line: str, reader: Reader) -> str:
    """A line whose labels are not written apart: "氏　名　泉　恵子" begins with 氏名."""
    if " " not in line and "\u3000" not in line:
        return line
    return _SPREAD.sub(lambda m: m[1] + m[2] if reader.knows(m[1] + m[2]) else m[0], line)


def _whose(word: str, reader: Reader) -> bool:
    """Whether a word before a label may say whose it is: 申請者, 死亡者, ご本人様."""
    label = reader.label(word)
    return label.role in ("", "name") and not looks_like_value(word) and not reader.calls(word)


def _known(label: Label, reader: Reader) -> bool:
    """Whether a label is a header word, or one with whose it is before it (預金者氏名), without words between."""
    rest = label.text.removeprefix(label.group).removeprefix("の")  # 対象者の氏名
    if reader.knows(label.text):
        return True
    return bool(rest and reader.knows(rest) and not _NO_GROUP.search(label.group) and not reader.calls(label.group))


def _numbered(label: Label, value: str) -> bool:
    """Whether a value has the figures that its label's number has."""
    return label.role not in _NUMBERS or sum(map(str.isdigit, value)) >= _FIGURES_LEAST


def _along(label: Label, words: Sequence[str], reader: Reader) -> Iterable[Pair]:
    """Labels and values that follow each other on one line: "世帯主 佐藤 花子 続柄 妻"."""
    value: list[str] = []
    for i, word in enumerate(words):
        following = reader.label(word) if len(word) >= 2 and not looks_like_value(word) else None
        if (
            following
            and following.role in _SPOKEN | {"relationship"}
            and reader.knows(following.text)
            and (value or following.role != label.role)
        ):
            yield label, " ".join(value).strip(_AROUND)
            label, value = following, []
        elif value and label.role in NAMED and said.OF_HIM.fullmatch(word):
            yield label, " ".join(value).strip(_AROUND)
            yield from said.of_him(label, words[i:])
            return
        elif value and label.role == "name" and _BARE_AGE.fullmatch(word) and _may_end(value):
            break  # 投稿者 佐藤 花子 56 会社員: the name ends before it
        else:
            value.append(word)
    yield label, " ".join(value).strip(_AROUND)


def _may_end(words: Sequence[str]) -> bool:
    """Whether a name may end with some words, so that a figure behind it is an age: not behind an address."""
    return len(words) <= _NAME_WORDS and words[-1].isalpha()
