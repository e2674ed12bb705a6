"""Visiting cards that are called by a body: whose they are."""

from __future__ import annotations

import pytest

from dlp.detect.ruleset import Ruleset
from tests.subjects.clerks import Case, Clerk, inspected

CLERKS = [Clerk(i) for i in range(30)]
OWN = "BDAY:19{n:02}-01-02", "TEL;TYPE=CELL:{mobile}", "TEL:{mobile}", "ADR;TYPE=HOME:;;鏡浜市{short};;;;"


def _cards(lines: str) -> bytes:
    said = (
        lines.format(name=c.name, bare=c.name.replace(" ", ""), surname=c.surname, given=c.given, n=50 + c.i,
                     mobile=c.mobile, phone=c.phone, short=c.short)
        for c in CLERKS
    )  # fmt: skip
    return "".join(f"BEGIN:VCARD\nVERSION:4.0\n{card}\nEND:VCARD\n" for card in said).encode()


@pytest.mark.parametrize("own", OWN, ids=["born", "carried", "mobile", "home"])
@pytest.mark.parametrize(
    "called",
    ["FN:中原自治会 {name}\nORG:中原自治会", "FN:御厨川{given}様\nORG:御厨川{given}", "FN:{name}\nORG:{name}"],
    ids=["with the body", "unknown", "himself"],
)
def test_who_tells_his_home_birth_or_mobile_is_no_body(called: str, own: str, ruleset: Ruleset) -> None:
    case = Case("cards", len(CLERKS), _cards(f"{called}\n{own}"), "a.vcf")
    assert inspected(case, ruleset).subjects == len(CLERKS)


@pytest.mark.parametrize(
    "called",
    ["FN:{name}\nORG:{name}", "FN:碧川商店会 {bare}\nORG:碧川商店会;役員", "FN:碧川商店会 {name}\nN:{surname};{given};;;\nORG:碧川商店会"],
    ids=["himself", "in a body", "named apart"],
)  # fmt: skip
def test_who_is_called_by_a_name_is_a_person(called: str, ruleset: Ruleset) -> None:
    case = Case("cards", len(CLERKS), _cards(called + "\nTEL:{phone}\nADR:;;{short};;;;"), "a.vcf")
    assert inspected(case, ruleset).subjects == len(CLERKS)


@pytest.mark.parametrize(
    "called",
    ["FN:{surname}工務店\nORG:{surname}工務店", "FN:{surname}工務店 本店\nORG:{surname}工務店", "FN:碧野市役所 窓口\nORG:碧野市役所",
     "FN:碧野市役所 防災課\nN:防災課;碧野市役所;;;\nORG:碧野市役所;防災課\nTEL;TYPE=CELL:{mobile}"],
    ids=["a shop", "a branch", "a window", "a section's mobile"],
)  # fmt: skip
def test_a_body_s_card_is_nobody_s(called: str, ruleset: Ruleset) -> None:
    case = Case("cards", 0, _cards(called + "\nTEL:{phone}\nADR:;;{short};;;;"), "a.vcf")
    assert inspected(case, ruleset).subjects == 0
