"""The SCIM 2.0 service (RFC 7644) at /scim/v2: an identity provider pushes people, with a bearer token."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import logging
import ssl
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from aiohttp import web

from dlp.directory.register import Register
from dlp.directory.sources import scim_model as model
from dlp.directory.sources import scim_schemas as schemas
from dlp.directory.sources import scim_store as store
from dlp.directory.sources.scim_model import ScimError
from dlp.directory.sources.scim_store import User, Users
from dlp.errors import ConfigError, GatewayFault, cannot_listen
from dlp.settings import Scim

log = logging.getLogger(__name__)

type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

BASE = "/scim/v2"
_TYPE = "application/scim+json"
_HUGE = 2**31  # more users than anybody pages over, and still a number for SQLite
_MAX_BODY = 1 << 20


class ScimServer:
    """Serves SCIM; `start`, then `.url`, then `stop`."""

    def __init__(self, config: Scim, register: Register) -> None:
        self._config, self._register, self._users = config, register, Users(register)
        self._tls = _tls(config)
        self._runner: web.AppRunner | None = None
        self._port = 0

    @property
    def url(self) -> str:
        """Its address for an identity provider."""
        return f"{'https' if self._tls else 'http'}://{self._config.host}:{self._port}{BASE}"

    async def start(self) -> None:
        """Listen. Raises ConfigError when the address cannot be had."""
        app = web.Application(client_max_size=_MAX_BODY, middlewares=[self._guard])
        add = app.router.add_route
        add("GET", f"{BASE}/ServiceProviderConfig", self._provider)
        add("GET", f"{BASE}/ResourceTypes", self._types)
        add("GET", f"{BASE}/ResourceTypes/User", self._types)
        add("GET", f"{BASE}/Schemas", self._schemas)
        add("GET", f"{BASE}/Schemas/{{urn}}", self._schemas)
        add("GET", f"{BASE}/Users", self._list)
        add("POST", f"{BASE}/Users", self._create)
        add("GET", f"{BASE}/Users/{{id}}", self._get)
        add("PUT", f"{BASE}/Users/{{id}}", self._put)
        add("PATCH", f"{BASE}/Users/{{id}}", self._patch)
        add("DELETE", f"{BASE}/Users/{{id}}", self._delete)
        self._runner = web.AppRunner(app, access_log=None, handle_signals=False)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._config.host, self._config.port, ssl_context=self._tls).start()
        except OSError as error:
            await self._runner.cleanup()
            raise cannot_listen("scim", self._config.host, self._config.port, error) from None
        self._port = int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        """Close."""
        if self._runner is not None:
            await self._runner.cleanup()

    # what every request passes

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """The token before; errors in SCIM's form after."""
        try:
            if not await self._may(request):
                log.warning("a SCIM request without a good token", extra={"peer": request.remote})
                answer = _error(401, "", "a bearer token is needed")
                answer.headers["WWW-Authenticate"] = 'Bearer realm="scim"'
                return answer
            return await handler(request)
        except ScimError as error:
            return _error(error.status, error.kind, error.detail)
        except web.HTTPException as error:
            return _error(error.status, "", error.reason)
        except GatewayFault:
            log.exception("a SCIM change was not kept")
            return _error(503, "", "the change could not be kept; send it again")
        except Exception:
            log.exception("a SCIM request failed")
            return _error(500, "", "something failed here")

    async def _may(self, request: web.Request) -> bool:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            return False
        if not await asyncio.to_thread(store.knows, self._register, token.strip()):
            return False
        await asyncio.to_thread(self._users.heard)
        return True

    # what there is

    async def _provider(self, request: web.Request) -> web.Response:
        return _answer(
            schemas.PROVIDER | {"meta": {"resourceType": "ServiceProviderConfig", "location": str(request.url)}}
        )

    async def _types(self, request: web.Request) -> web.Response:
        return _answer(schemas.USER_TYPE if request.path.endswith("/User") else _listed([schemas.USER_TYPE]))

    async def _schemas(self, request: web.Request) -> web.Response:
        if "urn" not in request.match_info:
            return _answer(_listed(schemas.SCHEMAS))
        found = [schema for schema in schemas.SCHEMAS if schema["id"] == request.match_info["urn"]]
        if not found:
            raise ScimError(404, "", "there is no such schema")
        return _answer(found[0])

    # users

    async def _list(self, request: web.Request) -> web.Response:
        text = request.query.get("filter")
        start, count = max(1, _number(request, "startIndex", 1)), _number(request, "count", schemas.MOST)
        wanted = model.comparison(text) if text else None
        total, users = await asyncio.to_thread(self._users.find, wanted, start, max(0, min(count, schemas.MOST)))
        return _answer(_listed([self._shown(user) for user in users], total, start))

    async def _create(self, request: web.Request) -> web.Response:
        user = await asyncio.to_thread(self._users.create, model.read(await _json(request)))
        return self._user(user, 201)

    async def _get(self, request: web.Request) -> web.Response:
        user = await self._wanted(request)
        if request.headers.get("If-None-Match") == _etag(user):
            return web.Response(status=304, headers={"ETag": _etag(user)})
        return self._user(user)

    async def _put(self, request: web.Request) -> web.Response:
        before, body = await self._wanted(request), model.read(await _json(request))
        return self._user(await asyncio.to_thread(self._users.replace, before.id, body, before.version))

    async def _patch(self, request: web.Request) -> web.Response:
        before, given = await self._wanted(request), await _json(request)
        body = model.patched(before.body, given)
        if body == before.body:
            return self._user(before)
        return self._user(await asyncio.to_thread(self._users.replace, before.id, body, before.version))

    async def _delete(self, request: web.Request) -> web.Response:
        before = await self._wanted(request)
        await asyncio.to_thread(self._users.delete, before.id)
        return web.Response(status=204)

    async def _wanted(self, request: web.Request) -> User:
        """The user a request names, in the version it expects."""
        user = await asyncio.to_thread(self._users.get, request.match_info["id"])
        expected = request.headers.get("If-Match", "*")
        if expected not in ("*", _etag(user)):
            raise ScimError(412, "", "this user has changed")
        return user

    def _user(self, user: User, status: int = 200) -> web.Response:
        shown = self._shown(user)
        return _answer(shown, status, {"Location": shown["meta"]["location"], "ETag": _etag(user)})

    def _shown(self, user: User) -> dict[str, Any]:
        used = [model.USER, *(urn for urn in (model.ENTERPRISE, model.EMPLOYMENT) if urn in user.body)]
        meta = {
            "resourceType": "User",
            "created": user.created.isoformat(),
            "lastModified": user.modified.isoformat(),
            "location": f"{self.url}/Users/{user.id}",
            "version": _etag(user),
        }
        return {"schemas": used, "id": user.id, "active": True, **user.body, "meta": meta}


def _etag(user: User) -> str:
    return f'W/"{user.version}"'


def _number(request: web.Request, name: str, otherwise: int) -> int:
    try:
        return max(-_HUGE, min(int(request.query.get(name, otherwise)), _HUGE))
    except ValueError:
        raise ScimError(400, "invalidValue", f"{name} is a number") from None


async def _json(request: web.Request) -> Any:
    if request.content_type not in (_TYPE, "application/json"):
        raise ScimError(415, "", f"send {_TYPE}")
    try:
        return orjson.loads(await request.read())
    except json.JSONDecodeError:
        raise ScimError(400, "invalidSyntax", "this is no JSON") from None


def _listed(found: list[dict[str, Any]], total: int | None = None, start: int = 1) -> dict[str, Any]:
    return {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults": len(found) if total is None else total,
        "startIndex": start,
        "itemsPerPage": len(found),
        "Resources": found,
    }


def _answer(body: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    return web.Response(body=orjson.dumps(body), status=status, content_type=_TYPE, headers=headers)


def _error(status: int, kind: str, detail: str) -> web.Response:
    body: dict[str, Any] = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": str(status)}
    return _answer(body | ({"scimType": kind} if kind else {}) | {"detail": detail}, status)


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _tls(config: Scim) -> ssl.SSLContext | None:
    if config.tls_cert is None or config.tls_key is None:
        if not _is_here(config.host):
            raise ConfigError("[scim] beyond loopback it needs tls_cert and tls_key: the token would be readable")
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(config.tls_cert, config.tls_key)
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(f"[scim] tls_cert/tls_key: {error}") from None
    return context
