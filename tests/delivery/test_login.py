"""A password tried at a next hop: the answer is its own, and it hears no password it should not."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from dlp.delivery import login
from dlp.errors import ConfigError, GatewayFault
from dlp.settings import Mail
from tests.delivery.test_mail import DROP, Hop, relay_to
from tests.delivery.test_routes import relays

pytestmark = pytest.mark.timeout(60)

PASSWORD = "柿の葉 7"


def coded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    ("answer", "refusal"),
    [
        ("235 2.7.0 welcome", ""),
        ("535 5.7.8 expired, see the town's page", "535 5.7.8 expired, see the town's page"),
        ("534 5.7.9 too weak", "534 5.7.9 too weak"),
    ],
)
@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
async def test_its_answer_is_ours(mechanism: str, answer: str, refusal: str) -> None:
    script = {"AUTH": answer} if mechanism == "PLAIN" else {"AUTH": "334 VXNlcg=="}
    async with Hop(f"AUTH {mechanism} CRAM-MD5", **script) as hop, relay_to(hop) as relay:
        hop.script[coded("clerk")], hop.script[coded(PASSWORD)] = ["334 UGFzcw=="], [answer]
        assert await relay.refusal("clerk", PASSWORD) == refusal
        wanted = [coded(f"\0clerk\0{PASSWORD}")] if mechanism == "PLAIN" else [coded("clerk"), coded(PASSWORD)]
        assert [line.rpartition(" ")[2] for line in hop.said if "EHLO" not in line][-len(wanted) :] == wanted
        assert relay._idle == []  # no mail of another's goes out where somebody has logged in


@pytest.mark.parametrize("answer", ["454 4.7.0 later", "503 5.5.1 what", "334 more", "250 ok", "junk", DROP, "421 bye"])
async def test_what_is_no_answer_is_a_fault(answer: str) -> None:
    async with Hop("AUTH PLAIN", AUTH=answer) as hop, relay_to(hop) as relay:
        with pytest.raises(GatewayFault):
            await relay.refusal("clerk", PASSWORD)


async def test_a_next_hop_without_auth_hears_nothing() -> None:
    async with Hop("AUTH CRAM-MD5") as hop, relay_to(hop) as relay:
        with pytest.raises(GatewayFault, match="neither"):
            await relay.refusal("clerk", PASSWORD)
        assert len(hop.said) == 1


async def test_the_second_next_hop_is_asked_where_the_first_is_down(free_port: Any) -> None:
    async with Hop("AUTH PLAIN", AUTH="235 ok") as hop:
        ways = relays(free_port(), hop)
        assert await ways.refusal("clerk", PASSWORD) == ""
        await ways.close()
    with pytest.raises(GatewayFault):
        await ways.refusal("clerk", PASSWORD)


@pytest.mark.parametrize(
    ("hops", "tls", "safe"),
    [
        ("127.0.0.1:25", "none", True),
        ("[::1]:25 localhost:26", "may", True),
        ("mail.town.example:25", "require", True),
        ("mail.town.example:25", "may", False),
        ("127.0.0.1:25 192.0.2.1:25", "none", False),
    ],
)
def test_only_where_nobody_listens(hops: str, tls: str, safe: bool) -> None:
    if safe:
        login.check(Mail(next_hop=hops, next_hop_tls=tls))
        return
    with pytest.raises(ConfigError, match="passwords"):
        login.check(Mail(next_hop=hops, next_hop_tls=tls))
