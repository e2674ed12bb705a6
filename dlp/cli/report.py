"""`dlp report`: a month by department, channel, person and kind, with its decisions; the self-inspection sheet."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from dlp.cli.serve import add_config, load_config
from dlp.errors import ConfigError


def add(subparsers: Any) -> None:
    """Declare the command."""
    parser = subparsers.add_parser("report", help="a month's report; the self-inspection sheet", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    month = verbs.add_parser("month", help="the month's numbers as HTML with plots, or as CSV")
    month.add_argument("--format", choices=("html", "csv"), default="html")
    month.add_argument("--lang", choices=("ja", "en"), default="ja")
    inspection = verbs.add_parser("inspection", help="自己点検票: to be printed and filled in by a department")
    for verb, run in ((month, run_month), (inspection, run_inspection)):
        verb.add_argument("--month", metavar="YYYY-MM", help="default: this month")
        verb.add_argument("--department", default="", help="default: all")
        verb.add_argument("--out", type=Path, metavar="FILE", help="default: standard output")
        add_config(verb)
        verb.set_defaults(run=run)


def run_month(args: argparse.Namespace) -> int:
    """Write the report; 0."""
    from dlp.reports import page

    report, name, town = _report(args)
    if args.format == "csv":
        return _write(args.out, page.table(report, args.lang, name))
    return _write(args.out, page.whole(report, args.lang, name, town))


def run_inspection(args: argparse.Namespace) -> int:
    """Write the sheet; 0."""
    from dlp.reports import page

    report, name, town = _report(args)
    return _write(args.out, page.sheet(report, name, town))


def _report(args: argparse.Namespace) -> Any:
    from dlp.cli.audit import open_room
    from dlp.cli.opened import who
    from dlp.reports import month as months

    config = load_config(args)
    zone = ZoneInfo(config.town.timezone)
    month = args.month or months.month_of(datetime.now(UTC), zone)
    steps = months.steps(month, zone)
    with open_room(args) as room:
        tallies = room.tallies(steps, who(), [args.department] if args.department else None)
    report = months.of(tallies, month, starts=steps[:-1], department=args.department)
    return report, _names(config), config.town.name


def _names(config: Any) -> Any:
    """Person id -> name, as far as there is a people file."""
    from dlp.directory import open_directory

    try:
        directory = open_directory(config, None)
    except ConfigError:
        return str
    return lambda person: f"{found.name}（{person}）" if (found := directory.person(person)) else person or "-"


def _write(path: Path | None, text: str) -> int:
    if path is None:
        sys.stdout.write(text)
        return 0
    try:
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from None
    return 0
