"""The command line: `dlp COMMAND`. One file a command; each has add(subparsers) and run(args) -> exit code."""

from __future__ import annotations

import argparse
import importlib
import sys

from dlp import __version__
from dlp.errors import ConfigError, GatewayFault

#: Command -> its module. Loaded when named, so that `dlp scan` does not pay for the proxy.
COMMANDS = ("serve", "scan", "demo", "signatures", "people", "devices", "coverage", "trace", "audit", "report", "ca")


def main(argv: list[str] | None = None) -> int:
    """Run one command; its exit code."""
    argv = sys.argv[1:] if argv is None else argv
    parser = argparse.ArgumentParser(
        prog="dlp", description="Sekisho (関所): the checkpoint for what leaves a town hall."
    )
    parser.add_argument("--version", action="version", version=f"sekisho {__version__}")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    named = [word for word in argv if word in COMMANDS][:1]
    for name in named or COMMANDS:
        importlib.import_module(f"dlp.cli.{name}").add(subparsers)
    args = parser.parse_args(argv)
    try:
        return int(args.run(args))
    except ConfigError as error:
        print(f"dlp {args.command}: {error}", file=sys.stderr)
        return 2
    except GatewayFault as error:
        print(f"dlp {args.command}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        room = sys.modules.get("quarantine.case")  # loaded by the commands that open a room, not by the others
        if room is None or not isinstance(error, room.RoomError):
            raise
        print(f"dlp {args.command}: {error}", file=sys.stderr)
        return 1
