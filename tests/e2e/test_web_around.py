"""Around the proxy: its PAC file, QUIC, hosts passed undecrypted, and a proxy behind it."""

from __future__ import annotations

import os
import ssl
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dlp.directory.coverage import Coverage
from dlp.directory.register import Register
from tests.e2e.certificates import Authority, authority
from tests.e2e.harness import Box
from tests.e2e.people import CSV
from tests.e2e.sink import Sink

pytestmark = pytest.mark.e2e
ENV = {k: v for k, v in os.environ.items() if "proxy" not in k.lower() and k != "CURL_CA_BUNDLE"}
OFF = {"enabled": False}
EVER = datetime(2000, 1, 1, tzinfo=UTC)
LATER, BEFORE = ((datetime.now(UTC) + timedelta(days=days)).date() for days in (30, -2))


@pytest.fixture(scope="module")
def ca(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("ca") / "ca")


@pytest.fixture(scope="module")
def sink(ca: Authority) -> Iterator[Sink]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*ca.issue("localhost"))
    with Sink(tls=context) as running:
        yield running


@pytest.fixture(scope="module")
def ended(ca: Authority) -> Iterator[Sink]:
    """A host whose bypass has ended."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*ca.issue("localhost"))
    with Sink(tls=context) as running:
        yield running


@pytest.fixture(scope="module")
def plain() -> Iterator[Sink]:
    with Sink() as running:
        yield running


@pytest.fixture(scope="module")
def box(ca: Authority, sink: Sink, ended: Sink, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    web = {
        "upstream_ca": str(ca.path),
        "addresses": {"127.0.0.1": "clerk", "127.0.0.2": "retired"},
        "direct": ["town.local"],
        "bypass": {
            f"localhost:{sink.port}": f"{LATER} pins its certificate",
            f"localhost:{ended.port}": f"{BEFORE} was pinned",
        },
    }
    with Box(tmp_path_factory.mktemp("web"), web=web, mail=OFF, media=OFF) as running:
        yield running


def curl(box: Box, url: str, *args: str, ca: Path | None = None) -> tuple[int, str]:
    command = ["curl", "-sS", "--noproxy", "", "-x", box.proxy_url, "--cacert", str(ca or box.ca_path)]
    command += ["-w", "\n%{http_code}", "--max-time", "40", *args, url]
    done = subprocess.run(command, capture_output=True, timeout=60, check=False, env=ENV)
    text, _, code = done.stdout.decode("utf-8", "replace").rpartition("\n")
    return int(code or 0), text or done.stderr.decode()


def test_the_pac_file_sends_browsers_through_us(box: Box, plain: Sink) -> None:
    script = subprocess.run(
        ["curl", "-sS", "--noproxy", "*", f"{box.proxy_url}/proxy.pac"], capture_output=True, check=True, env=ENV
    ).stdout.decode()
    assert f"PROXY 127.0.0.1:{box.proxy_port}" in script
    assert 'dnsDomainIs(host, ".town.local")' in script
    assert 'DIRECT"' in script
    assert not script.rstrip().endswith("DIRECT")
    plain.forget()
    assert curl(box, f"http://127.0.0.1:{plain.port}/proxy.pac")[0] == 200  # another host's file is its own
    assert len(plain.arrived) == 1


def test_alt_svc_is_taken_away(box: Box, plain: Sink) -> None:
    plain.headers = b'Alt-Svc: h3=":443"\r\n'
    try:
        assert "alt-svc" not in curl(box, f"{plain.url}/a", "-D", "-")[1].lower()
    finally:
        plain.headers = b""


def test_a_pinned_host_is_passed_logged_and_counted(box: Box, sink: Sink, ca: Authority) -> None:
    sink.forget()
    url = f"https://localhost:{sink.port}/x"
    assert curl(box, url, "-d", "a" * 5000, ca=ca.path)[0] == 200  # the server's own certificate arrived
    assert len(sink.arrived) == 1
    log = box.log.read_text()
    assert f'"host":"localhost:{sink.port}"' in log
    assert "passed through undecrypted" in log

    def told() -> bool:
        register = Register(box.var / "register.db", None)
        try:
            return any(
                p.host == f"localhost:{sink.port}" and p.bytes > 5000 for p in Coverage(register).undecrypted(EVER)
            )
        finally:
            register.close()

    box.wait(told)


def test_no_other_name_and_no_leaver_goes_that_way(box: Box, sink: Sink, plain: Sink, ca: Authority) -> None:
    sink.forget()
    other = f"https://127.0.0.1:{sink.port}/x"  # the same server, by a name that is not listed
    assert curl(box, other, "-d", "a", ca=ca.path)[0] == 0  # which is not the server's
    named = ["--connect-to", f"localhost:{sink.port}:127.0.0.1:{sink.port}"]  # its name in the greeting alone
    assert curl(box, f"https://localhost:{sink.port}/x", "-d", "a", *named, ca=ca.path)[0] == 0
    leaver = ["--interface", "127.0.0.2"]
    code, _ = curl(box, f"https://localhost:{sink.port}/x", "-d", "a", *leaver, ca=ca.path)
    assert code == 0
    assert sink.arrived == []

    def told() -> bool:  # whoever pins and is not listed is found on the page
        register = Register(box.var / "register.db", None)
        try:
            seen = {(b.kind, b.host, b.person) for b in Coverage(register).refused(EVER)}
            return {("tls", "127.0.0.1", "E001"), ("tls", "localhost", "R001")} <= seen
        finally:
            register.close()

    box.stop()  # at the end at the latest it is told
    box.start()
    box.wait(told)


def test_a_bypass_that_has_ended_is_said_and_not_used(box: Box, ended: Sink, ca: Authority) -> None:
    assert "a bypass has ended and is not used" in box.log.read_text()
    url = f"https://localhost:{ended.port}/x"
    assert curl(box, url, "-d", "a", ca=ca.path)[0] == 0  # the server's own certificate is not shown
    assert ended.arrived == []
    assert curl(box, url, "-d", "a")[0] == 200  # ours is: it was decrypted
    assert len(ended.arrived) == 1


@pytest.mark.parametrize(
    ("web", "said"),
    [
        ({"bypass": {"a.example": "soon"}}, "does not begin with its last day"),
        ({"bypass": {"a.example": "2030-01-01"}}, "why it is passed"),
        ({"mode": "reverse:http://a"}, "none of regular"),
    ],
)
def test_a_wrong_setting_is_named(web: dict[str, object], said: str, tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=said):
        Box(tmp_path, web=web, mail=OFF, media=OFF).start()


def test_in_front_of_another_proxy(plain: Sink, tmp_path: Path) -> None:
    with Box(tmp_path / "far", web={"addresses": {"127.0.0.1": "clerk"}}, mail=OFF, media=OFF) as far:
        web = {"addresses": {"127.0.0.1": "clerk"}, "mode": f"upstream:{far.proxy_url}"}
        with Box(tmp_path / "near", web=web, mail=OFF, media=OFF) as near:
            plain.forget()
            assert curl(near, f"{plain.url}/x", "-d", "hello")[0] == 200
            assert curl(near, f"{plain.url}/x", "--data-binary", CSV)[0] == 403
            assert (len(plain.arrived), len(near.cases()), len(far.cases())) == (1, 1, 0)
            assert "127.0.0.1" in far.log.read_text()
