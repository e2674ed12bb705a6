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
    print(f"the demo's log: {args.var}.log", flush=True)
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
    print("stopped. 停止しました。", flush=True)


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
    """The held cases, what was refused, and where to decide."""
    from rich.console import Console

    from dlp.cli.serve import passwords

    screen = Console()
    screen.print(_held(running.room.cases()))
    screen.print(_refused(running.room.ledger(limit=1000)))
    place = running.places
    lines = (
        f"  Delivered mails 届いたメール: {around.delivered}",
        f"  Uploads that reached the site サイトに届いた数: {around.uploads}",
        f"  The stick USBの中身: {around.folder / 'devices' / 'USB-0001'}",
        "  After approval the same upload passes once 承認後に同じ内容をもう一度送ると通ります:",
        f"    curl -x {place.proxy} -F 'file=@{around.list_file};type=text/csv' {around.site}",
        "",
        f"  Console 承認画面: {place.console}",
        passwords(running),
    )
    print(*lines, sep="\n", flush=True)


def _held(cases: Any) -> Any:
    from rich.table import Table

    from dlp.texts import CHANNELS, STATUSES, pick

    table = Table("case 案件", "channel 経路", "to 宛先", "people 人数", "state 状態", title="Held 保留")
    for case in cases:
        entry = case.entry
        state = pick(STATUSES, case.status.value, "ja")
        table.add_row(case.id, pick(CHANNELS, entry.channel, "ja"), entry.destination[0], str(entry.subjects), state)
    return table


def _refused(rows: Any) -> Any:
    from rich.table import Table

    from dlp.texts import CHANNELS, describe, pick
    from dlp.verdict import Reason

    table = Table(
        "from 送信者", "channel 経路", "to 宛先", "transfers 件", "people 延べ人数", "why 理由", title="Refused 拒否"
    )
    for column in table.columns:
        column.overflow = "fold"
    groups: dict[tuple[str, ...], list[int]] = {}
    for entry in (row.entry for row in reversed(rows) if row.entry.verdict == "block"):
        first = entry.reasons[0]
        why = describe(Reason(str(first["code"]), dict(first["values"])), "ja", refused=True)
        key = (entry.sender, pick(CHANNELS, entry.channel, "ja"), entry.destination[0], why)
        groups.setdefault(key, []).append(entry.subjects)
    for (sender, channel, to, why), people in groups.items():
        table.add_row(sender, channel, to, str(len(people)), str(sum(people)), why)
    return table
