"""`python -m benchmarks.http_peers sink | proxy`: a server that takes uploads, a mitmproxy that does not look."""

from __future__ import annotations

import asyncio
import sys

import uvloop
from aiohttp import web


async def sink() -> None:
    """Take and forget every upload."""

    async def take(request: web.Request) -> web.Response:
        size = 0
        async for chunk in request.content.iter_any():
            size += len(chunk)
        return web.Response(text=f"{size}\n")

    app = web.Application(client_max_size=2**40)
    app.router.add_post("/", take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


async def proxy() -> None:
    """mitmproxy as it comes, without flow storage or output."""
    from mitmproxy import options
    from mitmproxy.addons import core, next_layer, proxyserver, tlsconfig
    from mitmproxy.master import Master

    master = Master(options.Options(), with_termlog=False)
    server = proxyserver.Proxyserver()
    master.addons.add(core.Core(), next_layer.NextLayer(), server, tlsconfig.TlsConfig())
    master.options.update(listen_host="127.0.0.1", listen_port=0, http3=False)
    running = asyncio.create_task(master.run())
    while not server.listen_addrs():  # noqa: ASYNC110  mitmproxy has no event for it
        await asyncio.sleep(0.05)
    print(server.listen_addrs()[0][1], flush=True)
    await running


if sys.argv[1] == "sink":
    uvloop.run(sink())
else:
    asyncio.run(proxy())  # uvloop 0.23 and the eager tasks of mitmproxy 12 do not agree before Python 3.13.3
