"""What leaves for a collector: whole, in order, nothing lost while it is down, no personal values, to the schema."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import orjson
import pytest
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

from dlp.errors import ConfigError
from dlp.evidence import cef, ocsf
from dlp.evidence.feed import ToFile, ToSyslog, feed
from dlp.evidence.syslog import Collector, Message, frame
from dlp.settings import Siem
from quarantine.audit import Event, chain
from quarantine.room import Room
from tests.e2e.certificates import Authority
from tests.evidence.conftest import Receiver

RFC5424 = re.compile(
    r"<(\d{1,3})>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z) (\S{1,255}) (\S{1,48}) (\S{1,128}) (\S{1,32}) - \ufeff(.*)",
    re.DOTALL,
)


def settings(receiver: Receiver, authority: Authority, **more: Any) -> Siem:
    return Siem(collector=f"127.0.0.1:{receiver.port}", tls=receiver.tls, ca=authority.path, hostname="gate", **more)


def until(have: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not have():
        assert time.monotonic() < end
        time.sleep(0.01)


def numbers(receiver: Receiver) -> list[int]:
    return [int(found[1]) for text in receiver.messages if (found := re.search(r"externalId=(\d+)", text))]


def test_every_entry_arrives_in_order_as_rfc_5424_with_cef(
    receiver: Receiver, authority: Authority, room: Room, history: Callable[[], None]
) -> None:
    history()
    collector = Collector(settings(receiver, authority))
    assert feed(room, ToSyslog(collector, "cef"))
    entries = room.entries(limit=1000)
    until(lambda: len(receiver.messages) == len(entries))
    assert numbers(receiver) == [entry.seq for entry in entries]
    for text in receiver.messages:
        found = RFC5424.fullmatch(text)
        assert found
        assert int(found[1]) // 8 == 13
        assert found[3] == "gate"
        assert found[7].startswith("CEF:0|Sekisho|Sekisho|")
    assert feed(room, ToSyslog(collector, "cef"))
    time.sleep(0.1)
    assert len(receiver.messages) == len(entries), "nothing is told twice"
    collector.close()


def test_what_happens_while_the_collector_is_down_is_told_later(
    receiver: Receiver, authority: Authority, room: Room, history: Callable[[], None]
) -> None:
    sink = ToSyslog(Collector(settings(receiver, authority)), "cef")
    history()
    feed(room, sink)
    until(lambda: len(receiver.messages) == len(room.entries(limit=1000)))  # else there is no link yet to cut
    receiver.down()
    history()
    with pytest.raises(OSError):
        feed(room, sink)
    with pytest.raises(OSError):
        feed(room, sink)
    receiver.up()
    feed(room, sink)
    until(lambda: set(numbers(receiver)) == {entry.seq for entry in room.entries(limit=1000)})


def test_a_collector_that_is_somebody_else_gets_nothing(
    identity: tuple[Path, Path], room: Room, history: Callable[[], None], tmp_path: Path
) -> None:
    from tests.e2e import certificates

    receiver = Receiver(identity)
    stranger = certificates.authority(tmp_path / "other")
    history()
    with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
        feed(room, ToSyslog(Collector(settings(receiver, stranger)), "cef"))
    receiver.down()
    assert receiver.messages == []
    assert room.exported("events") == 0


def test_a_long_message_and_odd_signs_keep_the_framing(receiver: Receiver, authority: Authority) -> None:
    collector = Collector(settings(receiver, authority))
    texts = ["x" * 70_000, "漏えい\n12 <1>", "", "end"]
    collector.send([Message(at=datetime.now(UTC), kind="cef", text=text) for text in texts])
    until(lambda: len(receiver.messages) == len(texts))
    assert [RFC5424.fullmatch(text)[7] for text in receiver.messages] == texts  # type: ignore[index]
    collector.close()


@pytest.mark.parametrize("address", ["", "host", "host:x", ":514"])
def test_an_address_that_is_none_is_named(address: str) -> None:
    with pytest.raises(ConfigError, match="not host:port"):
        Collector(Siem(collector=address))


def test_the_frame_counts_octets_not_characters() -> None:
    made = frame(Message(at=datetime(2026, 4, 1, tzinfo=UTC), kind="cef", text="漏"), "gate")
    length, _, rest = made.partition(b" ")
    assert int(length) == len(rest)
    assert rest.startswith(b"<110>1 2026-04-01T00:00:00.000000Z gate sekisho ")


# -- what is in it


def test_cef_is_one_line_and_escapes_what_it_must() -> None:
    event = Event(
        at=datetime(2026, 4, 1, tzinfo=UTC),
        actor="S=1",
        event="a|b\\c\n",
        subject="x\r\ny",
        detail={"channel": "m=1\n"},
    )
    text = cef.line(chain(None, event))
    assert "\n" not in text
    assert "\r" not in text
    head, _, fields = text.partition("|2|")
    assert head.endswith("|a\\|b\\\\c |a\\|b\\\\c ")
    assert "suid=S\\=1" in fields
    assert "cs1Label=channel cs1=m\\=1 " in fields + " "


@pytest.fixture(scope="module")
def schemas() -> dict[str, Any]:
    found = {}
    for version in ("1.5.0", "1.8.0"):
        made = OcsfJsonSchemaEmbedded(get_ocsf_schema(version=version))
        name = made.lookup_class_name_from_uid(class_uid=2006)
        assert name == "data_security_finding"
        found[version] = made.get_class_schema(class_name=name, profiles=["security_control"])
    return found


def test_ocsf_events_are_what_their_schema_asks(
    room: Room, history: Callable[[], None], schemas: dict[str, Any], tmp_path: Path
) -> None:
    history()
    assert feed(room, ToFile(tmp_path / "ocsf.jsonl"))
    events = [orjson.loads(line) for line in (tmp_path / "ocsf.jsonl").read_bytes().splitlines()]
    assert [event["type_uid"] for event in events] == [200601, 200601, 200601, 200601, 200602, 200603]
    assert [event["disposition_id"] for event in events if "disposition_id" in event] == [1, 1, 2, 3]
    assert [event["severity_id"] for event in events] == [1, 2, 4, 5, 2, 2]
    for event in events:
        jsonschema.Draft202012Validator(schemas["1.5.0"]).validate(event)
        later = event | {"metadata": event["metadata"] | {"version": "1.8.0"}}
        jsonschema.Draft202012Validator(schemas["1.8.0"]).validate(later)


def test_the_schema_is_one_that_can_refuse(room: Room, history: Callable[[], None], schemas: dict[str, Any]) -> None:
    history()
    event = next(found for entry in room.entries(limit=100) if (found := ocsf.event(entry)))
    for spoiled in (
        {k: v for k, v in event.items() if k != "finding_info"},
        event | {"severity_id": 42},
        event | {"no_such": 1},
    ):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.Draft202012Validator(schemas["1.5.0"]).validate(spoiled)


def test_no_personal_value_leaves(room: Room, history: Callable[[], None]) -> None:
    history()
    out = "".join(f"{cef.line(entry)}{orjson.dumps(ocsf.event(entry)).decode()}" for entry in room.entries(limit=1000))
    for value in ("himitsu", "citizen", "elsewhere", "a" * 16, (b"a" * 16).hex()):
        assert value not in out
    assert "few_subjects" in out
    assert "name phone" in out


# -- a real receiver


@pytest.fixture
def rsyslog(
    tmp_path: Path, identity: tuple[Path, Path], authority: Authority, need: Callable[..., None], free_port: Any
) -> Iterator[tuple[int, Path]]:
    """rsyslogd with TLS on loopback, writing raw messages to a file."""
    driver = next(Path("/usr/lib").glob("**/lmnsd_gtls.so"), Path("/usr/lib/rsyslog/lmnsd_gtls.so"))
    need("rsyslogd", str(driver))
    port, out = free_port(), tmp_path / "received"
    certificate, key = identity
    (tmp_path / "rsyslog.conf").write_text(f"""
global(workDirectory="{tmp_path}" defaultNetstreamDriver="gtls" maxMessageSize="128k"
  defaultNetstreamDriverCAFile="{authority.path}" defaultNetstreamDriverCertFile="{certificate}"
  defaultNetstreamDriverKeyFile="{key}")
module(load="imtcp" streamDriver.name="gtls" streamDriver.mode="1" streamDriver.authMode="anon")
input(type="imtcp" port="{port}" address="127.0.0.1")
template(name="raw" type="string" string="%syslogfacility-text%|%syslogseverity%|%app-name%|%msgid%|%msg%\\n")
action(type="omfile" file="{out}" template="raw")
""")
    line = ["rsyslogd", "-n", "-f", str(tmp_path / "rsyslog.conf"), "-i", str(tmp_path / "pid")]
    server = subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    yield port, out
    server.terminate()
    server.wait(20)


def test_a_real_collector_reads_every_event_over_tls(
    rsyslog: tuple[int, Path], authority: Authority, room: Room, history: Callable[[], None]
) -> None:
    port, out = rsyslog
    history()
    sink = ToSyslog(Collector(Siem(collector=f"127.0.0.1:{port}", ca=authority.path)), "cef")
    end = time.monotonic() + 30
    while True:
        try:
            feed(room, sink)
            break
        except OSError:  # it is still starting
            assert time.monotonic() < end
            time.sleep(0.2)
    entries = room.entries(limit=1000)
    until(lambda: out.exists() and len(out.read_text().splitlines()) == len(entries))
    lines = out.read_text("utf-8").splitlines()
    assert [int(re.search(r"externalId=(\d+)", line)[1]) for line in lines] == [e.seq for e in entries]  # type: ignore[index]
    assert all("|sekisho|cef|" in line for line in lines)
