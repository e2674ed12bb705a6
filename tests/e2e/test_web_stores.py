"""Clients of stores through the real proxy: boto3 and rclone to an S3 server, tus-py-client to a tus server, h2load."""

from __future__ import annotations

import io
import os
import re
import ssl
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError
from moto.server import ThreadedMotoServer
from tusclient.client import TusClient
from tusclient.exceptions import TusCommunicationError

from tests.e2e.certificates import Authority, authority
from tests.e2e.harness import Box
from tests.e2e.people import CSV
from tests.e2e.tusserver import TusServer
from tests.e2e.webserver import WebServer

pytestmark = pytest.mark.e2e
OFF = {"enabled": False}
MEGABYTE = 1 << 20
LINE = "市民まつりのお知らせ。午前十時に開場します。雨天中止。\n".encode()
INNOCENT = LINE * (11 * MEGABYTE // len(LINE))
LIST = CSV.encode()
#: A list over the seam of the first two parts of 5 MiB, cut within a row.
CUT = LINE * ((5 * MEGABYTE - len(LIST) // 2) // len(LINE)) + LIST + LINE * (6 * MEGABYTE // len(LINE))


@pytest.fixture(scope="module")
def ca(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("ca") / "ca")


@pytest.fixture(scope="module")
def box(ca: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    web = {"upstream_ca": str(ca.path), "addresses": {"127.0.0.1": "clerk"}}
    with Box(tmp_path_factory.mktemp("web"), web=web, mail=OFF, media=OFF) as running:
        yield running


@pytest.fixture(scope="module")
def store() -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(scope="module")
def secure(ca: Authority) -> Iterator[WebServer]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*ca.issue("127.0.0.1"))
    with WebServer(tls=context) as running:
        yield running


@pytest.fixture
def s3(box: Box, store: str) -> Any:
    return client(store, proxies={"http": box.proxy_url})


def client(store: str, **options: Any) -> Any:
    config = Config(s3={"addressing_style": "path"}, retries={"max_attempts": 1}, read_timeout=90, **options)
    return boto3.client(
        "s3",
        endpoint_url=store,
        aws_access_key_id="a",
        aws_secret_access_key="b",
        region_name="us-east-1",
        config=config,
    )


@pytest.fixture
def bucket(store: str, request: pytest.FixtureRequest) -> str:
    name = "town-" + re.sub(r"\W+", "-", request.node.name.lower()).strip("-")[:50]
    client(store).create_bucket(Bucket=name)
    return name


def kept(store: str, bucket: str) -> dict[str, bytes]:
    """What the store has, asked without the gateway."""
    there = client(store)
    names = [one["Key"] for one in there.list_objects_v2(Bucket=bucket).get("Contents", [])]
    return {name: there.get_object(Bucket=bucket, Key=name)["Body"].read() for name in names}


PARTS = TransferConfig(multipart_threshold=5 * MEGABYTE, multipart_chunksize=5 * MEGABYTE, max_concurrency=3)


def test_boto3(s3: Any, store: str, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="a.txt", Body=LINE)
    s3.upload_fileobj(io.BytesIO(INNOCENT), bucket, "large.txt", Config=PARTS)
    assert s3.get_object(Bucket=bucket, Key="a.txt")["Body"].read() == LINE
    for body in (LIST, CSV.encode("cp932")):
        with pytest.raises(ClientError, match="403"):
            s3.put_object(Bucket=bucket, Key="list.csv", Body=body)
    s3.copy_object(Bucket=bucket, Key="copy.txt", CopySource={"Bucket": bucket, "Key": "a.txt"})
    assert kept(store, bucket) == {"a.txt": LINE, "copy.txt": LINE, "large.txt": INNOCENT}


def test_a_list_over_the_seam_of_two_parts(s3: Any, store: str, bucket: str) -> None:
    with pytest.raises(Exception, match=r"403|Forbidden"):
        s3.upload_fileobj(io.BytesIO(CUT), bucket, "cut.txt", Config=PARTS)
    assert kept(store, bucket) == {}


def test_rclone(box: Box, store: str, bucket: str, tmp_path: Path, need: Callable[..., None]) -> None:
    need("rclone")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "innocent.txt").write_bytes(INNOCENT)
    (folder / "small.txt").write_bytes(LINE)
    (folder / "list.csv").write_bytes(LIST)
    there = store.replace("127.0.0.1", "0.0.0.0")  # the same; Go's programs use no proxy for 127.0.0.1
    remote = f":s3,provider=Minio,access_key_id=a,secret_access_key=b,endpoint='{there}':{bucket}"
    options = ["--s3-upload-cutoff", "5M", "--s3-chunk-size", "5M", "--retries", "1", "--low-level-retries", "1"]
    command = ["rclone", "copy", str(folder), remote, "--config", "", "--s3-no-check-bucket", "--s3-no-head", *options]
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "HTTP_PROXY": box.proxy_url}
    done = subprocess.run(command, capture_output=True, timeout=90, check=False, env=env)
    assert done.returncode != 0
    assert b"list.csv: Failed to copy" in done.stderr
    assert kept(store, bucket) == {"innocent.txt": INNOCENT, "small.txt": LINE}, done.stderr[-2000:]


def test_tus(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", box.proxy_url)
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    text = LINE * 8000
    with TusServer() as server:
        tus = TusClient(server.url)
        tus.uploader(file_stream=io.BytesIO(text), chunk_size=MEGABYTE // 4).upload()
        assert server.whole == [text]
        for size in (len(LIST) // 3, len(LIST)):
            with pytest.raises(TusCommunicationError):
                tus.uploader(file_stream=io.BytesIO(LIST), chunk_size=size).upload()
        assert server.whole == [text]
        begun = tus.uploader(file_stream=io.BytesIO(text), chunk_size=MEGABYTE // 4)
        begun.upload_chunk()
        again = tus.uploader(file_stream=io.BytesIO(text), chunk_size=MEGABYTE // 4, url=begun.url)
        assert again.offset == MEGABYTE // 4
        again.upload()
        assert server.whole == [text] * 2


@pytest.mark.parametrize(("way", "protocol"), [("--h1", "http/1.1"), ("--npn-list=h2", "h2")])
def test_h2load(
    way: str, protocol: str, secure: WebServer, box: Box, need: Callable[..., None], tmp_path: Path
) -> None:
    """Many requests at once over a few connections to the proxy, streams of one connection among them: each is judged."""
    need("h2load")
    secure.arrived.clear()
    (tmp_path / "innocent.txt").write_bytes(LINE * 100)
    (tmp_path / "list.csv").write_bytes(LIST)

    def load(name: str, requests: int) -> str:
        command = ["h2load", way, "-n", str(requests), "-c", "4", "-m", "1" if way == "--h1" else "10", "-T", "60"]
        command += ["-d", str(tmp_path / name), f"--connect-to=127.0.0.1:{box.proxy_port}", f"{secure.url}/x"]
        done = subprocess.run(command, capture_output=True, timeout=100, check=False)
        return done.stdout.decode()

    said = load("innocent.txt", 100)
    assert f"Application protocol: {protocol}" in said
    assert "100 2xx, 0 3xx, 0 4xx, 0 5xx" in said
    assert "0 2xx, 0 3xx, 20 4xx, 0 5xx" in load("list.csv", 20)
    assert [one.body for one in secure.arrived] == [LINE * 100] * 100
