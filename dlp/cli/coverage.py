"""`dlp coverage`: what is not covered, the list of terminals, who may report, and logs of endpoint agents."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dlp.cli.opened import add_actor, desks
from dlp.cli.serve import add_config
from dlp.errors import ConfigError


def add(subparsers: Any) -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "coverage", help="silent terminals, unknown devices, unread servers", description=__doc__
    )
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    report = verbs.add_parser("report", help="the gaps as they are now; exit 3 when there are any")
    listing = verbs.add_parser("list", help="replace the list of terminals and routes by a CSV")
    listing.add_argument("file", type=Path)
    admit = verbs.add_parser("admit", help="a token for an agent, shown once")
    admit.add_argument("host", nargs="?", default="", help="the one host it speaks for; none: a collector for any")
    revoke = verbs.add_parser("revoke", help="a token no longer counts")
    revoke.add_argument("agent", help="its id, as `agents` shows it")
    agents = verbs.add_parser("agents", help="who may report")
    read = verbs.add_parser("read", help="read USB devices from an osquery or Wazuh log")
    read.add_argument("file", type=Path)
    read.add_argument("--kind", choices=("osquery", "wazuh"), required=True)
    known = ((report, run_report), (listing, run_list), (admit, run_admit), (revoke, run_revoke))
    for verb, run in (*known, (agents, run_agents), (read, run_read)):
        add_config(verb)
        verb.set_defaults(run=run)
    for verb in (listing, admit, revoke):
        add_actor(verb)


def run_report(args: argparse.Namespace) -> int:
    """Print the gaps; 0 when there are none, 3 when there are."""
    from dlp.directory import gaps

    with desks(args) as opened:
        found = opened.gaps(datetime.now(UTC))
        print("\n".join(gaps.text(found, opened.silent_hours)))
    return 3 if found.count else 0


def run_list(args: argparse.Namespace) -> int:
    """List terminals; 0."""
    from dlp.directory import terminals

    found = terminals.parse(_bytes(args.file))
    if not found:
        raise ConfigError(f"{args.file}: lists no terminal")
    with desks(args) as opened:
        _administrator(opened, args.actor)
        opened.coverage.enlist(found, args.actor, datetime.now(UTC))
    print(f"{len(found)} terminals and routes listed")
    return 0


def run_admit(args: argparse.Namespace) -> int:
    """Print a fresh token; 0."""
    with desks(args) as opened:
        _administrator(opened, args.actor)
        agent, token = opened.coverage.admit(args.host, args.actor, datetime.now(UTC))
    print(f"agent {agent} for {args.host or 'any host'}; this token is shown only now:\n{token}")
    return 0


def run_revoke(args: argparse.Namespace) -> int:
    """Revoke a token; 0. Raises ConfigError for an unknown one."""
    with desks(args) as opened:
        _administrator(opened, args.actor)
        if not opened.coverage.revoke(args.agent, args.actor, datetime.now(UTC)):
            raise ConfigError(f"{args.agent}: no such agent, or revoked already")
    print(f"{args.agent} revoked")
    return 0


def run_agents(args: argparse.Namespace) -> int:
    """Print the agents; 0."""
    with desks(args) as opened:
        for agent in opened.coverage.agents():
            state = f"revoked {agent.revoked:%Y-%m-%d}" if agent.revoked else "reports"
            print(f"{agent.id}  {agent.name or 'any host'}  since {agent.created:%Y-%m-%d}  {state}")
    return 0


def run_read(args: argparse.Namespace) -> int:
    """Read a log; 0, or 3 when lines could not be read."""
    from dlp.directory import usb_events

    reading = usb_events.read(_bytes(args.file).splitlines(), args.kind)
    with desks(args) as opened:
        fresh = opened.coverage.saw(reading.sightings)
    print(f"{reading.lines} lines, {len(reading.sightings)} devices seen, {fresh} for the first time")
    if reading.unread:
        print(f"{reading.unread} lines could not be read")
    return 3 if reading.unread else 0


def _administrator(opened: Any, actor: str) -> None:
    if not opened.lending.administers(actor, datetime.now(UTC)):
        raise ConfigError(f"{actor}: only an administrator may do this")


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from None
