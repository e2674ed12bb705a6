"""Several next hops: the way by domain, and the next one where one is down, never twice what one may have taken."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from dlp.delivery.routes import Relays
from dlp.errors import ConfigError, GatewayFault
from dlp.settings import Mail
from tests.delivery.test_mail import ALL, DROP, MAIL, Hop


def relays(*hops: object, **more: Any) -> Relays:
    names = " ".join(f"127.0.0.1:{hop.port if isinstance(hop, Hop) else hop}" for hop in hops)
    return Relays(Mail(next_hop=names, next_hop_tls="none", timeout=5.0, **more))


async def send(ways: Relays, to: str = "x@y.example") -> int:
    async with asyncio.timeout(15):
        return (await ways.send("a@b.example", [to], MAIL)).code


async def test_the_second_serves_while_the_first_is_down_and_the_first_again_after(
    free_port: Callable[[], int],
) -> None:
    async with Hop() as second:
        ways = relays(free_port(), second)
        assert [await send(ways) for _ in range(3)] == [250] * 3
        assert len(second.mails) == 3
        assert "dsn" not in await ways.extensions()
        await ways.close()
    async with Hop() as first, Hop() as second:
        ways = relays(first, second)
        assert await send(ways) == 250
        assert (len(first.mails), second.connections) == (1, 0)
        await ways.close()


@pytest.mark.parametrize("script", [{"greeting": "421 not now"}, {"greeting": DROP}, {"EHLO": DROP}, {"MAIL": DROP}])
async def test_a_hop_that_takes_nothing_is_passed_by(script: dict[str, str]) -> None:
    async with Hop(**script) as first, Hop() as second:
        ways = relays(first, second)
        assert await send(ways) == 250
        assert (len(first.mails), len(second.mails)) == (0, 1)
        await ways.close()


async def test_what_one_may_have_taken_is_not_given_to_another() -> None:
    async with Hop(content=DROP) as first, Hop() as second:
        ways = relays(first, second)
        with pytest.raises(GatewayFault):
            await send(ways)
        assert second.connections == 0
        await ways.close()


@pytest.mark.parametrize("word", ["MAIL", "RCPT", "DATA", "content"])
async def test_one_that_gives_no_answer_keeps_the_next_mails_from_no_other(word: str) -> None:
    """Its own mail is told to come again; with another that is well, none after it waits."""
    async with Hop(**{word: "silence"}) as first, Hop() as second:
        ways = Relays(
            Mail(next_hop=f"127.0.0.1:{first.port} 127.0.0.1:{second.port}", next_hop_tls="none", timeout=0.3)
        )
        with pytest.raises(GatewayFault):
            await send(ways)
        assert [await send(ways) for _ in range(3)] == [250] * 3
        assert (first.connections, len(second.mails)) == (1, 3)
        await ways.close()


async def test_one_too_slow_to_be_asked_does_not_get_the_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dlp.delivery.routes._ASK_SECONDS", 0.3)
    async with Hop(RCPT="silence") as first, Hop() as second:
        ways = relays(first, second)
        asking = ways.asking("x@y.example", "a@b.example", xforward={})
        assert await asking.recipient("x@y.example", ()) is None
        assert (await ways.send("a@b.example", ["x@y.example"], MAIL, asking=asking)).code == 250
        other = ways.asking("z@y.example", "a@b.example", xforward={})
        assert await other.recipient("z@y.example", ()) is not None
        other.end()
        assert (first.mails, len(second.mails)) == ([], 1)
        await ways.close()


async def test_one_late_answer_of_the_other_does_not_leave_all_mails_to_the_one_that_gives_none() -> None:
    async with Hop(RCPT="silence") as first, Hop(content="silence") as slow:
        hops = f"127.0.0.1:{first.port} 127.0.0.1:{slow.port}"
        ways = Relays(Mail(next_hop=hops, next_hop_tls="none", timeout=0.3))
        for _ in range(2):  # the first, then the other, for one mail that is large
            with pytest.raises(GatewayFault):
                await send(ways)
        del slow.script["content"]
        with pytest.raises(GatewayFault):
            await send(ways)
        assert [await send(ways) for _ in range(3)] == [250] * 3
        await ways.close()


async def test_several_mails_that_find_one_slow_at_once_do_not_put_the_other_aside(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("dlp.delivery.routes._ASK_SECONDS", 0.3)
    async with Hop(RCPT="silence") as first, Hop() as second:
        ways = relays(first, second)
        askings = [ways.asking("x@y.example", "a@b.example", xforward={}) for _ in range(3)]
        assert await asyncio.gather(*(one.recipient("x@y.example", ()) for one in askings)) == [None] * 3
        other = ways.asking("z@y.example", "a@b.example", xforward={})
        assert await other.recipient("z@y.example", ()) is not None
        other.end()
        assert (await ways.send("a@b.example", ["x@y.example"], MAIL)).code == 250
        assert (first.connections, len(second.mails)) == (3, 1)
        await ways.close()


async def test_a_refusal_is_an_answer_and_no_reason_to_ask_another() -> None:
    async with Hop(RCPT="550 5.1.1 nobody") as first, Hop() as second:
        ways = relays(first, second)
        assert (await send(ways), second.connections) == (550, 0)
        await ways.close()


async def test_all_down_is_a_fault(free_port: Callable[[], int]) -> None:
    ways = relays(free_port(), free_port())
    with pytest.raises(GatewayFault):
        await send(ways)
    with pytest.raises(GatewayFault):
        await ways.extensions()
    await ways.close()


async def test_ways_by_domain() -> None:
    async with Hop(*ALL) as usual, Hop("DSN") as state, Hop("DSN", "8BITMIME") as one:
        routes = {".lg.jp": f"127.0.0.1:{state.port}", "City.lg.jp": f"127.0.0.1:{one.port}"}
        ways = relays(usual, routes=routes)
        for to in ("a@elsewhere.example", "b@town.lg.jp", "c@city.LG.jp", "d@lg.jp"):
            assert await send(ways, to) == 250
        assert (len(usual.mails), len(state.mails), len(one.mails)) == (2, 1, 1)
        assert (await ways.extensions()).keys() & {"dsn", "8bitmime"} == {"dsn"}
        assert ways.same_way("b@town.lg.jp", "e@ward.lg.jp")
        assert not ways.same_way("b@town.lg.jp", "c@city.lg.jp")
        await ways.close()


@pytest.mark.parametrize("bad", ["", "nowhere", "a:25 b"])
def test_a_hop_that_is_none_is_named(bad: str) -> None:
    with pytest.raises(ConfigError, match=r"\[mail\] next_hop"):
        Relays(Mail(next_hop=bad))


@pytest.mark.parametrize(
    ("usual", "other", "size"),
    [
        ("SIZE 9000", "SIZE 700", "700"),
        ("SIZE 0", "SIZE 700", "700"),
        ("SIZE 9000", "HELP", "9000"),
        ("HELP", "HELP", None),
    ],
)
async def test_the_smallest_size_of_all_ways_is_offered(usual: str, other: str, size: str | None) -> None:
    async with Hop(usual) as one, Hop(other, "SMTPUTF8") as two:
        ways = Relays(
            Mail(next_hop=f"127.0.0.1:{one.port}", routes={".lg.jp": f"127.0.0.1:{two.port}"}, next_hop_tls="none")
        )
        try:
            assert (await ways.extensions()).get("size") == size
            assert "smtputf8" in await ways.extensions("ward@city.lg.jp")
            assert "smtputf8" not in await ways.extensions("x@y.example")
        finally:
            await ways.close()
