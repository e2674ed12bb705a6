"""Where pushed users are kept: the register. Tokens of those who push are kept as digests only."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from dlp.directory.people import row_of
from dlp.directory.register import Change, Register
from dlp.directory.sources import scim_model as model
from dlp.directory.sources.scim_model import Body, ScimError

ACTOR = "scim"
_SIGN = timedelta(minutes=1)  # signs of life are kept no closer together


@dataclass(frozen=True, kw_only=True, slots=True)
class User:
    """One stored user."""

    id: str
    body: Body
    version: int
    created: datetime
    modified: datetime


class Users:
    """The users of one register."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._seen: datetime | None = None

    def create(self, body: Body) -> User:
        """A new user. Raises ScimError when the name is taken."""
        number, now = str(uuid.uuid4()), _now()
        with self._unique(), self._register.change(ACTOR) as change:
            # Whoever makes an account anew takes back that it was deleted.
            change.run(
                "DELETE FROM scim_user WHERE user_name = :name AND deleted IS NOT NULL", name=_key(body["userName"])
            )
            change.run(
                "INSERT INTO scim_user (id, user_name, external, body, row, version, created, modified)"
                " VALUES (:id, :name, :external, :body, :row, 1, :now, :now)",
                id=number,
                now=now,
                **_columns(body),
            )
            _tell(change, "created", number, body)
        return self.get(number)

    def get(self, number: str) -> User:
        """Raises ScimError 404."""
        with self._register.snapshot() as now:
            row = now.one("SELECT * FROM scim_user WHERE id = :id AND deleted IS NULL", id=number)
        if row is None:
            raise ScimError(404, "", "there is no such user")
        return _user(row)

    def replace(self, number: str, body: Body, version: int) -> User:
        """Another body for the user, if it is still of this version. Raises ScimError 404, 409, 412."""
        with self._unique(), self._register.change(ACTOR) as change:
            done = change.run(
                "UPDATE scim_user SET user_name = :name, external = :external, body = :body, row = :row,"
                " version = version + 1, modified = :now WHERE id = :id AND version = :version AND deleted IS NULL",
                id=number,
                version=version,
                now=_now(),
                **_columns(body),
            )
            if done:
                _tell(change, "changed", number, body)
        if not done:
            raise ScimError(412, "", "somebody else has changed this user")
        return self.get(number)

    def delete(self, number: str) -> None:
        """The account is gone: it stays as one that is off. Raises ScimError 404."""
        before = self.get(number)
        body = before.body | {"active": False}
        with self._register.change(ACTOR) as change:
            change.run(
                "UPDATE scim_user SET deleted = :now, row = :row, version = version + 1 WHERE id = :id",
                now=_now(),
                row=_columns(body)["row"],
                id=number,
            )
            _tell(change, "deleted", number, body)

    def find(self, wanted: tuple[str, Any] | None, start: int, count: int) -> tuple[int, list[User]]:
        """How many there are, and those from `start` (1 is the first). `wanted` is an `attribute eq value`."""
        where, values = _where(wanted)
        with self._register.snapshot() as now:
            total = now.one(f"SELECT count(*) AS n FROM scim_user WHERE {where}", **values)  # noqa: S608  our words only
            rows = now.all(
                f"SELECT * FROM scim_user WHERE {where} ORDER BY created, id LIMIT :count OFFSET :skip",  # noqa: S608
                count=count,
                skip=start - 1,
                **values,
            )
        assert total is not None
        return int(total["n"]), [_user(row) for row in rows]

    def heard(self) -> None:
        """Somebody with a token has spoken: the feed is alive."""
        now = datetime.now(UTC)
        if self._seen is not None and now - self._seen < _SIGN:
            return
        with self._register.pulse() as pulse:
            pulse.run(
                "INSERT INTO source (name, kind, taken, changed, digest, rows)"
                " VALUES ('scim', 'account', :now, :now, '', '[]') ON CONFLICT (name) DO UPDATE SET taken = :now",
                now=_now(),
            )
        self._seen = now

    @staticmethod
    def _unique() -> _Unique:
        return _Unique()


class _Unique:
    """A name that is taken, as SCIM says it."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, sqlite3.IntegrityError):
            raise ScimError(409, "uniqueness", "this userName is taken") from None


def _columns(body: Body) -> dict[str, str]:
    return {
        "name": _key(body["userName"]),
        "external": str(body.get("externalId", "")),
        "body": orjson.dumps(body).decode(),
        "row": orjson.dumps(row_of(model.person(body))).decode(),
    }


def _where(wanted: tuple[str, Any] | None) -> tuple[str, dict[str, Any]]:
    if wanted is None:
        return "deleted IS NULL", {}
    attribute, value = wanted
    number = f"{model.ENTERPRISE}:employeeNumber".lower()
    column = {
        "username": "user_name",
        "externalid": "external",
        "id": "id",
        number: "json_extract(row, '$.id')",
        f"{model.USER}:username".lower(): "user_name",
    }.get(attribute.lower())
    if column is None:
        raise ScimError(400, "invalidFilter", "userName, externalId, id or employeeNumber can be asked for")
    return f"deleted IS NULL AND {column} = :value", {"value": _key(value) if column == "user_name" else str(value)}


def _key(name: Any) -> str:
    return str(name).strip().lower()


def _user(row: sqlite3.Row) -> User:
    return User(
        id=row["id"],
        body=orjson.loads(row["body"]),
        version=row["version"],
        created=datetime.fromisoformat(row["created"]),
        modified=datetime.fromisoformat(row["modified"]),
    )


def _tell(change: Change, word: str, number: str, body: Body) -> None:
    who = model.person(body)
    person = who.id if not who.id.startswith("scim:") else ""
    change.tell("scim", number, word=word, person=person, active=int(who.active))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


# tokens


def new_token(register: Register, label: str, by: str) -> str:
    """A new token for somebody who pushes; it is shown once and kept as a digest."""
    token = "sk_" + secrets.token_urlsafe(32)
    with register.change(by) as change:
        change.run(
            "INSERT INTO scim_token (digest, label, made, by) VALUES (:digest, :label, :now, :by)",
            digest=_digest(token),
            label=label,
            now=_now(),
            by=by,
        )
        change.tell("scim token", label)
    return token


def revoke_token(register: Register, label: str, by: str) -> int:
    """Every token of this label is worth nothing from now on; how many there were."""
    with register.change(by) as change:
        count = change.run(
            "UPDATE scim_token SET revoked = :now WHERE label = :label AND revoked IS NULL", now=_now(), label=label
        )
        if count:
            change.tell("scim token revoked", label, tokens=count)
    return count


def knows(register: Register, token: str) -> bool:
    """Whether this token is one of ours. It has 256 random bits: a plain digest cannot be undone."""
    with register.snapshot() as now:
        found = now.one("SELECT 1 FROM scim_token WHERE digest = :digest AND revoked IS NULL", digest=_digest(token))
    return found is not None


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()
