"""A client's connection as a dialogue: command lines in, replies out, and the time a client may take for each.

In place of aiosmtpd's own loop, which looks at each line several times over and writes each reply by itself: what a
pipelining client (RFC 2920) is told of MAIL and RCPT goes out together with the next reply. The replies are the same.
"""

from __future__ import annotations

import asyncio
import logging
import math
import re
from functools import cache
from types import TracebackType
from typing import Any

from aiosmtpd.smtp import ALLOWED_BEFORE_STARTTLS, SMTP, TLSSetupException

log = logging.getLogger(__name__)

FAULT = "451 4.3.0 temporary fault, nothing was accepted; try again later"
MAX_COMMAND = 4096  # bytes of a command line: MAIL with ENVID, RCPT with ORCPT

_MAX_REPLY = 500  # bytes of one reply line (RFC 5321, section 4.5.3.1.5: 512 with CRLF)
_TOO_LONG = "500 Command line too long"
_MAX_UNKNOWN = 5  # commands nobody knows, in one connection
_ENHANCED = re.compile(r"([245])\d\d[ -](?!\d\.\d{1,3}\.\d{1,3})")
_UNSAID = re.compile(r"[^ -~]")
_CODES = {"500": "5.5.2", "501": "5.5.4", "502": "5.5.1", "503": "5.5.1", "530": "5.7.0", "454": "4.7.0"}


@cache
def _named(kind: type) -> list[str]:
    return [name for name in dir(kind) if name.startswith(("smtp_", "auth_"))]


class Dialogue(SMTP):
    """Reads commands and gives them to the methods `smtp_…`."""

    line_length_limit = MAX_COMMAND  # of the stream reader: a command line it may not exceed is never seen whole

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._plain_replies = True  # the greeting and EHLO's reply carry no enhanced codes (RFC 2034, section 3)
        self._unsent = b""  # replies that go out with the next one
        self._due = self._rings = math.inf  # when the client's time is over, and when we look whether it is
        self._unhurried = _Unhurried(self)

    def __dir__(self) -> list[str]:
        """What the library looks for here, three times with each connection: its methods by name."""
        kind: Any = type(self)  # mypy takes a class for something that has no hash
        return _named(kind)

    # replies

    async def push(self, status: Any) -> None:
        """Send a one-line reply, with an enhanced code (RFC 2034) where it has none, in ASCII."""
        self._unsent += self._line_of(status)
        await self._flush()

    async def push_soon(self, status: str) -> None:
        """`push`, but where the client has sent its next command already, together with the reply to that."""
        self._unsent += self._line_of(status)
        reader: Any = self._reader
        if b"\n" not in reader._buffer:
            await self._flush()

    def _line_of(self, status: Any) -> bytes:
        text = status.decode("utf-8", "replace") if isinstance(status, bytes) else str(status)
        if not self._plain_replies and (match := _ENHANCED.match(text)):
            text = f"{text[:4]}{_CODES.get(text[:3], match[1] + '.0.0')} {text[4:]}"
        if not (text.isascii() and text.isprintable()):
            text = _UNSAID.sub("?", text)
        return text[:_MAX_REPLY].encode("ascii") + b"\r\n"

    async def _flush(self) -> None:
        if self._unsent:
            replies, self._unsent = self._unsent, b""
            assert self._writer is not None
            self._writer.write(replies)
            transport: Any = self.transport
            if transport is None or transport.is_closing() or transport.get_write_buffer_size():
                await self._writer.drain()

    # commands

    async def converse(self) -> None:
        """Greet, then take one command after the other until the connection ends."""
        await self.push(f"220 {self.hostname} {self.__ident__}")
        unknown = 0
        while self.transport is not None:
            try:
                line = await self._line()
                refusal, command, arg = self._command(line)
                if refusal:
                    await self.push(refusal)
                elif (method := self._smtp_methods.get(command)) is not None:
                    self._reset_timeout()
                    await method(arg)
                else:
                    unknown += 1
                    await self._unknown(command, unknown)
            except asyncio.IncompleteReadError:  # its last word is said, and its answer is out
                self._writer.close()
                return
            except (asyncio.CancelledError, ConnectionResetError):
                self._writer.close()
                raise
            except Exception as error:
                await self._failed(error)

    async def _line(self) -> bytes | None:
        """The next line; None for one that is too long, which is passed over."""
        reader: Any = self._reader
        buffer = reader._buffer
        while (end := buffer.find(b"\n")) < 0:
            await self._flush()
            if reader._eof or reader._exception is not None or len(buffer) > MAX_COMMAND:
                return await self._odd_line()
            await reader._wait_for_data("a command")
        if end > MAX_COMMAND:
            return await self._odd_line()
        line = bytes(buffer[:end])
        del buffer[: end + 1]
        reader._maybe_resume_transport()
        return line

    async def _odd_line(self) -> bytes | None:
        """The next line where it is too long, or where there is none to come."""
        skipped = False
        while True:
            try:
                line = await self._reader.readuntil()
            except asyncio.LimitOverrunError as error:
                skipped = True
                await self._reader.read(error.consumed)
            else:
                return None if skipped else line

    def _command(self, line: bytes | None) -> tuple[str, str, str | None]:
        """A refusal, or a command's word in capitals and what follows it."""
        line = line if line is None else line.rstrip(b"\r\n")
        if not line:
            return _TOO_LONG if line is None else "500 Error: bad syntax", "", None
        word, _, rest = line.partition(b" ")
        if not word.isascii():
            return "500 Error: bad syntax", "", None
        command = word.upper().decode("ascii")
        if len(line) > MAX_COMMAND:
            return _TOO_LONG, "", None
        if not self._tls_handshake_okay and command != "QUIT":
            return "554 Command refused due to lack of security", "", None
        if self.require_starttls and not self._tls_protocol and command not in ALLOWED_BEFORE_STARTTLS:
            return "530 Must issue a STARTTLS command first", "", None
        # Bytes that are no UTF-8 are kept: they are refused, or go out as they came.
        return "", command, str(rest.strip(), "utf-8", "surrogateescape") if rest else None

    async def _unknown(self, command: str, count: int) -> None:
        if count < _MAX_UNKNOWN:
            await self.push(f'500 Error: command "{command}" not recognized')
            return
        await self.push("502 5.5.1 Too many unrecognized commands, goodbye.")
        if self.transport is not None:
            self.transport.close()

    async def _failed(self, error: Exception) -> None:
        """A fixed reply; an exception's text never reaches a client."""
        log.error("connection failed", extra={"error": type(error).__name__})
        if isinstance(error, TLSSetupException) and self.transport is not None:
            self.transport.close()
            self.connection_lost(error)
        else:
            await self.push(FAULT)

    # the client's time

    def _reset_timeout(self, duration: float | None = None) -> None:
        """The client's time begins anew, as it does several times with each mail: a timer is not set for each, it looks
        at the time when it goes off."""
        self._due = self.loop.time() + (duration or self._timeout_duration)
        if self._due < self._rings:
            self._ring()

    def _ring(self) -> None:
        if self._timeout_handle is not None:
            self._timeout_handle.cancel()
        self._rings = self._due
        self._timeout_handle = self.loop.call_at(self._due, self._rung)

    def _rung(self) -> None:
        self._rings = math.inf
        if self._due <= self.loop.time():
            self._timeout_cb()
        elif self._due < math.inf:
            self._ring()

    def _timeout_cb(self) -> None:
        """Abort: `close` would wait for ever for a client that reads none of our replies."""
        self.abort()

    def abort(self) -> None:
        """End this connection, whatever it is at."""
        transport: Any = self.transport  # uvloop's is no asyncio.WriteTransport by its class
        if transport is not None:
            transport.abort()


class _Unhurried:
    """While in it the client waits for us, so its clock stands still."""

    def __init__(self, dialogue: Dialogue) -> None:
        self._dialogue = dialogue

    def __enter__(self) -> None:
        self._dialogue._due = math.inf

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if self._dialogue.transport is not None:
            self._dialogue._reset_timeout()
