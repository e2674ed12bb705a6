"""What SCIM has pushed, as a source of people."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import orjson

from dlp.directory.merge import same_person
from dlp.directory.people import person_of
from dlp.directory.register import Snapshot
from dlp.standing import Person

NAME = "scim"
_STAMP = "SELECT count(*), max(rowid), sum(version), max(modified), max(deleted) FROM scim_user"


class Feed:
    """The users of the register, each parsed once a version."""

    def __init__(self) -> None:
        self._parsed: dict[str, tuple[int, Person]] = {}
        self.people: tuple[Person, ...] = ()
        self.seen: datetime | None = None  # when the pusher last spoke to us
        self.stamp: tuple[object, ...] = ()  # differs when any user does

    def look(self, snapshot: Snapshot) -> None:
        """Take over what has changed."""
        spoke = snapshot.one("SELECT taken FROM source WHERE name = :name", name=NAME)
        self.seen = datetime.fromisoformat(spoke["taken"]) if spoke is not None else None
        row = snapshot.one(_STAMP)
        stamp = (*row, self.seen is None) if row is not None else ()
        if stamp != self.stamp:
            self._read(snapshot)
            self.stamp = stamp

    def _read(self, snapshot: Snapshot) -> None:
        fresh: dict[str, tuple[int, Person]] = {}
        living: set[str] = set()
        for row in snapshot.all("SELECT id, version, deleted FROM scim_user ORDER BY created, id"):
            before = self._parsed.get(row["id"])
            if before is None or before[0] != row["version"]:
                text = snapshot.one("SELECT row FROM scim_user WHERE id = :id", id=row["id"])
                assert text is not None
                before = (row["version"], person_of(orjson.loads(text["row"]), 0, NAME))
            fresh[row["id"]] = before
            if row["deleted"] is None:
                living.add(row["id"])
        self._parsed = fresh
        self.people = tuple(_together({key: person for key, (_, person) in fresh.items()}, living))


def _together(accounts: dict[str, Person], living: set[str]) -> list[Person]:
    """One person for each employee number. Managers are named by the id of their account.

    A deleted account counts while there is no living one: it is off. Of several living ones, one that is off is
    enough, as between sources.
    """
    numbers = {key: person.id for key, person in accounts.items()}
    alive = {numbers[key] for key in living}
    people: dict[str, Person] = {}
    for key, account in accounts.items():
        if key not in living and account.id in alive:
            continue
        person = replace(account, supervisor=numbers.get(account.supervisor, account.supervisor))
        people[person.id] = same_person(people[person.id], person) if person.id in people else person
    return list(people.values())
