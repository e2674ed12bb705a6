"""Coverage: which terminals and routes there are, which of them are silent, and what was seen beside the gateway.

What agents say are signs of life and stay out of the audit chain; a device, server or route seen for the first time
is an entry, and so is whatever a person lists, permits or revokes.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from dlp.directory.register import Change, Register, Snapshot
from dlp.directory.terminals import Terminal, host_name
from dlp.directory.usb_events import Sighting

_BARRED = 1_000  # kept


@dataclass(frozen=True, kw_only=True, slots=True)
class Agent:
    """Somebody who may report: one host, or with an empty name a collector for many."""

    id: str
    name: str
    created: datetime
    revoked: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Passed:
    """A server to which traffic went undecrypted."""

    host: str
    via: str
    first: datetime
    last: datetime
    count: int = 1
    bytes: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class RouteUse:
    """What one person sent by one route."""

    route: str
    login: str
    person: str
    via: str
    first: datetime
    last: datetime
    count: int = 1
    bytes: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Barred:
    """What was refused at one host to one person because nobody could have read it."""

    host: str
    kind: str
    person: str = ""  # employee number; "": nobody that the directory knows
    via: str
    first: datetime
    last: datetime
    count: int = 1


class Coverage:
    """Terminals, agents and what they saw, in the register. Thread-safe."""

    def __init__(self, register: Register) -> None:
        self._register = register

    # what people list

    def enlist(self, found: Sequence[Terminal], actor: str, now: datetime) -> int:
        """List terminals and routes; those listed before and missing now are taken off. How many are listed."""
        with self._register.change(actor) as change:
            keep = {terminal.name for terminal in found}
            for row in change.all("SELECT name FROM terminal WHERE listed IS NOT NULL"):
                if row["name"] not in keep:
                    change.run("DELETE FROM terminal WHERE name = :name", name=row["name"])
                    change.tell("terminal_removed", row["name"])
            for terminal in found:
                self._list_in(change, terminal, now)
            change.tell("terminals_listed", count=len(found))
        return len(found)

    def _list_in(self, change: Change, terminal: Terminal, now: datetime) -> None:
        change.run(
            "INSERT INTO terminal (name, kind, address, department, owner, heartbeat, remark, listed)"
            " VALUES (:name, :kind, :address, :department, :owner, :heartbeat, :remark, :now)"
            " ON CONFLICT (name) DO UPDATE SET kind = :kind, address = :address, department = :department,"
            " owner = :owner, heartbeat = :heartbeat, remark = :remark, listed = coalesce(listed, :now)",
            name=terminal.name,
            kind=terminal.kind,
            address=terminal.address,
            department=terminal.department,
            owner=terminal.owner,
            heartbeat=int(terminal.heartbeat),
            remark=terminal.remark,
            now=now.isoformat(),
        )

    def terminals(self) -> Sequence[Terminal]:
        """All, by name."""
        with self._register.snapshot() as now:
            found = now.all("SELECT * FROM terminal ORDER BY kind, name")
        return [
            Terminal(
                name=row["name"],
                kind=row["kind"],
                address=row["address"],
                department=row["department"],
                owner=row["owner"],
                remark=row["remark"],
                version=row["version"],
                heartbeat=bool(row["heartbeat"]),
                listed=_maybe(row["listed"]),
                heard=_maybe(row["heard"]),
            )
            for row in found
        ]

    # agents

    def admit(self, name: str, actor: str, now: datetime) -> tuple[str, str]:
        """A fresh agent for one host, or with "" for any; its id and its token, which is not kept."""
        agent, token = secrets.token_hex(4), f"sekisho_{secrets.token_urlsafe(32)}"
        with self._register.change(actor) as change:
            change.run(
                "INSERT INTO agent (id, name, digest, created, created_by) VALUES (:id, :name, :digest, :at, :actor)",
                id=agent,
                name=host_name(name),
                digest=_digest(token),
                at=now.isoformat(),
                actor=actor,
            )
            change.tell("agent_admitted", agent, host=host_name(name))
        return agent, token

    def revoke(self, agent: str, actor: str, now: datetime) -> bool:
        """Its token no longer counts. False: there is no such agent, or it was revoked before."""
        with self._register.change(actor) as change:
            sql = "UPDATE agent SET revoked = :at WHERE id = :id AND revoked IS NULL"
            done = change.run(sql, id=agent, at=now.isoformat()) == 1
            if done:
                change.tell("agent_revoked", agent)
        return done

    def agent(self, token: str) -> Agent | None:
        """Whose token this is, if it still counts."""
        with self._register.snapshot() as now:
            sql = "SELECT * FROM agent WHERE digest = :digest AND revoked IS NULL"
            row = now.one(sql, digest=_digest(token))
        return Agent(id=row["id"], name=row["name"], created=_time(row["created"])) if row else None

    def agents(self) -> Sequence[Agent]:
        """All, newest first."""
        with self._register.snapshot() as now:
            found = now.all("SELECT * FROM agent ORDER BY created DESC")
        return [
            Agent(id=r["id"], name=r["name"], created=_time(r["created"]), revoked=_maybe(r["revoked"])) for r in found
        ]

    # what is seen

    def heard(self, host: str, now: datetime, *, kind: str = "terminal", version: str = "", ours: bool = False) -> None:
        """A sign of life. A host nobody has listed is kept as such; `ours` is this gateway, which needs no list."""
        with self._register.pulse() as pulse:
            pulse.run(
                "INSERT INTO terminal (name, kind, heartbeat, heard, version, listed)"
                " VALUES (:name, :kind, 1, :at, :version, iif(:ours, :at, NULL)) ON CONFLICT (name) DO UPDATE SET"
                " heard = max(coalesce(heard, ''), :at), version = :version,"
                " listed = coalesce(listed, excluded.listed)",
                ours=int(ours),
                name=host_name(host),
                kind=kind,
                at=now.isoformat(),
                version=version[:64],
            )

    def saw(self, sightings: Iterable[Sighting]) -> int:
        """USB devices at terminals; how many were never seen there before."""
        in_order = sorted(sightings, key=lambda s: s.at)
        found = {(host_name(s.host), s.serial, s.vendor_id, s.product_id): s for s in in_order}
        fresh = self._fresh("sighting", "host serial vendor_id product_id", found)
        sql = (
            "INSERT INTO sighting VALUES (:host, :serial, :vendor_id, :product_id, :product, :login, :source, :at, :at)"
            " ON CONFLICT DO UPDATE SET last = max(last, excluded.last), first = min(first, excluded.first),"
            " login = iif(excluded.last >= last, excluded.login, login)"
        )
        with self._register.change("coverage") if fresh else self._register.pulse() as change:
            for key, seen in found.items():
                names = dict(zip(("host", "serial", "vendor_id", "product_id"), key, strict=True))
                more = {"product": seen.product, "login": seen.login, "source": seen.source}
                change.run(sql, **names, **more, at=seen.at.isoformat())
                if key in fresh:
                    change.tell("device_seen", key[0], serial=key[1], ids=f"{key[2]}:{key[3]}", source=seen.source)
        return len(fresh)

    def passed(self, found: Iterable[Passed]) -> None:
        """Servers to which traffic went undecrypted."""
        by_key = {(p.host, p.via): p for p in found}
        fresh = self._fresh("passthrough", "host via", by_key)
        sql = (
            "INSERT INTO passthrough VALUES (:host, :via, :first, :last, :count, :bytes) ON CONFLICT DO UPDATE SET"
            " last = max(last, excluded.last), count = count + excluded.count, bytes = bytes + excluded.bytes"
        )
        with self._register.change("coverage") if fresh else self._register.pulse() as change:
            for key, passed in by_key.items():
                times = {"first": passed.first.isoformat(), "last": passed.last.isoformat()}
                change.run(sql, host=key[0], via=key[1], **times, count=passed.count, bytes=passed.bytes)
                if key in fresh:
                    change.tell("passed_undecrypted", key[0], via=key[1])

    def barred(self, found: Iterable[Barred]) -> None:
        """What was refused unread. The latest thousand are kept: the hosts are whatever somebody asked for."""
        sql = (
            "INSERT INTO barred VALUES (:host, :kind, :person, :via, :first, :last, :count) ON CONFLICT DO UPDATE SET"
            " last = max(last, excluded.last), count = count + excluded.count"
        )
        oldest = "DELETE FROM barred WHERE last < (SELECT last FROM barred ORDER BY last DESC LIMIT 1 OFFSET :most)"
        with self._register.pulse() as pulse:
            for one in found:
                times = {"first": one.first.isoformat(), "last": one.last.isoformat()}
                names = {"host": one.host, "kind": one.kind, "person": one.person, "via": one.via}
                pulse.run(sql, **names, count=one.count, **times)
            pulse.run(oldest, most=_BARRED)

    def used(self, found: Iterable[RouteUse]) -> None:
        """What people sent by routes."""
        by_key = {(u.route, u.login, u.via): u for u in found}
        fresh = self._fresh("route_use", "route login via", by_key)
        sql = (
            "INSERT INTO route_use VALUES (:route, :login, :person, :via, :first, :last, :count, :bytes)"
            " ON CONFLICT DO UPDATE SET last = max(last, excluded.last), person = excluded.person,"
            " count = count + excluded.count, bytes = bytes + excluded.bytes"
        )
        with self._register.change("coverage") if fresh else self._register.pulse() as change:
            for key, use in by_key.items():
                times = {"first": use.first.isoformat(), "last": use.last.isoformat()}
                more = {"person": use.person, "count": use.count, "bytes": use.bytes}
                change.run(sql, route=key[0], login=key[1], via=key[2], **more, **times)
                if key in fresh:
                    change.tell("route_seen", key[0], person=use.person, via=key[2])

    def _fresh(self, table: str, names: str, keys: Iterable[tuple[str, ...]]) -> set[tuple[str, ...]]:
        """Which keys a table does not have yet."""
        columns = names.split()
        where = " AND ".join(f"{name} = :{name}" for name in columns)
        sql = f"SELECT 1 FROM {table} WHERE {where}"  # noqa: S608  our own names
        with self._register.snapshot() as now:
            return {key for key in keys if now.one(sql, **dict(zip(columns, key, strict=True))) is None}

    # reading

    def sightings(self, since: datetime) -> Sequence[Sighting]:
        """USB devices seen since then, the last one first."""
        with self._register.snapshot() as now:
            found = now.all("SELECT * FROM sighting WHERE last >= :at ORDER BY last DESC", at=since.isoformat())
        names = ("host", "serial", "vendor_id", "product_id", "product", "login", "source")
        return [Sighting(**{name: row[name] for name in names}, at=_time(row["last"])) for row in found]

    def undecrypted(self, since: datetime) -> Sequence[Passed]:
        """Servers reached undecrypted since then."""
        with self._register.snapshot() as now:
            found = now.all("SELECT * FROM passthrough WHERE last >= :at ORDER BY last DESC", at=since.isoformat())
        return [Passed(**{**dict(row), "first": _time(row["first"]), "last": _time(row["last"])}) for row in found]

    def refused(self, since: datetime) -> Sequence[Barred]:
        """What was refused unread since then, the latest first."""
        with self._register.snapshot() as now:
            found = now.all("SELECT * FROM barred WHERE last >= :at ORDER BY last DESC", at=since.isoformat())
        return [Barred(**{**dict(row), "first": _time(row["first"]), "last": _time(row["last"])}) for row in found]

    def route_uses(self, since: datetime) -> Sequence[RouteUse]:
        """What went by which route since then."""
        with self._register.snapshot() as now:
            found = now.all("SELECT * FROM route_use WHERE last >= :at ORDER BY last DESC", at=since.isoformat())
        return [RouteUse(**{**dict(row), "first": _time(row["first"]), "last": _time(row["last"])}) for row in found]


def begin_round(change: Change, name: str, at: str, now: datetime) -> bool:
    """Whether what is done once a day or month is still to be done for `at`; then it counts as done."""
    sql = "INSERT INTO round VALUES (:name, :at, :done) ON CONFLICT DO NOTHING"
    return change.run(sql, name=name, at=at, done=now.isoformat()) == 1


def round_done(now: Snapshot, name: str, at: str) -> bool:
    """Whether it was done."""
    return now.one("SELECT 1 FROM round WHERE name = :name AND at = :at", name=name, at=at) is not None


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _maybe(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
