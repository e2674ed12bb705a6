"""The console's web server: sessions, headers, CSRF; the pages are in `views`."""

from __future__ import annotations

import asyncio
import hmac
import logging
import ssl
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from importlib.resources import files
from zoneinfo import ZoneInfo

from aiohttp import web
from jinja2 import Environment, FunctionLoader

from dlp import texts
from dlp.alarms import Alarms
from dlp.console import heartbeat, words
from dlp.console.accounts import Accounts, Session
from dlp.console.pages import Pages
from dlp.console.reports import Reports
from dlp.console.views import Views
from dlp.directory import Directory
from dlp.errors import ConfigError, cannot_listen
from dlp.settings import Console as Settings
from dlp.standing import PersonStatus
from quarantine.case import RoomError
from quarantine.room import Room

log = logging.getLogger(__name__)

type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; "
        "base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # with no-referrer a browser sends Origin: null
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "interest-cohort=()",
}
_MAX_FORM = 64 * 1024
_CSS = (files("dlp.console") / "static" / "console.css").read_text(encoding="utf-8")


def _login_for(path: str) -> str:
    """The login page, which remembers the case a notice's link led to."""
    name = path.removeprefix("/cases/")
    return f"/login?case={name}" if name != path and name.isalnum() and name.isascii() else "/login"


class Console:
    """Serves the console; `start`, then `.url`, then `stop`."""

    def __init__(
        self,
        config: Settings,
        room: Room,
        directory: Directory,
        accounts: Accounts,
        *,
        session_key: bytes,
        timezone: str = "Asia/Tokyo",
        alarms: Alarms | None = None,
        pages: Sequence[Pages] = (),
    ) -> None:
        self.config = config
        self.room = room
        self.directory = directory
        self.accounts = accounts
        self.zone = ZoneInfo(timezone)
        self.alarms = alarms or Alarms(room)
        self.pages = pages
        self._login_key = session_key
        self._tls = _tls(config)
        self._runner: web.AppRunner | None = None
        self._port = 0
        self._templates = Environment(
            autoescape=True, loader=FunctionLoader(_template), trim_blocks=True, lstrip_blocks=True
        )

    @property
    def secure(self) -> bool:
        """Whether the console itself speaks TLS."""
        return self._tls is not None

    @property
    def port(self) -> int:
        """The port listened on."""
        return self._port

    @property
    def url(self) -> str:
        """How people reach it."""
        if self.config.url:
            return self.config.url.rstrip("/")
        return f"{'https' if self.secure else 'http'}://{self.config.host}:{self._port}"

    @property
    def cookie(self) -> str:
        """The session cookie's name; with TLS it is bound to this host (RFC 6265bis, `__Host-`)."""
        return "__Host-sekisho" if self.secure else "sekisho"

    async def start(self) -> None:
        """Listen. Raises ConfigError when the address cannot be had."""
        app = web.Application(client_max_size=_MAX_FORM, middlewares=[self._guard])
        app.router.add_get("/static/console.css", self._css)
        Views(self).add_to(app.router)
        for pages in self.pages:
            pages.add_to(app.router, self)
        Reports(self).add_to(app.router)
        self._runner = web.AppRunner(app, access_log=None, handle_signals=False)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.config.host, self.config.port, ssl_context=self._tls)
        try:
            await site.start()
        except OSError as error:
            await self._runner.cleanup()
            raise cannot_listen("console", self.config.host, self.config.port, error) from None
        self._port = int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        """Close."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _css(self, request: web.Request) -> web.Response:
        return web.Response(text=_CSS, content_type="text/css", charset="utf-8")

    # what every request passes

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Host, origin, session and CSRF before; safe headers and no content in errors after."""
        try:
            refused = await self._admit(request)
            response = refused if refused is not None else await handler(request)
        except web.HTTPRedirection as redirect:
            response = redirect
        except web.HTTPException as error:
            response = self.message(request, "not_found" if error.status == 404 else "bad_request", status=error.status)
        except Exception:
            log.exception("page failed")
            response = self.message(request, "error", status=500)
        await self._note_refused(request, response.status)
        response.headers.update(_HEADERS)
        if "policy" in request:  # a page that is to be printed brings its own style
            response.headers["Content-Security-Policy"] = request["policy"]
        if self.secure:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        return response

    async def _note_refused(self, request: web.Request, status: int) -> None:
        """Put on record that somebody wanted what is not for them. A case's pages have entries of their own."""
        session, page = request.get("session"), request.match_info.route.resource
        if session is None or page is None or page.canonical.startswith("/cases/"):
            return
        if status == 403 or "hidden" in request:
            word = "read refused" if request.method in ("GET", "HEAD") else "decision refused"
            with suppress(RoomError):  # refused it is anyway
                await asyncio.to_thread(self.room.note, session.account.person, word, {"page": page.canonical})

    async def _admit(self, request: web.Request) -> web.StreamResponse | None:
        """None to go on; else the answer."""
        if not self._host_is_ours(request):
            return self.message(request, "bad_request", status=400)
        if request.path == heartbeat.PATH:  # agents have a token of their own, and no browser that could be misled
            return None
        secret = request.cookies.get(self.cookie, "")
        session = await asyncio.to_thread(self._session, secret) if secret else None
        request["session"] = session
        if request.method == "POST":
            if not self._same_origin(request):
                return self.message(request, "bad_request", status=403)
            form = await request.post()
            given = str(form.get("csrf", ""))
            by_session = session is not None and request.path != "/login"  # its form is the same for everybody
            expected = session.csrf if session and by_session else self.login_csrf(request)
            if not hmac.compare_digest(given.encode(), expected.encode()):
                return self.message(request, "expired" if session is None else "bad_request", status=403)
        open_paths = ("/login", "/static/console.css")
        if session is None and request.path not in open_paths:
            raise web.HTTPSeeOther(_login_for(request.path))
        return None

    def _session(self, secret: str) -> Session | None:
        """The session, if its person still works here."""
        now = datetime.now(UTC)
        session = self.accounts.session(secret, now=now, minutes=self.config.session_minutes)
        if session is None or not self.employed(session.account.person, now):
            return None
        return session

    def employed(self, person: str, now: datetime) -> bool:
        """Whether this person may use the console today: a leaver may not."""
        found = self.directory.person(person)
        return found is not None and self.directory.status(found, now) is PersonStatus.ACTIVE

    def _host_is_ours(self, request: web.Request) -> bool:
        """Against DNS rebinding: the Host header names the console's address."""
        name = request.host.rpartition(":")[0] if not request.host.endswith("]") else request.host
        name = name or request.host
        known = {
            "127.0.0.1",
            "localhost",
            "[::1]",
            self.config.host,
            self.url.partition("://")[2].partition(":")[0].partition("/")[0],
        }
        return name in known or self.config.host in ("0.0.0.0", "::")  # noqa: S104

    def _same_origin(self, request: web.Request) -> bool:
        site = request.headers.get("Sec-Fetch-Site")
        if site is not None and site not in ("same-origin", "none"):
            return False
        origin = request.headers.get("Origin")
        return origin is None or origin.partition("://")[2] == request.host

    def login_csrf(self, request: web.Request) -> str:
        """The token of the login form, bound to a cookie that the page sets before there is a session."""
        seed = request.cookies.get("sekisho-login", "") or str(request.get("login-seed", ""))
        return hmac.new(self._login_key, b"login " + seed.encode(), "sha256").hexdigest()

    # rendering

    def lang(self, request: web.Request) -> str:
        """ "ja", unless the reader has chosen English."""
        chosen = request.query.get("lang") or request.cookies.get("sekisho-lang", "")
        return "en" if chosen == "en" else "ja"

    def page(self, request: web.Request, template: str, *, status: int = 200, **values: object) -> web.Response:
        """A rendered page."""
        lang = self.lang(request)
        session: Session | None = request.get("session")
        me = self.directory.person(session.account.person) if session else None

        def w(key: str, **inner: object) -> str:
            return words.word(key, lang, **inner)

        html = self._templates.get_template(template).render(
            lang=lang,
            w=w,
            t=lambda table, key: texts.pick(getattr(texts, table), str(key), lang),
            when_text=lambda at: words.when(datetime.fromisoformat(at).astimezone(self.zone), lang),
            when=lambda at: words.when(at.astimezone(self.zone), lang),
            place=lambda text: words.place(text, lang),
            waited=lambda at: words.waited(datetime.now(UTC) - at, lang),
            session=session,
            links=[
                link for pages in self.pages for link in pages.links if session and session.account.role in link.roles
            ],
            me=me,
            path=request.path,
            other="en" if lang == "ja" else "ja",
            **values,
        )
        response = web.Response(text=html, content_type="text/html", charset="utf-8", status=status)
        if request.query.get("lang") in ("ja", "en"):
            response.set_cookie("sekisho-lang", lang, samesite="Strict", httponly=True, secure=self.secure, path="/")
        return response

    def render(self, template: str, **values: object) -> str:
        """A document of its own, outside the console's frame."""
        return self._templates.get_template(template).render(**values)

    def message(self, request: web.Request, key: str, *, status: int) -> web.Response:
        """A page that says one sentence, in both languages where it is an error."""
        if "session" not in request:
            request["session"] = None
        other = "en" if self.lang(request) == "ja" else "ja"
        return self.page(
            request,
            "message.html",
            status=status,
            text=words.word(key, self.lang(request)),
            second=words.word(key, other),
        )


def _template(name: str) -> str:
    return (files("dlp.console") / "templates" / name).read_text(encoding="utf-8")


def _tls(config: Settings) -> ssl.SSLContext | None:
    if config.tls_cert is None or config.tls_key is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(config.tls_cert, config.tls_key)
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(f"[console] tls_cert/tls_key: {error}") from None
    return context
