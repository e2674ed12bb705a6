"""The verbs of `dlp people` about sources, conflicts, leavers, exceptions and tokens."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from dlp.cli.opened import who
from dlp.cli.serve import add_config, load_config
from dlp.errors import ConfigError


def add(verbs: Any) -> None:
    """Declare the verbs."""
    _verb(verbs, "sources", _sources, "where people come from, when each was last heard, alarms")
    _verb(verbs, "conflicts", _conflicts, "where the sources differ, and what was taken")
    accept = _verb(verbs, "accept", _accept, "let the next reading of a source lose any number of people", by=True)
    accept.add_argument("source", help="people, ldap")
    tasks = _verb(verbs, "tasks", _tasks, "the removal of leavers' accounts: due, owner, done")
    tasks.add_argument("--all", action="store_true", help="with what is done")
    done = _verb(verbs, "done", _done, "say that a leaver's accounts are removed", by=True)
    done.add_argument("task", type=int)
    done.add_argument("--remark", default="")
    _verb(verbs, "exceptions", _exceptions, "every exception granted, its scope and end")
    revoke = _verb(verbs, "revoke", _revoke, "end an exception at once", by=True)
    revoke.add_argument("number", type=int)
    look = _verb(verbs, "lookback", _lookback, "what a leaver sent before the departure was entered (JSON)")
    look.add_argument("person", help="employee number")
    token = _verb(verbs, "scim-token", _token, "a token for an identity provider, shown once", by=True)
    token.add_argument("label", help="whose it is, e.g. entra")
    token.add_argument("--revoke", action="store_true", help="take every token of this label back")


def _verb(verbs: Any, name: str, run: Any, about: str, *, by: bool = False) -> Any:
    parser = verbs.add_parser(name, help=about, description=about)
    if by:
        parser.add_argument(
            "--by", required=True, metavar="ID", help="employee number of who does this, for the record"
        )
    add_config(parser)
    parser.set_defaults(run=run)
    return parser


@contextmanager
def _register(
    args: argparse.Namespace, *, writing: bool = False, noting: bool = False
) -> Iterator[tuple[Any, Any, Any]]:
    """(directory, register, room) of the folder; the room only for writing, or noting who reads. Raises ConfigError
    without a register."""
    from dlp.directory import open_directory
    from dlp.directory.register import REGISTER, Register
    from quarantine.keys import KeyRing
    from quarantine.room import Room

    config = load_config(args)
    path, room = config.path(REGISTER), None
    if not path.exists():
        raise ConfigError(f"{path}: no register here; name the gateway's folder with --var")
    if writing or noting:
        keys = KeyRing.open_or_create(config.path(config.quarantine.keys))
        room = Room.open(config.path(config.quarantine.folder), keys)
    register = Register(path, room.enter if room is not None else None)
    try:
        directory = open_directory(config, register)
        if writing and directory.person(args.by) is None:
            raise ConfigError(f"--by {args.by}: nobody of this employee number is known")
        yield directory, register, room
    finally:
        register.close()
        if room is not None:
            room.close()


def _table(*heads: str) -> Any:
    from rich.table import Table

    return Table(*heads)


def _show(table: Any) -> None:
    from rich.console import Console

    Console().print(table)


def _sources(args: argparse.Namespace) -> int:
    from dlp.directory import alarms, letters

    with _register(args) as (directory, register, _):
        directory.people()
        table = _table("source", "hours since it was heard")
        for name, age in directory.ages(datetime.now(UTC)).items():
            table.add_row(name, "never" if age is None else f"{age / 3600:.1f}")
        _show(table)
        with register.snapshot() as now:
            wrong = alarms.standing(now)
    for alarm in wrong:
        print(f"ALARM since {alarm.raised:%Y-%m-%d %H:%M} UTC: {letters.told(alarm, 'en')}  {letters.told(alarm)}")
    return 1 if wrong else 0


def _conflicts(args: argparse.Namespace) -> int:
    table = _table("id", "field", "taken", "said")
    with _register(args) as (directory, _, _):
        found = directory.conflicts()
    for conflict in found:
        said = "; ".join(f"{source}: {value or '-'}" for source, value in conflict.said)
        table.add_row(conflict.person, conflict.field, conflict.taken, said)
    _show(table)
    return 1 if found else 0


def _accept(args: argparse.Namespace) -> int:
    from dlp.directory import copies

    with _register(args, writing=True) as (directory, register, _):
        if args.source not in directory.ages(datetime.now(UTC)):
            raise ConfigError(f"{args.source} is no source here: dlp people sources")
        copies.accept(register, args.source, args.by)
    print(f"the next reading of {args.source} is taken as it is")
    return 0


def _tasks(args: argparse.Namespace) -> int:
    from dlp.directory import offboarding

    table = _table("task", "leaver", "name", "due", "days late", "owner", "done", "by", "remark")
    with _register(args) as (directory, register, _), register.snapshot() as now:
        today = directory.today(datetime.now(UTC))
        for task in offboarding.tasks(now):
            if task.open or args.all:
                end = f"{task.done:%Y-%m-%d}" if task.done else "cancelled" if task.cancelled else ""
                owner, late = task.owner or "nobody", str(task.late(today))
                row = (str(task.id), task.person, task.name, task.due.isoformat(), late, owner, end, task.done_by)
                table.add_row(*row, task.remark)
    _show(table)
    return 0


def _done(args: argparse.Namespace) -> int:
    from dlp.directory import offboarding

    with _register(args, writing=True) as (_, register, room):
        if not offboarding.done(register, args.task, args.by, args.remark, room.binding):
            raise ConfigError(f"{args.task} is no open task: dlp people tasks")
    print(f"task {args.task} is done")
    return 0


def _exceptions(args: argparse.Namespace) -> int:
    from dlp.directory import exemptions

    table = _table("number", "person", "by", "channels", "destinations", "since", "until", "revoked", "reason")
    with _register(args) as (_, register, _), register.snapshot() as now:
        for leave in exemptions.listed(now):
            scope = (" ".join(leave.channels), " ".join(leave.destinations) or "any")
            ended = f"{leave.revoked:%Y-%m-%d} {leave.revoked_by}" if leave.revoked else ""
            days = (leave.since.isoformat(), leave.until.isoformat())
            table.add_row(str(leave.id), leave.person, leave.granted_by, *scope, *days, ended, leave.reason)
    _show(table)
    return 0


def _revoke(args: argparse.Namespace) -> int:
    from dlp.directory import exemptions

    with _register(args, writing=True) as (_, register, _):
        if not exemptions.revoke(register, args.number, args.by):
            raise ConfigError(f"{args.number} is no exception that stands: dlp people exceptions")
    print(f"exception {args.number} is over")
    return 0


def _lookback(args: argparse.Namespace) -> int:
    from dlp.directory import lookback

    with _register(args, noting=True) as (_, register, room):
        with register.snapshot() as now:
            found = lookback.latest(now, args.person)
        if found is None:
            raise ConfigError(f"{args.person}: no departure was entered")
        room.note(who(), "lookback viewed", {"person": args.person})
    print(json.dumps({"made": found[0].isoformat(), **found[1]}, ensure_ascii=False, indent=2))
    return 0


def _token(args: argparse.Namespace) -> int:
    from dlp.directory.sources import scim_store

    with _register(args, writing=True) as (_, register, _):
        if args.revoke:
            print(
                f"{scim_store.revoke_token(register, args.label, args.by)} tokens of {args.label} are worth nothing now"
            )
        else:
            print(scim_store.new_token(register, args.label, args.by))
    return 0
