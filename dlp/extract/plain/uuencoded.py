"""Runs that uuencode wrote: where they stand in a text, and what they hold."""

from __future__ import annotations

import binascii
import re
from collections.abc import Callable, Iterator

BEGIN = re.compile(r"^begin [0-7]{3,4} [^\n]+\n(.*?)^(?:`|end)", re.MULTILINE | re.DOTALL)
_HEAD = 2000  # characters
_QUOTED = re.compile(r"^(>[> ]{0,12} )begin [0-7]{3,4} ", re.MULTILINE)  # as answers repeat what they answer
_FIRST = re.compile(r"\s*begin [0-7]{3,4} [^\n]+\n([!-`][^\n]*)\n")


#: Its lines without the one before them: full ones begin with M and have no small letter; and the last.
_BARE = re.compile(r"\nM[ -`]{60}(?:\r?\nM[ -`]{60}){2,}(?:\r?\n[!-L][ -`]{1,60})?(?=\r?\n|\Z)")


def begins(text: str) -> bool:
    """Whether a text begins as such a run, or holds lines of one soon: what parts its lines into cells is chance."""
    first = _FIRST.match(text) if text[:20].lstrip().startswith("begin ") else None
    return (first is not None and decoded(first[1])[1]) or any(without_begin(text[:_HEAD]))


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
    runs = [(run.start(), run.end(), run[1]) for run in BEGIN.finditer(found(text))] or [*without_begin(text)]
    for begin, end, body in runs:
        if decoded(body)[1]:
            out += [made(text[at:begin]), text[begin:end]]
            at = end
    return "".join((*out, made(text[at:]))) if out else None


def without_begin(text: str) -> Iterator[tuple[int, int, str]]:
    """Where lines stand that only lack the one that begins them, and they: whoever wants to read them puts it there."""
    if "\nM" in text or text.startswith("M"):
        for run in _BARE.finditer(f"\n{text}"):
            yield run.start(), run.end() - 1, run.group()[1:]


def _bare(text: str) -> str:
    quoted = _QUOTED.search(text) if "> begin " in text else None
    return text if quoted is None else f"\n{text}".replace(f"\n{quoted[1]}", "\n")[1:]
