"""`dlp demo`: the gateway with a built-in next hop, and the incident of 2018 replayed in small."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from dlp import config, log
from dlp.settings import Config


def add(subparsers: Any) -> None:
    """Declare the command."""
    parser = subparsers.add_parser("demo", help="replay the incident of 2018 in small", description=__doc__)
    parser.add_argument("--var", type=Path, default=Path("var-demo"), metavar="DIR", help="the demo's own folder")
    parser.add_argument("--exit", action="store_true", help="stop after the replay instead of serving on")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Replay, then serve until Ctrl-C; 0."""
    import uvloop

    settings = replace(config.load(None), var=args.var)
    args.var.parent.mkdir(parents=True, exist_ok=True)
    log.setup(Path(f"{args.var}.log").open("a", encoding="utf-8"))  # noqa: SIM115  open as long as the process
    uvloop.run(_main(settings, stay=not args.exit))
    return 0


async def _main(settings: Config, *, stay: bool) -> None:
    from dlp import app, demo
    from dlp.cli.serve import welcome

    around = demo.Town(settings)
    async with app.until_signal() as stop, around.open() as fitted, app.App(_free_ports(fitted)) as running:
        print(welcome(running), flush=True)
        await _replay(demo.Replay(running, around))
        _summary(running, around)
        if stay:
            print("Ctrl-C stops it. Ctrl-C で終了します。", flush=True)
            await stop.wait()


def _free_ports(settings: Config) -> Config:
    """The usual ports where they are free, any other where not: a demo beside a running gateway works."""
    import socket

    def free(host: str, port: int) -> int:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                return 0
            return port

    return replace(
        settings,
        mail=replace(settings.mail, port=free(settings.mail.host, settings.mail.port)),
        web=replace(settings.web, port=free(settings.web.host, settings.web.port)),
        console=replace(settings.console, port=free(settings.console.host, settings.console.port)),
    )


async def _replay(replay: Any) -> None:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    screen = Console()
    columns = (BarColumn(30), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    steps = replay.steps()
    with Progress(*columns, console=screen, disable=not sys.stdout.isatty()) as progress:
        bar = progress.add_task("", total=len(steps))
        for step in steps:
            progress.update(bar, description=step.title)
            result = await step.act()
            screen.print(f"  {step.title}\n      -> {result}", highlight=False)
            progress.advance(bar)


def _summary(running: Any, around: Any) -> None:
    from rich.console import Console
    from rich.table import Table

    from dlp.texts import CHANNELS, STATUSES, pick

    table = Table("case 案件", "channel", "to", "people 人数", "state", title="Held cases 保留中の案件")
    for case in running.room.cases():
        entry = case.entry
        state = pick(STATUSES, case.status.value, "ja")
        table.add_row(case.id, pick(CHANNELS, entry.channel, "ja"), entry.destination[0], str(entry.subjects), state)
    refused = sum(row.entry.verdict == "block" for row in running.room.ledger(limit=1000))
    screen = Console()
    screen.print(table)
    screen.print(f"  refused 拒否: {refused}   uploads that reached the site: {around.uploads}", highlight=False)
    screen.print(f"  delivered mails: {around.delivered}", highlight=False)
    screen.print(f"\n  Console 承認画面: {running.places.console}", highlight=False)
    for login, secret in running.passwords.items():
        screen.print(f"    {login:<12}{secret}", highlight=False)
