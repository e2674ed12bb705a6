"""What native code says of lines is never less than they hold: readers that go by it find what they find without it."""

from __future__ import annotations

import random
import re
from array import array
from functools import reduce
from itertools import pairwise
from operator import or_

import pytest

from dlp import native
from dlp.detect.ruleset import Ruleset
from dlp.extract.blocks import Text
from dlp.extract.plain.normalize import fold
from dlp.inspection import Inspection, inspect
from dlp.native import hold
from dlp.reading import _TELLS_NOTHING
from dlp.subjects.books import Books
from dlp.subjects.cells.values import Names
from dlp.subjects.counter import Counter
from dlp.subjects.forms import addressed, forms, ruled
from dlp.subjects.lines import lines, marks, signs
from dlp.subjects.own import OwnTown
from dlp.subjects.plan.header import Reader
from dlp.subjects.prose import adjoined, births, facts, inline, listed, offices, prose, told_numbers, twofold
from dlp.subjects.prose.facts import Facts, saying
from dlp.transfer import Channel, Transfer
from dlp.tuning import corpus
from dlp.tuning.corpus import people

pytestmark = pytest.mark.skipif(native.library is None, reason="native code was not built")
_PIECES = (
    *"0123456789-()（） 、,・/男女歳才生年月日号番の一二十@.:=[【●*m級)>|\t\r。々ー①㍻é١٣\u3000\u2028\U00020bb7\ud800",
    *("19", "20", "元", "明治", "大正", "昭和", "平成", "令和", "M", "T", "S", "H", "R", "丁目", "番地", "...", "…", "＝", "："),
    *("090-", "0463", "+81", "1234", "要介護", "手帳", "佐藤", "花子", "さん", "様", "氏", "さま", "夫妻", "長男", "妻", "と申します"),
    *("氏名", "住所", "電話", "在住", "サトウ", "ハナコ", "口座番号", "普通", "1234567", "Sato", "a@b.jp", " 太 ", "資料は当日配布します"),
)  # fmt: skip


@pytest.fixture(params=[200, 0], ids=["few", "many"])
def few_or_many(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The masks of a few lines are a list's, those of many an array's: here of the same lines."""
    monkeypatch.setattr(hold, "_MANY", request.param)


def _texts(count: int = 600) -> list[list[str]]:
    rng = random.Random(19)
    return [
        [fold("".join(rng.choices(_PIECES, k=rng.randrange(16)))) for _ in range(rng.randrange(4, 30))]
        for _ in range(count)
    ]


def _masks(words: dict[str, int], rows: list[str]) -> list[int]:
    held = hold.Hold(words).lines(rows)
    assert held is not None
    return held.lines


def _bits(*patterns: tuple[int, re.Pattern[str]]) -> None:
    told = 0
    nothing = hold.Hold({})
    for rows in _texts():
        held = nothing.lines(rows)
        assert held is not None
        assert held.any == reduce(or_, held.lines, 0)
        for row, mask in zip(rows, held.lines, strict=True):
            for bit, pattern in patterns:
                assert mask & bit or not pattern.search(row), (bit, row)
                told += not mask & bit
    assert told > 1000  # lines are passed over at all


_SIGN = r"(?:\([^()]*[\d@][^()]*\)|\d-\d{4}|\d歳|@)"


def test_a_line_has_the_bits_of_what_matches_in_it() -> None:
    _bits(
        (hold.DIGIT, re.compile(r"\d")),
        (hold.SEVERAL, re.compile(rf"{_SIGN}(?:.+{_SIGN}){{2}}")),
        (hold.RUN12, re.compile(f"{told_numbers._NUMBER_AT_ALL}|{told_numbers._APART_AT_ALL}(?=.{{8}})|[\\d -]{{12}}")),
        (hold.RUN12, told_numbers._APART),
        (hold.CALLS, adjoined.LAST),
        (hold.SEVEN, re.compile(addressed._TRANSFER)),
        (hold.SPREAD, listed.SPREAD),
        (hold.DATED, facts._DATE),
        (hold.NUMBER, re.compile(r"[0-9](?:[- ()]{0,2}[0-9]){5}")),
        (hold.PARTED, re.compile(r"\s")),
        (hold.SAYS, dict(facts._SAYING)["0"]),
        (hold.SAYS, adjoined.TELEPHONE),
        (hold.RULED, offices._RULE),
        (hold.RULED, re.compile(rf"^\s*[{re.escape(''.join(offices._RULES))}]")),
        (hold.OPEN, re.compile(r".{17,}[^。」]$")),
        (hold.ADDRESSEE, re.compile(rf"(?:{'|'.join(addressed._NAME_ENDS)})(?:[{addressed._QUOTED}]*|\s*)$")),
        (hold.ALONE, re.compile(rf"^\s*{addressed._ALONE.pattern[1:-1]}\s*$")),
        (hold.LEADS, listed._LEADING),
        (hold.FILLED, re.compile(r"\S")),
    )


def test_a_line_that_is_plain_to_native_code_is_plain() -> None:
    plain = 0
    for rows in _texts():
        for row, mask in zip(rows, _masks({}, rows), strict=True):
            if not mask & hold.UNPLAIN:
                plain += 1
                assert forms._plain(row), row
            assert mask & hold.MARKED or row[0].isalnum()
    assert plain > 100


def test_words_have_their_bits_and_lines_without_them_do_not() -> None:
    words = {"様": 1, "さん": 2, "ab": 4, "@": 8, "花子": 1 | 4, "電話": 16, "a": 32}
    asked = hold.Hold(words)
    for rows in _texts(100):
        for row, mask in zip(rows, _masks(words, rows), strict=True):
            bits = 0
            for word, bit in words.items():
                bits |= bit if word in row else 0
            assert mask >> hold.word(1).bit_length() - 1 == bits, row
    assert asked.lines([]) is None
    assert asked.lines(["a\nb", "c"]) is None


def test_words_of_every_length_are_told_at_every_place_and_nowhere_else() -> None:
    rng = random.Random(20)
    letters = "様氏住所電話番号123ab-のéア𠮷"
    words = {"".join(rng.choices(letters, k=rng.randint(1, 9))): 1 << k for k in range(40)}
    rows = ["".join(rng.choices(letters, k=rng.randrange(9))) for _ in range(3000)]
    rows += [before + word[: rng.randint(1, len(word))] + after for word in words for before in ("", *letters) for after in ("", *letters)]  # fmt: skip
    first = hold.word(1).bit_length() - 1
    for row, mask in zip(rows, _masks(words, rows), strict=True):
        assert mask >> first == reduce(or_, (bit for word, bit in words.items() if word in row), 0), row


@pytest.mark.usefixtures("few_or_many")
def test_readers_find_the_same_by_masks(ruleset: Ruleset) -> None:
    names = Names(ruleset)
    reader = Reader(ruleset.headers, Books(ruleset))
    asked, known = prose.Prose(ruleset, names, reader, OwnTown(ruleset, "")), Facts(ruleset, OwnTown(ruleset, ""))
    for rows in _texts():
        held = asked.held(rows)
        assert held is not None
        assert saying(rows, held) == saying(rows)
        assert known.hinted(rows, held).needed == known.hinted(rows).needed
        assert known.hinted(rows, held).any >= {i for i, row in enumerate(rows) if known.signed(row)}
        assert inline.broken(rows, held) == inline.broken(rows)
        for taken in ([False] * len(rows), [i % 3 == 0 for i in range(len(rows))]):
            lists = [[*forms.text_records(rows, reader, (used := [*taken]), x), used] for x in (held, None)]
            assert lists[0] == lists[1]
        assert asked.read(rows, frozenset(), held) == asked.read(rows), rows


@pytest.mark.usefixtures("few_or_many")
def test_births_of_parties_are_the_same_by_masks(ruleset: Ruleset) -> None:
    names, rng = Names(ruleset), random.Random(23)
    reader = Reader(ruleset.headers, Books(ruleset))
    asked = prose.Prose(ruleset, names, reader, OwnTown(ruleset, ""))
    told = births.Births(names.books)
    pieces = "被保険者 患者 児童 長男 妻 さん 様 、 : ・ 佐藤\u3000花子 サトウ 昭和12年5月5日 S12.5.5 生 登録 、 の皆様 (".split(
        " "
    )
    pieces = [" ", " : ", *(piece.replace("\u3000", " ") for piece in pieces)]
    found = 0
    for _ in range(3000):
        rows = ["".join(rng.choices(pieces, k=rng.randint(1, 7))) for _ in range(3)]
        by_masks, by_python = (told.read(rows, held) for held in (asked.held(rows), None))
        assert list(by_masks) == list(by_python), rows
        found += len(by_python)
    assert found > 10


@pytest.mark.usefixtures("few_or_many")
def test_lines_are_picked_by_two_kinds_of_bits() -> None:
    for rows in _texts(100):
        held = hold.Hold({"様": 1}).lines(rows)
        assert held is not None
        for one, other in ((hold.DIGIT, hold.LEADS), (hold.MARKED, hold.DATED), (hold.word(1), hold.DIGIT)):
            assert held.both(one, other) == [i for i, m in enumerate(held.lines) if m & one and m & other]
            assert held.any_but(other) == reduce(or_, (m for m in held.lines if not m & other), 0)
            assert held.having(one) == [i for i, m in enumerate(held.lines) if m & one]
            assert held.filled(one) == [i for i, m in enumerate(held.lines) if m & one and rows[i].strip()]


@pytest.mark.usefixtures("few_or_many")
def test_readers_of_whole_texts_find_the_same_by_masks(ruleset: Ruleset) -> None:
    names, books = Names(ruleset), Books(ruleset)
    reader = Reader(ruleset.headers, books)
    asked, office = prose.Prose(ruleset, names, reader, OwnTown(ruleset, "")), offices.Offices(books)
    told, wrote, staff = 0, 0, books.patterns.staff
    for rows in _texts():
        rows = rows * (1 + ("様" in rows[0]))
        text, held = "\n".join(rows), asked.held(rows)
        assert held is not None
        assert ruled.unboxed(rows, text, held) == ruled.unboxed(rows, text)
        assert office.without_signatures(rows, held) == office.without_signatures(rows)
        assert marks.unmarked(rows, text, books, held) == marks.unmarked(rows, text, books)
        assert inline.unwrapped(rows, held) == inline.unwrapped(rows)
        assert inline.without_senders(rows, staff, held) == inline.without_senders(rows, staff)
        assert twofold.registers(rows, [False] * len(rows), held) == twofold.registers(rows, [False] * len(rows))
        assert ruled.closed(rows, reader, held) == ruled.closed(rows, reader)
        dotted = [row.replace("@", "……") for row in rows]
        assert ruled.led(dotted, "", asked.held(dotted)) == ruled.led(dotted, "\n".join(dotted))
        signed = [
            f"{'Author' if '様' in row else 'Signed-off-by'}: {row}" if i % 3 else row for i, row in enumerate(rows)
        ]
        named = asked.authors.without(signed)
        assert asked.authors.without(signed, asked.held(signed)) == named
        wrote += sum(row != other for row, other in zip(signed, named, strict=True))
        for read, by in ((addressed.labels, (books,)), (addressed.paragraphs, (names, reader))):
            by_masks, by_python = ([*read(rows, (used := [False] * len(rows)), *by, x), used] for x in (held, None))
            assert by_masks == by_python, rows
            told += len(by_python) > 1
        couples = [i % 5 == 0 for i in range(len(rows))]
        assert [*lines.delimited(rows, couples, held)] == [*lines.delimited(rows, couples)]
    assert told > 0
    assert wrote > 100


@pytest.mark.usefixtures("few_or_many")
def test_masks_of_lines_made_of_others_are_those_of_the_lines(ruleset: Ruleset) -> None:
    asked = hold.Hold(dict(signs.words(Books(ruleset))))
    for rows, others in pairwise(_texts(200)):
        changed = [other if i % 3 else row for i, (row, other) in enumerate(zip(rows, others, strict=False))]
        held = asked.lines(rows)
        assert held is not None
        for after in (rows, changed, [*changed, *rows[len(changed) :]], list(rows), others):
            known, fresh = asked.again(held, rows, after), asked.lines(after)
            assert known is not None
            assert fresh is not None
            assert (known.lines, known.any) == (fresh.lines, fresh.any)
    assert asked.again(None, ["a"], ["b"]) is None


def test_a_text_of_which_nothing_but_dates_is_said_names_nobody(ruleset: Ruleset) -> None:
    names = Names(ruleset)
    reader = Reader(ruleset.headers, Books(ruleset))
    asked = prose.Prose(ruleset, names, reader, OwnTown(ruleset, ""))
    dated = ["佐藤 花子様へ", "令和6年4月1日の会議の件", "", "長男 佐藤 一郎さんも令和6年5月2日に来ます。"]
    for rows, count in ((dated, 0), ([*dated, "", "佐藤花子さんの電話は090-8765-4321です。"], 1)):
        for held in (asked.held(rows), None):
            assert len(asked.read(rows, frozenset(), held)) == count


def _read(data: bytes, name: str, ruleset: Ruleset) -> Inspection:
    transfer = Transfer(channel=Channel.MEDIA, name=name, data=data, digest="0" * 64, sender="x", destination=("x",))
    return inspect(transfer, ruleset, token_key=b"k" * 32)


def _said(seen: Inspection) -> tuple[object, ...]:
    """All that was read; the order of traces over several parts is no matter, and not the same twice."""
    tokens = seen.traces.tokens
    traces = sorted(tokens[i : i + 8] for i in range(0, len(tokens), 8))
    return (
        *(seen.subjects, seen.lower, seen.upper, seen.counts, seen.findings, seen.tokens),
        *(traces, seen.traces.paths, seen.unread, seen.tree, seen.samples, seen.masked_name),
    )


def test_files_of_all_layouts_are_read_the_same(ruleset: Ruleset, monkeypatch: pytest.MonkeyPatch) -> None:
    books = people.strangers(ruleset.words)
    files = [f for f in corpus.made(books, each=1, seed=41, sizes=((3, 25),)) if f.kind in ("txt", "eml", "html", "md")]
    files += [corpus.innocent(name, 12, books, 5) for name in corpus.INNOCENTS]
    by_masks = [_said(_read(f.data, f.name, ruleset)) for f in files]
    monkeypatch.setattr(hold.Hold, "lines", lambda *_: None)
    assert len(files) > 60
    for one, seen in zip(files, by_masks, strict=True):
        assert _said(_read(one.data, one.name, ruleset)) == seen, one.layout


def test_a_list_in_one_line_is_broken_up_whatever_its_items_have(ruleset: Ruleset) -> None:
    asked = prose.Prose(ruleset, Names(ruleset), Reader(ruleset.headers, Books(ruleset)), OwnTown(ruleset, ""))
    for said in ("S48.3.1{}", "平成元年{}月2日", "090-1234-567{}", "046312345{}0", "4{}歳", "男", "a{}@b.jp"):
        row = "".join(
            f"{i},{name},{said.format(i)}," for i, name in enumerate(("霞見 壮太", "碧江 楓子", "露木 遥", "大槻 陽菜"))
        )
        for rows in ([row], [row] * 5):
            pieces = inline.broken(rows, asked.held(rows))
            assert pieces == inline.broken(rows), said
            assert len(pieces) > len(rows), said


def test_lines_with_any_of_some_bits_are_found_as_one_by_one() -> None:
    rng = random.Random(23)
    for _ in range(300):
        sets = [rng.getrandbits(48) & rng.getrandbits(48) & rng.getrandbits(48) for _ in range(rng.randrange(30))]
        masks = hold.Masks(array("Q", sets))
        for bits in (1 << rng.randrange(50), rng.getrandbits(8) << 8 * rng.randrange(6), rng.getrandbits(50)):
            assert masks.having(bits) == [i for i, mask in enumerate(sets) if mask & bits]


def test_where_few_items_end_few_begin() -> None:
    rng, few = random.Random(29), 0
    pieces = [
        *_PIECES,
        "様(",
        "氏 (",
        " 03-1234-5678",
        "大槻 陽菜 ",
        "(1",
        "霞台1番",
        "a@b.jp",
        "S60.1.2",
        "〒259-0100",
        " ",
    ]
    for _ in range(6000):
        line = fold("".join(rng.choices(pieces, k=rng.randrange(4, 24))))
        if inline._few_ends(line):
            few += 1
            assert len(inline._starts(line)) < 3, line
    assert 1000 < few < 5900


def test_names_of_files_that_are_passed_over_name_nobody(ruleset: Ruleset) -> None:
    rng, passed = random.Random(31), 0
    words = (
        *"-_.0123456789",
        "Hanako",
        "Sato",
        "tel",
        "name",
        "TEL",
        "090",
        "1985",
        "0101",
        "M",
        "SATO",
        "jp",
        "eml",
        "@",
        " ",
    )
    for _ in range(3000):
        name = "".join(rng.choices(words, k=rng.randrange(1, 9)))
        if _TELLS_NOTHING.fullmatch(name):
            passed += 1
            counter = Counter(ruleset, None)
            counter.feed(("x",), Text(fold(name) + "\n", "name", folded=True))
            assert counter.result().subjects == 0, name
    assert passed > 500


def test_an_item_ends_wherever_an_attribute_may_begin() -> None:
    """What an attribute begins with is asked before what it is: it must name all of them."""
    rng, ends = random.Random(31), 0
    fact = re.compile(rf"(?<!\()(?={inline.FACT.replace('|' + inline._MAIL, '')})")
    for _ in range(3000):
        line = fold(
            "".join(rng.choices((*_PIECES, "〒259-0100", "(03-1", "男性、", "١٢٣-4567"), k=rng.randrange(4, 24)))
        )
        found = {match.start() for match in inline._ITEM_ENDS.finditer(line)}
        told = {match.start() for match in fact.finditer(line)}
        assert told <= found, line
        ends += len(told)
    assert ends > 1000
