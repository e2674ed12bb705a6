"""Passwords that a mail gives in its own text for its own attachments ("PPAP"). Nothing else is ever tried."""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(
    r"パスワード|パスコード|パスフレーズ|暗証番号|暗号キー|解凍キー|解凍コード|passw(?:or)?d|passcode|pass\s?phrase|\bpass\b|\bpw\b|\bpwd\b",
    re.IGNORECASE,
)
#: What may stand between the word and the password itself.
_TOKEN = re.compile(r"[!-~]{4,64}")
_QUOTED = re.compile(r"[「『【\"'<\[(]\s*([!-~]{4,64}?)\s*[」』】\"'>\])]")
_NEAR = 120  # characters after the word
_MOST = 20
_EDGES = "「」『』【】()[]<>\"'.,:;、。"


def passwords(text: str) -> list[str]:
    """The strings that `text` may mean as a password, most likely first."""
    folded = unicodedata.normalize("NFKC", text)
    found: list[str] = []
    for match in _WORD.finditer(folded):
        near = folded[match.end() : match.end() + _NEAR]
        found += _QUOTED.findall(near)
        for token in _TOKEN.findall(near):
            found += [token, token.strip(_EDGES), token.lstrip(":=" + _EDGES)]
    return [word for word in dict.fromkeys(found) if len(word) >= 4 and not word.startswith("http")][:_MOST]
