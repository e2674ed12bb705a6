"""The vault checks more than its seals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from quarantine.blobs.files import FileBlobs
from quarantine.case import LedgerEntry, Notice, SealBroken, Status
from quarantine.keys import KeyRing
from quarantine.seal import CaseSeal
from quarantine.stores.base import StoredCase
from quarantine.vault import Vault


@pytest.fixture
def blobs(tmp_path: Path) -> FileBlobs:
    return FileBlobs(tmp_path / "blobs")


@pytest.fixture
def vault(blobs: FileBlobs, ring: KeyRing) -> Vault:
    return Vault(blobs, ring)


@pytest.fixture
def case(vault: Vault, make_entry: Callable[..., LedgerEntry]) -> StoredCase:
    entry = make_entry()
    with vault.sealing("C1", b"content") as in_hand:
        sealed = vault.sealed(in_hand, {"path": "x"}, b"preview")
        return StoredCase(
            id="C1",
            entry=entry,
            status=Status.QUARANTINED,
            approvals_needed=1,
            supervisor="",
            reportable=(),
            opened=entry.at,
            changed=entry.at,
            sealed=sealed,
        )


def test_what_is_kept_opens(vault: Vault, case: StoredCase) -> None:
    assert b"".join(vault.content(case)) == b"content"
    assert vault.preview(case) == b"preview"
    assert vault.envelope(case) == {"path": "x"}


def test_content_sealed_anew_with_the_right_key_is_not_what_was_sealed(
    vault: Vault, case: StoredCase, blobs: FileBlobs, ring: KeyRing
) -> None:
    """Whoever has the data key can seal another content; the digest sealed beside it then tells."""
    assert case.sealed is not None
    own = CaseSeal("C1", ring.unwrap(case.sealed.key, case.sealed.wrapped, "C1"))
    with blobs.put(own.seal_stream("content", [b"another"])) as blob:
        pass
    with pytest.raises(SealBroken, match="not what was sealed"):
        list(vault.content(replace(case, sealed=replace(case.sealed, blob=blob))))


@pytest.mark.parametrize("what", ["envelope", "preview", "content"])
def test_another_case_s_seals_do_not_open(vault: Vault, case: StoredCase, what: str) -> None:
    with pytest.raises(SealBroken):
        list(getattr(vault, what)(replace(case, id="C2")))


def test_free_text_is_bound_to_its_place(vault: Vault) -> None:
    sealed = vault.hide("理由", "reason on case C1")
    assert vault.show(sealed, "reason on case C1") == "理由"
    assert "理由".encode() not in sealed
    with pytest.raises(SealBroken):
        vault.show(sealed, "reason on case C2")
    assert vault.hide("", "x") == b""
    assert vault.show(b"", "x") == ""


def test_bindings_are_keyed(vault: Vault, blobs: FileBlobs, tmp_path: Path) -> None:
    other = Vault(blobs, KeyRing.open_or_create(tmp_path / "other.json"))
    assert vault.binding("text") == vault.binding("text") != vault.binding("texts")
    assert vault.binding("text") != other.binding("text")
    assert vault.binding("") == ""


def test_notices_fill_in_the_case_only(vault: Vault) -> None:
    notice = Notice(to="{case}@x", subject="{case} {x}", body="{{case}}")
    assert vault.show_notice(vault.hide_notice(notice, "C1")) == Notice(to="{case}@x", subject="C1 {x}", body="{C1}")
    assert vault.show_notice(vault.hide_notice(notice)) == notice
