"""Whether a leak is reportable and until when: 個人情報保護法 第68条, 施行規則 第43条.

Counted is what has left; what was held or refused has not leaked. Which item applies is proposed, not decided: the
privacy officer knows more (a lost key, an improper purpose, the town's own ordinance).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from dlp.finding import Category

#: More people than this are reportable by item 4.
HUNDRED = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One transfer of an incident."""

    transfer: str
    at: datetime  # local
    sender: str
    department: str
    channel: str
    destination: tuple[str, ...]  # or device, as the officer knows it
    files: tuple[str, ...]
    subjects: int
    counts: Mapping[str, int]
    left: bool
    state: str  # what became of it, in words
    case: str = ""
    sealed: bool = False  # whether the content is still there


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What an incident comes to."""

    lines: tuple[Line, ...]
    people: int  # distinct, in all chosen transfers
    left: int  # distinct, in those that have left
    known: date  # the day the town came to know of it
    improper: bool = False  # 不正の目的をもって行われたおそれ
    ordinance: bool = False  # 条例要配慮個人情報
    exact: bool = True
    counts: Mapping[str, int] = field(default_factory=dict)  # category -> people, summed over transfers that left


@dataclass(frozen=True, slots=True)
class Item:
    """An item of 規則43条 that applies."""

    number: str
    why: str


@dataclass(frozen=True, slots=True)
class Deadline:
    """A day by which something is due."""

    name: str
    due: date

    def days(self, today: date) -> int:
        """Days that are left; below 0: overdue."""
        return (self.due - today).days


def gone_counts(lines: Iterable[Line]) -> dict[str, int]:
    """Category -> people, summed over the transfers that have left (延べ)."""
    total = Counter[str]()
    for line in lines:
        if line.left:
            total.update(line.counts)
    return dict(total)


def items(facts: Facts) -> list[Item]:
    """The items of 規則43条 that apply; [] where nothing suggests a report."""
    found = []
    if sensitive := facts.counts.get(Category.SENSITIVE, 0):
        found.append(Item("1", f"要配慮個人情報のおそれがある情報 延べ{sensitive:,}人分"))
    money = max(facts.counts.get(Category.BANK_ACCOUNT, 0), facts.counts.get(Category.CARD, 0))
    if money:
        found.append(Item("2", f"口座・カード番号（財産的被害のおそれ） 延べ{money:,}人分"))
    if facts.improper and facts.left:
        found.append(Item("3", "不正の目的をもって行われたおそれ"))
    if facts.left > HUNDRED:
        found.append(Item("4", f"本人の数 {facts.left:,}人（100人を超える）"))
    if facts.ordinance and facts.left:
        found.append(Item("5", "条例要配慮個人情報"))
    return found


def numbers_act(facts: Facts) -> str:
    """What 番号法 asks besides; "" for nothing."""
    numbers = facts.counts.get(Category.INDIVIDUAL_NUMBER, 0)
    return f"個人番号 延べ{numbers:,}人分を含む：番号法第29条の4の報告も確認する" if numbers else ""


def deadlines(facts: Facts) -> list[Deadline]:
    """速報 and 確報, the day the town came to know counted as the first; later closing days are not reckoned with."""
    final = 60 if facts.improper else 30
    return [
        Deadline("速報（3日目）", facts.known + timedelta(days=2)),
        Deadline("速報（5日目）", facts.known + timedelta(days=4)),
        Deadline(f"確報（{final}日目）", facts.known + timedelta(days=final - 1)),
    ]
