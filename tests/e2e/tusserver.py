"""A real tus 1.0.0 server on loopback (creation and core): keeps each upload, whole or not."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass, field

from aiohttp import web


@dataclass
class TusServer:
    """`with TusServer() as server:` then server.url, server.uploads (path -> bytes so far), server.whole."""

    uploads: dict[str, bytearray] = field(default_factory=dict)
    lengths: dict[str, int] = field(default_factory=dict)

    def __enter__(self) -> TusServer:
        self._loop = asyncio.new_event_loop()
        started = threading.Event()

        async def serve() -> None:
            app = web.Application(client_max_size=1 << 30)
            app.router.add_post("/files", self._create)
            app.router.add_route("HEAD", "/files/{name}", self._offset)
            app.router.add_patch("/files/{name}", self._append)
            self._runner = web.AppRunner(app)
            await self._runner.setup()
            await web.TCPSite(self._runner, "127.0.0.1", 0).start()
            self.port = self._runner.addresses[0][1]
            started.set()

        self._loop.create_task(serve())
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        assert started.wait(30)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result(30)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/files"

    @property
    def whole(self) -> list[bytes]:
        return [bytes(data) for path, data in self.uploads.items() if len(data) == self.lengths[path]]

    async def _create(self, request: web.Request) -> web.Response:
        path = f"/files/{len(self.uploads)}"
        self.uploads[path], self.lengths[path] = bytearray(), int(request.headers["Upload-Length"])
        return web.Response(status=201, headers={"Location": path, "Tus-Resumable": "1.0.0"})

    async def _offset(self, request: web.Request) -> web.Response:
        there = {"Upload-Offset": str(len(self.uploads[request.path])), "Tus-Resumable": "1.0.0"}
        return web.Response(headers=there | {"Upload-Length": str(self.lengths[request.path])})

    async def _append(self, request: web.Request) -> web.Response:
        upload = self.uploads[request.path]
        if int(request.headers["Upload-Offset"]) != len(upload):
            return web.Response(status=409)
        upload.extend(await request.read())
        return web.Response(status=204, headers={"Upload-Offset": str(len(upload)), "Tus-Resumable": "1.0.0"})
