"""`dlp trace`: which transfers carried a citizen. What the caller says is asked for or read from standard input,
never taken from the command line, where every other user could read it."""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from dlp.cli.serve import add_config, load_config
from dlp.errors import ConfigError

_ASKED = ("name", "kana", "birth", "address", "phone", "email", "number")  # caller.ASKED, without loading polars


def add(subparsers: Any) -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "trace", help="which transfers carried a citizen (asks for what the caller says)", description=__doc__
    )
    parser.add_argument("--reason", required=True, help="why, for the audit; no personal data")
    parser.add_argument("--as", dest="actor", metavar="ID", help="employee number (default: whose login this is)")
    add_config(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Search and print; 0 when something was found, 3 when nothing."""
    from dlp import bundle
    from dlp.tracing import Finder, TooLittle
    from quarantine.inquiry import TooMany
    from quarantine.keys import KeyRing
    from quarantine.room import Room

    config = load_config(args)
    folder = config.path(config.quarantine.folder)
    if not folder.exists():
        raise ConfigError(f"{folder}: no quarantine here; name the gateway's folder with --var")
    if not args.reason.strip():
        raise ConfigError("--reason: say why")
    actor = _officer(config, args.actor)
    keys = KeyRing.open_or_create(config.path(config.quarantine.keys))
    room = Room.open(folder, keys)
    try:
        files = bundle.read(config.inspection.signatures).files
        finder = Finder(room, keys.derive("tokens"), files, config.town.name)
        answers = finder.search(dict(_said()), actor=actor, reason=args.reason)
    except TooLittle:
        raise ConfigError("say two of them, or a number, telephone or e-mail alone") from None
    except TooMany as error:
        raise ConfigError(f"{error}: say one thing more") from None
    finally:
        room.close()
    _show(answers, ZoneInfo(config.town.timezone))
    return 0 if answers else 3


def _officer(config: Any, given: str | None) -> str:
    """Whose search it is: only a privacy officer's who works here today."""
    from dlp.directory import open_directory
    from dlp.directory.register import REGISTER, Register
    from dlp.standing import PersonStatus

    path = config.path(REGISTER)
    directory = open_directory(config, Register(path, None) if path.exists() else None)
    login = getpass.getuser()
    person = directory.person(given) if given else directory.by_login(login)
    active = person is not None and directory.status(person, datetime.now(UTC)) is PersonStatus.ACTIVE
    if person is None or person.role != "privacy" or not active:
        raise ConfigError(f"{given or login}: no privacy officer who works here today; name one with --as")
    return person.id


def _said() -> Iterator[tuple[str, str]]:
    """ "name=…" lines from standard input, or the answers to one question each."""
    if sys.stdin.isatty():
        for word in _ASKED:
            yield word, input(f"{word}: ")
        return
    for line in sys.stdin.read().splitlines():
        word, _, text = line.partition("=")
        if word.strip() not in _ASKED:
            raise ConfigError(f"standard input: lines are WORD=TEXT, WORD one of {', '.join(_ASKED)}")
        yield word.strip(), text.strip()


def _show(answers: list[Any], zone: ZoneInfo) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("sure", "agreed", "when", "who", "channel", "to", "inside", "outcome", "case")
    for answer in answers:
        row, entry = answer.hit.row, answer.hit.row.entry
        when = f"{entry.at.astimezone(zone):%Y-%m-%d %H:%M}"
        inside = "\n".join(" / ".join(path) for path in answer.paths[:3])
        outcome = f"{'left' if row.out else 'did not leave'}: {row.status or row.outcome or entry.verdict}"
        cells = (answer.sureness.name.lower(), " ".join(answer.agreed), when, entry.person or entry.sender)
        table.add_row(*cells, entry.channel, ", ".join(entry.destination), inside, outcome, row.case)
    console = Console()
    console.print(table if answers else "no transfer carried this person")
