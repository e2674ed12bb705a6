"""`dlp scan`: how many people are in these files, and what the policy would do with them."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import os
import stat
import sys
from collections import deque
from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from dlp.cli.scan_walk import Found, check, printable, walk
from dlp.cli.serve import add_config, load_config

if TYPE_CHECKING:
    from dlp.inspection import Inspection
    from dlp.inspector import Inspector
    from dlp.policy import Policy
    from dlp.verdict import Verdict

EXIT_UNREAD = 3
EXIT_PIPE = 141  # as a shell reports one that SIGPIPE ended
#: Files under way for each worker: one slow file must not leave the other workers without work.
_AHEAD = 16
_LARGE = 16 * 1024 * 1024  # bytes


def add(subparsers: Any) -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "scan", help="count the people in files", description=__doc__, epilog="exit: 0 all read, 3 some unread, 2 usage"
    )
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a file, or a folder to walk")
    parser.add_argument("--json", action="store_true", help="one JSON object a line for each file")
    parser.add_argument("--signatures", type=Path, metavar="DIR", help="signature folder (default: the shipped one)")
    parser.add_argument("--workers", type=_count, metavar="N", help="processes that read (default: 2)")
    parser.add_argument("--town", metavar="NAME", help="the own municipality, as 平塚市 (default: the configuration's)")
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


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError("a number of processes is at least 1")
    return int(text)


def run(args: argparse.Namespace) -> int:
    """Scan; 0, 3 when something could not be read. Raises ConfigError when a path does not exist."""
    check(args.paths)
    if sys.stdout is None:  # closed by whoever started us
        return EXIT_PIPE
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    try:
        return asyncio.run(_scan(args, list(walk(args.paths))))
    except BrokenPipeError:  # `dlp scan … | head`: nobody reads on, and nothing is left to be flushed to them
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_PIPE


async def _scan(args: argparse.Namespace, files: list[Found]) -> int:
    from rich.console import Console
    from rich.progress import Progress

    unread = False
    results: list[Result] = []
    shown = len(files) > 1 and sys.stderr.isatty()
    with Progress(console=Console(stderr=True), transient=True, disable=not shown) as progress:
        bar = progress.add_task("scan", total=len(files))
        async with contextlib.aclosing(_results(args, files)) as arriving:
            async for result in arriving:
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


async def _results(args: argparse.Namespace, files: list[Found]) -> AsyncGenerator[Result]:
    """The results in the order of the files; as many are read at once as there are workers."""
    from dlp import bundle, prepared

    config = load_config(args)
    town = args.town or config.town.name
    prepared.begin(args.signatures or config.inspection.signatures, town)
    from dlp import policy
    from dlp.detect.loader import towns
    from dlp.inspector import Inspector
    from dlp.subjects.own import check_known

    rules = bundle.read(args.signatures or config.inspection.signatures)
    check_known(towns(rules.files), town)
    workers = max(1, min(args.workers or config.inspection.workers, len(files)))
    inspector = Inspector(
        replace(config.inspection, workers=workers),
        rules.files,
        digest=rules.digest,
        token_key=None,  # tokens of a scan go nowhere, so none are made
        town=town,
    )
    reader = _Reader(inspector, policy.load(rules.files["policy.toml"].decode("utf-8")), workers)
    waiting: deque[asyncio.Task[Result]] = deque()
    upcoming = iter(files)
    try:
        await inspector.start()
        while True:
            while len(waiting) < workers * _AHEAD and (found := next(upcoming, None)) is not None:
                waiting.append(asyncio.create_task(reader.read(found)))
            if not waiting:
                break
            yield await waiting.popleft()
    finally:
        for task in waiting:
            task.cancel()
        await inspector.stop()


class _Reader:
    """Reads files and judges them; holds no more contents than workers can soon take."""

    def __init__(self, inspector: Inspector, policy: Policy, workers: int) -> None:
        self._inspector, self._policy = inspector, policy
        self._held = asyncio.Semaphore(workers * 2)  # contents in memory
        self._asked = asyncio.Semaphore(workers)  # so that none waits inside the inspector, where waiting is a fault

    async def read(self, found: Found) -> Result:
        async with self._held:
            inspection = await self._inspect(found)
        return Result(found.shown, _judge(inspection, self._policy), inspection)

    async def _inspect(self, found: Found) -> Inspection:
        from dlp.errors import GatewayFault
        from dlp.finding import Unread
        from dlp.inspection import Inspection
        from dlp.transfer import Channel, Transfer

        name = printable(found.path.name)
        try:
            if not found.listed:
                raise PermissionError("cannot be listed")
            content = await asyncio.to_thread(_content, found.path)
            transfer = Transfer(channel=Channel.MAIL, sender="scan", destination=("scan",), name=name, **content)
            async with self._asked:
                return await self._inspector.inspect(transfer)
        except (OSError, MemoryError, GatewayFault) as error:
            why = getattr(error, "strerror", None) or str(error) or type(error).__name__
            logging.getLogger(__name__).warning("%s: %s", found.shown, why)
            unread = (Unread((name,), "failed"),)
            digest = self._inspector.digest
            return Inspection(subjects=0, lower=0, upper=0, counts={}, unread=unread, ruleset=digest)


def _content(path: Path) -> dict[str, Any]:
    """A small file as bytes; a large one where it lies, for a worker to map. Raises OSError."""
    with path.open("rb") as file:
        status = os.fstat(file.fileno())
        if stat.S_ISREG(status.st_mode) and status.st_size > _LARGE:
            return {"spool": path, "digest": "-"}  # nobody asks for this content's identity
        return {"data": file.read()}


def _judge(inspection: Inspection, policy: Policy) -> Verdict:
    """What the policy would do with it, sent by an active employee who has a supervisor."""
    from dlp.policy import decide
    from dlp.standing import Person, PersonStatus, Standing
    from dlp.transfer import Channel

    boss = Person(id="supervisor", name="")
    standing = Standing(status=PersonStatus.ACTIVE, person=Person(id="scan", name=""), supervisor=boss)
    return decide(
        channel=Channel.MAIL, inspection=inspection, standing=standing, exposure=inspection.subjects, policy=policy
    )


def _table(results: list[Result]) -> None:
    from rich.console import Console
    from rich.table import Column, Table
    from rich.text import Text

    from dlp.texts import ACTIONS, describe, kinds, pick

    colours = {"allow": "green", "monitor": "green", "quarantine": "yellow", "block": "red"}
    table = Table(Column("file", overflow="fold"), "people", "verdict", "found", "why")
    for result in results:
        action = result.verdict.action.value
        why = "\n".join(describe(reason, "en") for reason in result.verdict.reasons)
        verdict = Text(pick(ACTIONS, action, "en"), colours[action])
        found = kinds(result.inspection.counts, "en")
        # Text, not str: what stands in a file's name is no markup
        table.add_row(Text(result.path), f"{result.inspection.subjects:,}", verdict, Text(found), Text(why))
    console = Console()
    console.print(table)
    console.print(
        f"{len(results)} files, {sum(r.inspection.subjects for r in results):,} people (summed over the files)"
    )
