"""A next hop that goes wrong at each step of a mail, and a client that vanishes at each: no mail lost or doubled."""

from __future__ import annotations

import smtplib
from collections.abc import Callable, Iterator

import pytest

from tests.e2e.ways import DELIVERED, FAULT, HELD, REFUSED, Ways, mail_of, vanish

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

_WAITS = 2.0  # seconds the gateway waits for its next hop


@pytest.fixture(scope="module")
def ways(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ways]:
    off = {"enabled": False}
    with Ways(tmp_path_factory.mktemp("hop"), mail={"timeout": _WAITS}, web=off, media=off | {"mounts": {}}) as ways:
        yield ways


def _settled(ways: Ways, name: str, word: str, *, asked: bool = True) -> None:
    """A mail was answered for good: it is in one place, and the room says the same, where it was `asked`."""
    arrived, held = ways.arrived()["mail"], ways.in_custody()["mail"]
    assert (arrived.count(name) >= 1, name in held) == (word == DELIVERED, word == HELD)
    room = ways.box.room()

    def outcomes() -> list[str]:
        """The newest first."""
        return [row.outcome for row in room.ledger() if row.entry.destination == (f"{name}@outside.example",)]

    wanted = {DELIVERED: "delivered", REFUSED: "refused", HELD: ""}.get(word)
    try:
        if word not in (REFUSED, FAULT) or asked:
            ways.box.wait(lambda: outcomes()[:1] == [wanted], 10)  # moments after its client was told
        else:
            assert outcomes() == []  # its content was never given to us
    finally:
        room.close()


@pytest.mark.parametrize("how", ["451", "550", "421", "drop", "lose", "silent", "slow"])
@pytest.mark.parametrize("step", ["greeting", "EHLO", "MAIL", "RCPT", "DATA", "dot"])
def test_a_next_hop_that_goes_wrong(step: str, how: str, ways: Ways) -> None:
    ways.hop.drop_connections()  # those that are kept have been greeted
    ways.hop.misbehave(step, how)
    name = f"{step}-{how}-m"
    told = ways.send("mail", name)
    # A list is held without the next hop, whatever it does; but for what it says to its recipient, which is passed on.
    live = step in ("MAIL", "RCPT") and how[:1] in "45" and (step, how) != ("MAIL", "421")
    listed = ways.send("mail", f"{step}-{how}-l")
    assert listed == (HELD if not live else REFUSED if how == "550" else FAULT)
    ways.hop.behave()
    before = ways.arrived()["mail"].count(name)
    if how == "slow":
        assert told == DELIVERED
    elif how == "550" and step not in ("greeting", "EHLO"):
        assert (told, before) == (REFUSED, 0)
    elif how == "silent" and step == "dot":
        assert (told, before) == (FAULT, 1)  # it has it, and did not say so: nobody can know
    elif how == "drop" and step == "dot":
        assert (told, before) == (FAULT, 1)
    else:
        assert (told, before) == (FAULT, 0)
    if told == FAULT:
        assert ways.send("mail", name) == DELIVERED
    _settled(ways, name, ways.told["mail", name], asked=not live)
    _settled(ways, f"{step}-{how}-l", listed, asked=not live)
    # Once it is acknowledged, it is never sent again, whatever the client has heard.
    there = ways.arrived()["mail"].count(name)
    if ways.told["mail", name] == DELIVERED:
        assert ways.send("mail", name) == DELIVERED
        assert ways.arrived()["mail"].count(name) == there


@pytest.mark.parametrize("after", ["greeting", "EHLO", "MAIL", "RCPT", "DATA", "half", "content", "dot"])
def test_a_client_that_vanishes(after: str, ways: Ways, free_port: Callable[[], int]) -> None:
    for kind in "ml":
        name = f"gone-{after}-{kind}"
        vanish(ways, name, after)
        assert ways.send("mail", name) == (DELIVERED if kind == "m" else HELD)
        _settled(ways, name, ways.told["mail", name])
        assert ways.arrived()["mail"].count(name) == (kind == "m")
        assert [case.entry.destination for case in ways.box.cases()].count((f"{name}@outside.example",)) == (
            kind == "l"
        )


@pytest.mark.parametrize("back", [False, True], ids=["gone", "back again"])
def test_a_next_hop_killed_between_its_word_and_the_mail(back: bool, ways: Ways) -> None:
    names = {kind: f"between-{back}-{kind}" for kind in "ml"}
    for kind, name in names.items():
        with smtplib.SMTP("127.0.0.1", ways.box.smtp_port, timeout=60) as client:
            client.ehlo()
            client.mail("clerk@town.example")
            assert client.rcpt(f"{name}@outside.example")[0] == 250  # it has said so itself
            ways.hop.kill()
            if back:
                ways.hop.start()
            code, text = client.data(mail_of(name))
        assert code == (250 if back or kind == "l" else 451)
        assert (b"held for review" in text) == (kind == "l")
        if not back:
            ways.hop.start()
    assert ways.arrived()["mail"].count(names["m"]) == back
    assert ways.send("mail", names["m"]) == DELIVERED
    assert ways.send("mail", names["l"]) == HELD
    _settled(ways, names["m"], DELIVERED)
    _settled(ways, names["l"], HELD)
    assert ways.arrived()["mail"].count(names["m"]) == 1


def test_the_record_is_whole(ways: Ways) -> None:
    room = ways.box.room()
    try:
        assert room.verify() == []
    finally:
        room.close()
