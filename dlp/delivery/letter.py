"""A mail as a next hop is told it: its envelope in commands, its content as it goes over the wire. No I/O.

Addresses, parameters and bytes go out as they were given. A parameter whose extension the next hop does not offer is
left out when nothing is lost by it; else the mail cannot go as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from dlp.delivery.spooled import Spooled, has_dots
from dlp.delivery.talk import Answer
from dlp.errors import GatewayFault

_UNPRINTABLE = re.compile(r"[^!-~]+")
_MAX_XFORWARD = 480  # bytes of one XFORWARD command; Postfix's limit is 512

#: Bytes that what we write at a mail's beginning may have at most (see `relay_held`): it has to fit the next hop too.
ROOM = 512


@dataclass(frozen=True, slots=True)
class Reply:
    """The next hop's last word: 2xx when it has taken the mail for every recipient, else nothing was sent."""

    code: int
    text: str  # one line of printable ASCII, with its enhanced code
    refused: Mapping[str, tuple[int, str]] = field(default_factory=dict)  # recipient -> (code, text)

    @property
    def taken(self) -> bool:
        """Whether the next hop is responsible now."""
        return 200 <= self.code < 300


@dataclass(frozen=True, kw_only=True, slots=True)
class Opening:
    """What is known of a mail before its first recipient."""

    mail_from: str
    mail_options: Sequence[str]
    xforward: Mapping[str, str]

    def refusal(self, offered: Mapping[str, str]) -> Reply | None:
        """Why no mail that begins so can go to such a next hop; None when it can, but for its content."""
        return _understood(self.mail_options, offered, ascii=True)[1]

    def introduction(self, offered: Mapping[str, str]) -> Iterator[bytes]:
        """XFORWARD commands for the attributes the next hop wants."""
        return _xforward(self.xforward, offered)

    def mail(self, offered: Mapping[str, str]) -> bytes:
        """MAIL, with the size our client has declared."""
        size = next((int(word[5:]) for word in self.mail_options if word.upper().startswith("SIZE=")), None)
        kept, _ = _understood(self.mail_options, offered, ascii=True)
        options = kept if size is None or "size" not in offered else [f"SIZE={size + ROOM}", *kept]
        return command("MAIL FROM", self.mail_from, options)


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """A whole mail."""

    mail_from: str
    rcpt_to: Sequence[str]
    content: bytes | Spooled
    mail_options: Sequence[str]
    rcpt_options: Sequence[Sequence[str]]
    xforward: Mapping[str, str]

    def wishes(self, index: int) -> Sequence[str]:
        """A recipient's DSN parameters."""
        return self.rcpt_options[index] if index < len(self.rcpt_options) else ()

    def refusal(self, offered: Mapping[str, str]) -> Reply | None:
        """Why it cannot go to such a next hop as it is; None when it can."""
        if not self.rcpt_to:
            return refusal({}, 0)
        eight = any(word.upper() == "BODY=8BITMIME" for word in self.mail_options)
        if eight and "8bitmime" not in offered:
            return _understood(self.mail_options, offered, ascii=self.content.isascii())[1]
        return _understood(self.mail_options, offered, ascii=True)[1]

    def introduction(self, offered: Mapping[str, str]) -> Iterator[bytes]:
        """XFORWARD commands for the attributes the next hop wants."""
        return _xforward(self.xforward, offered)

    def envelope(self, offered: Mapping[str, str]) -> list[bytes]:
        """MAIL, then RCPT for each."""
        kept, _ = _understood(self.mail_options, offered, ascii=True)
        options = [f"SIZE={len(self.content)}", *kept] if "size" in offered else kept
        recipients = (recipient(one, self.wishes(index), offered) for index, one in enumerate(self.rcpt_to))
        return [command("MAIL FROM", self.mail_from, options), *recipients]

    def told(self) -> list[tuple[str, tuple[str, ...]]]:
        """Its recipients with their wishes, to compare with those a next hop has been told."""
        return [(one, tuple(self.wishes(index))) for index, one in enumerate(self.rcpt_to)]


def recipient(address: str, wishes: Sequence[str], offered: Mapping[str, str]) -> bytes:
    """RCPT, with the DSN wishes the next hop understands."""
    return command("RCPT TO", address, wishes if "dsn" in offered else ())


def command(verb: str, address: str, parameters: Sequence[str]) -> bytes:
    """MAIL or RCPT."""
    return " ".join([f"{verb}:<{address}>", *parameters]).encode()


def reply(answer: Answer) -> Reply:
    """An answer in one printable line. Raises GatewayFault for a code that is none."""
    if not 200 <= answer.code < 600:
        raise GatewayFault("next hop: an answer that is none")
    text = answer.text
    if not (text.isascii() and text.isprintable()):
        text = _UNPRINTABLE.sub(" ", text)
    return Reply(answer.code, " ".join(text.split())[:400])


def stuffed(content: bytes) -> bytes:
    """Content as it goes over the wire: dots doubled, ended."""
    if content.startswith(b"."):
        content = b"." + content
    end = b".\r\n" if not content or content.endswith(b"\r\n") else b"\r\n.\r\n"
    return (content.replace(b"\r\n.", b"\r\n..") if has_dots(content) else content) + end


def refusal(refused: Mapping[str, Reply], recipients: int) -> Reply:
    """One reply for a mail of which some recipients are refused: the first permanent refusal, else the first."""
    replies = list(refused.values())
    if not replies:
        return Reply(554, "5.5.1 no recipients")
    worst = next((one for one in replies if one.code >= 500), replies[0])
    text = worst.text
    if recipients > 1:
        text += f" ({len(replies)} of {recipients} recipients refused; nothing was sent)"
    return Reply(worst.code, text, {address: (one.code, one.text) for address, one in refused.items()})


def _understood(options: Sequence[str], offered: Mapping[str, str], *, ascii: bool) -> tuple[list[str], Reply | None]:
    """The MAIL parameters this next hop understands, and the refusal when the mail cannot go without one."""
    kept: list[str] = []
    for option in options:
        name, _, value = option.upper().partition("=")
        if name == "SMTPUTF8" and "smtputf8" not in offered:
            return [], Reply(553, "5.6.7 the next hop does not take SMTPUTF8")
        if name == "BODY" and "8bitmime" not in offered:
            if value == "8BITMIME" and not ascii:
                return [], Reply(554, "5.6.3 the next hop does not take 8BITMIME")
        elif name in ("SMTPUTF8", "BODY") or (name in ("RET", "ENVID") and "dsn" in offered):
            kept.append(option)
    return kept, None


def _xforward(attributes: Mapping[str, str], offered: Mapping[str, str]) -> Iterator[bytes]:
    """XFORWARD commands for the attributes the next hop wants, each short enough."""
    wanted = offered.get("xforward", "").upper().split()
    line = b""
    for pair in (f" {name}={value}".encode() for name, value in attributes.items() if name in wanted):
        if line and len(line) + len(pair) > _MAX_XFORWARD:
            yield b"XFORWARD" + line
            line = b""
        line += pair
    if line:
        yield b"XFORWARD" + line
