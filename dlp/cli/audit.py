"""`dlp audit verify`: whether the audit chain is whole."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from dlp.cli.serve import add_config, load_config


def add(subparsers: Any) -> None:
    """Declare the command."""
    parser = subparsers.add_parser("audit", help="verify the audit chain", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    verify = verbs.add_parser("verify", help="exit 0 when every entry is in place, 1 and what is wrong when not")
    add_config(verify)
    verify.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Verify; 0 when whole, 1 when not, 2 when there is nothing to verify."""
    from quarantine.keys import KeyRing
    from quarantine.room import Room

    config = load_config(args)
    folder = config.path(config.quarantine.folder)
    if not folder.exists():
        print(f"dlp audit: {folder}: no quarantine here; name the gateway's folder with --var", file=sys.stderr)
        return 2
    room = Room.open(folder, KeyRing.open_or_create(config.path(config.quarantine.keys)))
    try:
        problems = room.verify()
        count = sum(1 for _ in _all(room))
    finally:
        room.close()
    for problem in problems:
        print(problem)
    print(f"{count} entries read, {len(problems)} problems")
    return 1 if problems else 0


def _all(room: Any) -> Any:
    since = 0
    while entries := room.entries(since=since, limit=5000):
        yield from entries
        since = entries[-1].seq
