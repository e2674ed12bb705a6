"""When a server's connection takes more of an upload: a body leaves us no faster than it is taken."""

from __future__ import annotations

import asyncio
from functools import partial

from mitmproxy import connection, flow, http
from mitmproxy.addons.proxyserver import Proxyserver
from mitmproxy.proxy.server import ConnectionHandler

from dlp.channels.web.upload_file import Upload, upload_of

_STALL_SECONDS = 300.0  # a server that takes nothing for so long is given up


async def room_for_more(server: Proxyserver, request_flow: http.HTTPFlow) -> None:
    """Wait until the server's connection has taken what was written, and HTTP/2's window lets the rest out."""
    upload = upload_of(request_flow)
    handler = next((c for c in server.connections.values() if c.client is request_flow.client_conn), None)
    if handler is None or upload is None:
        return
    upload.has_room = partial(_has_room, handler, request_flow.server_conn, upload)
    try:
        async with asyncio.timeout(_STALL_SECONDS):
            while await _drained(handler, request_flow.server_conn) and upload.unsent():  # noqa: ASYNC110
                await asyncio.sleep(0.002)  # the window opens in h2's own state, and nothing tells
    except TimeoutError:
        request_flow.error = flow.Error("the server takes nothing")


def _has_room(handler: ConnectionHandler, to: connection.Server, upload: Upload) -> bool:
    """Whether all that was written has left: then there is nothing to wait for."""
    there = handler.transports.get(to)
    writer = there.writer if there is not None else None
    if not isinstance(writer, asyncio.StreamWriter) or writer.is_closing():
        return False
    return writer.transport.get_write_buffer_size() == 0 and not upload.unsent()


async def _drained(handler: ConnectionHandler, to: connection.Server) -> bool:
    """Whether this connection has taken what was written; False when it is broken, and the stream has been told.

    Not mitmproxy's drain_writers(): called twice, it cancels the reader amid telling the stream, which then waits
    for ever.
    """
    try:
        writer = handler.transports[to].writer
        assert writer is not None
        await writer.drain()
        if not writer.is_closing():
            return True
    except (OSError, KeyError):
        pass
    while to in handler.transports and to.state & connection.ConnectionState.CAN_READ:  # noqa: ASYNC110
        await asyncio.sleep(0.002)
    return False
