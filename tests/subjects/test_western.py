"""People from abroad: names in Latin letters that no list has, in lines, notes and sentences."""

from __future__ import annotations

import pytest

from tests.extract.people import count

_GIVEN = (
    "Van Mai",
    "Thi Hoa",
    "Minh Tuan",
    "Wei",
    "Gurung",
    "Santos",
    "Van An",
    "Thi Linh",
    "Duc",
    "Oliveira",
    "Reyes",
    "Thapa",
)
_FAMILY = ("Pham", "Nguyen", "Tran", "Li", "Ram", "Maria", "Le", "Hoang", "Vu", "Fernanda", "Jose", "Sita")
NAMES = [f"{family} {given}" for family, given in zip(_FAMILY, _GIVEN, strict=True)]
_SHAPES = {
    "points and commas": "- {name}, 070-45{k}-5678, 4-5-{k} Asahi, Oiso-machi",
    "born": "{name} (DOB: 1990-02-{k})",
    "was born": "{name} was born on 1990-02-{k} and can be reached at 070-45{k}-5678.",
    "an honorific": "{k}　{name}さん　070-45{k}-5678",
    "an honorific and an office telephone": "{name}様（046-321-45{k}）",
    "a title": "Mr. {name} of Oiso called on Monday; his mobile is 070-45{k}-5678.",
    "behind a label": "面談：{name}（ベトナム国籍、1990年2月{k}日生）、携帯070-45{k}-5678",
    "a section that received it": "受付：市民課　{name}　1990-02-{k}生　070-45{k}-5678",
    "a party": "申請者 {name} 1990年2月{k}日生",
    "capitals, birth and sex": "{upper} 1990/2/{k}生 女",
    "private mail": "{name} <user{k}@gmail.com>",
}
_NOBODY = (
    "Microsoft Teams 会議室 担当 090-4521-5678",
    "Green Heights 平塚市本町3-17-8",
    "Sunny Place, 4-5-6 Asahi, Oiso-machi",
    "Mobile Phone 090-4521-5678",
    "Adobe Acrobat Reader 2020/04/01",
    "The City Office 0463-21-1111",
    "Red Hat Enterprise Linux 様 046-321-4510",
    "Windows Serverさんからの通知 046-321-4510",
    "Oracle Database サポート 070-4521-5678",
    "Visual Studio Server (2019-04-02)",
    "Ocean View Terrace様 046-321-4510",
    "株式会社サンプル 営業部 Pham Van Mai様 携帯 090-4521-5678",
    "市民課 Ram Gurungさん 046-321-4510",
)


@pytest.mark.parametrize("shape", _SHAPES.values(), ids=_SHAPES)
def test_names_in_latin_letters_are_peoples(shape: str) -> None:
    lines = [shape.format(name=name, upper=name.upper(), k=11 + k) for k, name in enumerate(NAMES)]
    assert count("\n".join(lines).encode()) == (len(NAMES), [])


@pytest.mark.parametrize("text", _NOBODY)
def test_products_houses_and_offices_are_not(text: str) -> None:
    assert count(text.encode())[0] == 0


def test_few_mail_addresses_or_those_of_firms_make_no_list() -> None:
    firms = [f"{name} <{name.split()[0].lower()}@example.org>" for name in NAMES]
    assert count("\n".join(firms).encode()) == (0, [])


def test_a_word_that_ends_as_a_header_word_heads_no_column() -> None:
    """NGUYEN is no amount in yen, PATEL no telephone, DAVID no identifier."""
    rows = [
        f"{name} KUMAR,070-4521-56{k}"
        for k, name in enumerate(("PATEL", "DAVID", "BRUNO", "NGUYEN", "GAGE", "ANAND"), 10)
    ]
    assert count("\n".join(rows).encode()) == (6, [])


def test_words_without_end_between_a_name_and_a_birth_are_read_soon() -> None:
    """Minutes, were words taken apart in every way; the test's own time limit tells."""
    assert count(f"Pham Van Mai {'ア' * 36}x 070-4521-5678\n".encode())[0] <= 1
