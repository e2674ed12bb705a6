"""Relay against a scripted next hop on raw sockets: what it says is our reply, and nothing is ever sent twice."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dlp.delivery.letter import Letter, Reply
from dlp.delivery.mail import Relay
from dlp.delivery.routes import Relays
from dlp.delivery.spooled import Spooled
from dlp.errors import ConfigError, GatewayFault, SenderFault
from dlp.settings import Mail
from tests.e2e.certificates import Authority, authority

MAIL = b"Subject: x\r\n\r\nhello\r\n"
ALL = ("PIPELINING", "SIZE 1000000", "8BITMIME", "SMTPUTF8", "DSN", "XFORWARD NAME ADDR HELO")
DROP = "drop"  # instead of a reply: close the connection


class Hop:
    """A next hop that obeys a script: command word -> the reply, or one reply for each time it is heard."""

    def __init__(self, *extensions: str, tls: ssl.SSLContext | None = None, **script: str | list[str]) -> None:
        self.extensions, self.tls = extensions, tls
        self.script: dict[str, list[str]] = {k: v if isinstance(v, list) else [v] * 99 for k, v in script.items()}
        self.said: list[str] = []  # command lines of all connections, in order
        self.mails: list[bytes] = []
        self.connections = 0
        self.under_tls: list[bool] = []
        self.writers: list[asyncio.StreamWriter] = []

    async def __aenter__(self) -> Hop:
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=1 << 20)
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self.server.close()
        self.hang_up()

    def hang_up(self) -> None:
        for writer in self.writers:
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.writers.append(writer)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await self._talk(reader, writer)
        writer.transport.abort()

    def _reply(self, word: str, usual: str) -> str:
        waiting = self.script.get(word)
        return waiting.pop(0) if waiting else usual

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        secure = False
        await self._say(writer, self._reply("greeting", "220 hop ESMTP"))
        while line := (await reader.readline()).decode().rstrip("\r\n"):
            self.said.append(line)
            word = line.split()[0].partition(":")[0]
            extensions = [*self.extensions, *(["STARTTLS"] if self.tls and not secure else [])]
            hello = "\r\n".join(["250-hop", *(f"250-{e}" for e in extensions), "250 HELP"])
            usual = {"EHLO": hello, "DATA": "354 go on", "QUIT": "221 bye", "STARTTLS": "220 go"}
            await self._say(writer, answer := self._reply(word, usual.get(word, "250 2.0.0 ok")))
            if word == "DATA" and answer.startswith("354"):
                content = await reader.readuntil(b"\r\n.\r\n")
                self.mails.append(content[:-3])
                self.under_tls.append(secure)
                await self._say(writer, self._reply("content", "250 2.0.0 kept as 1"))
            if word == "STARTTLS" and answer.startswith("220") and self.tls:
                await writer.start_tls(self.tls)
                secure = True

    async def _say(self, writer: asyncio.StreamWriter, text: str) -> None:
        if text == DROP:
            raise ConnectionError
        if text == "silence":
            await asyncio.sleep(30)
        writer.write(text.encode() + b"\r\n")
        await writer.drain()
        if text.startswith("421"):
            raise ConnectionError

    def heard(self, word: str) -> list[str]:
        return [line for line in self.said if line.split()[0].partition(":")[0] == word]


@contextlib.asynccontextmanager
async def relay_to(hop: Hop, **settings: Any) -> AsyncIterator[Relay]:
    values: dict[str, Any] = {"next_hop_tls": "none", "timeout": 5.0, "hostname": "gate.example"} | settings
    relay = Relay(Mail(next_hop=f"127.0.0.1:{hop.port}", **values))
    try:
        yield relay
    finally:
        await relay.close()


async def send(relay: Relay, *to: str, content: bytes = MAIL, **more: Any) -> Reply:
    async with asyncio.timeout(15):
        return await relay.send(letter("a@b.example", to or ("x@y.example",), content, **more))


def letter(mail_from: str, rcpt_to: Sequence[str], content: bytes | Spooled, **more: Any) -> Letter:
    values: dict[str, Any] = {"mail_options": (), "rcpt_options": (), "xforward": {}} | more
    return Letter(mail_from=mail_from, rcpt_to=rcpt_to, content=content, **values)


@pytest.mark.parametrize(
    ("content", "wire"),
    [
        (b"", b""),
        (b".", b"..\r\n"),  # a last line without its end is given one
        (b".\r\n", b"..\r\n"),
        (b"..\r\na\r\n.\r\n", b"...\r\na\r\n..\r\n"),
        (b"a\r\n\r\n", b"a\r\n\r\n"),
        (b"x" * 200_000 + b"\r\n", b"x" * 200_000 + b"\r\n"),
        ("8ビット\r\n".encode(), "8ビット\r\n".encode()),
    ],
)
async def test_content_as_given_behind_its_dots(content: bytes, wire: bytes) -> None:
    async with Hop(*ALL) as hop, relay_to(hop) as relay:
        if not content:
            content = b"\r\n"
            wire = b"\r\n"
        assert (await send(relay, content=content)).code == 250
        assert hop.mails == [wire]


@pytest.mark.parametrize("content", [b"a\nb", b"a\rb", b"a\r\n\n", b"\n.\r\n"])
async def test_bare_line_ends_never_leave(content: bytes) -> None:
    async with Hop(*ALL) as hop, relay_to(hop) as relay:
        with pytest.raises(SenderFault):
            await send(relay, content=content)
        assert hop.connections == 0


async def test_one_connection_serves_many_and_a_stale_one_is_replaced() -> None:
    async with Hop(*ALL) as hop, relay_to(hop) as relay:
        for _ in range(3):
            assert (await send(relay)).text == "2.0.0 kept as 1"
        assert (hop.connections, len(hop.mails)) == (1, 3)
        hop.hang_up()
        assert (await send(relay)).code == 250
        assert (hop.connections, len(hop.mails)) == (2, 4)


@pytest.mark.parametrize("word", ["XFORWARD", "MAIL", "RCPT", "DATA"])
async def test_a_kept_connection_that_ends_before_the_content_is_replaced(word: str) -> None:
    async with Hop(*ALL) as hop, relay_to(hop) as relay:
        await send(relay, xforward={"NAME": "pc"})
        hop.script[word] = [DROP]
        assert (await send(relay, xforward={"NAME": "pc"})).code == 250
        assert (hop.connections, len(hop.mails)) == (2, 2)


async def test_421_at_mail_on_a_kept_connection_is_no_answer_to_this_mail() -> None:
    async with Hop(*ALL) as hop, relay_to(hop) as relay:
        await send(relay)
        hop.script["MAIL"] = ["421 4.4.2 idle too long"]
        assert (await send(relay)).code == 250
        assert hop.connections == 2


@pytest.mark.parametrize("word", ["greeting", "EHLO", "MAIL"])
async def test_421_before_anything_was_said_is_a_fault(word: str) -> None:
    async with Hop(*ALL, **{word: "421 4.3.2 closing"}) as hop, relay_to(hop) as relay:
        with pytest.raises(GatewayFault):
            await send(relay)
        assert hop.mails == []


@pytest.mark.parametrize("word", ["RCPT", "DATA", "content"])
async def test_421_later_is_a_temporary_refusal_that_ends_no_connection_of_ours(word: str) -> None:
    async with Hop(*ALL, **{word: ["421 4.3.2 closing"]}) as hop, relay_to(hop) as relay:
        reply = await send(relay)
        assert (reply.code, reply.text) == (451, "4.3.2 closing")
        assert not reply.taken
        assert (await send(relay)).code == 250  # on a fresh connection
        assert hop.connections == 2


@pytest.mark.parametrize("answer", ["552 5.3.4 too big", "451 4.7.1 greylisted", "550 5.7.1 no", "250 2.6.0 fine"])
async def test_its_word_on_the_content_is_ours(answer: str) -> None:
    async with Hop(*ALL, content=answer) as hop, relay_to(hop) as relay:
        for _ in range(2):
            reply = await send(relay)
            assert f"{reply.code} {reply.text}" == answer
        assert hop.connections == 1  # a refusal is no reason to leave


@pytest.mark.parametrize(
    ("replies", "code", "refused"),
    [
        (["250 ok", "550 5.1.1 unknown", "250 ok"], 550, {"b@y"}),
        (["450 4.2.0 full", "550 5.1.1 unknown", "250 ok"], 550, {"a@y", "b@y"}),
        (["250 ok", "250 ok", "450 4.2.0 full"], 450, {"c@y"}),
        (["550 5.1.1 unknown"] * 3, 550, {"a@y", "b@y", "c@y"}),
    ],
)
async def test_one_refused_recipient_and_nothing_is_sent(replies: list[str], code: int, refused: set[str]) -> None:
    async with Hop(*ALL, RCPT=replies) as hop, relay_to(hop) as relay:
        reply = await send(relay, "a@y", "b@y", "c@y")
        assert (reply.code, set(reply.refused), hop.mails) == (code, refused, [])
        assert f"({len(refused)} of 3 recipients refused; nothing was sent)" in reply.text
        assert hop.heard("DATA") == []
        assert hop.said[-1] == "RSET"
        assert (await send(relay)).code == 250  # nothing of the refused mail remains
        assert len(hop.heard("RCPT")) == 4


async def test_no_recipients_and_nothing_is_sent() -> None:
    async with Hop(*ALL) as hop, relay_to(hop) as relay:
        assert (await relay.send(letter("a@b", [], MAIL))).code == 554
        assert hop.mails == []


@pytest.mark.parametrize("answer", [DROP, "silence", "garbage", "999 what", "354 go on", "200"])
async def test_what_follows_the_content_is_never_a_second_sending(answer: str) -> None:
    async with Hop(*ALL) as hop, relay_to(hop, timeout=2.0) as relay:
        await send(relay)
        hop.script["content"] = [answer]
        if answer == "200":
            assert (await send(relay)).taken
        else:
            with pytest.raises(GatewayFault):
                await send(relay)
        assert len(hop.mails) == 2
        assert (await send(relay)).code == 250


@pytest.mark.parametrize("word", ["greeting", "EHLO", "MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("answer", ["garbage", "99", "000 zero", "7\x00\x00", "100 one", "x" * 5000, "silence"])
async def test_an_answer_that_is_none_is_a_fault(word: str, answer: str) -> None:
    async with Hop(*ALL, **{word: [answer] * 2}) as hop, relay_to(hop, timeout=0.3) as relay:
        with pytest.raises(GatewayFault):
            await send(relay)
        assert hop.mails == []


@pytest.mark.parametrize("word", ["MAIL", "RCPT"])
async def test_the_middle_of_a_conversation_is_not_its_end(word: str) -> None:
    async with Hop(*ALL, **{word: ["354 go on"]}) as hop, relay_to(hop) as relay:
        with pytest.raises(GatewayFault):
            await send(relay)
        assert hop.mails == []


@pytest.mark.parametrize("word", ["RCPT", "DATA"])
async def test_an_answer_too_many_is_not_taken_for_a_delivery(word: str) -> None:
    ahead = {"RCPT": "250 ok\r\n354 go on\r\n250 kept", "DATA": "354 go on\r\n250 2.0.0 kept"}[word]
    async with Hop(*ALL, **{word: ahead}, content="554 5.7.1 no") as hop, relay_to(hop) as relay:
        with contextlib.suppress(GatewayFault):
            assert not (await send(relay)).taken


async def test_a_mails_commands_go_out_together() -> None:
    heard: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 hop\r\n")
        await reader.readline()
        writer.write(b"250-hop\r\n250 PIPELINING\r\n")
        for _ in range(2):
            heard.extend([await reader.readline() for _ in range(3)])  # answers nothing before it has all three
            writer.write(b"250 ok\r\n250 ok\r\n35")
            await writer.drain()
            await asyncio.sleep(0.05)
            writer.write(b"4 go on\r\n")
            heard.append(await reader.readuntil(b"\r\n.\r\n"))
            writer.write(b"250 kept\r\n")
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        relay = Relay(Mail(next_hop=f"127.0.0.1:{server.sockets[0].getsockname()[1]}", timeout=10.0))
        for _ in range(2):
            assert (await send(relay)).taken
        await relay.close()
    assert [line.split(b":")[0].strip() for line in heard[:3]] == [b"MAIL FROM", b"RCPT TO", b"DATA"]
    assert heard[3] == heard[7] == MAIL + b".\r\n"


@pytest.mark.parametrize("word", ["MAIL", "RCPT"])
async def test_a_refusal_stands_though_the_content_is_waited_for(word: str) -> None:
    async with Hop(*ALL, **{word: "550 5.1.1 no"}) as hop, relay_to(hop) as relay:
        assert (await send(relay)).code == 550  # the hop has answered DATA by 354 all the same
        hop.script.clear()
        assert (await send(relay)).taken
        assert hop.mails == [MAIL]
        assert hop.connections == 2  # nothing but leaving takes DATA back


async def test_of_several_recipients_none_is_hasty() -> None:
    script = {"RCPT": ["250 ok", "550 5.1.1 no"]}
    async with Hop(*ALL, **script) as hop, relay_to(hop) as relay:
        assert (await relay.send(letter("a@town.example", ["b@x.example", "c@x.example"], MAIL))).code == 550
        assert hop.heard("DATA") == []
        assert (await send(relay)).taken
        assert hop.connections == 1


async def test_a_mail_that_was_given_up_does_not_arrive_later() -> None:
    late = asyncio.get_running_loop().create_future()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            for answer in (b"220 hop", b"250 hop", b"250 ok", b"250 ok", b"354 go on"):
                writer.write(answer + b"\r\n")
                await reader.readline()
            await given_up.wait()
            rest = b""
            with contextlib.suppress(ConnectionError):
                while block := await reader.read(1 << 20):
                    rest = (rest + block)[-5:]
            late.set_result(rest)
        writer.close()

    given_up = asyncio.Event()
    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        relay = Relay(Mail(next_hop=f"127.0.0.1:{server.sockets[0].getsockname()[1]}", timeout=0.5))
        with pytest.raises(GatewayFault):
            await send(relay, content=b"a line\r\n" * 2_000_000)
        given_up.set()
        async with asyncio.timeout(20):
            assert await late != b"\r\n.\r\n"
        await relay.close()


async def test_a_farewell_right_behind_the_delivery_makes_it_no_fault() -> None:
    async with Hop(*ALL, content="250 2.0.0 kept\r\n421 4.3.2 closing down") as hop, relay_to(hop) as relay:
        assert (await send(relay)).taken
        assert (await send(relay)).taken
        assert hop.connections == 2


async def test_replies_are_one_line_of_ascii() -> None:
    async with Hop(*ALL, content="550-5.7.1 一行目\r\n550 5.7.1 two\tlines") as hop, relay_to(hop) as relay:
        reply = await send(relay)
        assert reply.text.isascii()
        assert reply.text.isprintable()
        assert "two lines" in reply.text


# parameters

OPTIONS = ["SIZE=99999", "BODY=8BITMIME", "RET=HDRS", "ENVID=e1"]
WISHES = [["NOTIFY=NEVER", "ORCPT=rfc822;x@y"], []]


async def test_parameters_are_passed_on_when_offered() -> None:
    async with Hop(*ALL) as hop, relay_to(hop) as relay:
        attributes = {"NAME": "pc", "ADDR": "10.0.0.9", "PORT": "25"}
        await send(relay, "x@y", "z@y", mail_options=OPTIONS, rcpt_options=WISHES, xforward=attributes)
        assert hop.heard("MAIL") == [f"MAIL FROM:<a@b.example> SIZE={len(MAIL)} BODY=8BITMIME RET=HDRS ENVID=e1"]
        assert hop.heard("RCPT") == ["RCPT TO:<x@y> NOTIFY=NEVER ORCPT=rfc822;x@y", "RCPT TO:<z@y>"]
        assert hop.heard("XFORWARD") == ["XFORWARD NAME=pc ADDR=10.0.0.9"]  # PORT it does not want


async def test_parameters_are_left_out_when_not_offered() -> None:
    async with Hop() as hop, relay_to(hop) as relay:
        more = {"mail_options": OPTIONS, "rcpt_options": WISHES, "xforward": {"NAME": "pc"}}
        assert (await send(relay, "x@y", "z@y", **more)).code == 250
        assert hop.said[1:4] == ["MAIL FROM:<a@b.example>", "RCPT TO:<x@y>", "RCPT TO:<z@y>"]
        assert (await relay.extensions()).keys() == {"help"}


async def test_long_xforward_is_cut_between_its_attributes() -> None:
    async with Hop("XFORWARD NAME HELO IDENT") as hop, relay_to(hop) as relay:
        await send(relay, xforward={"NAME": "n" * 250, "HELO": "h" * 250, "IDENT": "i"})
        assert hop.heard("XFORWARD") == ["XFORWARD NAME=" + "n" * 250, "XFORWARD HELO=" + "h" * 250 + " IDENT=i"]


async def test_a_refused_xforward_stops_no_mail() -> None:
    async with Hop(*ALL, XFORWARD="550 5.7.0 not from you") as hop, relay_to(hop) as relay:
        assert (await send(relay, xforward={"NAME": "pc"})).code == 250


@pytest.mark.parametrize(
    ("options", "content", "code"),
    [
        (["SMTPUTF8"], MAIL, 553),
        (["BODY=8BITMIME"], "課\r\n".encode(), 554),
        (["BODY=8BITMIME"], MAIL, 250),  # ASCII needs no 8BITMIME
        (["BODY=7BIT"], MAIL, 250),
    ],
)
async def test_a_mail_that_cannot_go_as_it_is(options: list[str], content: bytes, code: int) -> None:
    async with Hop("SIZE") as hop, relay_to(hop) as relay:
        assert (await send(relay, content=content, mail_options=options)).code == code
        assert len(hop.mails) == (code == 250)


async def test_addresses_are_not_rewritten() -> None:
    async with Hop(*ALL) as hop, relay_to(hop) as relay:
        await relay.send(letter("foo..bar.@b", ['"q q"@y', "課@町.example"], MAIL, mail_options=["SMTPUTF8"]))
        assert hop.heard("MAIL")[0].startswith("MAIL FROM:<foo..bar.@b> ")
        assert hop.heard("RCPT") == ['RCPT TO:<"q q"@y>', "RCPT TO:<課@町.example>"]


async def test_many_at_once_do_not_mix() -> None:
    async with Hop(*ALL) as hop, relay_to(hop) as relay:
        mails = [b"Subject: %d\r\n\r\n%s\r\n" % (n, b"x" * n * 100) for n in range(40)]
        replies = await asyncio.gather(*(send(relay, content=mail) for mail in mails))
        assert {reply.code for reply in replies} == {250}
        assert sorted(hop.mails) == sorted(mails)


async def test_nobody_listens(free_port: Any) -> None:
    relay = Relay(Mail(next_hop=f"127.0.0.1:{free_port()}"))
    with pytest.raises(GatewayFault):
        await send(relay)
    with pytest.raises(GatewayFault):
        await relay.extensions()
    await relay.close()


# TLS


@pytest.fixture(scope="module")
def ca(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("ca") / "ca")


def server_context(ca: Authority, host: str = "127.0.0.1") -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*ca.issue(host))
    return context


@pytest.mark.parametrize(
    ("wish", "offered", "host", "trusted", "outcome"),
    [
        ("none", True, "127.0.0.1", True, "clear"),
        ("may", True, "127.0.0.1", True, "tls"),
        ("may", True, "127.0.0.1", False, "tls"),  # opportunistic: against listeners only
        ("may", False, "127.0.0.1", True, "clear"),
        ("require", True, "127.0.0.1", True, "tls"),
        ("require", True, "127.0.0.1", False, "fault"),
        ("require", True, "other.example", True, "fault"),
        ("require", False, "127.0.0.1", True, "fault"),
    ],
)
async def test_tls(ca: Authority, wish: str, offered: bool, host: str, trusted: bool, outcome: str) -> None:
    settings = {"next_hop_tls": wish, "next_hop_ca": ca.path if trusted else None}
    context = server_context(ca, host) if offered else None
    async with Hop(*ALL, tls=context) as hop, relay_to(hop, **settings) as relay:
        if outcome == "fault":
            with pytest.raises(GatewayFault):
                await send(relay)
            assert hop.heard("MAIL") == []
        else:
            assert (await send(relay)).code == 250
            assert hop.under_tls == [outcome == "tls"]


@pytest.mark.parametrize(("wish", "sent"), [("may", 1), ("require", 0)])
async def test_a_starttls_that_does_not_work(ca: Authority, wish: str, sent: int) -> None:
    async with Hop(*ALL, tls=server_context(ca), STARTTLS="454 4.7.0 not now") as hop:
        async with relay_to(hop, next_hop_tls=wish, next_hop_ca=ca.path) as relay:
            with contextlib.nullcontext() if sent else pytest.raises(GatewayFault):
                await send(relay)
        assert len(hop.mails) == sent


@pytest.mark.parametrize("shown", [True, False])
async def test_a_next_hop_that_asks_for_our_certificate(ca: Authority, shown: bool) -> None:
    context = server_context(ca)
    context.load_verify_locations(ca.path)
    context.verify_mode = ssl.CERT_REQUIRED
    cert, key = ca.issue("sekisho.town.example") if shown else (None, None)
    settings = {"next_hop_tls": "require", "next_hop_ca": ca.path, "next_hop_cert": cert, "next_hop_key": key}
    async with Hop(*ALL, tls=context) as hop, relay_to(hop, **settings) as relay:
        with contextlib.nullcontext() if shown else pytest.raises(GatewayFault):
            await send(relay)
        assert len(hop.mails) == shown


async def test_each_next_hop_has_a_policy_of_its_own(ca: Authority) -> None:
    async with Hop(*ALL) as clear, Hop(*ALL, tls=server_context(ca)) as secret:
        config = Mail(
            next_hop=f"127.0.0.1:{clear.port}",
            routes={"secret.example": f"127.0.0.1:{secret.port}", "torn.example": f"127.0.0.1:{clear.port}"},
            next_hop_tls="none",
            next_hop_ca=ca.path,
            hop_tls={f"127.0.0.1:{secret.port}": "require"},
        )
        relays = Relays(config)
        try:
            for to in ("p@other.example", "p@secret.example"):
                assert (await relays.send("clerk@town.example", [to], MAIL)).code == 250
        finally:
            await relays.close()
        assert (clear.under_tls, secret.under_tls) == ([False], [True])
        with pytest.raises(ConfigError, match="hop_tls"):
            Relays(replace(config, hop_tls={"127.0.0.1:1": "require"}))
        with pytest.raises(ConfigError, match="next_hop_tls"):
            Relays(replace(config, hop_tls={f"127.0.0.1:{secret.port}": "always"}))


def test_a_wrong_certificate_of_ours_is_named(ca: Authority, tmp_path: Any) -> None:
    with pytest.raises(ConfigError, match="next_hop_cert"):
        Relay(Mail(next_hop_tls="require", next_hop_cert=ca.path, next_hop_key=tmp_path / "none.key"))


def test_a_wrong_ca_is_named(tmp_path: Any) -> None:
    with pytest.raises(ConfigError, match="next_hop_ca"):
        Relay(Mail(next_hop_tls="require", next_hop_ca=tmp_path / "none.pem"))


# a content on disk


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b".\r\n",
        b"..\r\n.x\r\n",
        b"Subject: x\r\n\r\n" + b".\r\n" * 200_000,
        b"x" * 700_000 + b"\r\n.\r\n",
        b"a\r\n" * 87381 + b"no end",
    ],
    ids=["empty", "dot", "dots", "many dots", "long line", "no end"],
)
async def test_a_spooled_content_is_sent_as_one_in_memory(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "spool"
    path.write_bytes(content)
    head = b"X-Trace: 1\r\n"
    async with Hop(*ALL) as hop, relay_to(hop) as relay:
        assert (await send(relay, content=head + content)).taken
        assert (await send(relay, content=Spooled(head, path))).taken  # type: ignore[arg-type]
        assert hop.mails[0] == hop.mails[1]
        assert [line.rpartition("SIZE=")[2] for line in hop.heard("MAIL")] == [str(len(head + content))] * 2


async def test_a_spooled_content_with_bare_line_ends_never_leaves(tmp_path: Path) -> None:
    path = tmp_path / "spool"
    path.write_bytes(b"x\r\n" * 200_000 + b"\n.\r\n")
    async with Hop(*ALL) as hop, relay_to(hop) as relay:
        with pytest.raises(SenderFault):
            await send(relay, content=Spooled(b"", path))  # type: ignore[arg-type]
        assert hop.said == []


async def test_a_next_hop_that_stops_reading_is_lost_in_time(tmp_path: Path) -> None:
    path = tmp_path / "spool"
    path.write_bytes((b"x" * 62 + b"\r\n") * (1 << 20))
    stalled = asyncio.Event()

    async def deaf(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 deaf\r\n")
        while line := await reader.readline():
            writer.write(b"354 go\r\n" if line.startswith(b"DATA") else b"250 ok\r\n")
            if line.startswith(b"DATA"):
                reader._transport.pause_reading()  # type: ignore[attr-defined]
                await stalled.wait()
        writer.close()

    server = await asyncio.start_server(deaf, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    relay = Relay(Mail(next_hop=f"127.0.0.1:{port}", next_hop_tls="none", timeout=1.0))
    try:
        with pytest.raises(GatewayFault, match="after DATA"):
            await asyncio.wait_for(relay.send(letter("a@b", ["x@y"], Spooled(b"", path))), 50)
    finally:
        stalled.set()
        await relay.close()
        server.close()


@pytest.mark.parametrize(("early", "code"), [("552 5.3.4 too large", 552), ("250 2.0.0 I have it all", None)])
async def test_an_answer_before_the_end_of_a_content_is_no_delivery(
    tmp_path: Path, early: str, code: int | None
) -> None:
    path = tmp_path / "spool"
    path.write_bytes((b"x" * 62 + b"\r\n") * (1 << 18))

    async def hasty(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 hasty\r\n")
        while line := await reader.readline():
            writer.write(b"354 go\r\n" if line.startswith(b"DATA") else b"250 ok\r\n")
            if line.startswith(b"DATA"):
                await reader.readexactly(1000)
                writer.write(early.encode() + b"\r\n")
                await writer.drain()
                await asyncio.sleep(30)

    server = await asyncio.start_server(hasty, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    relay = Relay(Mail(next_hop=f"127.0.0.1:{port}", next_hop_tls="none", timeout=20.0))
    try:
        sending = asyncio.wait_for(relay.send(letter("a@b", ["x@y"], Spooled(b"", path))), 50)
        if code is None:
            with pytest.raises(GatewayFault):
                await sending
        else:
            assert (await sending).code == code
    finally:
        await relay.close()
        server.close()
