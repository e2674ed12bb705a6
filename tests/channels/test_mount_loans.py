"""The ledger of media at the mount: loans, losses, the manifest."""

from __future__ import annotations

import asyncio
import hashlib
import json
from datetime import UTC, datetime

import pytest

from dlp.delivery.erased import left_on
from dlp.delivery.manifest import NAME as MANIFEST
from dlp.directory.lending import Lending
from dlp.directory.loans import Refused
from tests.channels.desk import until
from tests.channels.mounted import Mount

pytestmark = [pytest.mark.timeout(120), pytest.mark.usefixtures("guarded")]


def reasons(mount: Mount) -> list[str]:
    """Why the last transfer was not let pass."""
    return [str(reason["code"]) for reason in mount.desk.room.ledger()[0].entry.reasons]


async def test_without_a_loan_nothing_is_written_and_with_one_it_is(strict: Mount) -> None:
    await strict.refused('cp "$T/a" "$M/a"')
    assert reasons(strict) == ["loan_missing"]
    number = strict.desk.lend()
    await strict.ok('cp "$T/a" "$M/a"')
    assert strict.on_device() == {"a": b"harmless"}
    strict.desk.end_loan(number)
    await strict.refused('cp "$T/a" "$M/late"')
    assert reasons(strict) == ["loan_expired"]
    await strict.refused('rm "$M/a"')
    assert strict.on_device() == {"a": b"harmless"}


async def test_somebody_else_s_loan_is_no_loan(strict: Mount) -> None:
    strict.desk.lend("E002")
    await strict.refused('cp "$T/a" "$M/a"')
    assert reasons(strict) == ["loan_others"]
    assert strict.on_device() == {}


async def test_a_device_lost_while_it_is_mounted_takes_nothing_from_then_on(strict: Mount) -> None:
    strict.desk.lend()
    await strict.ok('cp "$T/a" "$M/a"')
    assert strict.on_device() == {"a": b"harmless"}
    strict.desk.lending.lose("USB-7", "E001", "盗難", datetime.now(UTC))
    await strict.refused('cp "$T/a" "$M/b"')
    assert reasons(strict) == ["device_lost"]
    await strict.refused('mv "$M/a" "$M/c"')
    assert strict.on_device() == {"a": b"harmless"}


async def test_a_device_lost_while_a_file_is_being_read_does_not_get_it(strict: Mount) -> None:
    strict.desk.lend()
    gate = strict.desk.reader.gate = asyncio.Event()
    (strict.tmp / "slow").write_bytes(b"slow but harmless")
    writing = asyncio.create_task(strict.refused('cp "$T/slow" "$M/slow"'))
    await until(lambda: strict.desk.reader.seen == 1)
    strict.desk.lending.lose("USB-7", "E001", "盗難", datetime.now(UTC))
    gate.set()
    await writing
    assert strict.on_device() == {}


async def test_a_loan_that_is_back_leaves_an_empty_device(strict: Mount) -> None:
    number, now = strict.desk.lend(), datetime.now(UTC)
    lending = Lending(strict.desk.book, strict.desk.directory, look=left_on)
    await strict.ok('cp "$T/a" "$M/a" && sync "$M/a"')
    with pytest.raises(Refused, match="still_data"):
        lending.give_back(number, "S001", now, erased=True)
    await strict.ok('rm "$M/a"')
    assert lending.give_back(number, "S001", now, erased=True) == "looked"
    await strict.refused('cp "$T/a" "$M/a"')
    assert reasons(strict) == ["device_returned"]


async def test_each_written_file_has_its_manifest_line_on_the_device_and_on_record(strict: Mount) -> None:
    number = strict.desk.lend()
    await strict.ok('cp "$T/a" "$M/a" && cp "$T/a" "$M/b"')
    assert strict.on_device().keys() == {"a", "b"}
    lines = [json.loads(line) for line in (strict.device / MANIFEST).read_bytes().splitlines()]
    written = strict.desk.book.written(serial="USB-7")
    assert [line["sha256"] for line in lines] == [hashlib.sha256(b"harmless").hexdigest()] * 2
    assert {(line["size"], line["device"], line["person"], line["purpose"]) for line in lines} == {
        (8, "USB-7", "E001", "国勢調査の提出")
    }
    assert [w.transfer for w in reversed(written)] == [line["transfer"] for line in lines]
    assert {(w.loan, w.person, w.size) for w in written} == {(number, "E001", 8)}
    assert await strict.ok('ls -A "$M"') == "a\nb\n"  # the mount does not show it
    await strict.ok('! rm "$M/.sekisho-manifest.jsonl" 2>&1')
    assert len([e for e in strict.desk.room.entries() if e.event == "media_written"]) == 2


async def test_a_file_whose_line_cannot_be_kept_does_not_arrive(strict: Mount) -> None:
    strict.desk.lend()
    (strict.device / MANIFEST).mkdir()  # nothing can be appended to a folder
    code, out = await strict.sh('dd if="$T/a" of="$M/a" conv=fsync status=none')
    assert (code, "Input/output error" in out) == (1, True), out
    assert strict.on_device() == {}
    await until(lambda: strict.desk.rows()[-1][2] == "failed")
    await strict.ok('cp "$T/a" "$M/b"')  # who does not ask is told the verdict
    assert strict.on_device() == {}
    assert strict.desk.rows()[-1] == ("root", "allow", "failed")
