"""Who it is where another proxy stands in front of us and has asked, by Kerberos or NTLM: the login in its header.

Believed from the listed addresses alone, and outside of tunnels: what is said inside one, the client says.
"""

from __future__ import annotations

import weakref
from collections.abc import Collection

from mitmproxy import connection, http

_KEY = "sekisho front login"  # in a flow's metadata


def peer_of(flow: http.HTTPFlow) -> str:
    """The address a request comes from."""
    peer = flow.client_conn.peername
    return str(peer[0]).removeprefix("::ffff:") if peer else ""


class Front:
    """Proxies in front of us, by address, and the header in which they name the person."""

    def __init__(self, peers: Collection[str], header: str) -> None:
        self._peers, self._header = frozenset(peers), header
        self._tunnels: weakref.WeakKeyDictionary[connection.Client, str] = weakref.WeakKeyDictionary()

    def speaks(self, flow: http.HTTPFlow) -> bool:
        """Whether a request comes from a listed proxy."""
        return peer_of(flow) in self._peers

    def connected(self, flow: http.HTTPFlow) -> None:
        """A tunnel is opened: all that comes through it is this person's."""
        if self.speaks(flow):
            self._tunnels[flow.client_conn] = self._named(flow.request)

    def login(self, flow: http.HTTPFlow) -> str | None:
        """The login that the proxy in front tells, "" where it tells none; None where no such proxy speaks.

        Its header goes no further.
        """
        if not self.speaks(flow):
            return None
        if flow.client_conn in self._tunnels:
            return self._tunnels[flow.client_conn]
        if _KEY not in flow.metadata:
            flow.metadata[_KEY] = self._named(flow.request)
            flow.request.headers.pop(self._header, None)
        return str(flow.metadata[_KEY])

    def _named(self, request: http.Request) -> str:
        """TOWN\\clerk and clerk@TOWN.EXAMPLE are clerk. A header that came twice names nobody."""
        told = request.headers.get_all(self._header)
        return told[0].strip().rpartition("\\")[2].partition("@")[0] if len(told) == 1 else ""
