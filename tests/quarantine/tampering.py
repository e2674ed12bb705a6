"""What an intruder who can write the database and the second place could do, at random; and where it must be found."""

from __future__ import annotations

import hashlib
import json
import random
import re
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field

LINK = ("seq", "at", "actor", "event", "subject", "detail", "previous", "hash")
BOUND = "at channel sender person department destination digest size media_type verdict reasons ruleset subjects counts"


@dataclass
class Copy:
    """A copy of the room's database and of the second place's checkpoints, to be spoiled."""

    db: sqlite3.Connection
    second: list[str]
    random: random.Random
    entries: set[int] = field(default_factory=set)  # where it must be found: one of these is named …
    transfers: set[str] = field(default_factory=set)  # … or one of these
    checkpoints: set[int] = field(default_factory=set)
    cases: set[str] = field(default_factory=set)

    def links(self) -> list[dict[str, object]]:
        rows = self.db.execute(f"SELECT {', '.join(LINK)} FROM audit ORDER BY seq")
        return [dict(zip(LINK, row, strict=True)) for row in rows]

    def write(self, links: list[dict[str, object]]) -> None:
        self.db.execute("DELETE FROM audit")
        for link in links:
            self.db.execute("INSERT INTO audit VALUES (?,?,?,?,?,?,?,?)", [link[name] for name in LINK])

    def pick(self) -> int:
        """Number of an entry."""
        return self.random.randint(1, len(self.links()))

    def row(self, *, where: str = "1") -> tuple[int, str]:
        """(id, transfer) of a ledger row."""
        rows = self.db.execute(f"SELECT id, transfer FROM ledger WHERE {where}").fetchall()
        chosen = self.random.choice(rows)
        names = {chosen[1]}
        names |= {case for (case,) in self.db.execute("SELECT id FROM held WHERE ledger = ?", (chosen[0],))}
        self.transfers |= names
        self.entries |= {
            link["seq"]
            for link in self.links()
            if names & {str(link["subject"]), json.loads(str(link["detail"])).get("transfer")}
        }
        return chosen


def sealed(link: dict[str, object]) -> dict[str, object]:
    """With the hash its fields ask for."""
    fields = {name: link[name] for name in LINK if name != "hash"} | {"detail": json.loads(str(link["detail"]))}
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"))
    return link | {"hash": hashlib.sha256(text.encode()).hexdigest()}


def rechained(links: list[dict[str, object]]) -> list[dict[str, object]]:
    """A chain without a fault of its own."""
    made: list[dict[str, object]] = []
    for number, link in enumerate(links, 1):
        previous = made[-1]["hash"] if made else "0" * 64
        made.append(sealed(link | {"seq": number, "previous": previous}))
    return made


def other(value: object, chance: random.Random) -> object:
    if isinstance(value, int):
        return value + chance.choice([-1, 1, 1000])
    text = str(value)
    if not text:
        return "x"
    place = chance.randrange(len(text))
    return text[:place] + ("b" if text[place] == "a" else "a") + text[place + 1 :]


def edit_entry(copy: Copy) -> None:
    links, seq = copy.links(), copy.pick()
    name = copy.random.choice(LINK[1:])
    changed = other(links[seq - 1][name], copy.random)
    links[seq - 1] = links[seq - 1] | {name: changed}
    copy.entries = {seq}
    copy.write(links)


def forge_entry(copy: Copy) -> None:
    links, seq = copy.links(), copy.pick()
    links[seq - 1] = sealed(links[seq - 1] | {"actor": "nobody"})
    copy.entries = {seq, seq + 1}
    copy.write(links)


def delete_entries(copy: Copy) -> None:
    links, seq = copy.links(), copy.pick()
    length = copy.random.choice([1, 1, 2, 5])
    copy.entries = set(range(seq, min(seq + length, len(links) + 1)))
    copy.write(links[: seq - 1] + links[seq - 1 + length :])


def truncate(copy: Copy) -> None:
    links, length = copy.links(), copy.random.choice([1, 2, 3, 10])
    copy.entries = set(range(len(links) - length + 1, len(links) + 1))
    copy.write(links[:-length])


def swap_entries(copy: Copy) -> None:
    links, first = copy.links(), copy.pick()
    second = copy.random.choice([n for n in range(1, len(links) + 1) if n != first])
    one, two = links[first - 1], links[second - 1]
    links[first - 1], links[second - 1] = two | {"seq": first}, one | {"seq": second}
    copy.entries = {first, second}
    copy.write(links)


def duplicate(copy: Copy) -> None:
    links, seq = copy.links(), copy.pick()
    links.append(links[seq - 1] | {"seq": len(links) + 1})
    copy.entries = {len(links)}
    copy.write(links)


def insert_forged(copy: Copy) -> None:
    """In the middle, the rest moved and chained anew."""
    links, seq = copy.links(), copy.pick()
    forged = links[seq - 1] | {"event": "view", "actor": "nobody", "detail": "{}", "subject": "XXXXXX"}
    copy.entries = {seq}
    copy.write(rechained([*links[: seq - 1], forged, *links[seq - 1 :]]))


def rewrite(copy: Copy) -> None:
    links, seq = copy.links(), copy.pick()
    links[seq - 1] = links[seq - 1] | {"actor": "nobody"}
    copy.entries = {seq}
    copy.write(rechained(links))


def rewrite_without(copy: Copy) -> None:
    links, seq = copy.links(), copy.pick()
    copy.entries = {seq}
    copy.write(rechained([*links[: seq - 1], *links[seq:]]))


def edit_row(copy: Copy) -> None:
    number, _ = copy.row()
    name = copy.random.choice(BOUND.split())
    (value,) = copy.db.execute(f"SELECT {name} FROM ledger WHERE id = ?", (number,)).fetchone()
    copy.db.execute(f"UPDATE ledger SET {name} = ? WHERE id = ?", (other(value, copy.random), number))


def edit_fate(copy: Copy) -> None:
    """When it left, what became of it, what was answered."""
    number, _ = copy.row()
    name = copy.random.choice(["left_at", "outcome", "detail"])
    (value,) = copy.db.execute(f"SELECT {name} FROM ledger WHERE id = ?", (number,)).fetchone()
    if name == "detail":
        fresh: object = b"" if value else b"\x00" * 40
    elif name == "left_at":
        fresh = None if value is not None else 1
    else:
        fresh = copy.random.choice([word for word in ("", "delivered", "refused", "failed") if word != value])
    copy.db.execute(f"UPDATE ledger SET {name} = ? WHERE id = ?", (fresh, number))


def delete_row(copy: Copy) -> None:
    number, _ = copy.row()
    for table, key in (("people", "ledger"), ("held", "ledger"), ("ledger", "id")):
        copy.db.execute(f"DELETE FROM {table} WHERE {key} = ?", (number,))


def insert_row(copy: Copy) -> None:
    number = copy.random.choice([0, 100_000])
    columns = f"{', '.join(BOUND.split())}, left_at, outcome, detail"
    query = f"INSERT INTO ledger (id, transfer, {columns}) SELECT ?, 'forged', {columns} FROM ledger LIMIT 1"
    copy.db.execute(query, (number,))
    copy.transfers = {"forged"}


def edit_people(copy: Copy) -> None:
    number, _ = copy.row(where="id IN (SELECT ledger FROM people)")
    (tokens,) = copy.db.execute("SELECT tokens FROM people WHERE ledger = ?", (number,)).fetchone()
    act = copy.random.choice(["add", "take", "change", "places"])
    if act == "places":
        copy.db.execute("INSERT OR REPLACE INTO trace_place VALUES (?, ?)", (number, b"elsewhere"))
        return
    fresh = {"add": tokens + b"12345678", "take": tokens[8:], "change": bytes([tokens[0] ^ 1]) + tokens[1:]}[act]
    copy.db.execute("UPDATE people SET tokens = ? WHERE ledger = ?", (fresh, number))


def swap_rows(copy: Copy) -> None:
    (one, first), (two, second) = copy.row(), copy.row()
    if one == two:
        return edit_row(copy)
    for number, transfer in ((one, "?"), (two, first), (one, second)):
        copy.db.execute("UPDATE ledger SET transfer = ? WHERE id = ?", (transfer, number))
    return None


def edit_case(copy: Copy) -> None:
    (case, status) = copy.random.choice(copy.db.execute("SELECT id, status FROM held").fetchall())
    fresh = copy.random.choice([s for s in ("quarantined", "approved", "released", "rejected") if s != status])
    copy.db.execute("UPDATE held SET status = ? WHERE id = ?", (fresh, case))
    copy.cases = {case}


def cover_up(copy: Copy) -> None:
    """A ledger row, the entry that tells of it, and all that follows, each agreeing with the other."""
    number, transfer = copy.row()
    copy.db.execute("UPDATE ledger SET subjects = subjects + 7 WHERE id = ?", (number,))
    names = ["transfer", *BOUND.split()]
    row = copy.db.execute(f"SELECT {', '.join(names)} FROM ledger WHERE id = ?", (number,)).fetchone()
    digest = hashlib.sha256(json.dumps(list(row), ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
    links = copy.links()
    for place, link in enumerate(links):
        detail = json.loads(str(link["detail"]))
        if detail.get("transfer") == transfer and "row" in detail:
            fresh = detail | {"row": digest, "subjects": detail["subjects"] + 7}
            links[place] = link | {"detail": json.dumps(fresh, sort_keys=True, separators=(",", ":"))}
            copy.entries = {place + 1}
    copy.write(rechained(links))


def _lines(copy: Copy) -> list[tuple[int, str]]:
    return copy.db.execute("SELECT number, line FROM checkpoint ORDER BY number").fetchall()


def _set_line(copy: Copy, number: int, line: str) -> None:
    copy.db.execute("UPDATE checkpoint SET line = ? WHERE number = ?", (line, number))


def edit_checkpoint(copy: Copy) -> None:
    number, line = copy.random.choice(_lines(copy))
    fields = json.loads(line)
    name = copy.random.choice(sorted(fields))
    _set_line(copy, number, json.dumps(fields | {name: other(fields[name], copy.random)}))
    copy.checkpoints = {number}


def move_checkpoint(copy: Copy) -> None:
    """It claims another place: its number's, or another entry."""
    number, line = copy.random.choice(_lines(copy)[:-1])
    if copy.random.random() < 0.5:
        _set_line(copy, number, line.replace(f'"seq":{json.loads(line)["seq"]}', '"seq":1'))
        copy.checkpoints = {number}
    else:
        copy.db.execute("UPDATE checkpoint SET number = 1000 WHERE number = ?", (number,))
        copy.checkpoints = {number, number + 1}


def swap_checkpoints(copy: Copy) -> None:
    (one, first), (two, second) = copy.random.sample(_lines(copy), 2)
    _set_line(copy, one, second)
    _set_line(copy, two, first)
    copy.checkpoints = {one, two}


def delete_checkpoint(copy: Copy) -> None:
    number, _ = copy.random.choice(_lines(copy))
    copy.db.execute("DELETE FROM checkpoint WHERE number = ?", (number,))
    copy.checkpoints = {number}


def cut_checkpoints(copy: Copy) -> None:
    """From the end, and from the second place too: only the chain still tells of them."""
    number, _ = copy.random.choice(_lines(copy))
    copy.checkpoints = {n for n, _ in _lines(copy) if n >= number}
    copy.db.execute("DELETE FROM checkpoint WHERE number >= ?", (number,))
    del copy.second[number - 1 :]


def spoil_second_place(copy: Copy) -> None:
    place = copy.random.randrange(len(copy.second))
    act = copy.random.choice(["edit", "swap", "delete", "twice"])
    copy.checkpoints = {place + 1}
    if act == "edit":
        copy.second[place] = copy.second[place].replace('"rows":', '"rows":1')
    elif act == "swap":
        with_ = (place + 1) % len(copy.second)
        copy.second[place], copy.second[with_] = copy.second[with_], copy.second[place]
        copy.checkpoints |= {with_ + 1}
    elif act == "delete":
        del copy.second[place]
    else:
        copy.second.insert(place, copy.second[place])


def rewrite_all(copy: Copy) -> None:
    """The chain from an entry on, and the checkpoints after it thrown away: only the second place has them."""
    rewrite(copy)
    copy.db.execute("DELETE FROM checkpoint WHERE seq >= ?", (min(copy.entries),))


WAYS: tuple[Callable[[Copy], None], ...] = (
    edit_entry,
    forge_entry,
    delete_entries,
    truncate,
    swap_entries,
    duplicate,
    insert_forged,
    rewrite,
    rewrite_without,
    rewrite_all,
    edit_row,
    edit_fate,
    delete_row,
    insert_row,
    edit_people,
    swap_rows,
    edit_case,
    cover_up,
    edit_checkpoint,
    move_checkpoint,
    swap_checkpoints,
    delete_checkpoint,
    cut_checkpoints,
    spoil_second_place,
)


def is_located(copy: Copy, faults: list[str]) -> bool:
    """Whether one of the faults names the place."""
    return any(_names(copy, fault) for fault in faults)


def _names(copy: Copy, fault: str) -> bool:
    entries = {int(number) for number in re.findall(r"\bentry (-?\d+)", fault)}
    for low, high in re.findall(r"\bentries (\d+) to (\d+)", fault):
        entries |= set(range(int(low), int(high) + 1))
    for low in re.findall(r"or some after (\d+) were exchanged", fault):
        entries |= set(range(int(low) + 1, max(entries) + 1))
    found = re.search(r"\bcheckpoints? (?:line )?([\d, ]+)(?: to (\d+))?", fault)
    checkpoints = {int(number) for number in re.findall(r"\d+", found[1])} if found else set()
    if found and found[2]:
        checkpoints |= set(range(min(checkpoints), int(found[2]) + 1))
    checkpoints |= {int(number) for number in re.findall(r"line (\d+)", fault)}
    words = set(fault.split())
    return bool(entries & copy.entries or checkpoints & copy.checkpoints or words & (copy.transfers | copy.cases))
