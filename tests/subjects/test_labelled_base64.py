"""Base64 under labels, as LDIF has it: in any encoding, folded, several lines of people each."""

from __future__ import annotations

import base64
import gzip

import pytest

from dlp.detect.ruleset import Ruleset
from tests.subjects.clerks import Case, Clerk, inspected

CLERKS = [Clerk(i) for i in range(30)]
CODECS = ["utf-8", "utf-8-sig", "utf-7", "iso2022_jp", "cp932", "euc_jp", "utf-16", "utf-16-le"]


def _line(c: Clerk) -> str:
    return f"{c.name.replace(' ', '')} 鏡浜市{c.short} {c.mobile}"


def _coded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _folded(line: str) -> str:
    """As programs fold a line of LDIF."""
    return "\n ".join(line[at : at + 40] for at in range(0, len(line), 40))


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("folded", [False, True], ids=["whole", "folded"])
def test_a_list_behind_labels(codec: str, folded: bool, ruleset: Ruleset) -> None:
    lines = [f"memo:: {_coded(_line(c).encode(codec))}" for c in CLERKS]
    text = "\n".join(_folded(line) if folded else line for line in lines)
    assert inspected(Case("a.txt", len(CLERKS), text.encode()), ruleset).subjects == len(CLERKS)


@pytest.mark.parametrize("codec", ["cp932", "euc_jp", "utf-7", "iso2022_jp"])
def test_what_is_read_by_its_own_label(codec: str, ruleset: Ruleset) -> None:
    text = "\n".join(
        f"dn: uid=u{c.i},dc=x\ncn;lang-ja:: {_coded(c.name.encode(codec))}\nmobile: {c.mobile}\n" for c in CLERKS
    )
    assert inspected(Case("a.ldif", len(CLERKS), text.encode()), ruleset).subjects == len(CLERKS)


def test_several_people_in_a_value_count_once(ruleset: Ruleset) -> None:
    values = ["\n".join(map(_line, CLERKS[at : at + 3])) for at in range(0, len(CLERKS), 3)]
    values[2] = values[2].replace(f"鏡浜市{CLERKS[6].short}", "平塚市御殿2-22-4")  # 殿 of a town's name is no honorific
    text = "\n".join(f"data:: {_coded(value.encode())}" for value in values)
    assert inspected(Case("a.txt", len(CLERKS), text.encode()), ruleset).subjects == len(CLERKS)


def test_files_behind_labels_that_are_folded(ruleset: Ruleset) -> None:
    people = CLERKS[:15]
    text = "\n".join(_folded(f"memo:: {_coded(gzip.compress(_line(c).encode()))}") for c in people)
    assert inspected(Case("a.txt", len(people), text.encode()), ruleset).subjects == len(people)
