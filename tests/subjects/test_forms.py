from __future__ import annotations

import cProfile
import random
import re

import pytest

from dlp.extract.blocks import Text
from dlp.subjects.books import Books
from dlp.subjects.forms import forms, headed
from dlp.subjects.plan.header import Reader
from dlp.subjects.tables import lying


@pytest.fixture(scope="module")
def reader(ruleset):
    return Reader(ruleset.headers, Books(ruleset))


@pytest.mark.parametrize(
    "line",
    ["氏名：霞見 壮太", "氏名: 霞見 壮太", "・氏名\t霞見 壮太", "【氏名】霞見 壮太", "氏　名　：　霞見 壮太", "氏名(漢字)：霞見 壮太", "(1) 氏名：霞見 壮太", "氏名 霞見 壮太"],
)  # fmt: skip
def test_ways_to_write_a_pair(reader, line):
    ((label, value),) = forms.pairs_of(line, reader)
    assert (label.role, value) == ("name", "霞見 壮太")


@pytest.mark.parametrize("line", ["10:30 開会", "http://example.jp/", "備品：机", "です：", "それは次のとおり：あ"])
def test_what_is_no_pair_about_a_person(reader, line):
    assert not [label for label, _ in forms.pairs_of(line, reader) if label.role in ("name", "address", "phone")]


ENDS = "太介斗翔也彦雄司"


def test_several_pairs_on_a_line(reader):
    pairs = forms.pairs_of("氏名：霞見 壮太　電話：090-1234-5678／住所：碧野1-2", reader)
    assert [(label.role, value) for label, value in pairs] == [
        ("name", "霞見 壮太"), ("phone", "090-1234-5678"), ("address", "碧野1-2"),
    ]  # fmt: skip


def test_a_repeated_name_begins_a_person(reader):
    lines = ["氏名：霞見 壮太", "電話：1", "氏名：碧江 楓子", "電話：2"]
    used = [False] * 4
    records = forms.text_records(lines, reader, used)
    assert [len(r) for r in records] == [2, 2]
    assert all(used)


def test_a_sheet_lying_on_its_side_is_turned(reader):
    upright = lying.transposed([["氏名", "a", "b"], ["住所", "c", "d"], ["電話", "e", "f"]], reader)
    assert upright == [("氏名", "住所", "電話"), ("a", "c", "e"), ("b", "d", "f")]
    assert lying.transposed([["氏名", "住所", "電話"], ["a", "b", "c"], ["d", "e", "f"]], reader) is None


def test_pairs_with_bullets_and_indents_are_the_forms_own(count):
    for name in ("霞見 壮", "佐藤 一"):
        rows = [
            f'- name: {name}{end}\n  birthday: 19{60 + n}-01-02\n  phone: "090-1234-{5670 + n}"'
            for n, end in enumerate(ENDS)
        ]
        assert count(Text("\n".join(rows))).subjects == 8, name


def test_marks_before_items_of_a_list_are_no_part_of_a_name(count):
    for mark in ("[{}] ", "({})", "{}. ", "・"):
        rows = [mark.format(n) + f"霞見壮{end}/S4{n}.11.2/090-1234-567{n}" for n, end in enumerate(ENDS, 1)]
        assert count(Text("\n".join(rows))).subjects == 8, mark


NAME = "氏名　霞見　壮太\n"


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("死亡者 氏名 霞見 壮太\n生年月日 昭和8年2月11日", "birth_date"),
        ("死亡者　氏　名　霞見　壮太\n　　　　生年月日　昭和8年2月11日", "birth_date"),
        ("申請者　　住所　平塚市山下850\n　　　　　氏名　霞見　壮太", "address"),
        ("ご本人様 お名前 霞見 壮太\nご住所 平塚市山下850", "address"),
        ("預金者氏名　霞見　壮太\n口座番号　1234567", "bank_account"),
        (NAME + "性　別　男", "sex"),
        (NAME + "病名　胃がん", "sensitive"),
        (NAME + "被保険者番号　1234567890", "insurance"),
        (NAME + "平塚市浅間町1-2-3", "address"),
        (NAME + "神奈川県平塚市浅間町1丁目2番3号コーポ青葉の里201号室", "address"),
        (NAME + "0463-11-2222", "phone"),
        (NAME + "kasumi@mail.example", "email"),
        (NAME + "横浜銀行平塚支店　普通預金　1234567", "bank_account"),
        (NAME + "金融機関　横浜銀行 平塚支店 普通 1234567", "bank_account"),
        (NAME + "金融機関：横浜銀行 平塚支店 普通 1234567", "bank_account"),
        ("氏名：霞見 壮太\nDate of birth: 14 March 1991", "birth_date"),
        ("Surname: KASUMI\nGiven name: SOTA\nDOB: 14/03/1991", "birth_date"),
    ],
)
def test_labels_with_nothing_but_blanks_and_lines_without_a_label(count, text, category):
    found = count(Text(text))
    assert (found.subjects, found.counts.get(category), found.counts.get("name")) == (1, 1, 1)


def test_one_of_the_family_is_no_address(count):
    head = "世帯主：霞見 壮太\n住所：平塚市山下850\n電話：\n"
    assert count(Text(head + "家族：巽村 琥珀（妻、21歳）\n家族：霞見 楓（長女、5歳）")).subjects == 3


@pytest.mark.parametrize(
    "text",
    [
        NAME + "\n平塚市役所\n0463-11-2222",  # a heading between them: an office's
        NAME + "口座番号　未定",
        NAME + "住所　電話番号　備考",
        "株式会社アオイ設計 霞見 壮太 03-5555-0101",
        "よろしくお願いいたします。\n\n㈱アオイ設計 霞見 壮太 03-5555-0101",
    ],
)
def test_what_says_nothing_of_him(count, text):
    assert count(Text(text)).subjects == 0


HOME, MOBILE = "平塚市山下850", "090-3827-1928"


@pytest.mark.parametrize("name", ["佐藤太郎", "鈴木 一郎", "佐藤太郎様"])
@pytest.mark.parametrize(
    "said",
    [
        f" 電話 {MOBILE}",
        f" 携帯 {MOBILE}",
        f" 住所 {HOME}",
        " 生年月日 昭和46年3月5日",
        f"（電話 {MOBILE}）",
        f"（住所 {HOME}）",
        f"　（自宅 {MOBILE}）",
        f" 連絡先：{MOBILE}",
        f" 連絡先：{MOBILE}　住所：{HOME}",
    ],
)
def test_a_name_is_no_word_for_whose_a_label_is(count, name, said):
    found = count(Text(name + said))
    assert (found.subjects, found.counts.get("name")) == (1, 1)


@pytest.mark.parametrize(
    "line", [f"1. 佐藤太郎（住所 {HOME}）", f"[佐藤太郎] 電話 {MOBILE}", f"・佐藤太郎 tel {MOBILE}"]
)
def test_marks_about_a_name_before_a_label(count, line):
    assert count(Text(line)).subjects == 1


def test_lines_of_a_name_and_a_label_count_each(count):
    for line in ("佐藤{} 電話 090-3827-19{}", "佐藤{}（電話 090-3827-19{}）", "佐藤{}様 連絡先 090-3827-19{}"):
        names = "太郎 花子 一郎 次郎 健太 千尋 誠 涼子 智也 百合 秀樹 俊介".split()
        text = "\n".join(line.format(name, 10 + i) for i, name in enumerate(names))
        assert count(Text(text)).subjects == 12, line


def test_a_long_block_costs_what_its_lines_do(reader):
    """Each line looked through all that stood before it: 4 MB of English in one block were not read in a minute."""

    def steps(lines: int) -> int:
        profile = cProfile.Profile()
        profile.runcall(
            forms.text_records,
            ["The town festival opens at ten. Everybody is welcome there."] * lines,
            reader,
            [False] * lines,
        )
        return sum(entry.callcount for entry in profile.getstats())

    assert steps(1600) < 5 * steps(400)


PIECES = (
    *":：,、/|;& 　.…‥=＝\t(（)【】1■#*]様", "氏名", "電話", "name", "Date of", "birth", "佐藤花子", "あ" * 12, "...", "10:30", "から",
)  # fmt: skip


def test_labels_before_colons_are_those_a_search_finds():
    searched = re.compile(
        r"(?:(?<=[\s　/／|｜,、;；&])|^)(?=[^\s:：,、/／|｜;；&]{1,12}[:：])|[,、;；|]\s*(?=[A-Za-z]{1,10}(?: [A-Za-z]{1,10}){1,2}[:：])"
    )
    rng, several = random.Random(6), 0
    for _ in range(20_000):
        line = "".join(rng.choices(PIECES, k=rng.randrange(1, 16)))
        found = sorted({*forms._labels(line), *(m.end() for m in forms._NEXT_LATIN.finditer(line))})
        assert found == [m.end() for m in searched.finditer(line)], line
        several += len(found) > 1
    assert several > 300


def test_a_pair_without_dots_is_found_without_giving_letters_back():
    rng, found = random.Random(7), 0
    for _ in range(20_000):
        line = "".join(rng.choices(PIECES, k=rng.randrange(1, 12)))
        pair, expected = forms._pair(line), forms._PAIR.match(line)
        assert (pair and (pair.span(), pair.groups())) == (expected and (expected.span(), expected.groups())), line
        found += expected is not None
    assert found > 1000


def test_a_line_that_does_not_end_as_a_head_is_none():
    rng, passed = random.Random(8), 0
    for _ in range(20_000):
        line = "■" + "".join(rng.choices((*PIECES, "。"), k=rng.randrange(1, 6)))
        assert headed._closes(line) or not headed._HEAD.match(line), line
        passed += not headed._closes(line)
    assert passed > 300


def test_a_line_without_what_parts_a_label_has_no_pair(reader):
    rng, passed = random.Random(9), 0
    for _ in range(20_000):
        line = "".join(rng.choices((*PIECES, "女性", "38歳", "090-1234-5678"), k=rng.randrange(1, 7)))
        if not forms._PARTED.search(line):
            passed += 1
            assert not forms._PAIR.match(line), line
            assert not forms._SPACED.match(line), line
            assert not forms._VCARD.match(line), line
    assert passed > 300
