"""Lines that are passed over hold nothing: whatever a reader finds in a line, its sieve lets through."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from dlp.detect.ruleset import Ruleset
from dlp.subjects.books import Books
from dlp.subjects.cells.values import Names
from dlp.subjects.counter import Counter
from dlp.subjects.forms import forms
from dlp.subjects.own import OwnTown
from dlp.subjects.plan.header import Reader
from dlp.subjects.prose.facts import Facts, dates, saying
from dlp.subjects.prose.listed import Leading
from dlp.subjects.prose.prose import prose
from dlp.subjects.text import Texts
from dlp.tuning.town import citizens

_PIECES = (
    *"0123456789-()（） 、,・/男女歳才生年月日号番の一二十@.:…=[【●*_Mm級)", *("丁目", "番地", "昭和", "令和", "S", "生まれ", "昭和30年", "1985年3月", "80代", "住所", "在住", "に住", "自宅", "誕生日", "生年月日"),
    *("090", "0463", "+81", "1234", "2024", "要介護", "要支援", "手帳", "本町", "霞見", "壮太", "さん", "様", "Sato", "a@b.jp"),
    *("氏名", "住所", "電話番号", "フリガナ", "性別", "です", "から", "。", "・・・", "\t", "　"),
)  # fmt: skip
_LINES = st.lists(st.lists(st.sampled_from(_PIECES), max_size=14).map("".join), min_size=1, max_size=30)


@settings(max_examples=150, deadline=None)
@given(lines=_LINES)
def test_a_line_that_says_anything_is_looked_at(lines: list[str], ruleset: Ruleset) -> None:
    facts, let_through = Facts(ruleset, OwnTown(ruleset, "")), saying(lines)
    for i, line in enumerate(lines):
        found = [fact for fact in facts.of(line, frozenset()) if fact[1] != "date"]
        assert not found or i in let_through, line
        if i not in let_through:
            assert facts.of(line, frozenset()) == dates(line)


@settings(max_examples=150, deadline=None)
@example(lines=["0000000(丁目電話番号)a@b.jp"])
@given(lines=_LINES)
def test_a_line_with_a_label_is_not_plain(lines: list[str], ruleset: Ruleset) -> None:
    reader = Reader(ruleset.headers, Books(ruleset))
    for line in lines:
        if forms._plain(line):
            assert not forms.pairs_of(line, reader), line
            assert forms.gap_label(line, reader) is None, line


def test_what_citizens_say_is_looked_at(ruleset: Ruleset) -> None:
    facts = Facts(ruleset, OwnTown(ruleset, ""))
    for one in citizens(100, seed=9):
        for said in (
            one.phone,
            one.email,
            f"〒{one.postal}",
            f"{one.birth:%Y年%-m月%-d日}生まれ",
            "38歳",
            f"（{one.sex}）",
        ):
            line = f"{one.name}さんは {said} "
            if any(role != "date" for _, role, _ in facts.of(line, frozenset())):
                assert saying(["", line]) == {1}, line


def test_a_year_of_birth_is_looked_at_in_a_long_text_too(ruleset: Ruleset) -> None:
    rows = ["公園の遊具について、安全点検の結果を報告します。"] * 100
    assert saying([*rows, "高橋 大輔氏（昭和30年生まれ）".translate({0xFF08: "(", 0xFF09: ")"})]) == {100}
    assert saying([*rows, "1955年頃誕生"]) == {100}
    assert saying([*rows, "高橋大輔(80代女性)"]) == {100}


def test_lines_are_asked_for_names_only_where_their_dates_could_make_a_list(ruleset: Ruleset) -> None:
    asked = prose(ruleset, Names(ruleset), Reader(ruleset.headers, Books(ruleset)), OwnTown(ruleset, ""))._listed

    def may_list(*lines: str) -> tuple[bool, bool]:
        leading = Leading(lines)
        said = asked.may_list({i: dates(line) for i, line in enumerate(lines)}, leading)
        return said, bool(leading._known)

    assert may_list("佐藤 花子 令和6年4月1日", "鈴木 一郎 令和7年5月2日") == (False, False)
    assert may_list("佐藤 花子 昭和30年4月1日", "鈴木 一郎 令和7年5月2日") == (True, True)
    assert may_list("会議は昭和30年4月1日に始まりました", "鈴木 一郎 令和7年5月2日") == (False, True)


_WORDS = st.lists(
    st.sampled_from(
        (
            *("会議", "の", "ご案内", "meeting", "資料", "について", "霞見", "壮太", "花子", "佐藤", "さん", "様", "さくら", "本町"),
            *("正", "被害者", "班長", "地元", "平塚市", "、", "。", "・", "氏名", "性別", "男", "手帳", "糖尿病の治療中", "要介護", "生活保護", "夫妻"),
        )
    ),
    max_size=10,
).map("".join)  # fmt: skip


def _texts(ruleset: Ruleset) -> Texts:
    return Counter(ruleset, None, town="平塚市")._texts


@settings(max_examples=400, deadline=None)
@given(line=_WORDS, end=st.sampled_from(("", "\n")))
def test_in_a_line_of_letters_that_is_passed_over_nobody_is_found(line: str, end: str, ruleset: Ruleset) -> None:
    texts, rows = _texts(ruleset), (line + end).split("\n")
    held = texts._prose.held(rows)
    if texts._says_nothing(rows, held):
        assert list(texts._read(line + end, rows, None, 0, frozenset())) == [], line


@settings(max_examples=200, deadline=None)
@given(lines=st.one_of(_LINES, st.lists(_WORDS, max_size=12)))
def test_in_prose_that_is_passed_over_nobody_is_found(lines: list[str], ruleset: Ruleset) -> None:
    prose = _texts(ruleset)._prose
    held = prose.held(lines)
    if held is not None and not held.any & prose.speaks:
        assert prose.read(lines) == [], lines
