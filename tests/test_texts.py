from __future__ import annotations

import re
from pathlib import Path

import pytest

from dlp import texts
from dlp.extract.blocks import Why
from dlp.finding import Category
from dlp.standing import DeviceStatus
from dlp.transfer import Channel
from dlp.verdict import Action, Reason
from quarantine.case import Status

REPO = Path(__file__).parents[1]


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (texts.CATEGORIES, Category),
        (texts.CHANNELS, Channel),
        (texts.STATUSES, Status),
        (texts.ACTIONS, Action),
        (texts.DEVICE_STATES, DeviceStatus),
        (texts.REASONS, [f"unread.{why}" for why in Why]),
    ],
)
def test_every_word_has_its_texts(table: dict[str, tuple[str, str]], words: object) -> None:
    assert [word for word in words if str(word) not in table] == []  # type: ignore[attr-defined]


def test_every_reason_the_code_gives_has_its_text() -> None:
    source = "".join((REPO / "dlp" / name).read_text(encoding="utf-8") for name in ("policy.py", "gateway.py"))
    codes = set(re.findall(r'(?:say\([^"\n]*|Reason\()"([a-z_]+)"', source))
    assert len(codes) > 12
    assert codes - set(texts.REASONS) == set()


def test_both_languages_ask_for_the_same_values() -> None:
    for code, (japanese, english) in [*texts.REASONS.items(), *texts.REFUSED.items()]:
        assert set(re.findall(r"\{(\w+)\}", japanese)) == set(re.findall(r"\{(\w+)\}", english)), code


def test_describe_and_kinds() -> None:
    reason = Reason("bulk_subjects", {"subjects": 150, "limit": 100})
    assert texts.describe(reason) == "150人分の個人情報（100人超）：2名の承認が必要です"
    assert texts.kinds({"phone": 3, "name": 5, "email": 0}, "en") == "name 5, telephone 3"


DECIDES = re.compile(r"承認|保留|decide|held|supervisor|approver")


def test_of_a_refused_transfer_nothing_is_said_of_who_decides() -> None:
    values = {name: 1 for text in texts.REASONS.values() for name in re.findall(r"\{(\w+)\}", text[0])}
    deciding = {code for code, pair in texts.REASONS.items() if DECIDES.search(" ".join(pair))}
    assert {"some_subjects", "bulk_subjects"} <= deciding
    # No supervisor is told of a held transfer only; a permit passes, and so does what stays inside.
    for code in deciding - {"no_supervisor", "permit", "inside_of_case"}:
        said = " ".join(texts.describe(Reason(code, values), lang, refused=True) for lang in texts.LANGUAGES)
        assert not DECIDES.search(said), said
