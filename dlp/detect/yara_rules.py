"""YARA: file markers, form layouts and markings in raw bytes, in every encoding Japanese text has.

YARA's `wide` does not match Japanese in UTF-16, nor anything in CP932, EUC-JP or ISO-2022-JP. So a rule is written
readably, `$a = "部外秘" japanese`, and each such string becomes byte strings in all encodings here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import yara

from dlp.errors import ConfigError

ENCODINGS = ("utf-8", "cp932", "euc_jp", "iso2022_jp", "utf-16-le", "utf-16-be")
_STRING = re.compile(r'^(\s*)(\$\w+)\s*=\s*"([^"\n]+)"\s+japanese\s*$', re.MULTILINE)
_RULE = re.compile(r"^(\s*(?:private\s+)?rule\s+\w+[^{]*\{)", re.MULTILINE)


def expand(source: str, signature: str) -> str:
    """A readable rule as YARA's own language; `signature` becomes its meta entry."""

    def encode(match: re.Match[str]) -> str:
        indent, name, text = match.groups()
        seen: dict[str, str] = {}
        for encoding in ENCODINGS:
            try:
                data = text.encode(encoding)
            except UnicodeEncodeError:
                continue
            if encoding == "iso2022_jp":  # without its shift sequences: it may stand in the midst of other text
                data = data.removeprefix(b"\x1b$B").removesuffix(b"\x1b(B")
            seen.setdefault(" ".join(f"{b:02x}" for b in data), encoding.replace("-", "").replace("_", ""))
        return "\n".join(f"{indent}{name}_{encoding} = {{ {hexa} }}" for hexa, encoding in seen.items())

    names = {m.group(2) for m in _STRING.finditer(source)}
    strings, condition, rest = _STRING.sub(encode, source).partition("condition:")
    for name in names:  # "$a" in the condition -> any of its encodings
        rest = re.sub(rf"{re.escape(name)}(?!\w)", f"(any of ({name}_*))", rest)
    expanded = strings + condition + rest
    return _RULE.sub(rf'\1\n  meta:\n    signature = "{signature}"', expanded)


def compile_rules(sources: Mapping[str, str]) -> Any:
    """Compile rules by signature id; None for none. Raises ConfigError: a warning is an error."""
    if not sources:
        return None
    expanded = {name: expand(source, name) for name, source in sources.items()}
    for name, source in expanded.items():
        try:
            yara.compile(source=source, error_on_warning=True)
        except yara.Error as error:
            raise ConfigError(f"signatures/{name}/rule.yar: {error}") from None
    return yara.compile(sources=expanded)
