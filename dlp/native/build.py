"""`python -m dlp.native.build`: compile the library where there is a C compiler, and say which of both it is.

Never a failure: without it everything is read by Python, with the same result.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from dlp.native import HERE, LIBRARY, digest, sources

_FLAGS = ("-O3", "-fPIC", "-shared", "-fvisibility=default", "-Wl,-z,relro,-z,now")
_SECONDS = 300
_WITHOUT = "tables are read by Python alone, slower, with the same result"


def compiler() -> list[str] | None:
    """`CC`, else the first compiler there is."""
    if named := shlex.split(os.environ.get("CC", "")):
        return named if shutil.which(named[0]) else None
    found = next(filter(None, map(shutil.which, ("cc", "gcc", "clang"))), None)
    return [found] if found else None


def build(target: Path = LIBRARY) -> str:
    """Compile into `target`; what became of it, in a line."""
    command = compiler()
    if command is None:
        return (
            "native code: no C compiler (cc, gcc, clang): tables are read by Python alone, slower, with the same result"
        )
    made = target.with_name(f".{target.name}.{os.getpid()}")
    files = [str(path.relative_to(HERE)) for path in sources() if path.suffix == ".c"]
    told = f'-DSEKISHO_SOURCE="{digest()}"'
    try:
        done = subprocess.run(  # noqa: S603  the compiler of the one who builds
            [*command, *_FLAGS, told, "-o", str(made), *files], cwd=HERE, capture_output=True, timeout=_SECONDS
        )
        if done.returncode == 0:
            made.replace(target)
            return f"native code: {target.name} built by {command[0]}"
        why = done.stderr.decode("utf-8", "replace").strip().splitlines()[:1]
    except (OSError, subprocess.TimeoutExpired) as fault:
        why = [str(fault)]
    finally:
        with contextlib.suppress(OSError):  # where nothing may be written there is nothing either
            made.unlink(missing_ok=True)
    return f"native code: not built ({' '.join(why)}): {_WITHOUT}"


if __name__ == "__main__":
    print(build(), file=sys.stderr)
