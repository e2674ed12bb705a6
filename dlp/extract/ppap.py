"""Passwords that a mail gives in its text, for its own attachments or for those of a mail before or after it ("PPAP").

Nothing else is ever tried."""

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
#: A text without any of these has none of the words above, but for letters no keyboard writes.
_HINTS = ("パス", "ﾊﾟｽ", "暗証", "暗号", "解凍")
_LATIN, _FIRST = re.compile(r"[pPｐＰ](?:[aAａＡ][sSｓＳ][sSｓＳ]|[wWｗＷ])"), "pPｐＰ"
_NEAR = 120  # characters after the word
_MOST = 20
_EDGES = "「」『』【】()[]<>\"'.,:;=、。"


def mentioned(text: str) -> bool:
    """Whether it is worth asking `passwords`: few texts are."""
    for hint in _HINTS:
        if hint in text:
            return True
    return any(letter in text for letter in _FIRST) and _LATIN.search(text) is not None


def passwords(text: str) -> list[str]:
    """The strings that `text` may mean as a password, most likely first."""
    folded = unicodedata.normalize("NFKC", text)
    first: list[str] = []
    further: list[str] = []
    for match in _WORD.finditer(folded):
        near = folded[match.end() : match.end() + _NEAR]
        first += _QUOTED.findall(near)
        for number, token in enumerate(_TOKEN.findall(near)):
            (further if number else first).extend((token.lstrip(_EDGES), token.strip(_EDGES)))
            further.append(token)
    found = dict.fromkeys((*first, *further))
    return [word for word in found if len(word) >= 4 and not word.startswith("http")][:_MOST]
