from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from dlp.transfer import Channel, Transfer, digest_of, new_transfer_id


def make(**more: object) -> Transfer:
    values: dict[str, object] = {"channel": Channel.MAIL, "sender": "a", "destination": ("b",), "name": "n"}
    return Transfer(**(values | more))  # type: ignore[arg-type]


def test_content_is_data_or_a_spool_file(tmp_path: Path) -> None:
    path = tmp_path / "spool"
    path.write_bytes(b"abc")
    by_path, by_data = make(spool=path), make(data=b"abc")
    assert (by_path.size, by_path.read(), by_path.digest) == (3, b"abc", digest_of(b"abc"))
    assert by_data.part().data == by_path.part().data
    for wrong in ({}, {"data": b"", "spool": path}):
        with pytest.raises(ValueError, match="data or a spool"):
            make(**wrong)


def test_a_time_carries_its_zone() -> None:
    with pytest.raises(ValueError, match="zone"):
        make(data=b"", at=datetime(2018, 12, 22))  # noqa: DTZ001


def test_ids_are_unique_and_in_order() -> None:
    ids = [new_transfer_id() for _ in range(1000)]
    assert len(set(ids)) == 1000
    assert {len(i) for i in ids} == {26}
    assert [i[:12] for i in ids] == sorted(i[:12] for i in ids)
