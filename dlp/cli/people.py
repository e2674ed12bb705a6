"""`dlp people`: who the gateway knows, and passwords for the console."""

from __future__ import annotations

import argparse
import getpass
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dlp.cli import people_directory
from dlp.cli.serve import add_config, load_config
from dlp.errors import ConfigError


def add(subparsers: Any) -> None:
    """Declare the command."""
    parser = subparsers.add_parser("people", help="list people; set console passwords", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    listing = verbs.add_parser("list", help="everybody with today's standing")
    add_config(listing)
    listing.set_defaults(run=list_people)
    people_directory.add(verbs)
    password = verbs.add_parser(
        "password", help="make a console account or set its password (asked for, or from stdin)"
    )
    password.add_argument("login", help="a login from the people file")
    add_config(password)
    password.set_defaults(run=set_password)


def _directory(config: Any) -> Any:
    """The directory as a running gateway sees it; nothing is written."""
    from dlp.directory import open_directory
    from dlp.directory.register import REGISTER, Register

    path = config.path(REGISTER)
    return open_directory(config, Register(path, None) if path.exists() else None)


def list_people(args: argparse.Namespace) -> int:
    """Print a table of everybody; 0."""
    from rich.console import Console
    from rich.table import Table

    from dlp.directory.register import REGISTER

    config = load_config(args)
    file = config.path(config.directory.people)
    if not file.exists() and not config.path(REGISTER).exists():
        raise ConfigError(
            f"{file}: no people file; name the gateway's folder with --var (the first `dlp serve` writes one)"
        )
    directory = _directory(config)
    table = Table("id", "name", "department", "role", "sources", "end", "today")
    now = datetime.now(UTC)
    for person in directory.people():
        end = person.end.isoformat() if person.end else ""
        status = directory.status(person, now).value
        told = " ".join(directory.sources_of(person.id))
        table.add_row(person.id, person.name, person.department, person.role, told, end, status)
    Console().print(table)
    return 0


def set_password(args: argparse.Namespace) -> int:
    """Set a password; 0. Raises ConfigError when the login is in no people file."""
    from dlp.cli.audit import open_room
    from dlp.cli.opened import who
    from dlp.console import Accounts

    config = load_config(args)
    person = _directory(config).by_login(args.login)
    if person is None:
        raise ConfigError(f"{args.login}: no such login in the people file {config.path(config.directory.people)}")
    secret = getpass.getpass() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    if len(secret) < 12:
        raise ConfigError("a password needs at least 12 characters")
    accounts = Accounts.open(config.path(Path("accounts.sqlite")))
    try:
        if accounts.exists(args.login):
            accounts.set_password(args.login, secret)
        else:
            accounts.create(args.login, person.id, person.role, secret)
    finally:
        accounts.close()
    if config.path(config.quarantine.folder).exists():  # there is a record to be in: it says so
        with open_room(args) as room:
            room.note(who(), "password set", {"login": args.login, "role": person.role}, subject=person.id)
    print(f"password set for {args.login} ({person.role})")
    return 0
