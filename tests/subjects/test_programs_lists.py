"""Lists as programs and systems name their fields, and as YAML writes them; and a smaller list above a larger one."""

from __future__ import annotations

import json

import pytest

from dlp.detect.ruleset import Ruleset
from tests.subjects.clerks import C, Case, inspected

pytestmark = pytest.mark.timeout(60)
PEOPLE = C[:15]


def _records(name: str, said: str, value: str) -> list[dict[str, str]]:
    return [{name: p.name, said: value.format(p=p, i=i), "status": "1"} for i, p in enumerate(PEOPLE)]


FIELDS = [
    ("name", "mobile_no", "090-{i:04}-4321"), ("fullName", "phoneNo", "{p.phone}"), ("shimei", "cell_number", "080-{i:04}-1234"),
    ("NAME_KANJI", "homeAddress", "平塚市{p.short}"), ("patientName", "ADDRESS_LINE1", "平塚市{p.short}"),
    ("namae", "mail_addr", "a{i}@example.com"), ("user_name", "birth_dt", "19{i:02}-03-04"), ("氏名", "keitai_no", "070-{i:04}-1234"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "said", "value"), FIELDS)
def test_fields_of_programs(name: str, said: str, value: str, ruleset: Ruleset) -> None:
    records = _records(name, said, value)
    texts = {
        "a.csv": f"{name},{said},status\n" + "".join(",".join(r.values()) + "\n" for r in records),
        "a.json": json.dumps(records, ensure_ascii=False),
        "a.yaml": "".join("- " + "\n  ".join(f"{k}: {v}" for k, v in r.items()) + "\n" for r in records),
        "b.yaml": "people:\n" + "".join("  - " + "\n    ".join(f'{k}: "{v}"' for k, v in r.items()) + "\n" for r in records),
    }  # fmt: skip
    for file, text in texts.items():
        assert inspected(Case("fields", 15, text, file), ruleset).subjects == 15, file


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"- name: job{i}\n  image: python:3.12\n  timeout: {i}0\n" for i in range(9)),
        "".join(f"- 名称: 碧野会館{i}\n  住所: 平塚市碧野{i}-1\n  電話: 0463-21-10{i:02}\n" for i in range(9)),
    ],
)
def test_yaml_of_no_people(text: str, ruleset: Ruleset) -> None:
    assert inspected(Case("yaml", 0, text, "a.yaml"), ruleset).subjects == 0


def test_a_smaller_list_above_a_larger_one(ruleset: Ruleset) -> None:
    small = "".join(f"{p.name},{p.phone},,\n" for p in C[:8])
    large = "".join(f"{i},平塚市{p.short},{p.name},090-{i:04}-4321\n" for i, p in enumerate(C[8:16]))
    text = f"氏名,電話番号,,\n{small},,,\n番号,住所,氏名,携帯\n{large}"
    assert inspected(Case("two", 16, text, "a.csv"), ruleset).subjects == 16
