"""The documents say what the code does."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from dlp.cli import COMMANDS
from quarantine.case import MOVES, Status

REPO = Path(__file__).parents[1]
DOCS = sorted([*REPO.glob("*.md"), *(REPO / "docs").rglob("*.md")])


@pytest.mark.parametrize("path", DOCS, ids=lambda p: p.name)
def test_links_lead_somewhere(path: Path) -> None:
    targets = re.findall(r"\]\(([^)#]+)", path.read_text(encoding="utf-8"))
    missing = [t for t in targets if "://" not in t and not (path.parent / t).exists()]
    assert missing == []


def test_every_module_named_in_the_architecture_exists() -> None:
    text = (REPO / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:dlp|quarantine)/[\w/.]+)`", text))
    assert len(named) > 10
    assert [name for name in sorted(named) if not (REPO / name).exists()] == []


def test_every_top_module_stands_on_a_floor() -> None:
    text = (REPO / "docs" / "architecture.md").read_text(encoding="utf-8")
    contracts = tomllib.loads((REPO / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    floors = {name.strip() for line in contracts[0]["layers"] for name in line.split("|")}
    modules = {f"dlp.{p.stem}" for p in (REPO / "dlp").glob("*.py") if p.stem != "__init__"}
    modules |= {f"dlp.{p.parent.name}" for p in (REPO / "dlp").glob("*/__init__.py")}
    assert modules - floors == set()
    assert [name for name in sorted(floors) if f"`{name}`" not in text] == []


def test_the_floors_are_the_contract_s_from_top_to_bottom() -> None:
    text = (REPO / "docs" / "architecture.md").read_text(encoding="utf-8")
    contracts = tomllib.loads((REPO / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    wanted = [{name.strip() for name in line.split("|")} for line in contracts[0]["layers"]]
    lines = re.findall(r"^\d+\. (`.+)$", text, re.MULTILINE)
    told = [set(re.findall(r"`([\w.]+)`", floor)) for line in lines for floor in line.split(", then ")]
    assert told == wanted


def test_every_dependency_has_its_line() -> None:
    project = tomllib.loads((REPO / "pyproject.toml").read_text())
    text = (REPO / "docs" / "dependencies.md").read_text(encoding="utf-8")
    named = [re.split(r"[<>=\[]", line)[0] for line in project["project"]["dependencies"]]
    named += [re.split(r"[<>=\[]", line)[0] for line in project["dependency-groups"]["data"]]
    assert [name for name in named if text.count(f"\n| {name} |") != 1] == []
    developing = [re.split(r"[<>=\[]", line)[0] for line in project["dependency-groups"]["dev"]]
    developing += [re.split(r"[<>=\[]", line)[0] for line in project["dependency-groups"]["bench"]]
    plain = [name for name in developing if not re.match(r"pytest-|types-|.+-stubs$", name)]  # "and plugins"
    assert [name for name in plain if name not in text] == []


def test_every_dependency_is_pinned_with_hashes() -> None:
    project = tomllib.loads((REPO / "pyproject.toml").read_text())
    wanted = {
        "run": project["project"]["dependencies"],
        "test": [*project["dependency-groups"]["dev"], *project["dependency-groups"]["data"]],
        "bench": project["dependency-groups"]["bench"],
    }
    for lock, lines in wanted.items():
        text = (REPO / "requirements" / f"{lock}.lock").read_text(encoding="utf-8")
        for line in lines:
            name = re.split(r"[<>=\[]", line)[0]
            entry = re.search(rf"^{re.escape(name)}==[^\n]*\n((?:    .*\n)+)", text, re.MULTILINE)
            assert entry is not None, f"{name} is not in {lock}.lock: run .ci/lock"
            assert "--hash=sha256:" in entry[1]
            assert "sekisho (pyproject.toml" in entry[1], f"{name} is not in {lock}.lock as ours: run .ci/lock"


def test_every_command_is_in_a_document() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in DOCS)
    assert [name for name in COMMANDS if f"dlp {name}" not in text] == []


def test_every_status_is_reached_and_left_as_the_table_says() -> None:
    reached = {status for status in MOVES.values()} | {Status.QUARANTINED, Status.AWAITING_SECOND}
    assert reached == set(Status)
