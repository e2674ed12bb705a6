"""What an envelope says beside whom a mail is for: read where it may be content, left alone where servers say it."""

from __future__ import annotations

import asyncio
import base64
import gzip
import hashlib
from collections.abc import Callable
from urllib.parse import parse_qsl

import pytest

from dlp import bundle
from dlp.channels.mail import beside
from dlp.channels.mail.mail import MailChannel
from dlp.delivery.routes import Relays
from dlp.detect import loader
from dlp.errors import GatewayFault
from dlp.extract.budget import Budget
from dlp.inspection import Inspection, inspect
from dlp.outcome import Outcome
from dlp.settings import Mail
from dlp.transfer import Channel, Transfer
from tests.channels.test_smtp import Wire
from tests.e2e.people import CSV

TO = ["x@y.example", "z@y.example"]


def xtext(text: str) -> str:
    """RFC 3461, section 4."""
    return "".join(chr(byte) if 33 <= byte <= 126 and byte not in b"+=" else f"+{byte:02X}" for byte in text.encode())


def said(options: list[str], *wishes: list[str], to: list[str] | None = None, sender: str = "a@b.example") -> list[str]:
    form = beside.form_of(sender, to or TO, options, wishes or [[], []])
    return [value for _, value in parse_qsl(form.decode(), strict_parsing=bool(form))]


@pytest.mark.parametrize(
    ("options", "wishes"),
    [
        ([], []),
        (["RET=HDRS", "ENVID=QQ+2B314159", "SIZE=12", "BODY=8BITMIME"], []),
        ([], [["NOTIFY=SUCCESS,FAILURE", "ORCPT=rfc822;X@Y.example"], ["NOTIFY=NEVER"]]),
        ([], [["ORCPT=rfc822;all-staff@town.example"], ["ORCPT=rfc822;all-staff@town.example"]]),
        ([], [["ORCPT=rfc822;taro+2Bnews@y.example"], ["orcpt=RFC822;z@y.example"]]),
    ],
)
def test_what_servers_say_is_left_alone(options: list[str], wishes: list[list[str]]) -> None:
    assert said(options, *wishes) == []


def test_a_mail_to_a_thousand_says_nothing_by_that() -> None:
    to = [f"citizen{number}@y{number}.example" for number in range(1000)]
    assert said([], *([f"ORCPT=rfc822;{one}"] for one in to), to=to) == []


WHO = "霧野花子 090-0000-0000 平塚市本町1-2-3"


@pytest.mark.parametrize(
    ("options", "wish"),
    [
        ([f"ENVID={xtext(WHO)[:99]}"], []),
        ([], [f"ORCPT=rfc822;{xtext(WHO)}"]),
        ([], [f"ORCPT=x;{xtext(WHO)}@evil.example"]),
        ([], ["NOTIFY=NEVER", "ORCPT=utf-8;" + "".join(rf"\x{{{ord(one):X}}}" for one in "霧野花子") + "@y.example"]),
        ([], ["ORCPT=rfc822;" + "kirino-hanako-09000000000-hiratsukashi-honcho-1-2-3-" * 2 + "@y.example"]),
    ],
)
def test_what_only_a_sender_makes_up_is_read(options: list[str], wish: list[str]) -> None:
    (text,) = said(options, wish, [])
    assert text.startswith(("霧野花子", "kirino"))


def test_addresses_that_are_more_than_that_are_read() -> None:
    assert said([], to=["霧野花子09000000000@y.example"]) == ["霧野花子09000000000@y.example"]
    assert len(said([], to=["a" * 65 + "@y.example"], sender="b@" + "c" * 300)) == 2


def test_short_ones_are_read_where_they_are_many() -> None:
    told = [f"kirino-hanako-0900000{number:04}@y.example" for number in range(40)]
    to = [f"{number}@y.example" for number in range(40)]
    assert said([], *([f"ORCPT=rfc822;{one}"] for one in told), to=to) == told


def test_a_list_in_what_is_asked_for_is_counted() -> None:
    names = [f"{sei}{mei}" for sei in ("佐藤", "鈴木", "高橋", "田中") for mei in ("花子", "太郎", "一郎")]
    wishes = [
        [f"ORCPT=rfc822;{xtext(f'{name} 090-0000-{1000 + place} 平塚市本町1-2-{place}')}"]
        for place, name in enumerate(names)
    ]
    to = [f"{place}@evil.example" for place in range(len(wishes))]
    found = inspected(to, wishes)
    assert found.subjects == len(names)


def counted(locals_: list[str], domain: str = "y.example") -> int:
    return addressed([f"{local}@{domain}" for local in locals_])


def inspected(to: list[str], wishes: list[list[str]]) -> Inspection:
    """A mail that says nothing but to whom it goes."""
    mail = Transfer(
        channel=Channel.MAIL,
        sender="clerk@town.example",
        destination=tuple(to),
        name="x",
        data=b"Subject: x\r\n\r\nHello\r\n",
        declared="message/rfc822",
        beside=beside.form_of("clerk@town.example", to, [], wishes),
    )
    return inspect(mail, loader.load(bundle.read().files), token_key=None, budget=Budget())


def addressed(to: list[str]) -> int:
    found = inspected(to, [[] for _ in to])
    assert found.unread == ()
    return found.subjects


def pieces(text: str, size: int) -> list[str]:
    return [text[start : start + size] for start in range(0, len(text), size)]


PACKED: dict[str, Callable[[bytes], str]] = {
    "base64": lambda data: base64.urlsafe_b64encode(data).decode().rstrip("="),
    "base32": lambda data: base64.b32encode(data).decode().lower().rstrip("="),
    "hex": bytes.hex,
}


@pytest.mark.parametrize("way", PACKED)
@pytest.mark.parametrize("size", [64, 24])
def test_a_list_packed_in_the_names_of_its_recipients_is_counted(way: str, size: int) -> None:
    people = "\n".join(CSV.splitlines()[:41])
    assert counted(pieces(PACKED[way](gzip.compress(people.encode())), size)) == 40


DISGUISED: dict[str, Callable[[int, str], str]] = {
    "a domain each": lambda number, piece: f"{piece}@m{number}.y.example",
    "numbered": lambda number, piece: f"{number:02}-{piece}@y.co.jp",
    "numbered behind": lambda number, piece: f"{piece}.{number}@y.example",
    "domains": lambda number, piece: f"a@{piece}.y.co.jp",
    "both": lambda number, piece: f"{piece[:20]}@{piece[20:]}.y.example" if len(piece) > 20 else f"{piece}@y.example",
}


@pytest.mark.parametrize("way", DISGUISED)
def test_pieces_of_a_list_are_found_where_their_owner_gets_them(way: str) -> None:
    people = "\n".join(CSV.splitlines()[:41])
    word = PACKED["base32"](gzip.compress(people.encode()))
    assert addressed([DISGUISED[way](number, piece) for number, piece in enumerate(pieces(word, 50))]) == 40


def test_people_in_the_names_of_recipients_are_counted() -> None:
    surnames = ("tanaka", "satoh", "suzuki", "takahashi", "itoh", "watanabe", "yamamoto", "nakamura", "kobayashi")
    assert counted([f"hanako-{name}-0909000400{number}" for number, name in enumerate(surnames)]) == len(surnames)


@pytest.mark.parametrize(
    ("locals_", "domain"),
    [
        ([f"hanako.tanaka.love.smile{number}" for number in range(60)], "docomo.ne.jp"),
        ([f"fax=0463{number:06}/name=shiyakusho" for number in range(60)], "fax.example"),
        ([hashlib.sha256(bytes([number])).hexdigest()[:24] for number in range(60)], "reply.example"),
        ([f"takahiro.yamashita{number}" for number in range(60)], "soumu.city.hiratsuka.kanagawa.jp"),
    ],
)
def test_long_names_that_people_and_machines_have_are_nobody_else(locals_: list[str], domain: str) -> None:
    assert counted(locals_, domain) == 0


class Gate:
    """Notes what it is asked, and takes nothing."""

    def __init__(self) -> None:
        self.asked: list[Transfer] = []

    async def submit(self, transfer: Transfer) -> Outcome:
        self.asked.append(transfer)
        raise GatewayFault("not now")


async def test_the_gateway_is_handed_it(free_port: Callable[[], int]) -> None:
    config, gate = Mail(port=0, next_hop=f"127.0.0.1:{free_port()}", next_hop_tls="none", ask_recipients=False), Gate()
    relay = Relays(config)
    made = MailChannel(config, gate, relay)  # type: ignore[arg-type]
    await made.start()
    wire = Wire(*await asyncio.open_connection("127.0.0.1", made.port))
    try:
        wish = f"ORCPT=rfc822;{xtext(WHO)}".encode()
        await wire.send(b"EHLO c\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<x@y.example> " + wish + b"\r\nDATA\r\n")
        await wire.send(b"Subject: x\r\n\r\nx\r\n.\r\n")
        assert await wire.codes(6) == ["220", "250", "250", "250", "354", "451"]
    finally:
        wire.vanish()
        await made.stop()
        await relay.close()
    assert [dict(parse_qsl(one.beside.decode())) for one in gate.asked] == [{"orcpt": WHO}]
