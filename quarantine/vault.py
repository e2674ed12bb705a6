"""Sealed content: blobs, key ring and seals together. What lies here opens only with the key ring file."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from quarantine.blobs.base import Blobs, NoSuchBlob
from quarantine.case import Notice, Purged, SealBroken
from quarantine.keys import KeyRing
from quarantine.seal import CaseSeal, new_key, seal, unseal
from quarantine.stores.base import Sealed, StoredCase

_PIECE = 1024 * 1024  # bytes read at a time


class _Tally:
    """SHA-256 and size of what passed through."""

    def __init__(self) -> None:
        self.size = 0
        self._hash = hashlib.sha256()

    def over(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            self.size += len(piece)
            self._hash.update(piece)
            yield piece

    def result(self) -> dict[str, str | int]:
        return {"sha256": self._hash.hexdigest(), "size": self.size}


@dataclass(frozen=True, kw_only=True, slots=True)
class InHand:
    """A content that is sealed and on disk, before there is a case to it."""

    own: CaseSeal = field(repr=False)
    key: str  # id of the ring's key that wraps the data key
    wrapped: bytes = field(repr=False)
    blob: str
    tally: Mapping[str, str | int]  # sha256, size


class Vault:
    """Seals cases into blobs and opens them again. Thread-safe."""

    def __init__(self, blobs: Blobs, keys: KeyRing) -> None:
        self._blobs = blobs
        self._keys = keys
        self._record_key = keys.derive("records")
        self._binding_key = keys.derive("bindings")

    @contextmanager
    def sealing(self, case_id: str, content: bytes | Path) -> Iterator[InHand]:
        """Seal a case's content under a key of its own; the blob is in flight until the context ends."""
        data_key = new_key()
        own = CaseSeal(case_id, data_key)
        key, wrapped = self._keys.wrap(data_key, case_id)
        tally = _Tally()
        with self._blobs.put(own.seal_stream("content", tally.over(_pieces(content)))) as blob:
            yield InHand(own=own, key=key, wrapped=wrapped, blob=blob, tally=tally.result())

    def sealed(self, content: InHand, envelope: Mapping[str, Any], preview: bytes) -> Sealed:
        """The case's content and all that goes with it."""
        inner = json.dumps({"envelope": dict(envelope), **content.tally}).encode()
        return Sealed(
            key=content.key,
            wrapped=content.wrapped,
            blob=content.blob,
            inner=content.own.seal("envelope", inner),
            preview=content.own.seal("preview", preview),
        )

    def drop(self, blob: str) -> None:
        """Remove a blob for good."""
        self._blobs.remove(blob)

    def sweep(self, wanted: Callable[[str], bool]) -> int:
        """Remove blobs a crash left behind; how many."""
        return self._blobs.sweep(wanted)

    def envelope(self, case: StoredCase) -> Mapping[str, Any]:
        """The envelope as admitted; {} once purged. Raises SealBroken."""
        if case.sealed is None:
            return {}
        envelope: Mapping[str, Any] = self._inner(case)["envelope"]
        return envelope

    def preview(self, case: StoredCase) -> bytes:
        """The preview as admitted. Raises SealBroken, Purged."""
        own, sealed = self._open(case)
        return own.unseal("preview", sealed.preview)

    def content(self, case: StoredCase) -> Iterator[bytes]:
        """The content in pieces. Raises SealBroken at the latest at the end (use nothing before), Purged."""
        own, sealed = self._open(case)
        inner = self._inner(case)
        tally = _Tally()
        try:
            source = self._blobs.open(sealed.blob)
        except NoSuchBlob:
            raise SealBroken("the sealed content is missing") from None
        with source:
            yield from tally.over(own.unseal_stream("content", source))
        if tally.result() != {"sha256": inner["sha256"], "size": inner["size"]}:
            raise SealBroken("the content is not what was sealed")

    @property
    def current_key(self) -> str:
        """Id of the key that wraps what is kept now."""
        return self._keys.current

    def rewrapped(self, case: StoredCase) -> tuple[str, bytes] | None:
        """(key id, wrapped data key) under the ring's current key; None when it is already, or purged."""
        if case.sealed is None or case.sealed.key == self._keys.current:
            return None
        return self._keys.wrap(self._keys.unwrap(case.sealed.key, case.sealed.wrapped, case.id), case.id)

    def _open(self, case: StoredCase) -> tuple[CaseSeal, Sealed]:
        if case.sealed is None:
            raise Purged("the content was purged")
        return CaseSeal(case.id, self._keys.unwrap(case.sealed.key, case.sealed.wrapped, case.id)), case.sealed

    def _inner(self, case: StoredCase) -> dict[str, Any]:
        own, sealed = self._open(case)
        inner: dict[str, Any] = json.loads(own.unseal("envelope", sealed.inner))
        return inner

    # Free text (reasons, replies, notices) outlives the content, so it is sealed under a key of the room.

    def hide(self, text: str, bound: str) -> bytes:
        """Free text, sealed and bound to what it belongs to; b"" for none."""
        return seal(self._record_key, text.encode("utf-8", "surrogatepass"), bound) if text else b""

    def show(self, sealed: bytes, bound: str) -> str:
        """The text again. Raises SealBroken."""
        return unseal(self._record_key, sealed, bound).decode("utf-8", "surrogatepass") if sealed else ""

    def hide_notice(self, notice: Notice, case_id: str = "") -> bytes:
        """A notice, its "{case}" filled in."""
        subject, body = (text.replace("{case}", case_id) if case_id else text for text in (notice.subject, notice.body))
        return self.hide(json.dumps([notice.to, subject, body]), "notice")

    def show_notice(self, sealed: bytes) -> Notice:
        """The notice again. Raises SealBroken."""
        to, subject, body = json.loads(self.show(sealed, "notice"))
        return Notice(to=to, subject=subject, body=body)

    def binding(self, text: str) -> str:
        """A keyed digest that ties free text to the audit chain without telling it; "" for none."""
        said = text.encode("utf-8", "surrogatepass")
        return hmac.digest(self._binding_key, said, "sha256").hex() if said else ""


def _pieces(content: bytes | Path) -> Iterator[bytes]:
    if isinstance(content, Path):
        with content.open("rb") as source:
            yield from iter(lambda: source.read(_PIECE), b"")
    else:
        yield content
