"""What commands on the register work with: room, register, directory and desks of one gateway's folder."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from dlp.cli.serve import load_config
from dlp.errors import ConfigError

if TYPE_CHECKING:
    from dlp.directory.desks import Desks


@contextlib.contextmanager
def desks(args: argparse.Namespace) -> Iterator[Desks]:
    """The desks, beside a running gateway or without one. Raises ConfigError where there is no gateway's folder."""
    from dlp.delivery.erased import left_on
    from dlp.directory import open_directory
    from dlp.directory.desks import Desks
    from dlp.directory.register import REGISTER, Register
    from quarantine.keys import KeyRing
    from quarantine.room import Room

    config = load_config(args)
    folder = config.path(config.quarantine.folder)
    if not folder.exists():
        raise ConfigError(f"{folder}: no quarantine here; name the gateway's folder with --var")
    with contextlib.ExitStack() as stack:
        room = Room.open(folder, KeyRing.open_or_create(config.path(config.quarantine.keys)))
        stack.callback(room.close)
        register = Register(config.path(REGISTER), room.enter)
        stack.callback(register.close)
        directory = open_directory(config, register)
        opened = Desks.over(config, register, directory, room, left_on)
        opened.reached_at(config.console.url)
        yield opened


def add_actor(parser: argparse.ArgumentParser) -> None:
    """Who answers for a change."""
    parser.add_argument(
        "--as", dest="actor", required=True, metavar="ID", help="employee number of who does it; it is on record"
    )


def table(header: list[str], lines: list[list[str]]) -> None:
    """Print a table: aligned for people, tab-separated into a pipe."""
    import sys

    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if not sys.stdout.isatty():
        for line in [header, *lines]:
            print("\t".join(" ".join(cell.split()) for cell in line))
        return
    made = Table(*header)
    for line in lines:
        made.add_row(*(Text(cell) for cell in line))
    Console().print(made)


def refused(error: Any) -> ConfigError:
    """A refusal of the rules, as commands say it."""
    from dlp import texts

    return ConfigError(f"{error.code}: {texts.pick(texts.MEDIA_RULES, error.code, 'ja')}")


def who() -> str:
    """Who runs this command, as the operating system knows them."""
    import getpass

    return f"os:{getpass.getuser()}"
