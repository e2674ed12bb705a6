"""What a server's answer says of an upload in pieces: its name, or that it is over.

Done where the answer passes by, before the client sees it: its next piece may come to another process of ours.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import orjson
from mitmproxy import http

from dlp.channels.web import pieces
from dlp.channels.web.piece_store import PieceStore

_ANSWER = 64 * 1024  # bytes of an answer that names an upload
_KEY = "sekisho piece"  # in a flow's metadata


@dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """What was let through and waits for its answer."""

    key: str
    names: tuple[str, str]  # person and site, for the id that the answer gives
    begins: bool
    over: bool  # with a good answer the upload is complete


class Naming:
    """Follows uploads in pieces by the answers to them. Only names of the store's folders change here."""

    def __init__(self, store: PieceStore) -> None:
        self._store = store

    def sent(self, flow: http.HTTPFlow, sent: Sent | None) -> None:
        """This request is let through, and its answer will tell."""
        if sent is not None:
            flow.metadata[_KEY] = sent

    def answered(self, flow: http.HTTPFlow) -> None:
        """The head of an answer. Raises OSError."""
        sent, response = flow.metadata.get(_KEY), flow.response
        if not isinstance(sent, Sent) or response is None:
            return
        if sent.begins and pieces.is_dropbox_start(flow.request):
            response.stream = self._named_in(sent)
        elif sent.begins and response.status_code < 400 and (place := response.headers.get("location")):
            self._store.rename(sent.key, self._store.key(sent.names[0], *_place(urljoin(flow.request.url, place))))
        elif sent.begins or (sent.over and response.status_code < 400):
            self._store.forget(sent.key)

    def _named_in(self, sent: Sent) -> Callable[[bytes], bytes]:
        """Passes an answer's body on, and looks for the upload's id in it."""
        seen = bytearray()

        def passing(data: bytes) -> bytes:
            if len(seen) <= _ANSWER:
                seen.extend(data)
                with contextlib.suppress(ValueError, KeyError, TypeError):
                    session = str(orjson.loads(bytes(seen))["session_id"])
                    self._store.rename(sent.key, self._store.key(*sent.names, f"dropbox {session}"))
            return data

        return passing


def _place(url: str) -> tuple[str, str]:
    """Site and id of a tus upload by its address; the site as a transfer's destination has it."""
    there = urlsplit(url)
    port = there.port or (443 if there.scheme == "https" else 80)
    path = there.path + (f"?{there.query}" if there.query else "")
    return f"{there.scheme}://{there.hostname}:{port}", pieces.tus_upload(path)
