"""What hosts, clinics and registers exchange: medical bills (UKE), HL7, records without ends of line, births in parts."""

from __future__ import annotations

from datetime import date

import pytest

from dlp.detect import checks
from dlp.errors import Incomplete
from dlp.extract import stream
from dlp.extract.budget import Budget
from dlp.extract.plain import hl7, record_types
from dlp.tuning.town import Citizen, citizens
from tests.extract.people import count, inspected

PEOPLE = list(citizens(40, seed=71))


def era(born: date) -> tuple[str, int]:
    """The code of an era, and the year in it."""
    if born >= date(2019, 5, 1):
        return "5", born.year - 2018
    return ("4", born.year - 1988) if born >= date(1989, 1, 8) else ("3", born.year - 1925)


def coded(born: date) -> str:
    code, year = era(born)
    return f"{code}{year:02}{born:%m%d}"


def sex(one: Citizen) -> str:
    return "1" if one.sex == "男" else "2"


def _padded(text: str, width: int) -> bytes:
    return text.encode("cp932").ljust(width)[:width]


def _bills(people: list[Citizen]) -> str:
    lines = ["IR,1,14,1,1410001,,海霧診療所,50710,00,"]
    for number, one in enumerate(people, 1):
        lines += [
            f"RE,{number},1112,50709,{one.name},{sex(one)},{coded(one.birth)},,,,,,,{number:08},,,,,,,,{one.kana}",
            f"HO,06140013,霧,{number},1,1200,,,,,,",
            "SY,8830417,5070901,1,,,01,",
            "SI,11,1,111000110,,288,1,,,,,,,,1",
        ]
    return "\r\n".join([*lines, f"GO,{len(people)},123456,99", ""])


@pytest.mark.parametrize("encoding", ["cp932", "utf-8"])
def test_medical_bills_name_who_was_treated(encoding):
    found = inspected(_bills(PEOPLE).encode(encoding))
    assert (found.subjects, found.counts["birth_date"], found.unread) == (40, 40, ())


def test_medical_bills_too_large_to_hold_are_read_in_pieces():
    bills = _bills(PEOPLE)
    head, _, rest = bills.partition("\r\n")
    large = (head + "\r\n" + ("SI,11,1,111000110,,288,1,,,,,,,,1\r\n" * 200_000) + rest).encode("cp932")
    assert stream.lead_of(large, ("bills.uke",), "") is None  # no stretch of it is passed over
    tables = [*stream.blocks(large, Budget())]
    assert sum(table.frame.height for table in tables if table.frame["c0"][0] == "RE") == len(PEOPLE)


def test_messages_too_large_to_hold_are_not_read():
    with pytest.raises(Incomplete):
        list(stream.blocks("".join(map(_message, PEOPLE)).replace("\r", "\n").encode(), Budget()))


def test_lines_of_one_kind_or_a_number_that_counts_them_are_no_kinds():
    assert record_types.tables_of("\n".join(f"{i},霧ヶ瀬,{i}" for i in range(30))) is None
    assert record_types.tables_of("\n".join("A,1,2" if i % 2 else "B,3,4" for i in range(30))) is None
    assert record_types.tables_of("会議の資料,1,2\n" * 20) is None
    kinds = record_types.tables_of("H,1\n" + "D,1,2,3\nE,4,5\n" * 10)
    assert kinds is not None
    assert [(rows[0][0], len(rows)) for rows in kinds] == [("H", 1), ("D", 10), ("E", 10)]


def _message(one: Citizen, again: str = "~") -> str:
    kin = f"{one.surname}^{one.given}^^^^^L^I{again}{one.surname_kana}^{one.given_kana}^^^^^L^P"
    return (
        f"MSH|^{again}\\&|HIS|UMIGIRI|LAB|LAB|20250701120000||ADT^A08|1|P|2.5||||||\r"
        f"PID|1||0001^^^HIS^PI||{kin}||{one.birth:%Y%m%d}|{'M' if one.sex == '男' else 'F'}|||"
        f"^^海霧市^神奈川県^{one.postal}^JPN^H^{one.address}||^PRN^PH^^^^^^^^^{one.phone}\rPV1|1|O|01\r"
    )


def test_messages_of_a_hospital_name_their_patients():
    found = inspected("".join(map(_message, PEOPLE)).encode())
    assert (found.subjects, found.lower, found.upper) == (40, 40, 40)
    assert {found.counts[kind] for kind in ("name", "kana", "birth_date", "address", "phone")} == {40}


def test_a_name_and_its_reading_are_told_apart_and_notes_are_kept():
    one = PEOPLE[0]
    tables, rest = hl7.tables_of(_message(one) + "NTE|1||様子を見る\rNK1|1|柊木^太郎|FTH|^^海霧市||0463-00-0000\r") or (
        (),
        "",
    )
    assert tables[0][1][:2] == [f"{one.surname} {one.given}", f"{one.surname_kana} {one.given_kana}"]
    assert [row[0] for row in tables[1]] == ["氏名", "柊木 太郎"]
    assert "様子を見る" in rest
    assert hl7.tables_of("MSH の件\n") is None


def _fixed(people: list[Citizen]) -> list[bytes]:
    return [
        b"14203%08d" % number
        + _padded(one.kana, 40)
        + _padded(one.name, 40)
        + sex(one).encode()
        + f"{one.birth:%Y%m%d}".encode()
        + _padded(one.address, 80)
        for number, one in enumerate(people)
    ]


def test_records_of_one_length_need_no_ends_of_line():
    records = _fixed(PEOPLE)
    assert count(b"".join(records)) == count(b"\r\n".join(records)) == (40, [])
    assert count(b"".join(records) + b"\x1a") == (40, [])


def test_records_may_have_a_head_a_total_and_a_letter_before_their_number():
    records = [b"D" + record[5:-40] for record in _fixed(PEOPLE)]
    size = len(records[0])
    whole = [b"H20250701JUKI".ljust(size), *records, b"T0000040".ljust(size)]
    found = inspected(b"".join(whole))
    assert (found.subjects, found.counts["birth_date"]) == (40, 40)


def test_columns_of_r_are_a_table():
    def column(cells):
        return "c(" + ",".join(f'"{cell}"' for cell in cells) + ")"

    names, days = column(one.name for one in PEOPLE), column(f"{one.birth:%Y-%m-%d}" for one in PEOPLE)
    assert count(f"df <- data.frame(\n  name={names},\n  birth = {days})\n".encode()) == (40, [])


def test_objects_of_a_program_are_counted_once():
    lines = [
        f'    new Person {{ Name = "{one.name}", Tel = "{one.phone}", Birth = new DateTime({one.birth:%Y, %m, %d}) }},'
        for one in PEOPLE
    ]
    found = inspected("\n".join(["var people = new List<Person> {", *lines, "};", ""]).encode())
    assert (found.subjects, found.upper) == (40, 40)


@pytest.mark.parametrize(
    "heads",
    [
        ["漢字氏名", "生年月日元号", "生年月日年", "生年月日月", "生年月日日", "続柄コード"],
        ["KANJI_SHIMEI", "UMARE_GENGO", "UMARE_NEN", "UMARE_TSUKI", "UMARE_HI", "ZOKUGARA"],
        None,
    ],
)
@pytest.mark.parametrize(
    "words", [dict(zip("345", ("昭和", "平成", "令和"), strict=True)), {}, dict(zip("345", "SHR", strict=True))]
)
@pytest.mark.parametrize("people", [PEOPLE, PEOPLE * 8])
def test_a_birth_in_four_columns_is_one(heads, words, people):
    rows = [heads] if heads else []
    for one in people:
        code, year = era(one.birth)
        rows.append([one.name, words.get(code, code), f"{year:02}", f"{one.birth:%m}", f"{one.birth:%d}", "02"])
    found = inspected("\r\n".join(map(",".join, rows)).encode("cp932"))
    assert (found.subjects, found.counts["birth_date"]) == (40, 40)


def test_a_birth_in_an_era_and_six_figures_is_one():
    rows = [
        f"{i:08},{one.kana},{one.name},{coded(one.birth)[0]},{coded(one.birth)[1:]},{sex(one)}"
        for i, one in enumerate(PEOPLE)
    ]
    found = inspected("\n".join(rows).encode())
    assert (found.subjects, found.counts["birth_date"]) == (40, 40)


def test_the_day_something_was_received_is_no_birth():
    rows = ["氏名,受付元号,受付年,受付月,受付日"]
    rows += [f"{one.name},令和,07,{i % 12 + 1:02},{i % 28 + 1:02}" for i, one in enumerate(PEOPLE)]
    assert count("\n".join(rows).encode()) == (0, [])


@pytest.mark.parametrize("letters", [{}, dict(zip("345", "SHR", strict=True))])
def test_births_by_the_code_of_an_era_need_no_heading(letters):
    rows = []
    for one in PEOPLE:
        born = coded(one.birth)
        rows.append(f"{one.name},{one.kana},{sex(one)},{letters.get(born[0], born[0])}{born[1:]}")
    found = inspected("\n".join(rows).encode())
    assert (found.subjects, found.counts["birth_date"]) == (40, 40)


@pytest.mark.parametrize(
    ("text", "day"),
    [("3501227", date(1975, 12, 27)), ("S501227", date(1975, 12, 27)), ("令050203", date(2023, 2, 3))],
)
def test_coded_days(text, day):
    assert checks.coded_date(text) == day


@pytest.mark.parametrize("text", ["3701227", "2540070", "6010101", "3501327", "350122", "35012270", "S5.12.7"])
def test_no_coded_days(text):
    assert checks.coded_date(text) is None


def test_goods_with_numbers_like_days_are_nobody():
    rows = [f"会議用机{i},キカク,{4100101 + i}" for i in range(28)]
    assert count("\n".join(rows).encode()) == (0, [])


def test_values_of_clinical_documents_are_read_by_their_elements():
    body = "".join(
        f"<doc><patient><name>{one.name}</name><birthTime value='{one.birth:%Y%m%d}'/></patient></doc>"
        for one in PEOPLE
    )
    found = inspected(f"<?xml version='1.0'?><bundle>{body}</bundle>".encode())
    assert (found.subjects, found.counts["birth_date"]) == (40, 40)


def test_the_days_of_a_chronicle_are_no_births():
    rows = [f"昭和,{i % 60 + 1},{i % 12 + 1},{i % 28 + 1},{one.surname}橋完成" for i, one in enumerate(PEOPLE)]
    assert count("\n".join(["元号,年,月,日,できごと", *rows]).encode()) == (0, [])
