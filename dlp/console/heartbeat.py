"""POST /api/heartbeat: endpoint agents and gateways report themselves and what they saw.

A bearer token instead of a session; bodies are bounded by the server (64 KiB) and every list by MAX_ITEMS; each agent
and each stranger has a rate. Nothing here answers with what we know: 204, 400, 401, 403, 413, 429 or 503.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING, Any

import orjson
from aiohttp import web

from dlp.console.pages import Link
from dlp.directory import usb_events
from dlp.directory.coverage import Agent, Passed, RouteUse
from dlp.directory.desks import Desks
from dlp.directory.terminals import host_name
from dlp.directory.usb_events import Sighting
from dlp.errors import GatewayFault

if TYPE_CHECKING:
    from dlp.console.server import Console

log = logging.getLogger(__name__)

PATH = "/api/heartbeat"
MAX_ITEMS = 200
_BURST, _EVERY = 20.0, 2.0  # an agent: twenty at once, then one in two seconds
_STRANGER_BURST, _STRANGER_EVERY = 5.0, 10.0  # wrong tokens from one address
_KNOWN = 10_000  # buckets kept


class TooMany(Exception):
    """The rate is used up; `seconds` until there is room."""

    def __init__(self, seconds: float) -> None:
        super().__init__("rate")
        self.seconds = seconds


class Rates:
    """Token buckets by name; the least used are forgotten first."""

    def __init__(self, burst: float, every: float, clock: Callable[[], float] = monotonic) -> None:
        self._burst, self._every, self._clock = burst, every, clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # left, at

    def take(self, name: str) -> None:
        """Use one. Raises TooMany."""
        now = self._clock()
        left, at = self._buckets.pop(name, (self._burst, now))
        left = min(self._burst, left + (now - at) / self._every)
        self._buckets[name] = (max(0.0, left - 1.0) if left >= 1.0 else left, now)
        while len(self._buckets) > _KNOWN:
            self._buckets.popitem(last=False)
        if left < 1.0:
            raise TooMany((1.0 - left) * self._every)


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """One heartbeat, checked."""

    host: str
    kind: str
    version: str
    sightings: tuple[Sighting, ...]
    passed: tuple[Passed, ...]
    routes: tuple[RouteUse, ...]


class Heartbeat:
    """The handler."""

    links: tuple[Link, ...] = ()

    def __init__(self, desks: Desks, clock: Callable[[], float] = monotonic) -> None:
        self._coverage, self._directory = desks.coverage, desks.directory
        self._agents = Rates(_BURST, _EVERY, clock)
        self._strangers = Rates(_STRANGER_BURST, _STRANGER_EVERY, clock)

    def add_to(self, router: web.UrlDispatcher, console: Console) -> None:
        """Name its address."""
        router.add_post(PATH, self.post)

    def _person(self, login: str) -> str:
        person = self._directory.by_login(login)
        return person.id if person is not None else ""

    async def post(self, request: web.Request) -> web.Response:
        """POST /api/heartbeat: JSON, or with ?kind=osquery|wazuh that program's log lines."""
        try:
            agent = await self._agent(request)
            body = await request.read()  # the server refuses more than 64 KiB, with 413
            await asyncio.to_thread(self._take, agent, body, request.query.get("kind", ""))
        except TooMany as error:
            return web.Response(status=429, headers={"Retry-After": str(int(error.seconds) + 1)})
        except PermissionError as error:
            return web.Response(status=403 if error.args else 401)
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
            return web.Response(status=400)
        except GatewayFault:
            log.warning("a heartbeat was not kept")
            return web.Response(status=503, headers={"Retry-After": "60"})
        return web.Response(status=204)

    async def _agent(self, request: web.Request) -> Agent:
        word, _, token = request.headers.get("Authorization", "").partition(" ")
        known = word.lower() == "bearer" and 0 < len(token) <= 200
        agent = await asyncio.to_thread(self._coverage.agent, token.strip()) if known else None
        if agent is None:
            self._strangers.take(request.remote or "")
            raise PermissionError
        self._agents.take(agent.id)
        return agent

    def _take(self, agent: Agent, body: bytes, kind: str) -> None:
        now = datetime.now(UTC)
        report = self._lines(body, kind, agent) if kind else self._report(orjson.loads(body), agent, now)
        if agent.name and any(host_name(h) != agent.name for h in _hosts(report)):
            raise PermissionError("speaks for another host")
        if report.host:
            self._coverage.heard(report.host, now, kind=report.kind, version=report.version)
        if report.sightings:
            self._coverage.saw(report.sightings)
        if report.passed:
            self._coverage.passed(report.passed)
        if report.routes:
            self._coverage.used(report.routes)

    def _lines(self, body: bytes, kind: str, agent: Agent) -> Report:
        reading = usb_events.read(body.splitlines(), kind)
        if reading.unread:
            raise ValueError("unreadable lines")
        found = tuple(reading.sightings)
        return Report(host=agent.name, kind="terminal", version=kind, sightings=found, passed=(), routes=())

    def _report(self, body: Any, agent: Agent, now: datetime) -> Report:
        if not isinstance(body, dict):
            raise ValueError("not an object")
        host = host_name(_text(body, "host") or agent.name)
        kind = _text(body, "kind") or "terminal"
        if not host or kind not in ("terminal", "gateway"):
            raise ValueError("host or kind")
        return Report(
            host=host,
            kind=kind,
            version=_text(body, "version", 64),
            sightings=tuple(self._sighting(item, host, now) for item in _items(body, "usb")),
            passed=tuple(_passed(item, host, now) for item in _items(body, "passthrough")),
            routes=tuple(self._route(item, host, now) for item in _items(body, "routes")),
        )

    def _sighting(self, item: Mapping[str, Any], host: str, now: datetime) -> Sighting:
        return Sighting(
            host=host,
            at=_at(item, "at", now),
            serial=_text(item, "serial"),
            vendor_id=usb_events.usb_id(item.get("vendor_id")),
            product_id=usb_events.usb_id(item.get("product_id")),
            product=_text(item, "product"),
            login=_text(item, "login"),
            source="heartbeat",
        )

    def _route(self, item: Mapping[str, Any], host: str, now: datetime) -> RouteUse:
        login, route = _text(item, "login"), _text(item, "route")
        if not route:
            raise ValueError("route")
        return RouteUse(
            route=route,
            login=login,
            person=self._person(login) if login else "",
            via=host,
            first=_at(item, "first", now),
            last=_at(item, "last", now),
            count=_number(item, "count", 1),
            bytes=_number(item, "bytes", 0),
        )


def _hosts(report: Report) -> set[str]:
    return {report.host, *(s.host for s in report.sightings)} - {""}


def _passed(item: Mapping[str, Any], via: str, now: datetime) -> Passed:
    host = host_name(_text(item, "host"))
    if not host:
        raise ValueError("host")
    return Passed(
        host=host,
        via=via,
        first=_at(item, "first", now),
        last=_at(item, "last", now),
        count=_number(item, "count", 1),
        bytes=_number(item, "bytes", 0),
    )


def _items(body: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    items = body.get(name, [])
    if not isinstance(items, list) or len(items) > MAX_ITEMS or not all(isinstance(item, dict) for item in items):
        raise ValueError(name)
    return items


def _text(item: Mapping[str, Any], name: str, limit: int = 128) -> str:
    value = item.get(name, "")
    if not isinstance(value, str):
        raise TypeError(name)
    return " ".join("".join(c if c.isprintable() else " " for c in value).split())[:limit]


def _number(item: Mapping[str, Any], name: str, default: int) -> int:
    value = item.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**53:
        raise ValueError(name)
    return value


def _at(item: Mapping[str, Any], name: str, now: datetime) -> datetime:
    """A time an agent names; its clock may be wrong, so nothing later than ours is believed."""
    value = _text(item, name)
    if not value:
        return now
    at = datetime.fromisoformat(value)
    at = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    return min(at.astimezone(UTC), now + timedelta(minutes=5))
