"""What a next hop says of recipients is heard while the mail is not here yet, and nothing of a held one is sent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from dlp.delivery import asking as asking_module
from dlp.delivery import mail as relay_module
from dlp.delivery import routes
from dlp.delivery.asking import Asking
from dlp.delivery.letter import Reply
from dlp.delivery.routes import Relays
from dlp.errors import GatewayFault
from tests.delivery.test_mail import ALL, DROP, MAIL, Hop
from tests.delivery.test_routes import relays

pytestmark = pytest.mark.timeout(60)


def ask(ways: Relays, *, options: Sequence[str] = (), xforward: dict[str, str] | None = None) -> Asking:
    return ways.asking("x@y.example", "a@b.example", mail_options=options, xforward=xforward or {})


async def send(ways: Relays, *to: str, **more: Any) -> Reply:
    async with asyncio.timeout(30):
        return await ways.send("a@b.example", to or ("x@y.example",), MAIL, **more)


async def said(asking: Asking, address: str = "x@y.example", *wishes: str) -> tuple[int, str] | None:
    async with asyncio.timeout(30):
        reply = await asking.recipient(address, wishes)
    return None if reply is None else (reply.code, reply.text)


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("extensions", [ALL, ()], ids=["pipelining", "one by one"])
async def test_the_mail_goes_on_where_it_was_asked_about(extensions: Sequence[str]) -> None:
    async with Hop(*extensions) as hop:
        ways = relays(hop)
        for number in range(3):
            asking = ask(ways, options=["SIZE=100", "BODY=8BITMIME", "RET=HDRS"], xforward={"NAME": "c"})
            assert await said(asking, "x@y.example", "NOTIFY=NEVER") == (250, "2.0.0 ok")
            assert await said(asking, "z@y.example") == (250, "2.0.0 ok")
            reply = await send(ways, "x@y.example", "z@y.example", rcpt_options=[["NOTIFY=NEVER"], []], asking=asking)
            asking.end()
            assert (reply.code, len(hop.mails)) == (250, number + 1)
        assert (hop.connections, len(hop.heard("MAIL")), len(hop.heard("RCPT"))) == (1, 3, 6)
        assert hop.heard("RSET") == []
        if extensions:
            assert hop.heard("XFORWARD") == ["XFORWARD NAME=c"] * 3
            assert hop.heard("MAIL")[0] == "MAIL FROM:<a@b.example> SIZE=612 BODY=8BITMIME RET=HDRS"
            assert hop.heard("RCPT")[:2] == ["RCPT TO:<x@y.example> NOTIFY=NEVER", "RCPT TO:<z@y.example>"]
        else:
            assert hop.heard("MAIL")[0] == "MAIL FROM:<a@b.example>"
        await ways.close()


@pytest.mark.parametrize("answer", ["550 5.1.1 unknown", "450 4.2.0 later"])
@pytest.mark.parametrize("step", ["MAIL", "RCPT"])
@pytest.mark.parametrize("extensions", [ALL, ()], ids=["pipelining", "one by one"])
async def test_a_refusal_is_heard_and_the_next_recipient_asked(
    step: str, answer: str, extensions: Sequence[str]
) -> None:
    async with Hop(*extensions, **{step: [answer]}) as hop:
        ways = relays(hop)
        asking = ask(ways)
        assert await said(asking, "no@y.example") == (int(answer[:3]), answer[4:])
        assert (await said(asking, "x@y.example") or [0])[0] == 250
        assert (await send(ways, asking=asking)).code == 250
        assert (len(hop.mails), hop.connections) == (1, 1)
        await ways.close()


async def test_a_mail_that_is_not_let_go_leaves_nothing_behind() -> None:
    async with Hop(*ALL) as hop:
        ways = relays(hop)
        held = ask(ways)
        await said(held, "held@y.example")
        held.end()
        held.end()
        await until(lambda: hop.heard("RSET"))
        assert (await send(ways)).code == 250
        assert (len(hop.mails), hop.connections, hop.heard("DATA")) == (1, 1, ["DATA"])
        assert hop.said.index("RSET") < hop.said.index("RCPT TO:<x@y.example>")
        await ways.close()


@pytest.mark.parametrize("left", [["x@y.example"], ["z@y.example"], ["z@y.example", "x@y.example"]])
async def test_those_who_are_let_go_alone_get_an_envelope_of_their_own(left: list[str]) -> None:
    async with Hop(*ALL) as hop:
        ways = relays(hop)
        asking = ask(ways)
        for address in ("x@y.example", "z@y.example"):
            await said(asking, address)
        assert (await send(ways, *left, asking=asking)).code == 250
        heard = [line.split()[0] for line in hop.said[1:]]
        assert heard == ["MAIL", "RCPT", "RCPT", "RSET", "MAIL", *["RCPT"] * len(left), "DATA"]
        assert hop.connections == 1
        await ways.close()


async def test_a_next_hop_that_went_away_in_between_is_called_again_and_nothing_doubled() -> None:
    async with Hop(*ALL) as hop:
        ways = relays(hop)
        asking = ask(ways)
        await said(asking)
        hop.hang_up()
        assert (await send(ways, asking=asking)).code == 250
        assert (len(hop.mails), hop.connections) == (1, 2)
        await ways.close()


async def test_a_next_hop_that_is_gone_for_good_is_a_fault_of_the_mail() -> None:
    async with Hop(*ALL) as hop:
        ways = relays(hop)
        asking = ask(ways)
        await said(asking)
    with pytest.raises(GatewayFault):
        await send(ways, asking=asking)
    assert hop.mails == []
    assert await said(asking, "z@y.example") is None
    await ways.close()


async def test_a_data_command_without_an_answer_is_said_again_elsewhere() -> None:
    async with Hop(*ALL, DATA=[DROP]) as hop:
        ways = relays(hop)
        asking = ask(ways)
        await said(asking)
        assert (await send(ways, asking=asking)).code == 250
        assert (len(hop.mails), hop.connections) == (1, 2)
        await ways.close()


async def test_the_other_next_hop_is_asked_and_gets_the_mail(free_port: Callable[[], int]) -> None:
    async with Hop(*ALL) as hop:
        ways = relays(free_port(), hop)
        asking = ask(ways)
        assert await said(asking) == (250, "2.0.0 ok")
        assert (await send(ways, asking=asking)).code == 250
        assert (len(hop.mails), len(hop.heard("MAIL"))) == (1, 1)
        await ways.close()


async def test_none_can_be_asked(free_port: Callable[[], int]) -> None:
    ways = relays(free_port())
    asking = ask(ways)
    assert await said(asking) is None
    assert await said(asking, "z@y.example") is None


@pytest.mark.parametrize("answer", ["354 go on", "999 what", "hello", DROP, "421 4.3.2 closing"])
async def test_an_answer_that_is_none(answer: str) -> None:
    async with Hop(*ALL, RCPT=answer) as hop:
        ways = relays(hop)
        asking = ask(ways)
        assert await said(asking) == ((451, "4.3.2 closing") if answer.startswith("421") else None)
        hop.script.clear()
        assert (await send(ways, asking=asking)).code == 250
        assert len(hop.mails) == 1
        await ways.close()


async def test_a_later_recipients_lost_answer_is_asked_for_anew() -> None:
    async with Hop(*ALL, RCPT=["250 ok", DROP]) as hop:
        ways = relays(hop)
        asking = ask(ways)
        assert await said(asking, "x@y.example") == (250, "ok")
        assert await said(asking, "z@y.example") == (250, "2.0.0 ok")
        assert (await send(ways, "x@y.example", "z@y.example", asking=asking)).code == 250
        assert len(hop.mails) == 1
        assert hop.said[-4:-1] == [
            f"MAIL FROM:<a@b.example> SIZE={len(MAIL)}",
            "RCPT TO:<x@y.example>",
            "RCPT TO:<z@y.example>",
        ]
        await ways.close()


async def test_a_tarpit_costs_one_wait_for_all_mails_of_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "_ASK_SECONDS", 0.5)
    async with Hop(*ALL, RCPT=["silence"]) as hop:
        ways = relays(hop)
        first = ask(ways)
        assert await said(first) is None
        assert await said(first, "z@y.example") is None
        assert await said(ask(ways)) is None
        assert len(hop.heard("RCPT")) == 1
        assert (await send(ways, asking=first)).code == 250  # it is well again
        last = ask(ways)
        assert await said(last) == (250, "2.0.0 ok")
        last.end()
        await ways.close()


async def test_next_hops_that_died_without_a_word_are_not_waited_for_one_after_the_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(routes, "_ASK_SECONDS", 0.5)
    async with Hop(*ALL) as hop:
        ways = relays(hop)
        many = [ask(ways) for _ in range(5)]
        for one in many:
            await said(one)
            one.end()
        await until(lambda: len(hop.heard("RSET")) == 5)
        hop.script["MAIL"] = ["silence"]  # on the one that is asked; the others would be silent too
        last = ask(ways)
        assert await said(last) is None
        before = hop.connections
        assert (await send(ways, asking=last)).code == 250
        assert hop.connections == before + 1
        await ways.close()


async def test_a_client_that_says_nothing_keeps_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking_module, "_KEPT_SECONDS", 0.05)
    async with Hop(*ALL) as hop:
        ways = relays(hop)
        asking = ask(ways)
        await said(asking)
        await until(lambda: hop.heard("RSET"))
        assert await said(asking, "z@y.example") == (250, "2.0.0 ok")
        await until(lambda: len(hop.heard("RSET")) == 2)
        assert (await send(ways, "x@y.example", "z@y.example", asking=asking)).code == 250
        assert (len(hop.mails), hop.connections) == (1, 1)
        await ways.close()


async def test_only_so_many_connections_wait_for_verdicts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay_module, "_MAX_ASKED", 2)
    async with Hop(*ALL) as hop:
        ways = relays(hop)
        many = [ask(ways) for _ in range(6)]
        assert [await said(one) for one in many] == [(250, "2.0.0 ok")] * 6
        await until(lambda: len(hop.heard("RSET")) == 4)
        assert hop.connections <= 3 + 4
        assert [(await send(ways, asking=one)).code for one in many] == [250] * 6
        assert len(hop.mails) == 6
        await ways.close()


async def test_who_gives_up_in_the_middle_of_an_answer_leaves_the_connection() -> None:
    async with Hop(*ALL, RCPT=["250 ok", "silence"]) as hop:
        ways = relays(hop)
        asking = ask(ways)
        await said(asking)
        waiting = asyncio.create_task(said(asking, "z@y.example"))
        await until(lambda: len(hop.heard("RCPT")) == 2)
        waiting.cancel()
        await asyncio.wait([waiting])
        asking.end()
        assert (await send(ways)).code == 250
        assert (hop.connections, len(hop.mails)) == (2, 1)
        await ways.close()


async def test_many_mails_at_once_do_not_mix() -> None:
    async with Hop(*ALL) as hop:
        ways = relays(hop)

        async def one(number: int) -> int:
            asking = ask(ways)
            await said(asking, f"u{number}@y.example")
            if number % 3 == 0:
                asking.end()
                return 0
            content = b"Subject: %d\r\n\r\n" % number
            return (await ways.send("a@b.example", [f"u{number}@y.example"], content, asking=asking)).code

        codes = await asyncio.gather(*(one(number) for number in range(60)))
        assert sorted(set(codes)) == [0, 250]
        assert sorted(int(mail.split()[1]) for mail in hop.mails) == [n for n in range(60) if n % 3]
        await ways.close()
