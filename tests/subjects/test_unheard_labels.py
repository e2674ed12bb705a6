"""Names under labels that no book knows, beside what private people are asked for; and how somebody is, said in his line."""

from __future__ import annotations

import pytest

from dlp.detect.ruleset import Ruleset
from tests.subjects.clerks import C, Case, inspected

pytestmark = pytest.mark.timeout(60)
A, B = C[2], C[9]

PEOPLE = [
    Case("born", 1, f"退職者：{A.name}\n生年月日：{A.era}\n"),
    Case("born-without-signs", 1, f"対象従業員　{A.name}\n生年月日　{A.era}\n"),
    Case("born-above", 1, f"受理：11/25\n生年月日：{A.era}\n入寮者：{A.name}\n"),
    Case("foreign", 1, "対象従業員 ディアス マルコス\n生年月日 1988/07/14\n"),
    Case("at-home", 1, f"入寮者：{A.name}\n住所：平塚市{A.short}\n"),
    Case("carried", 1, f"入寮者：{A.name}\n携帯：090-5511-2001\n"),
    Case("called-by-what-he-is", 1, f"対象者の氏名　{A.name}\n年齢　37\n"),
    # How somebody is, in the line of his name.
    Case("ill", 1, f"氏名：{A.name}（統合失調症）\n"),
    Case("ill-by-blanks", 1, f"利用者：{A.name}　認知症　独居\n"),
    Case("disabled", 2, f"氏名：{A.name}（精神2級）\n氏名：{B.name}（聴覚障害3級）\n"),
    Case("assisted", 1, f"世帯主 {A.name}　生活保護\n"),
    Case("assisted-sentence", 1, f"{A.name}さんは生活保護を受けています。\n"),
    Case(
        "school-aid",
        len(C[:12]),
        "就学援助認定者\n" + "".join(f"{i}　{c.name}　{'準' * (i % 2)}要保護\n" for i, c in enumerate(C[:12])),
    ),
    Case(
        "school-aid-in-cells",
        len(C[:12]),
        "氏名,学校,区分\n" + "".join(f"{c.name},東小,{'準' * (i % 2)}要保護\n" for i, c in enumerate(C[:12])),
    ),
    Case("owing", 1, f"滞納者：{A.name}\n滞納額：482,300円\n"),
]  # fmt: skip
NOBODY = [
    Case("place", 0, f"出品：{A.name}\n住所：平塚市{A.short}\n"),
    Case("desk", 0, f"担当：{A.name}\n住所：平塚市{A.short}\n"),
    Case("office", 0, f"発行者：{A.name}\n電話：090-5511-2001\n"),
    Case("somebody-else", 1, f"紹介者：{A.name}\n氏名：{B.name}\n生年月日：{B.era}\n"),
    Case("times", 0, f"作成者：{A.name}\n作成日：2026/11/25\n"),
    Case("assistance-desk", 0, f"{A.name}さんは生活保護担当です。\n"),
    Case("assistance-agenda", 0, "障害福祉、生活保護、介護保険の各係長が出席した。出席者：佐藤 花子\n"),
    Case("school-aid-notice", 0, "就学援助（要保護・準要保護）の申請は学校教育課 佐藤 花子まで。\n"),
    Case("ranks", 0, "書道2級 佐藤 花子\n佐藤 花子 英検2級\n精神保健福祉士 鈴木 一郎\n"),
]


@pytest.mark.parametrize("case", [*PEOPLE, *NOBODY], ids=lambda case: case.id)
def test_labels_nobody_heard_of(case: Case, ruleset: Ruleset) -> None:
    assert inspected(case, ruleset).subjects == case.people
