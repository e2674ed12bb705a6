"""`dlp scan`: how many people are in these files, and what the policy would do with them."""

from __future__ import annotations

import argparse
import asyncio
import logging
import secrets
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from dlp.cli.serve import add_config, load_config

if TYPE_CHECKING:
    from dlp.inspection import Inspection
    from dlp.verdict import Verdict

EXIT_UNREAD = 3
EXIT_USAGE = 2


def add(subparsers: Any) -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "scan", help="count the people in files", description=__doc__, epilog="exit: 0 all read, 3 some unread, 2 usage"
    )
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a file, or a folder to walk")
    parser.add_argument("--json", action="store_true", help="one JSON object a line for each file")
    parser.add_argument("--signatures", type=Path, metavar="DIR", help="signature folder (default: the shipped one)")
    parser.add_argument("--workers", type=int, metavar="N", help="processes that read (default: 2)")
    add_config(parser)
    parser.set_defaults(run=run)


@dataclass(frozen=True, slots=True)
class Result:
    """One file's figures."""

    path: str
    verdict: Verdict
    inspection: Inspection

    def as_json(self) -> dict[str, Any]:
        """The contract of `dlp scan --json`."""
        from dlp.texts import describe

        read = self.inspection
        return {
            "path": self.path,
            "verdict": self.verdict.action.value,
            "subjects": read.subjects,
            "lower": read.lower,
            "upper": read.upper,
            "counts": read.counts,
            "inspected": read.inspected,
            "unread": [{"part": "/".join(u.part), "why": u.why} for u in read.unread],
            "reasons": [describe(reason, "en") for reason in self.verdict.reasons],
            "media_type": read.media_type,
            "bytes": read.bytes,
            "seconds": read.seconds,
            "ruleset": read.ruleset,
        }


def run(args: argparse.Namespace) -> int:
    """Scan; 0, 3 when something could not be read, 2 when a path does not exist."""
    missing = [path for path in args.paths if not path.exists()]
    if missing:
        print(f"dlp scan: {missing[0]}: no such file or folder", file=sys.stderr)
        return EXIT_USAGE
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    files = list(_walk(args.paths))
    return asyncio.run(_scan(args, files))


def _walk(paths: list[Path]) -> Iterator[Path]:
    """Every file, folders walked in order; links are not followed."""
    for path in paths:
        if path.is_dir():
            yield from (inner for inner in sorted(path.rglob("*")) if inner.is_file() and not inner.is_symlink())
        else:
            yield path


async def _scan(args: argparse.Namespace, files: list[Path]) -> int:
    from rich.console import Console
    from rich.progress import Progress

    unread = False
    results: list[Result] = []
    shown = len(files) > 1 and sys.stderr.isatty()
    with Progress(console=Console(stderr=True), transient=True, disable=not shown) as progress:
        bar = progress.add_task("scan", total=len(files))
        async for result in _results(args, files):
            unread |= not result.inspection.inspected
            progress.advance(bar)
            if args.json:
                sys.stdout.buffer.write(orjson.dumps(result.as_json()) + b"\n")
                sys.stdout.buffer.flush()
            else:
                results.append(result)
    if not args.json:
        _table(results)
    return EXIT_UNREAD if unread else 0


async def _results(args: argparse.Namespace, files: list[Path]) -> AsyncIterator[Result]:
    """The results in the order of the files; as many are read at once as there are workers."""
    from dlp import bundle, policy
    from dlp.inspector import Inspector

    config = load_config(args)
    rules = bundle.read(args.signatures or config.inspection.signatures)
    workers = max(1, min(args.workers or config.inspection.workers, len(files) or 1))
    inspector = Inspector(
        replace(config.inspection, workers=workers),
        rules.files,
        digest=rules.digest,
        token_key=secrets.token_bytes(32),  # tokens of a scan go nowhere
        town=config.town.name,
    )
    rule = policy.load(rules.files["policy.toml"].decode("utf-8"))
    await inspector.start()
    try:
        waiting: list[asyncio.Task[Result]] = []
        upcoming = iter(files)
        while True:
            while len(waiting) < workers * 2 and (path := next(upcoming, None)) is not None:
                waiting.append(asyncio.create_task(_one(inspector, rule, path)))
            if not waiting:
                break
            yield await waiting.pop(0)
    finally:
        await inspector.stop()


async def _one(inspector: Any, rule: Any, path: Path) -> Result:
    from dlp.errors import GatewayFault
    from dlp.inspection import Inspection, Unread
    from dlp.policy import decide
    from dlp.standing import Person, PersonStatus, Standing
    from dlp.transfer import Channel, Transfer

    try:
        data = await asyncio.to_thread(path.read_bytes)
        transfer = Transfer(channel=Channel.MAIL, sender="scan", destination=("scan",), name=path.name, data=data)
        inspection = await inspector.inspect(transfer)
    except (OSError, GatewayFault) as error:
        logging.getLogger(__name__).warning("%s: %s", path, type(error).__name__)
        unread = (Unread((path.name,), "failed"),)
        inspection = Inspection(subjects=0, lower=0, upper=0, counts={}, unread=unread, ruleset=inspector.digest)
    boss = Person(id="supervisor", name="")
    standing = Standing(status=PersonStatus.ACTIVE, person=Person(id="scan", name=""), supervisor=boss)
    verdict = decide(
        channel=Channel.MAIL, inspection=inspection, standing=standing, exposure=inspection.subjects, policy=rule
    )
    return Result(str(path), verdict, inspection)


def _table(results: list[Result]) -> None:
    from rich.console import Console
    from rich.table import Table

    from dlp.texts import ACTIONS, describe, kinds, pick

    colours = {"allow": "green", "monitor": "green", "quarantine": "yellow", "block": "red"}
    table = Table("file", "people", "verdict", "found", "why")
    for result in results:
        action = result.verdict.action.value
        why = "\n".join(describe(reason, "en") for reason in result.verdict.reasons)
        verdict = f"[{colours[action]}]{pick(ACTIONS, action, 'en')}[/]"
        table.add_row(
            result.path, f"{result.inspection.subjects:,}", verdict, kinds(result.inspection.counts, "en"), why
        )
    console = Console()
    console.print(table)
    console.print(
        f"{len(results)} files, {sum(r.inspection.subjects for r in results):,} people (summed over the files)"
    )
