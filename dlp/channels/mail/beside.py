"""What a mail's envelope says beside whom it is for, as a form that the inspection reads. No I/O.

ENVID and ORCPT (RFC 3461) go from server to server with the mail, to its last one: a hundred characters a mail, five
hundred a recipient, of which the sender may make what he likes; so do addresses, which may be as long as our commands.
What every mail server says there (the recipient's own address, a list's, a queue's id) costs a comparison.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import quote_from_bytes

from dlp.extract.plain import runs

_LOCAL = 64  # characters of what stands before an address's @ (RFC 5321, section 4.5.3.1.1)
_ENVID = 64
_PARTED = re.compile(r"[._+=-]")  # between the words of a name
_CROWD = 8  # recipients of one site, from which on they may carry something in pieces
_REGISTRIES = frozenset("co ac lg go or ne ed gr ad com net org edu gov".split())  # domains below which sites are
_NUMBERED = re.compile(r"^\d{1,4}[._+=-]|[._+=-]\d{1,4}$")  # which piece it is
_WORDY = 16  # characters of what stands before their @, on average, that do: people's own have some ten
_MANY = 1000  # characters of ORCPTs that are no recipient's address, read together from there on
_HEX = re.compile(rb"\+([0-9A-Fa-f]{2})|\\x\{([0-9A-Fa-f]{2,6})\}")  # xtext; RFC 6533's way of other letters


def form_of(
    mail_from: str, rcpt_to: Sequence[str], mail_options: Sequence[str], wishes: Sequence[Sequence[str]]
) -> bytes:
    """What of an envelope may say something of people, url-encoded; b"" where nothing does, as nearly always."""
    said = [(b"envid", text) for text in _of("ENVID", mail_options) if _is_odd(text, _ENVID)]
    if any(wishes):
        said += [(b"orcpt", text) for text in _originals(rcpt_to, wishes)]
    said += [(b"address", one.encode()) for one in (mail_from, *rcpt_to) if _is_odd_address(one.encode())]
    if len(rcpt_to) >= _CROWD:
        said += _crowds(rcpt_to)
    return b"&".join(name + b"=" + quote_from_bytes(text).encode() for name, text in dict.fromkeys(said))


def _crowds(rcpt_to: Sequence[str]) -> Iterator[tuple[bytes, bytes]]:
    """What many long addresses of one site say, whose owner gets whatever stands before its name: each, and all in a
    row, for they may be pieces of one word."""
    sites: dict[str, list[tuple[str, str]]] = {}
    for address in rcpt_to:
        local, _, domain = address.rpartition("@")
        labels = domain.lower().split(".")
        own = len(labels) - (3 if labels[-2:-1] and labels[-2] in _REGISTRIES else 2)  # labels below the site's
        sites.setdefault(".".join(labels[max(0, own) :]), []).append((local, "".join(labels[: max(0, own)])))
    for found in sites.values():
        words = [local + below for local, below in found]
        if len(found) >= _CROWD and sum(map(len, words)) >= _WORDY * len(found):
            for word, (local, _) in zip(words, found, strict=True):
                yield b"said", word.encode()
                yield b"said", _PARTED.sub(" ", local).title().encode()
            for whole in filter(None, dict.fromkeys(_in_rows(found))):
                base32 = whole.upper() + "=" * (-len(whole) % 8)  # addresses are written small
                if packed := next((one for one in (whole, base32) if _is_packed(one)), ""):
                    yield b"said", packed.encode()


def _in_rows(found: Sequence[tuple[str, str]]) -> Iterator[str]:
    """What addresses say one after the other: before the @ of each, without its number among them, below the site."""
    yield "".join(local for local, _ in found)
    yield "".join(_NUMBERED.sub("", local) for local, _ in found)
    yield "".join(below for _, below in found)
    yield "".join(local + below for local, below in found)


def _is_packed(word: str) -> bool:
    """Whether it is a text or a file in base64, base32 or hex: anything else would be held for being nothing known."""
    try:
        data = runs.decoded(word)
    except ValueError:
        return False
    return runs.is_file(data) or bool(runs.of_bytes(data))


def _originals(rcpt_to: Sequence[str], wishes: Sequence[Sequence[str]]) -> list[bytes]:
    """The original recipients that are odd by themselves; all, where they are many that nobody gets this mail by."""
    known = {address.encode().lower() for address in rcpt_to}
    told = [text.partition(b";")[2] for one in wishes for text in _of("ORCPT", one)]
    others = [text for text in dict.fromkeys(told) if text.lower() not in known]
    if sum(map(len, others)) > _MANY:
        return others
    return [text for text in others if _is_odd_address(text)]


def _of(word: str, parameters: Sequence[str]) -> Iterator[bytes]:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.upper() == word:
            yield _HEX.sub(_plain, value.encode())


def _plain(match: re.Match[bytes]) -> bytes:
    if match[1]:
        return bytes.fromhex(match[1].decode())
    number = int(match[2], 16)
    return chr(number).encode("utf-8", "replace") if number <= 0x10FFFF else b"?"


def _is_odd_address(address: bytes) -> bool:
    return _is_odd(address.rpartition(b"@")[0] or address, _LOCAL) or len(address) > 4 * _LOCAL


def _is_odd(text: bytes, usual: int) -> bool:
    return len(text) > usual or not text.isascii()
