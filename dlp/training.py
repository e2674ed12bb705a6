"""The town's own rule, told at the moment of blocking: a short text for each reason, editable, with a safe fallback.

A file `<code>.ja.txt` or `<code>.en.txt` in the configured folder stands in for the shipped text; an empty one says
nothing. Read when needed, so that a change counts at once. A file that cannot be read, is no UTF-8 or is too long is
as good as none: a text never stands in the way of a verdict, and it is never taken for markup or a template.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterable
from pathlib import Path

from dlp.texts import REASONS

log = logging.getLogger(__name__)

#: The most characters of one text.
LONGEST = 1000
#: At most so many texts for one transfer, the gravest reasons first.
_MOST = 3
LANGUAGES = ("ja", "en")

#: code -> (Japanese, English): what is told where the town has written nothing.
SHIPPED: dict[str, tuple[str, str]] = {
    "individual_number": (
        "個人番号は法令で定められた事務以外で庁外へ提供できません。提供の根拠（番号法第19条各号）を確認してください。",
        "Individual Numbers may leave for tasks named by law only: check the legal ground first.",
    ),
    "sensitive": (
        "要配慮個人情報は1人分でも漏えい時に報告の対象です。本当に必要な項目だけに絞れないか確認してください。",
        "A leak of sensitive data is reportable from one person on: send only what is truly needed.",
    ),
    "financial": (
        "口座・カード番号は財産的被害につながります。番号を除いて送れないか確認してください。",
        "Account and card numbers can cause financial harm: see whether it can go without them.",
    ),
    "bulk_subjects": (
        "100人を超える個人情報の漏えいは報告の対象です。人数を減らす、統計にする、庁内の共有で済ませることを検討してください。",
        "A leak of more than 100 people is reportable: send fewer, send statistics, or share it inside.",
    ),
    "some_subjects": (
        "複数人の個人情報です。宛先は正しいか、その全員分が必要かをもう一度確認してください。",
        "Personal data of several people: is the recipient right, and are all of them needed?",
    ),
    "exposure": (
        "小分けにしても、経路を変えても、人数は合計されます。まとめて相談してください。",
        "Smaller pieces and other ways out are added up: ask once, for all of it.",
    ),
    "unread.encrypted": (
        "暗号化した添付は内容を確認できません。パスワード付きzipとパスワードの別送は行わないでください。",
        "Encrypted attachments cannot be checked: do not send zip files with their password apart.",
    ),
    "device_unregistered": (
        "媒体は台帳に登録し、使用のつど申請してください。私物の媒体は使用できません。",
        "Register a device and request each use of it; private devices may not be used.",
    ),
    "device_other_stick": (
        "登録した媒体そのものを接続してください。別の媒体は、台帳に登録してから使用してください。",
        "Plug in the very device that is registered; register another one before its use.",
    ),
    "unknown_sender": (
        "名簿にない差出人です。異動・採用の直後は所属で登録を確認してください。",
        "The sender is not in the people file: after a move or a hire, have the department check.",
    ),
}
#: The order in which reasons count.
_ORDER = {code: place for place, code in enumerate(SHIPPED)}


class Training:
    """The texts of one town. Thread-safe: it keeps nothing."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder

    def lines(self, codes: Iterable[str], lang: str) -> list[str]:
        """What is told to somebody whose transfer was stopped for these reasons."""
        order = sorted(dict.fromkeys(codes), key=lambda code: _ORDER.get(code, len(_ORDER)))
        found = [text for code in order if (text := self.text(code, lang))]
        return found[:_MOST] or [text for text in [self.text("default", lang)] if text]

    def text(self, code: str, lang: str) -> str:
        """One text; "" for none."""
        own = self.own(code, lang)
        if own is not None:
            return own
        return SHIPPED[code][LANGUAGES.index(lang)] if code in SHIPPED else ""

    def own(self, code: str, lang: str) -> str | None:
        """What the town has written; None for nothing, or for what cannot be used."""
        if self._folder is None or code not in known() or lang not in LANGUAGES:
            return None
        try:
            raw = (self._folder / f"{code}.{lang}.txt").read_bytes()
            return _plain(raw.decode("utf-8-sig"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            log.warning("a training text cannot be used", extra={"code": code, "error": type(error).__name__})
            return None

    def write(self, code: str, lang: str, text: str) -> None:
        """Keep a text of the town's. Raises ValueError for one that cannot be used, OSError."""
        if self._folder is None or code not in known() or lang not in LANGUAGES:
            raise ValueError("there is no such text")
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = self._folder / f".{secrets.token_hex(8)}"
        try:
            fresh.write_text(_plain(text), encoding="utf-8")
            fresh.replace(self._folder / f"{code}.{lang}.txt")
        finally:
            fresh.unlink(missing_ok=True)

    def forget(self, code: str, lang: str) -> None:
        """Tell the shipped text again. Raises OSError."""
        if self._folder is not None and code in known() and lang in LANGUAGES:
            (self._folder / f"{code}.{lang}.txt").unlink(missing_ok=True)


def known() -> list[str]:
    """Every code that can have a text, those with a shipped one first; "default" is told where no other is."""
    return [*SHIPPED, *(code for code in REASONS if code not in SHIPPED), "default"]


def _plain(text: str) -> str:
    """One line without control characters. Raises ValueError when it is too long to be read at that moment."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    if len(line) > LONGEST:
        raise ValueError("too long")
    return line
