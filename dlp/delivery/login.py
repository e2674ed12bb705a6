"""A client's password, tried at a next hop: the answer is the next hop's, and neither is kept or logged.

Only where nobody listens and the next hop is whom it should be: over TLS that was verified, or on loopback.
"""

from __future__ import annotations

import base64
import ipaddress

from dlp.delivery.letter import reply
from dlp.delivery.talk import Answer, Garbled, Lost, Talk
from dlp.errors import ConfigError, GatewayFault
from dlp.settings import Mail


def check(config: Mail) -> None:
    """Raises ConfigError for a way on which passwords would be heard by others."""
    hops = config.next_hop.replace(",", " ").split()
    heard = [hop for hop in hops if config.hop_tls.get(hop, config.next_hop_tls) != "require"]
    if not all(_is_here(hop.rpartition(":")[0].strip("[]")) for hop in heard):
        raise ConfigError('[mail] passwords: "next_hop" needs next_hop_tls = "require", or a next hop on loopback')


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


async def refusal(talk: Talk, login: str, password: str) -> str:
    """Nothing where the next hop knows them, else its refusal. Raises GatewayFault where it does not say."""
    try:
        said = reply(await _tried(talk, login, password))
    except (Lost, Garbled, TimeoutError) as error:
        raise GatewayFault("next hop: no answer to AUTH") from error
    if said.code == 235:
        return ""
    if said.code in (534, 535, 538):  # what is wrong with this password, or with it here
        return f"{said.code} {said.text}"
    raise GatewayFault(f"next hop: {said.code} to AUTH")


async def _tried(talk: Talk, login: str, password: str) -> Answer:
    offered = talk.offered.get("auth", "").upper().split()
    if "PLAIN" in offered:
        return await talk.ask(b"AUTH PLAIN " + base64.b64encode(f"\0{login}\0{password}".encode()))
    if "LOGIN" not in offered:
        raise GatewayFault("next hop: offers neither AUTH PLAIN nor LOGIN")
    answer = await talk.ask(b"AUTH LOGIN")
    for word in (login, password):
        if answer.code != 334:
            break
        answer = await talk.ask(base64.b64encode(word.encode()))
    return answer
