"""`dlp audit`: whether chain, ledger and checkpoints are whole; the key that says so; a copy for others to verify."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from dlp.cli.opened import who
from dlp.cli.serve import add_config, load_config
from dlp.errors import ConfigError


def add(subparsers: Any) -> None:
    """Declare the command."""
    parser = subparsers.add_parser("audit", help="verify the audit chain, export it and its key", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    verify = verbs.add_parser("verify", help="exit 0 when everything is in place, 1 and what is wrong when not")
    verify.add_argument("--checkpoints", type=Path, metavar="FILE", help="checkpoints as a second place has them")
    key = verbs.add_parser("key", help="the public key that verifies checkpoints, as PEM")
    export = verbs.add_parser("export", help="JSON lines for the independent verifier: no content, no tokens")
    for verb, run in ((verify, run_verify), (key, run_key), (export, run_export)):
        add_config(verb)
        verb.set_defaults(run=run)
    for verb in (key, export):
        verb.add_argument("--out", type=Path, metavar="FILE", help="default: standard output")


def run_verify(args: argparse.Namespace) -> int:
    """Verify; 0 when whole, 1 when not, 2 when there is nothing to verify."""
    elsewhere = None
    if args.checkpoints is not None:
        try:
            elsewhere = args.checkpoints.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
        except OSError as error:
            raise ConfigError(f"{args.checkpoints}: {error.strerror}") from None
    with open_room(args) as room:
        problems, count = room.verify(elsewhere), room.last_entry()
    for problem in problems:
        print(problem)
    print(f"{count} entries read, {len(problems)} problems")
    return 1 if problems else 0


def run_key(args: argparse.Namespace) -> int:
    """Print the public key; 0."""
    with open_room(args) as room, _out(args.out) as out:
        out.write(room.public_key().encode("ascii"))
    return 0


def run_export(args: argparse.Namespace) -> int:
    """Write everything a verification needs; 0."""
    with open_room(args) as room, _out(args.out) as out:
        room.note(who(), "audit exported")
        out.writelines(room.transcript())
    return 0


@contextlib.contextmanager
def open_room(args: argparse.Namespace) -> Iterator[Any]:
    """The room of the configured gateway, for one command. Raises ConfigError when there is none."""
    from quarantine.keys import KeyRing
    from quarantine.room import Room

    config = load_config(args)
    folder = config.path(config.quarantine.folder)
    if not folder.exists():
        raise ConfigError(f"{folder}: no quarantine here; name the gateway's folder with --var")
    room = Room.open(folder, KeyRing.open_or_create(config.path(config.quarantine.keys)))
    try:
        yield room
    finally:
        room.close()


@contextlib.contextmanager
def _out(path: Path | None) -> Iterator[IO[bytes]]:
    if path is None:
        yield sys.stdout.buffer
        sys.stdout.flush()
        return
    try:
        with path.open("wb") as file:
            yield file
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from None
