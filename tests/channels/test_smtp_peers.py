"""Who may hand us mail and what it has to show, asked by swaks: PROXY lines, certificates, passwords."""

from __future__ import annotations

import asyncio
import ssl
import subprocess
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import bcrypt
import pytest

from dlp.channels.attempts import Attempts
from dlp.channels.mail.mail import MailChannel
from dlp.channels.mail.passwords import WRONG, FilePasswords
from dlp.channels.mail.smtp_peers import GUESSED, Demand, MailUsers, Peers
from dlp.delivery.routes import Relays
from dlp.errors import ConfigError
from dlp.settings import Mail
from tests.channels.test_smtp import Listener
from tests.e2e.certificates import Authority, authority

PASSWORD = "correct-horse-7"


@pytest.fixture(scope="module")
def ca(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("ca") / "ca")


@pytest.fixture
def tls(ca: Authority) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*ca.issue("127.0.0.1"))
    context.load_verify_locations(ca.path)
    context.verify_mode = ssl.CERT_OPTIONAL
    return context


@pytest.fixture
async def listen(need: Callable[..., None]) -> AsyncIterator[Callable[..., object]]:
    need("swaks")
    if subprocess.run(["perl", "-MNet::SSLeay", "-e", "1"], capture_output=True, timeout=30).returncode:
        need("libnet-ssleay-perl")
    made: list[Listener] = []

    async def begin(**options: object) -> Listener:
        made.append(Listener(**options))
        await made[-1].start()
        return made[-1]

    yield begin
    for listener in made:
        listener.server.close()


@pytest.fixture
def htpasswd(tmp_path: Path) -> Path:
    path = tmp_path / "users"
    path.write_text(f"scanner:{bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()}\n")
    return path


async def swaks(listener: Listener, *options: str, sender: str = "scanner@town.example") -> tuple[int, str]:
    """(exit code, conversation)."""
    port = listener.server.sockets[0].getsockname()[1]
    line = ["swaks", "--server", "127.0.0.1", "--port", str(port), "--from", sender, "--to", "x@y.example"]
    run = await asyncio.create_subprocess_exec(
        *line,
        *options,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    out, _ = await asyncio.wait_for(run.communicate(), 60)
    assert run.returncode is not None
    return run.returncode, out.decode()


# the PROXY protocol


def proxy(version: int, source: str) -> list[str]:
    family, to = ("TCP6", "::1") if ":" in source else ("TCP4", "127.0.0.1")
    family = family if version == 1 else ("AF_INET6" if ":" in source else "AF_INET")
    words = ["--proxy-version", str(version), "--proxy-family", family, "--proxy-source", source]
    words += ["--proxy-source-port", "4711", "--proxy-dest", to, "--proxy-dest-port", "25"]
    return [*words, *(["--proxy-protocol", "STREAM"] if version == 2 else [])]


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize(("source", "code"), [("192.0.2.9", 0), ("2001:db8::9", 0), ("198.51.100.1", 24)])
async def test_a_proxy_says_for_whom_it_speaks(
    listen: Callable[..., object], version: int, source: str, code: int
) -> None:
    """The client it names is the peer: served or not, and on record."""
    made = await listen(peers=Peers(["192.0.2.0/24", "2001:db8::/32"], proxies=["127.0.0.1/32"]))  # type: ignore[misc]
    done, said = await swaks(made, *proxy(version, source))
    assert (done == 0) is (code == 0), said
    assert len(made.desk.mails) == (code == 0)
    assert code == 0 or "554 5.7.1" in said


@pytest.mark.parametrize(
    "first", [b"EHLO a.example\r\n", b"PROXY TCP4 rubbish\r\n", b"\r\n\r\n\x00\r\nQUIT\nxxxxxxx", b"PROX"]
)
async def test_without_its_line_a_proxy_gets_no_word(listen: Callable[..., object], first: bytes) -> None:
    made = await listen(peers=Peers(["127.0.0.0/8"], proxies=["127.0.0.1/32"]))  # type: ignore[misc]
    wire = await made.wire()
    await wire.send(first)
    if first == b"PROX":
        wire.writer.write_eof()
    assert await wire.answer() == ""


def _line(command: int, family: int, addresses: bytes) -> bytes:
    return b"\r\n\r\n\0\r\nQUIT\n" + bytes([0x20 | command, family]) + len(addresses).to_bytes(2) + addresses


async def test_a_client_without_an_address_is_left_at_once(listen: Callable[..., object]) -> None:
    made = await listen(peers=Peers(["127.0.0.0/8"], proxies=["127.0.0.1/32"]))  # type: ignore[misc]
    wire = await made.wire()
    await wire.send(_line(1, 0x31, b"/run/client".ljust(108, b"\0") * 2))
    assert await wire.answer(5) == ""


async def test_a_proxys_question_whether_we_are_well_is_its_own(listen: Callable[..., object]) -> None:
    made = await listen(peers=Peers(["127.0.0.0/8"], proxies=["127.0.0.1/32"]))  # type: ignore[misc]
    wire = await made.wire()
    await wire.send(_line(0, 0x11, bytes([192, 0, 2, 9, 127, 0, 0, 1, 0, 80, 0, 25])))
    assert (await wire.answer()).startswith("220")


async def test_nobody_else_may_speak_for_another(listen: Callable[..., object]) -> None:
    """A PROXY line from a peer that is no proxy is a command unknown, and changes nothing."""
    made = await listen(peers=Peers(["127.0.0.0/8"], proxies=["192.0.2.1/32"]))  # type: ignore[misc]
    wire = await made.wire()
    assert (await wire.answer()).startswith("220")
    await wire.send(b"PROXY TCP4 192.0.2.1 127.0.0.1 4711 25\r\n")
    assert (await wire.answer()).startswith("500")


async def test_it_still_speaks_for_the_client_after_tls(listen: Callable[..., object], tls: ssl.SSLContext) -> None:
    made = await listen(peers=Peers(["192.0.2.0/24"], proxies=["127.0.0.1/32"]), tls_context=tls)  # type: ignore[misc]
    done, said = await swaks(made, *proxy(1, "192.0.2.9"), "--tls")
    assert done == 0, said


# TLS by peer


@pytest.mark.parametrize(
    ("word", "options", "taken"),
    [
        ("tls", [], False),
        ("tls", ["--tls"], True),
        ("certificate", [], False),
        ("certificate", ["--tls"], False),
        ("certificate", ["--tls", "ours"], True),
        ("certificate", ["--tls", "strangers"], False),
    ],
)
async def test_what_a_peer_has_to_show(
    listen: Callable[..., object],
    tls: ssl.SSLContext,
    ca: Authority,
    tmp_path: Path,
    word: str,
    options: list[str],
    taken: bool,
) -> None:
    made = await listen(
        peers=Peers(["127.0.0.0/8"], demands={"127.0.0.1/32": word, "0.0.0.0/0": "tls"}), tls_context=tls
    )  # type: ignore[misc]
    signer = {"ours": ca, "strangers": authority(tmp_path / "other")} if options[1:] else {}
    for name in options[1:]:
        cert, key = signer[name].issue("relay.example")
        options = ["--tls", "--tls-cert", str(cert), "--tls-key", str(key)]
    done, said = await swaks(made, *options)
    assert (done == 0) is taken, said
    assert len(made.desk.mails) == taken
    assert taken or "530 5.7.0" in said or "strangers" in str(signer), said


def test_the_strictest_counts() -> None:
    peers = Peers([], demands={"10.0.0.0/8": "tls", "10.1.0.0/16": "certificate"})
    assert [peers.demand((host, 1)) for host in ("10.1.2.3", "10.2.3.4", "11.1.1.1")] == [
        Demand.CERTIFICATE,
        Demand.TLS,
        Demand.NOTHING,
    ]


# passwords


class Known:
    """A people file of one scanner."""

    def __init__(self, path: Path) -> None:
        self.wrong: list[str] = []
        attempts = Attempts(self._who)
        self.users = MailUsers(
            FilePasswords(path),
            lambda login, address: (login, address) == ("scanner", "scanner@town.example"),
            attempts,
        )

    def _who(self, login: str) -> str:
        self.wrong.append(login)
        return "unknown"


@pytest.fixture
async def guarded(listen: Callable[..., object], tls: ssl.SSLContext, htpasswd: Path) -> tuple[Listener, Known]:
    known = Known(htpasswd)
    return await listen(peers=Peers([]), users=known.users, tls_context=tls), known  # type: ignore[misc]


def auth(mechanism: str, password: str = PASSWORD, login: str = "scanner") -> list[str]:
    return ["--auth", mechanism, "--auth-user", login, "--auth-password", password]


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
async def test_a_password_serves_its_own_sender(guarded: tuple[Listener, Known], mechanism: str) -> None:
    made, known = guarded
    done, said = await swaks(made, "--tls", *auth(mechanism))
    assert done == 0, said
    done, said = await swaks(made, "--tls", *auth(mechanism), sender="mayor@town.example")
    assert "553 5.7.1 this sender address is not yours" in said
    assert (done != 0, len(made.desk.mails), known.wrong) == (True, 1, [])


@pytest.mark.parametrize(
    "options",
    [["--tls"], [], auth("PLAIN"), ["--tls", *auth("PLAIN", "wrong")], ["--tls", *auth("LOGIN", PASSWORD, "x")]],
)
async def test_without_it_nothing_is_taken(guarded: tuple[Listener, Known], options: list[str]) -> None:
    made, known = guarded
    done, said = await swaks(made, *options)
    assert (done != 0, made.desk.mails) == (True, [])
    assert PASSWORD not in "".join(known.wrong), "logins only"
    assert ("535" in said) is bool(known.wrong), said


async def test_login_is_asked_for_in_the_usual_words(guarded: tuple[Listener, Known]) -> None:
    """RFC 4954 gives none; what all other servers say some scanners wait for."""
    _, said = await swaks(guarded[0], "--tls", *auth("LOGIN"))
    assert "334 VXNlcm5hbWU6" in said
    assert "334 UGFzc3dvcmQ6" in said


async def test_a_guesser_is_cut_off(guarded: tuple[Listener, Known], ca: Authority) -> None:
    made, known = guarded
    port = made.server.sockets[0].getsockname()[1]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    await reader.readline()
    writer.write(b"EHLO a.example\r\nSTARTTLS\r\n")
    while b"220" not in await asyncio.wait_for(reader.readline(), 10):
        pass
    await writer.start_tls(ssl.create_default_context(cafile=str(ca.path)), server_hostname="127.0.0.1")
    writer.write(b"EHLO a.example\r\n" + b"AUTH PLAIN AGEAYg==\r\n" * 5)
    said = await asyncio.wait_for(reader.read(), 30)
    assert said.count(b"535 5.7.8") == 3
    assert b"421 4.7.0" in said
    assert known.wrong == ["a"] * 3
    writer.close()


async def test_a_file_that_changes_counts_at_once_and_a_spoilt_one_admits_nobody(
    guarded: tuple[Listener, Known], htpasswd: Path
) -> None:
    made, _ = guarded
    htpasswd.write_text(htpasswd.read_text().replace("scanner", "somebody"))
    assert (await swaks(made, "--tls", *auth("PLAIN")))[0] != 0
    htpasswd.write_text("rubbish\n")
    assert (await swaks(made, "--tls", *auth("PLAIN", login="somebody")))[0] != 0
    assert made.desk.mails == []


async def test_xforward_is_for_relays_of_our_own(guarded: tuple[Listener, Known]) -> None:
    """It would set another's name into the log."""
    made, _ = guarded
    wire = await made.wire()
    await wire.answer()
    await wire.send(b"XFORWARD ADDR=192.0.2.1\r\n")
    assert (await wire.answer()).startswith("550 5.7.1")


# the configuration


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"proxies": ("10.0.0.1/8",)}, "proxies"),
        ({"peers": {"10.0.0.0/8": "gold"}}, "gold"),
        ({"peers": {"10.0.0.1/8": "tls"}}, "peers"),
        ({"peers": {"10.0.0.0/8": "tls"}}, "tls_cert"),
        ({"users": Path("x")}, "tls_cert"),
        ({"tls": True, "peers": {"10.0.0.0/8": "certificate"}}, "client_ca"),
        ({"tls": True, "client_ca": Path("/nowhere.pem")}, "client_ca"),
    ],
)
def test_what_cannot_be_is_said_at_start(ca: Authority, settings: dict[str, object], why: str) -> None:
    if settings.pop("tls", False):
        settings["tls_cert"], settings["tls_key"] = ca.issue("127.0.0.1")
    config = Mail(**settings)  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match=why):
        MailChannel(config, None, Relays(config))  # type: ignore[arg-type]


def test_a_file_that_is_none_is_said_at_start(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="htpasswd"):
        Known(tmp_path / "missing")
    (tmp_path / "bad").write_text("nothing of the kind\n")
    with pytest.raises(ConfigError, match="htpasswd"):
        Known(tmp_path / "bad")


async def test_guesses_that_come_together_are_held_off_as_those_one_by_one() -> None:
    asked: list[str] = []

    class Slow:
        async def refusal(self, login: str, password: str) -> str:
            asked.append(password)
            await asyncio.sleep(0)
            return WRONG

    users = MailUsers(Slow(), lambda login, address: False, Attempts())
    said = await asyncio.gather(*(users.refusal("scanner", str(number), "192.0.2.1") for number in range(200)))
    assert len(asked) <= 13
    assert said.count(GUESSED) == 200 - len(asked)
