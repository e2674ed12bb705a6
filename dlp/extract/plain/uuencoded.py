"""Runs that uuencode wrote: where they stand in a text, and what they hold."""

from __future__ import annotations

import binascii
import re
from collections.abc import Callable

BEGIN = re.compile(r"^begin [0-7]{3,4} [^\n]+\n(.*?)^(?:`|end)", re.MULTILINE | re.DOTALL)
_QUOTED = re.compile(r"^(>[> ]{0,12} )begin [0-7]{3,4} ", re.MULTILINE)  # as answers repeat what they answer
_FIRST = re.compile(r"\s*begin [0-7]{3,4} [^\n]+\n([!-`][^\n]*)\n")


def begins(text: str) -> bool:
    """Whether a text begins as such a run: what parts its lines into cells is chance."""
    first = _FIRST.match(text) if text[:20].lstrip().startswith("begin ") else None
    return first is not None and decoded(first[1])[1]


def decoded(body: str) -> tuple[bytes, bool]:
    """The bytes of the lines between begin and end, up to one that is none; and whether all are some."""
    out = bytearray()
    for line in body.splitlines():
        try:
            out += binascii.a2b_uu(line)
        except ValueError:  # binascii.Error is one; so is what is raised at letters beyond ASCII
            return bytes(out), False
    return bytes(out), True


def found(text: str) -> str:
    """As much of `text` as may hold such runs, without the marks before one that is quoted; what never ends is not
    searched for its end again and again."""
    if "begin " not in text:
        return ""
    text = _bare(text)
    return text[: max(text.rfind("\nend"), text.rfind("\n`")) + 4]


def around(text: str, made: Callable[[str], str]) -> str | None:
    """`text` with what stands around such runs put through `made`; None where it has none.

    Signs of theirs look like entities, percent signs or quoted-printable: undone, they are no such run any more.
    """
    out, at = [], 0
    text = _bare(text)
    for run in BEGIN.finditer(found(text)):
        if decoded(run[1])[1]:
            out += [made(text[at : run.start()]), run.group()]
            at = run.end()
    return "".join((*out, made(text[at:]))) if out else None


def _bare(text: str) -> str:
    quoted = _QUOTED.search(text) if "> begin " in text else None
    return text if quoted is None else f"\n{text}".replace(f"\n{quoted[1]}", "\n")[1:]
