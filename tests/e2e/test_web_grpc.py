"""gRPC through the real gateway, by the official client and server: unary calls are read, streams are refused."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import grpc
import pytest

from dlp.directory.coverage import Coverage
from dlp.directory.register import Register
from tests.e2e.certificates import Authority, authority
from tests.e2e.harness import Box
from tests.e2e.people import CSV, PEOPLE
from tests.extract.test_protobuf import field

pytestmark = pytest.mark.e2e
OFF = {"enabled": False}
ROWS = b"".join(field(2, field(1, p.name) + field(2, p.address) + field(3, p.phone)) for p in PEOPLE)


class Service:
    """Any method, in bytes: keeps what it got and says it back, as often as the method's name wants."""

    def __init__(self) -> None:
        self.arrived: list[bytes] = []

    def service(self, details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler:
        if details.method.endswith("/Listen"):
            return grpc.unary_stream_rpc_method_handler(self.listen)
        if details.method.endswith("/Talk"):
            return grpc.stream_stream_rpc_method_handler(self.talk)
        return grpc.unary_unary_rpc_method_handler(self.save)

    def save(self, message: bytes, _: grpc.ServicerContext) -> bytes:
        self.arrived.append(message)
        return message

    def listen(self, message: bytes, _: grpc.ServicerContext) -> Iterator[bytes]:
        self.arrived.append(message)
        yield from (message, message)

    def talk(self, messages: Iterator[bytes], _: grpc.ServicerContext) -> Iterator[bytes]:
        for message in messages:
            self.arrived.append(message)
            yield message


@pytest.fixture(scope="module")
def ca(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("ca") / "ca")


@pytest.fixture(scope="module")
def running(ca: Authority) -> Iterator[tuple[Service, int]]:
    service = Service()
    server = grpc.server(ThreadPoolExecutor(4), handlers=(service,))  # type: ignore[arg-type]
    certificate, key = (path.read_bytes() for path in map(Path, ca.issue("127.0.0.1")))
    port = server.add_secure_port("127.0.0.1:0", grpc.ssl_server_credentials([(key, certificate)]))
    server.start()
    yield service, port
    server.stop(0).wait(10)


@pytest.fixture(scope="module")
def box(ca: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    web = {"upstream_ca": str(ca.path), "addresses": {"127.0.0.1": "clerk"}}
    with Box(tmp_path_factory.mktemp("web"), web=web, mail=OFF, media=OFF) as running:
        yield running


@pytest.fixture
def channel(box: Box, running: tuple[Service, int]) -> Iterator[grpc.Channel]:
    running[0].arrived.clear()
    trust = grpc.ssl_channel_credentials(box.ca_path.read_bytes())
    options = [("grpc.http_proxy", box.proxy_url), ("grpc.use_local_subchannel_pool", 1)]
    with grpc.secure_channel(f"127.0.0.1:{running[1]}", trust, options) as made:
        yield made


@pytest.fixture
def service(running: tuple[Service, int]) -> Service:
    return running[0]


@pytest.mark.parametrize("packed", [grpc.Compression.NoCompression, grpc.Compression.Gzip])
def test_unary_calls_are_read(packed: grpc.Compression, channel: grpc.Channel, service: Service, box: Box) -> None:
    save = channel.unary_unary("/town.Store/Save")
    innocent = field(1, "市民まつりのお知らせ") + field(2, 20261125)
    assert save(innocent, timeout=60, compression=packed) == innocent
    for message in (field(1, "名簿") + ROWS, field(1, "list.csv") + field(2, CSV.encode("cp932"))):
        with pytest.raises(grpc.RpcError) as refused:
            save(message, timeout=60, compression=packed)
        assert refused.value.code() is grpc.StatusCode.PERMISSION_DENIED  # type: ignore[attr-defined]
        case = box.cases()[-1]
        assert case.id in refused.value.details()  # type: ignore[attr-defined]
        assert case.entry.subjects == 150
    assert service.arrived == [innocent]


def test_the_server_may_stream(channel: grpc.Channel, service: Service) -> None:
    listen = channel.unary_stream("/town.Store/Listen")
    assert list(listen(field(1, "新着"), timeout=60)) == [field(1, "新着")] * 2
    with pytest.raises(grpc.RpcError):
        list(listen(ROWS, timeout=60))
    assert service.arrived == [field(1, "新着")]


def test_a_client_s_stream_that_ends_is_read_and_one_that_does_not_is_refused(
    channel: grpc.Channel, service: Service, box: Box
) -> None:
    talk = channel.stream_stream("/town.Store/Talk")
    said = [field(1, "一"), field(1, "二")]
    assert list(talk(iter(said), timeout=60)) == said
    with pytest.raises(grpc.RpcError) as refused:
        list(talk(iter([ROWS[: len(ROWS) // 2], ROWS]), timeout=60))
    assert refused.value.code() is grpc.StatusCode.PERMISSION_DENIED  # type: ignore[attr-defined]
    ended = threading.Event()

    def endless() -> Iterator[bytes]:
        yield said[0]
        ended.wait(60)

    try:
        with pytest.raises(grpc.RpcError, match="cannot be inspected"):
            list(talk(endless(), timeout=60))
    finally:
        ended.set()
    assert service.arrived == said
    assert "a streaming call is refused" in box.log.read_text()

    def told() -> list[tuple[str, str, str]]:
        register = Register(box.var / "register.db", None)
        try:
            return [
                (one.kind, one.host, one.person) for one in Coverage(register).refused(datetime(2000, 1, 1, tzinfo=UTC))
            ]
        finally:
            register.close()

    assert box.wait(told) == [("stream", "127.0.0.1", "E001")]
