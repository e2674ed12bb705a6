"""What lines of a form hold without a label: under a name an address, a telephone, a mail address, an account, a level
of care."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dlp.detect.headers import PERSONAL
from dlp.subjects.cells.values import clean, written
from dlp.subjects.plan.header import Label, Reader

#: Headers of what stands there alone, by the kinds of `values.written`; the first that a line is written as.
_LABELS = {
    "email": Label("メールアドレス", "email"),
    "phone": Label("電話番号", "phone"),
    "address": Label("住所", "address"),
}
_LONGEST = 80  # letters of such a line
#: A sentence, a label, or a bracket before any figure: who somebody is (家族：村田 花子（妻、35歳）).
_SAYS = re.compile(r"。|[^\d]:|^[^\d]*\(")


def told(line: str, reader: Reader) -> tuple[Label, str] | None:
    """The attribute a line consists of, with the label it would have, or the level of care it begins with; None for any
    other line."""
    text = clean(line) if len(line) <= _LONGEST else ""
    if text and "。" not in text and (care := reader.books.patterns.care_told.match(text)):
        return Label("状態", "sensitive"), care[0]  # 要介護5　認定期間 …
    if not text or _SAYS.search(text) or reader.label(text.split()[0]).role in PERSONAL:
        return None
    if account := reader.books.patterns.account_told.search(text):
        return Label("口座番号", "bank_account"), account[1]
    kinds = written(text)
    return next(((label, text) for kind, label in _LABELS.items() if kind in kinds), None)


def account(pairs: Sequence[tuple[Label, str]], reader: Reader) -> list[tuple[Label, str]]:
    """Accounts in what stands behind the label of a bank: "金融機関　横浜銀行 平塚支店 普通 1234567"."""
    found = (reader.books.patterns.account_told.search(clean(value)) for label, value in pairs if label.role == "bank")
    return [(Label("口座番号", "bank_account"), match[1]) for match in found if match]
