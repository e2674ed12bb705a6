"""Box: the real `dlp serve` as a process of its own, on free ports, in a folder of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from quarantine.case import Case, Decision, Move
from quarantine.keys import KeyRing
from quarantine.room import Room

REPO = Path(__file__).resolve().parents[2]

#: Two departments, two supervisors, a privacy officer, a leaver; `root` is who the tests run as.
PEOPLE = """
[[person]]
id = "S001"
name = "上司 一"
mail = ["boss@town.example"]
logins = ["boss"]
department = "市民課"
supervisor = "S002"
deputy = "S002"
role = "supervisor"

[[person]]
id = "S002"
name = "上司 二"
mail = ["boss2@town.example"]
logins = ["boss2"]
department = "税務課"
supervisor = "S001"
role = "supervisor"

[[person]]
id = "P001"
name = "保護 担当"
mail = ["privacy@town.example"]
logins = ["privacy"]
department = "総務課"
supervisor = "S002"
role = "privacy"

[[person]]
id = "A001"
name = "情報 担当"
mail = ["admin@town.example"]
logins = ["admin"]
department = "情報システム課"
role = "administrator"

[[person]]
id = "E001"
name = "職員 一"
mail = ["clerk@town.example"]
logins = ["clerk", "root"]
department = "市民課"
supervisor = "S001"

[[person]]
id = "E002"
name = "職員 二"
mail = ["clerk2@town.example"]
logins = ["clerk2"]
department = "市民課"
supervisor = "S001"

[[person]]
id = "R001"
name = "退職 者"
mail = ["retired@town.example"]
logins = ["retired"]
department = "市民課"
supervisor = "S001"
end = 2018-12-21
"""


class Box:
    """A running gateway. `config` overrides sections: Box(tmp, mail={"next_hop": "127.0.0.1:2525"})."""

    def __init__(
        self,
        tmp: Path,
        *,
        people: str = PEOPLE,
        devices: str = "",
        env: Mapping[str, str] | None = None,
        **config: Mapping[str, Any],
    ) -> None:
        self.var = tmp / "var"
        self.var.mkdir(parents=True, exist_ok=True)
        (self.var / "people.toml").write_text(people, encoding="utf-8")
        (self.var / "devices.toml").write_text(devices, encoding="utf-8")
        self.config_path = tmp / "sekisho.toml"
        sections: dict[str, dict[str, Any]] = {
            "mail": {"port": 0, "next_hop": "127.0.0.1:9"},
            "web": {"port": 0},
            "console": {"port": 0},
            "inspection": {"workers": 2, "deadline": 60.0},
        }
        for name, values in config.items():
            sections.setdefault(name, {}).update(values)
        self.config_path.write_text(_toml(sections), encoding="utf-8")
        self.env = dict(env or {})
        self.process: subprocess.Popen[bytes] | None = None
        self.log = tmp / "gateway.log"
        self.places: dict[str, Any] = {}

    def __enter__(self) -> Box:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    async def __aenter__(self) -> Box:
        self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.stop()

    def start(self, seconds: float = 90.0) -> None:
        """Start `dlp serve` and wait until everything listens."""
        run_file = self.var / "run.json"
        run_file.unlink(missing_ok=True)
        command = [sys.executable, "-m", "dlp", "serve", "--config", str(self.config_path), "--var", str(self.var)]
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                command, cwd=REPO, stdout=out, stderr=out, stdin=subprocess.DEVNULL, env=os.environ | self.env
            )
        deadline = time.monotonic() + seconds
        while not run_file.exists():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise AssertionError(f"the gateway did not start:\n{self.log.read_text(errors='replace')[-4000:]}")
            time.sleep(0.05)
        self.places = json.loads(run_file.read_text())

    def stop(self, seconds: float = 45.0) -> int | None:
        """SIGTERM, then wait; the exit code."""
        if self.process is None:
            return None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        code, self.process = self.process.returncode, None
        return code

    def kill(self) -> None:
        """SIGKILL: what a power cut does."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()
        self.process = None

    def resident(self) -> int:
        """Bytes of memory of the gateway's own process, without its workers."""
        assert self.process is not None
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) * 1024

    @property
    def smtp_port(self) -> int:
        return int(self.places["smtp"].rpartition(":")[2])

    @property
    def proxy_port(self) -> int:
        return int(self.places["proxy"].rpartition(":")[2])

    @property
    def proxy_url(self) -> str:
        return str(self.places["proxy"])

    @property
    def ca_path(self) -> Path:
        return Path(self.places["ca"])

    @property
    def console_url(self) -> str:
        return str(self.places["console"])

    @property
    def drop(self) -> Path:
        return Path(self.places["drop"])

    def room(self) -> Room:
        """A second door to the same room (another process beside the gateway's). Close it."""
        return Room.open(self.var / "quarantine", KeyRing.open_or_create(self.var / "keys.json"))

    def cases(self) -> list[Case]:
        """All cases, oldest first, envelope included."""
        room = self.room()
        try:
            return [room.case(case.id) for case in room.cases(limit=1_000_000)]
        finally:
            room.close()

    def approve(self, case_id: str, *actors: str) -> Case:
        """Approve as these persons, one after the other."""
        from datetime import UTC, datetime

        room = self.room()
        try:
            for actor in actors or ("S001", "S002"):
                case = room.decide(
                    case_id, Decision(actor=actor, move=Move.APPROVE, reason="業務のため", at=datetime.now(UTC))
                )
            return case
        finally:
            room.close()

    def wait(self, condition: Any, seconds: float = 60.0) -> Any:
        """The first true value of condition(), or an assertion after `seconds`."""
        deadline = time.monotonic() + seconds
        while True:
            value = condition()
            if value:
                return value
            assert time.monotonic() < deadline, f"waited {seconds} s\n{self.log.read_text(errors='replace')[-3000:]}"
            time.sleep(0.05)


def _toml(sections: Mapping[str, Mapping[str, Any]]) -> str:
    lines = []
    for name, values in sections.items():
        lines.append(f"[{name}]")
        lines += [f"{key} = {_value(value)}" for key, value in values.items()]
    return "\n".join(lines) + "\n"


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{json.dumps(str(k))} = {_value(v)}" for k, v in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    if isinstance(value, (int, float)):
        return str(value)
    return json.dumps(str(value), ensure_ascii=False)
