"""The key ring: private, whole, rotated, its root for ever."""

from __future__ import annotations

import json
import os
import stat
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from quarantine.case import SealBroken
from quarantine.keys import KeyRing, KeysRefused
from quarantine.seal import new_key


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new" / "keys.json"


def test_a_new_ring_is_private(path: Path) -> None:
    KeyRing.open_or_create(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o666, 0o700, 0o620])
def test_a_wider_mode_is_refused(path: Path, mode: int) -> None:
    KeyRing.open_or_create(path)
    path.chmod(mode)
    with pytest.raises(KeysRefused, match="0600"):
        KeyRing.open_or_create(path)


def test_a_link_is_refused(path: Path) -> None:
    KeyRing.open_or_create(path)
    link = path.with_name("link.json")
    link.symlink_to(path)
    with pytest.raises(KeysRefused):
        KeyRing.open_or_create(link)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_another_owner_is_refused(path: Path) -> None:
    KeyRing.open_or_create(path)
    os.chown(path, 12345, 12345)
    with pytest.raises(KeysRefused, match="another user"):
        KeyRing.open_or_create(path)


@pytest.mark.parametrize("damage", ["", "{}", "[]", '{"format": 1}', "nonsense", '{"format":1,"keys":[]}'])
def test_a_damaged_ring_is_refused_and_left_alone(path: Path, damage: str) -> None:
    KeyRing.open_or_create(path)
    path.write_text(damage)
    with pytest.raises(KeysRefused, match="damaged"):
        KeyRing.open_or_create(path)
    assert path.read_text() == damage


def test_a_short_key_is_refused(path: Path) -> None:
    KeyRing.open_or_create(path)
    ring = json.loads(path.read_text())
    ring["root"] = ring["root"][:8]
    path.write_text(json.dumps(ring))
    with pytest.raises(KeysRefused, match="damaged"):
        KeyRing.open_or_create(path)


def test_a_ring_opened_again_is_the_same(path: Path) -> None:
    ring, key = KeyRing.open_or_create(path), new_key()
    name, wrapped = ring.wrap(key, "case A")
    again = KeyRing.open_or_create(path)
    assert again.unwrap(name, wrapped, "case A") == key
    assert again.derive("tokens") == ring.derive("tokens")


def test_purposes_have_different_keys(path: Path, tmp_path: Path) -> None:
    ring, other = KeyRing.open_or_create(path), KeyRing.open_or_create(tmp_path / "other.json")
    derived = {ring.derive("tokens"), ring.derive("sessions"), other.derive("tokens"), other.derive("sessions")}
    assert len(derived) == 4
    assert {len(key) for key in derived} == {32}


def test_rotation_wraps_anew_and_still_unwraps_the_old(path: Path) -> None:
    ring, key = KeyRing.open_or_create(path), new_key()
    old, wrapped = ring.wrap(key, "case A")
    root = ring.derive("tokens")
    new = ring.rotate()
    assert new != old
    assert ring.current == new
    assert ring.wrap(key, "case A")[0] == new
    assert ring.unwrap(old, wrapped, "case A") == key
    assert ring.derive("tokens") == root
    assert ring.ids() == (old, new)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [item.name for item in path.parent.iterdir() if item.name != ".keys.json.lock"] == ["keys.json"]


def test_a_rotation_elsewhere_is_seen(path: Path) -> None:
    here, there = KeyRing.open_or_create(path), KeyRing.open_or_create(path)
    name = there.rotate()
    assert here.current == name
    key = new_key()
    assert here.unwrap(*there.wrap(key, "x"), "x") == key


def test_a_wrapped_key_opens_for_its_own_case_and_key_only(path: Path) -> None:
    ring = KeyRing.open_or_create(path)
    name, wrapped = ring.wrap(new_key(), "case A")
    newer = ring.rotate()
    for wrong in ((name, wrapped, "case B"), (newer, wrapped, "case A"), ("none", wrapped, "case A")):
        with pytest.raises(SealBroken):
            ring.unwrap(*wrong)


def test_a_ring_exchanged_under_us_is_refused(path: Path, tmp_path: Path) -> None:
    ring = KeyRing.open_or_create(path)
    KeyRing.open_or_create(tmp_path / "other.json")
    (tmp_path / "other.json").replace(path)
    with pytest.raises(KeysRefused, match="exchanged"):
        ring.wrap(new_key(), "case A")


def _root(path: Path) -> bytes:
    return KeyRing.open_or_create(path).derive("tokens")


def _rotate(path: Path) -> str:
    return KeyRing.open_or_create(path).rotate()


def test_processes_that_begin_together_share_one_ring(path: Path) -> None:
    with ProcessPoolExecutor(4, mp_context=get_context("spawn")) as pool:
        assert len(set(pool.map(_root, [path] * 8))) == 1
        rotated = set(pool.map(_rotate, [path] * 8))
    assert len(rotated) == 8
    assert set(KeyRing.open_or_create(path).ids()) > rotated, "no rotation was lost"
