"""`dlp serve`: run the gateway until Ctrl-C."""

from __future__ import annotations

import argparse
import ctypes
import logging
import socket
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from dlp import config, log, native, prepared
from dlp.settings import Config


def add(subparsers: Any) -> None:
    """Declare the command."""
    parser = subparsers.add_parser("serve", help="run the gateway", description=__doc__)
    add_config(parser)
    parser.set_defaults(run=run)


def add_config(parser: argparse.ArgumentParser) -> None:
    """The options every command that needs the configuration has."""
    parser.add_argument("--config", type=Path, metavar="FILE", help="sekisho.toml (default: built-in settings)")
    parser.add_argument("--var", type=Path, metavar="DIR", help="folder of everything that is kept (default: var)")


def load_config(args: argparse.Namespace) -> Config:
    """The configuration the options name. Raises ConfigError."""
    loaded = config.load(args.config)
    return replace(loaded, var=args.var) if args.var else loaded


def run(args: argparse.Namespace) -> int:
    """Serve; 0 after a clean stop."""
    settings = load_config(args)
    share_memory()
    prepared.begin(settings.inspection.signatures, settings.town.name)

    import uvloop

    from dlp import app

    log.setup()
    if why := native.aside():
        told = (
            "native code is left aside (%s): content is read several times slower; python -m dlp.native.build makes it"
        )
        logging.getLogger("dlp.native").warning(told, why)
    uvloop.run(app.serve(settings, lambda running: print(welcome(running), hints(running), sep="\n", flush=True)))
    print("stopped. 停止しました。", flush=True)
    return 0


_ARENAS = -8  # M_ARENA_MAX of glibc's <malloc.h>


def share_memory() -> None:
    """Let this process's threads free memory for each other: glibc keeps a heap for each of them, up to eight a core,
    and what large uploads took of one no other has. Does nothing where the C library is another."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(_ARENAS, 2)


def welcome(running: Any) -> str:
    """Where things are, for the person who started it."""
    from rich.cells import set_cell_size

    places = running.places
    rows = [
        ("SMTP (mail in)", places.smtp),
        ("next hop (mail out)", places.next_hop),
        ("HTTP(S) proxy", places.proxy),
        ("proxy CA certificate", places.ca),
        ("media drop folder", f"{places.drop}/<login>/<serial>/" if places.drop else ""),
        *((f"mount of {serial}", point) for serial, point in places.mounts.items()),
        ("console 承認画面", places.console),
        ("SCIM (people in)", places.scim),
    ]
    if not places.mounts:
        rows.insert(5, ("mount points", "none: set [media] mounts, see docs/media.md"))
    lines = ["", "Sekisho is running. 関所を開始しました。  (Ctrl-C stops it)", ""]
    lines += [f"  {set_cell_size(label, 22)}{value}" for label, value in rows if value]
    return "\n".join([*lines, ""])


def passwords(running: Any) -> str:
    """The first run's passwords, which are shown this once."""
    if not running.passwords:
        return ""
    lines = ["  First run: these passwords are shown only now. パスワードの表示は今回だけです。"]
    lines += [f"    {login:<12}{secret}" for login, secret in running.passwords.items()]
    lines.append(
        f"  Later: .venv/bin/dlp people password LOGIN --var {running.config.var} sets a new one. 再設定用です。"
    )
    return "\n".join([*lines, ""])


def hints(running: Any) -> str:
    """What a newcomer needs besides: passwords, people file, a next hop that does not answer."""
    config = running.config
    lines = [passwords(running)] if running.passwords else []
    lines.append(f"  People 職員名簿: {config.path(config.directory.people)}")
    lines.append(f"  Devices 媒体台帳: {config.path(config.directory.devices)}")
    if running.places.smtp and not _answers(config.mail.next_hop):
        lines.append(f"  Nobody answers at the next hop {config.mail.next_hop}: clean mail gets 451 until a relay does")
        lines.append("  (SEKISHO_MAIL_NEXT_HOP; docs/install-postfix.md). 転送先の応答がありません。")
    return "\n".join([*lines, ""])


def _answers(next_hop: str) -> bool:
    host, _, port = next_hop.rpartition(":")
    try:
        with socket.create_connection((host.strip("[]"), int(port)), timeout=0.5):
            return True
    except (OSError, ValueError):
        return False
