"""`dlp devices`: the ledger of media (台帳), loans and inventories. Every change is in the audit chain."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dlp.cli.opened import add_actor, desks, refused, table
from dlp.cli.serve import add_config
from dlp.errors import ConfigError

if TYPE_CHECKING:
    from dlp.directory.desks import Desks

#: Verb -> what it does; each takes the number of a loan.
_LOAN = {
    "approve": "the custodian's word, or the IT department head's",
    "reject": "a no, with --remark",
    "withdraw": "the borrower no longer wants it",
    "lend": "hand it over (持出し)",
    "return": "take it back (返却), with --erased",
}
#: Verb -> what it does; each takes a serial and --remark.
_DEVICE = {
    "lost": "report a loss: nothing is written to it from then on",
    "found": "a lost one is back",
    "retire": "take it out of use",
    "use": "put a returned one in use",
    "tick": "seen in the open inventory",
}


def add(subparsers: Any) -> None:
    """Declare the command."""
    parser = subparsers.add_parser("devices", help="ledger of media: list, lend, inventory", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    _verb(verbs, "list", "the ledger and who has what", _list)
    _verb(verbs, "loans", "requests and loans, newest first", _loans)
    ledger = _verb(verbs, "ledger", "the 台帳 for the file or the printer", _ledger)
    ledger.add_argument("--format", choices=("csv", "html"), default="csv")
    ledger.add_argument("--loans", action="store_true", help="the book of loans instead")
    ledger.add_argument("--out", type=Path, required=True, metavar="FILE")
    history = _verb(verbs, "history", "what happened to a device, and what was written to it", _history)
    history.add_argument("serial")
    _add_changes(verbs)


def _add_changes(verbs: Any) -> None:
    take = _verb(verbs, "import", "enter the devices of a file (TOML or CSV) in the ledger", _import, acts=True)
    take.add_argument("file", type=Path)
    ask = _verb(verbs, "request", "ask for a device (申請)", _request, acts=True)
    ask.add_argument("serial")
    ask.add_argument("--purpose", required=True)
    ask.add_argument("--first", type=_day, default=None, metavar="DAY", help="default: today")
    ask.add_argument("--last", type=_day, required=True, metavar="DAY", help="at most 31 March")
    ask.add_argument("--number-work", action="store_true", help="work with Individual Numbers")
    for name, what in _LOAN.items():
        verb = _verb(verbs, name, what, _move_loan, acts=True)
        verb.add_argument("loan", type=int)
        verb.add_argument("--remark", default="")
        if name == "return":
            verb.add_argument("--erased", action="store_true", help="its data is erased")
    for name, what in _DEVICE.items():
        verb = _verb(verbs, name, what, _move_device, acts=True)
        verb.add_argument("serial")
        verb.add_argument("--remark", default="")
    thaw = _verb(verbs, "thaw", "use a device again that was written to past the gateway", _thaw, acts=True)
    thaw.add_argument("serial")
    thaw.add_argument("--remark", required=True, help="what was found")
    campaign = _verb(verbs, "inventory", "open, close or show inventories (棚卸)", _inventory, acts=True)
    campaign.add_argument("what", choices=("open", "close", "show"))
    campaign.add_argument("--name", default="")


def _verb(
    verbs: Any, name: str, what: str, run: Callable[[Desks, argparse.Namespace], None], *, acts: bool = False
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = verbs.add_parser(name, help=what)
    add_config(parser)
    if acts:
        add_actor(parser)
    parser.set_defaults(run=_run, work=run)
    return parser


def _run(args: argparse.Namespace) -> int:
    """Do it; 0. What the rules do not allow is a ConfigError."""
    from dlp.directory.loans import Refused

    with desks(args) as opened:
        try:
            args.work(opened, args)
        except Refused as error:
            raise refused(error) from None
    return 0


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _now() -> datetime:
    return datetime.now(UTC)


def _thaw(opened: Desks, args: argparse.Namespace) -> None:
    if not opened.book.thaw(args.serial, args.actor, args.remark):
        raise ConfigError(f"{args.serial}: is not frozen")
    print(f"{args.serial}: in use again")


def _list(opened: Desks, args: argparse.Namespace) -> None:
    from dlp.directory import daicho

    columns = [0, 2, 3, 7, 8, 10, 11, 13]
    lines = [[line[at] for at in columns] for line in opened.device_lines()]
    table([daicho.DEVICES[at] for at in columns], lines)


def _loans(opened: Desks, args: argparse.Namespace) -> None:
    from dlp.directory import daicho

    columns = [0, 1, 4, 5, 6, 7, 9]
    table([daicho.LOANS[at] for at in columns], [[line[at] for at in columns] for line in opened.loan_lines()])


def _ledger(opened: Desks, args: argparse.Namespace) -> None:
    from dlp.directory import daicho

    header, title = (daicho.LOANS, "外部記録媒体使用簿") if args.loans else (daicho.DEVICES, "外部記録媒体台帳")
    lines = opened.loan_lines() if args.loans else opened.device_lines()
    made = f"{opened.directory.local(_now()):%Y-%m-%d %H:%M} 作成"
    page = daicho.html_of(title, header, lines, made=made).encode()
    data = daicho.csv_of(header, lines) if args.format == "csv" else page
    try:
        args.out.write_bytes(data)
    except OSError as error:
        raise ConfigError(f"{args.out}: {error.strerror}") from None
    print(f"{len(lines)} lines written to {args.out}")


def _history(opened: Desks, args: argparse.Namespace) -> None:
    if opened.directory.device(args.serial) is None:
        raise ConfigError(f"{args.serial}: no such device")
    for event in opened.book.history(args.serial):
        remark = f" {event.remark}" if event.remark else ""
        print(f"{event.at:%Y-%m-%d %H:%M} UTC  {event.event} -> {event.state}  by {event.actor}{remark}")
    for line in opened.book.written(serial=args.serial):
        print(f"{line.at:%Y-%m-%d %H:%M} UTC  written {line.size} bytes sha256 {line.sha256} by {line.person}")


def _import(opened: Desks, args: argparse.Namespace) -> None:
    from dlp.directory import devices
    from dlp.directory.loans import Refused

    if not opened.lending.administers(args.actor, _now()):
        raise Refused("not_yours")
    try:
        found = devices.parse(args.file.read_bytes(), suffix=args.file.suffix)
    except OSError as error:
        raise ConfigError(f"{args.file}: {error.strerror}") from None
    changed = opened.lending.take_over(list(found.values()), args.actor, _now())
    print(f"{len(found)} devices read, {changed} new or corrected")


def _request(opened: Desks, args: argparse.Namespace) -> None:
    from dlp.directory.loans import Refused

    now, person = _now(), opened.directory.person(args.actor)
    if person is None:
        raise Refused("not_active")
    first = args.first or opened.directory.today(now)
    number = opened.lending.request(
        args.serial, person, args.purpose, first, args.last, now, number_work=args.number_work
    )
    print(f"request {number}")


def _move_loan(opened: Desks, args: argparse.Namespace) -> None:
    lending, now, number = opened.lending, _now(), args.loan
    if args.verb == "reject":
        lending.reject(number, args.actor, args.remark, now)
    elif args.verb == "return":
        how = lending.give_back(number, args.actor, now, erased=args.erased, remark=args.remark)
        print(f"erasure: {how}")
    else:
        {"approve": lending.approve, "withdraw": lending.withdraw, "lend": lending.lend}[args.verb](
            number, args.actor, now
        )
    found = opened.book.loan(number)
    print(f"request {number}: {found.state if found else ''}")


def _move_device(opened: Desks, args: argparse.Namespace) -> None:
    from dlp.directory.loans import DeviceMove

    moves = {"found": DeviceMove.FIND, "retire": DeviceMove.RETIRE, "use": DeviceMove.PUT_IN_USE}
    if args.verb == "lost":
        opened.lending.lose(args.serial, args.actor, args.remark, _now())
    elif args.verb == "tick":
        opened.inventory.tick(args.serial, args.actor, args.remark, _now())
    else:
        opened.lending.change_state(args.serial, moves[args.verb], args.actor, args.remark, _now())
    device = opened.directory.device(args.serial)
    print(f"{args.serial}: {device.state if device else ''}")


def _inventory(opened: Desks, args: argparse.Namespace) -> None:
    if args.what == "open":
        opened.inventory.open(args.name, args.actor, _now())
    elif args.what == "close":
        opened.inventory.close(args.actor, _now())
    for campaign in opened.inventory.campaigns()[: 50 if args.what == "show" else 1]:
        state = "closed" if campaign.closed else "open"
        print(f"{campaign.name} ({state}): {len(campaign.lines)} devices, {len(campaign.missing)} not seen")
        for line in campaign.missing:
            print(f"  not seen: {line.serial}")
