"""What a first run lays out in an empty folder: a people file, a device ledger, accounts with random passwords."""

from __future__ import annotations

import getpass
import secrets
from pathlib import Path

from dlp.console import Accounts
from dlp.delivery.media import MARK
from dlp.directory import Directory
from dlp.settings import Config

_PEOPLE = """\
# 職員名簿 / Who works here. Read at start and whenever this file changes.
# end is the last day of employment: from 00:00 of the day after, every channel refuses.
# role: staff | supervisor | privacy | administrator | auditor

[[person]]
id = "S001"
name = "所属長（初期設定）"
mail = ["supervisor@town.example"]
logins = ["supervisor"]
department = "総務課"
supervisor = "P001"
deputy = "P001"
role = "supervisor"

[[person]]
id = "P001"
name = "個人情報保護担当（初期設定）"
mail = ["privacy@town.example"]
logins = ["privacy"]
department = "総務課"
supervisor = "S001"
role = "privacy"

[[person]]
id = "A001"
name = "情報システム課（初期設定）"
mail = ["admin@town.example"]
logins = ["admin"]
department = "情報システム課"
role = "administrator"

[[person]]
id = "E001"
name = "職員（例）"
mail = ["staff@town.example"]
logins = ["staff", "{login}"]
department = "総務課"
supervisor = "S001"
start = 2020-04-01
# end = 2027-03-31
"""

_DEVICES = """\
# 外部記録媒体台帳 / Devices that may be written to. state: in_use | lent | lost | retired

[[device]]
serial = "USB-0001"
number = "総務-001"
product = "練習用フォルダー"
department = "総務課"
holder = "S001"
state = "in_use"
folder = "{folder}"
"""

#: Logins of the first run and their roles.
_ACCOUNTS = (("supervisor", "supervisor"), ("privacy", "privacy"), ("admin", "administrator"), ("staff", "staff"))


def lay_out(config: Config) -> None:
    """Write the files a first run needs, where they are missing. Never overwrites."""
    people, devices = config.path(config.directory.people), config.path(config.directory.devices)
    login = getpass.getuser()
    if people.suffix == ".toml":
        _write(people, _PEOPLE.replace("{login}", login if login not in dict(_ACCOUNTS) else f"{login}-os"))
    stick = config.var.absolute() / "devices" / "USB-0001"
    if devices.suffix == ".toml" and _write(devices, _DEVICES.replace("{folder}", str(stick))):
        stick.mkdir(parents=True, exist_ok=True)
        (stick / MARK).touch()  # a plain folder for practice; a real device is known by being mounted


def _write(path: Path, text: str) -> bool:
    if path.exists():
        return False
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    return True


def first_accounts(accounts: Accounts, directory: Directory) -> dict[str, str]:
    """Make the first accounts when there are none. Returns login -> password, to be shown once."""
    if not accounts.empty():
        return {}
    made = {}
    for login, role in _ACCOUNTS:
        person = directory.by_login(login)
        if person is None:
            continue
        made[login] = password()
        accounts.create(login, person.id, role, made[login])
    return made


def password() -> str:
    """A random password of 20 letters and digits that are hard to confuse (over 96 bits)."""
    alphabet = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
    return "-".join("".join(secrets.choice(alphabet) for _ in range(5)) for _ in range(4))
