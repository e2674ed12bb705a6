"""A real upload server on loopback, HTTP and HTTPS: counts connections and requests, keeps what arrives."""

from __future__ import annotations

import asyncio
import ssl
import threading
from dataclasses import dataclass, field

from aiohttp import MultipartReader, web

PAGE = """<!doctype html><html><head><meta charset=utf-8><title>upload</title></head><body>
<form method=post action=/form enctype=multipart/form-data><input type=file name=file id=file>
<input name=memo><button id=go>send</button></form></body></html>"""


@dataclass
class Arrived:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    files: dict[str, bytes]


@dataclass
class WebServer:
    """`with WebServer(tls) as server:` then server.url, server.arrived."""

    tls: ssl.SSLContext | None = None
    arrived: list[Arrived] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)  # to the next requests; then 200
    port: int = 0

    def __enter__(self) -> WebServer:
        self._loop = asyncio.new_event_loop()
        started = threading.Event()

        async def serve() -> None:
            app = web.Application(client_max_size=1 << 30)
            app.router.add_get("/", lambda _: _html())
            app.router.add_route("*", "/{rest:.*}", self._take)
            self._runner = web.AppRunner(app)
            await self._runner.setup()
            await web.TCPSite(self._runner, "127.0.0.1", 0, ssl_context=self.tls).start()
            self.port = self._runner.addresses[0][1]
            started.set()

        self._loop.create_task(serve())
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        assert started.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    async def _take(self, request: web.Request) -> web.Response:
        files: dict[str, bytes] = {}
        body = b""
        if request.content_type == "multipart/form-data":
            await _read(await request.multipart(), files)
        else:
            body = await request.read()
        self.arrived.append(Arrived(request.method, request.path_qs, dict(request.headers), body, files))
        status, headers = self.answers.pop(0) if self.answers else (200, {})
        response = web.Response(text="received\n", status=status, headers=headers)
        if request.path == "/packed":
            response.enable_compression()  # as it was asked for
        return response


async def _read(form: MultipartReader, files: dict[str, bytes]) -> None:
    async for part in form:
        if isinstance(part, MultipartReader):
            await _read(part, files)
        elif part is not None:
            files[part.filename or part.name or ""] = bytes(await part.read(decode=True))


async def _html() -> web.Response:
    return web.Response(text=PAGE, content_type="text/html")
