"""The syntax of MAIL, RCPT and XFORWARD: addresses kept letter by letter, parameters known by name. No I/O.

aiosmtpd 1.4.6 reads addresses with `email`'s header parser, which refuses the dots of old Japanese mobile addresses
(`foo..bar.@…`) and rewrites quoting, and it knows no parameter of RCPT. What is passed on is what was received.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

#: XFORWARD's attributes (Postfix, XFORWARD_README).
XFORWARD = ("NAME", "ADDR", "PORT", "PROTO", "HELO", "IDENT", "SOURCE")

_LOCAL = r'(?:"(?:[^"\\]|\\.)*"|[^\s<>"\\@()\[\],:;]+)'
_ADDRESS = rf"{_LOCAL}(?:@[^\s<>\"\\@()]+)?"
_PATH = re.compile(rf" *(?:<(?:@[^\s<>:]+:)?(?P<path>{_ADDRESS}|)>|(?P<bare>{_ADDRESS}))(?P<rest>(?: .*)?)")
_PARAMETER = re.compile(r"(?P<word>[A-Za-z0-9][A-Za-z0-9-]*)(?:=(?P<value>[!-<>-~]+))?", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_XTEXT = r"(?:[!-*,-<>-~]|\+[0-9A-F]{2})"  # RFC 3461, section 4
_LONGEST = 1000  # characters of an address; RFC 5321 asks for 256

_any_case = partial(re.compile, flags=re.IGNORECASE)

#: What a parameter's value must look like; None: it takes no value. RFC 1870, 6152, 6531, 3461, 4954.
_MAIL: Mapping[str, re.Pattern[str] | None] = {
    "SIZE": _any_case(r"[0-9]{1,20}"),
    "BODY": _any_case(r"7BIT|8BITMIME"),
    "SMTPUTF8": None,
    "RET": _any_case(r"FULL|HDRS"),
    "ENVID": _any_case(rf"{_XTEXT}{{1,100}}"),
    "AUTH": _any_case(rf"<>|{_XTEXT}{{1,500}}"),  # who wrote it first, by a client's own word: not passed on
}
_RCPT: Mapping[str, re.Pattern[str] | None] = {
    "NOTIFY": _any_case(r"NEVER|(?:SUCCESS|FAILURE|DELAY)(?:,(?:SUCCESS|FAILURE|DELAY)){0,2}"),
    "ORCPT": _any_case(rf"[A-Za-z0-9-]{{1,50}};{_XTEXT}{{1,500}}"),
}


class Malformed(Exception):
    """A command that cannot be obeyed; `reply` is the whole answer and repeats nothing of the command."""

    def __init__(self, reply: str) -> None:
        super().__init__(reply)
        self.reply = reply


@dataclass(frozen=True, slots=True)
class Command:
    """A MAIL or RCPT: the address as it was written, and its parameters as they were written."""

    address: str  # "" for the null sender
    parameters: tuple[str, ...]  # "BODY=8BITMIME"

    def value(self, word: str) -> str | None:
        """A parameter's value, "" where it has none, None where it is not given."""
        for parameter in self.parameters:
            name, _, value = parameter.partition("=")
            if name.upper() == word:
                return value
        return None


def mail(arg: str | None) -> Command:
    """`FROM:<address> parameters`. Raises Malformed."""
    return _command(arg, "FROM:", _MAIL)


def rcpt(arg: str | None) -> Command:
    """`TO:<address> parameters`. Raises Malformed."""
    command = _command(arg, "TO:", _RCPT)
    if not command.address:
        raise Malformed("501 5.1.3 a recipient has an address")
    return command


def xforward(arg: str | None) -> dict[str, str]:
    """`NAME=… ADDR=…`: attribute -> value, still in xtext. Raises Malformed."""
    found = [_PARAMETER.fullmatch(word) for word in (arg or "").split(" ") if word]
    if not found or not all(match and match["value"] and match["word"].upper() in XFORWARD for match in found):
        raise Malformed("501 5.5.4 Syntax: XFORWARD attribute=value ...")
    return {match["word"].upper(): match["value"] for match in found if match}


def _command(arg: str | None, keyword: str, known: Mapping[str, re.Pattern[str] | None]) -> Command:
    if arg is None or arg[: len(keyword)].upper() != keyword or _CONTROL.search(arg):
        raise Malformed(f"501 5.5.4 Syntax: {keyword}<address>")
    match = _PATH.fullmatch(arg[len(keyword) :])
    if match is None:
        raise Malformed("501 5.1.7 malformed address" if keyword == "FROM:" else "501 5.1.3 malformed address")
    address = match["path"] if match["path"] is not None else match["bare"]
    if len(address) > _LONGEST or not _is_utf8(address):
        raise Malformed("501 5.5.4 no such address can be")
    return Command(address, _parameters(match["rest"], known))


def _parameters(text: str, known: Mapping[str, re.Pattern[str] | None]) -> tuple[str, ...]:
    words = [word for word in text.split(" ") if word]
    seen = set()
    for word in words:
        match = _PARAMETER.fullmatch(word)
        if match is None:
            raise Malformed("501 5.5.4 malformed parameter")
        name, value = match["word"].upper(), match["value"]
        if name not in known:
            raise Malformed("555 5.5.4 unsupported parameter")
        form = known[name]
        fits = value is None if form is None else value is not None and form.fullmatch(value)
        if not fits or name in seen:
            raise Malformed("501 5.5.4 malformed parameter")
        seen.add(name)
    return tuple(words)


def _is_utf8(text: str) -> bool:
    """Whether this came from UTF-8 (aiosmtpd decodes with surrogateescape)."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
