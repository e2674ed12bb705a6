"""What is said before HTTP, within bounds: a client's TLS greeting, and what a proxy above us answers to CONNECT.

mitmproxy keeps both until they are whole, however long they are, and the second for as long as it takes.
"""

from __future__ import annotations

from mitmproxy import connection, options
from mitmproxy.addons import next_layer
from mitmproxy.proxy import commands, context, events, layer, layers, mode_specs, tunnel
from mitmproxy.proxy.layers import modes
from mitmproxy.proxy.layers import tls as tls_layers
from mitmproxy.proxy.layers.http import _upstream_proxy

_HELLO = 64 * 1024  # bytes of a ClientHello with its records; with post-quantum keys and ECH it has some 2 kB
_ANSWER = 64 * 1024  # bytes of the head with which a proxy answers to CONNECT
_ANSWER_SECONDS = 30.0
_TLS = b"\x16\x03\x01"  # how a greeting begins


class BoundedHello(tls_layers.ClientTLSLayer):
    """Towards a client."""

    def receive_handshake_data(self, data: bytes) -> layer.CommandGenerator[tuple[bool, str | None]]:
        """Take the greeting in. (whether it is whole, what is wrong)"""
        if not self.client_hello_parsed and len(self.recv_buffer) + len(data) > _HELLO:
            self.recv_buffer.clear()
            return False, "ClientHello too long"
        return (yield from super().receive_handshake_data(data))


class BoundedConnect(_upstream_proxy.HttpUpstreamProxy):
    """Towards a proxy above us."""

    _timer: commands.RequestWakeup | None = None

    def start_handshake(self) -> layer.CommandGenerator[None]:
        """Ask for the tunnel, and not for ever."""
        if self.send_connect:
            self._timer = commands.RequestWakeup(_ANSWER_SECONDS)
            yield self._timer
        yield from super().start_handshake()

    def _handle_event(self, event: events.Event) -> layer.CommandGenerator[None]:
        if not isinstance(event, events.Wakeup) or event.command is not self._timer:
            yield from super()._handle_event(event)
        elif self.tunnel_state is tunnel.TunnelState.ESTABLISHING:
            yield from self._give_up("the proxy above did not answer to CONNECT in time")

    def _give_up(self, why: str) -> layer.CommandGenerator[None]:
        self.conn.state = connection.ConnectionState.CLOSED
        yield from self.on_handshake_error(why)
        yield from self._handshake_finished(why)

    def receive_handshake_data(self, data: bytes) -> layer.CommandGenerator[tuple[bool, str | None]]:
        """Take its answer in. (whether the tunnel is open, what is wrong)"""
        if self.send_connect and len(self.buf) + len(data) > _ANSWER and b"\r\n\r\n" not in bytes(self.buf) + data:
            return False, "the answer to CONNECT of the proxy above is too long"
        return (yield from super().receive_handshake_data(data))


def use() -> None:
    """Make mitmproxy take these from now on, wherever it has the names."""
    for place in (tls_layers, layers, next_layer):
        place.ClientTLSLayer = BoundedHello  # type: ignore[attr-defined]
    _upstream_proxy.HttpUpstreamProxy = BoundedConnect  # type: ignore[misc]


def in_force(opts: options.Options) -> bool:
    """Whether this mitmproxy makes tunnels and greetings of our classes."""
    mode = mode_specs.ProxyMode.parse("upstream:http://proxy.example:1")
    client = connection.Client(peername=("", 0), sockname=("", 0), timestamp_start=0.0, proxy_mode=mode)
    here = context.Context(client, opts)
    here.server.via = ("http", ("proxy.example", 1))
    above = _upstream_proxy.HttpUpstreamProxy.make(here.fork(), True)[0]
    modes.HttpProxy(here)  # the lowest of the layers
    outer = next_layer.NextLayer._setup_explicit_http_proxy(here, _TLS)
    inner = next_layer.NextLayer()._next_layer(here, _TLS, b"")
    hello = inner.child_layer if isinstance(inner, tls_layers.ServerTLSLayer) else None
    return isinstance(above, BoundedConnect) and isinstance(outer, BoundedHello) and isinstance(hello, BoundedHello)
