"""The SCIM service over HTTP, against a real register and room, as identity providers speak to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from hypothesis import given, settings
from hypothesis import strategies as st

from dlp.directory import Directory, staff
from dlp.directory.people import person_of, row_of
from dlp.directory.register import Register
from dlp.directory.sources import scim_model as model
from dlp.directory.sources import scim_store as store
from dlp.directory.sources.scim_model import EMPLOYMENT, ENTERPRISE, PATCH, USER, ScimError
from dlp.directory.sources.scim_server import ScimServer
from dlp.directory.staff import Sources
from dlp.errors import ConfigError
from dlp.settings import Scim
from dlp.standing import PersonStatus
from dlp.transfer import Channel
from quarantine.keys import KeyRing
from quarantine.room import Room


class Provider:
    """An identity provider, and what it pushes to."""

    def __init__(self, tmp: Path) -> None:
        self.tmp = tmp
        self.room = Room.open(tmp / "room", KeyRing.open_or_create(tmp / "keys.json"))
        self.register = Register(tmp / "register.db", self.room.enter)
        self.token = store.new_token(self.register, "entra", "A1")
        self.server = ScimServer(Scim(port=0), self.register)
        self.http: ClientSession
        self.status: int = 0
        self.headers: Mapping[str, str] = {}

    async def ask(self, method: str, path: str, body: Any = None, *, token: str | None = None, **headers: str) -> Any:
        given = self.token if token is None else token
        headers = {"Authorization": f"Bearer {given}", "Content-Type": "application/scim+json"} | headers
        async with self.http.request(method, self.server.url + path, json=body, headers=headers) as answer:
            self.status, self.headers = answer.status, answer.headers
            if answer.status in (204, 304):
                return None
            assert answer.content_type == "application/scim+json"
            return await answer.json(content_type=None)

    async def push(self, login: str, number: str = "", **more: Any) -> str:
        body = {"schemas": [USER, ENTERPRISE], "userName": login, "active": True, **more}
        if number:
            body[ENTERPRISE] = {"employeeNumber": number}
        made = await self.ask("POST", "/Users", body)
        assert self.status == 201, made
        return str(made["id"])

    async def patch(self, number: str, *operations: dict[str, Any], **headers: str) -> Any:
        return await self.ask(
            "PATCH", f"/Users/{number}", {"schemas": [PATCH], "Operations": list(operations)}, **headers
        )

    def directory(self, people: str) -> Directory:
        (self.tmp / "people.csv").write_text(people, encoding="utf-8")
        heard = Sources(others=("scim",))
        return Directory(self.tmp / "people.csv", self.tmp / "no.toml", register=self.register, sources=heard)


@pytest.fixture
async def idp(tmp_path: Path) -> AsyncIterator[Provider]:
    made = Provider(tmp_path)
    await made.server.start()
    async with ClientSession() as made.http:
        yield made
    await made.server.stop()
    made.register.close()
    made.room.close()


PERSON = {
    "schemas": [USER, ENTERPRISE, EMPLOYMENT],
    "userName": "Hanako@town.example",
    "externalId": "X-1",
    "name": {"familyName": "山田", "givenName": "花子"},
    "emails": [{"value": "Hanako@town.example", "type": "work", "primary": True}, {"value": "h@town.example"}],
    "active": True,
    ENTERPRISE: {"employeeNumber": "E1", "department": "市民課", "manager": {"value": "S1"}},
    EMPLOYMENT: {"startDate": "2018-04-01", "endDate": "2018-12-21", "duties": ["児童手当"]},
}


async def test_a_person_comes_whole(idp: Provider) -> None:
    made = await idp.ask("POST", "/Users", PERSON)
    assert idp.status == 201
    assert idp.headers["Location"] == made["meta"]["location"] == f"{idp.server.url}/Users/{made['id']}"
    got = await idp.ask("GET", f"/Users/{made['id']}")
    assert got == made
    assert {key: got[key] for key in PERSON} == PERSON
    assert (await idp.ask("GET", f"/Users/{made['id']}", **{"If-None-Match": idp.headers["ETag"]}), idp.status) == (
        None,
        304,
    )
    directory = idp.directory("id,supervisor\nE1,S1\nS1,\n")
    person = directory.by_login("hanako@TOWN.example")
    assert person is not None
    assert (person.id, person.name, person.mail) == ("E1", "山田　花子", ("hanako@town.example", "h@town.example"))
    assert (person.end, person.duties, person.supervisor) == (date(2018, 12, 21), ("児童手当",), "S1")


@pytest.mark.parametrize("token", ["", "x", "sk_" + "A" * 43])
@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/Users"), ("POST", "/Users"), ("GET", "/Schemas"), ("GET", "/nothing")]
)
async def test_nothing_is_told_or_taken_without_the_token(idp: Provider, token: str, method: str, path: str) -> None:
    answer = await idp.ask(method, path, PERSON if method == "POST" else None, token=token)
    assert (idp.status, answer["status"]) == (401, "401")
    assert idp.headers["WWW-Authenticate"].startswith("Bearer")
    assert (await idp.ask("GET", "/Users"))["totalResults"] == 0


async def test_the_token_is_kept_as_a_digest_and_can_be_taken_back(idp: Provider) -> None:
    files = [path.read_bytes() for path in idp.tmp.rglob("*") if path.is_file()]
    assert [1 for data in files if idp.token.encode() in data] == []
    assert store.revoke_token(idp.register, "entra", "A1") == 1
    await idp.ask("GET", "/Users")
    assert idp.status == 401
    told = [(e.event, e.subject) for e in idp.room.entries() if e.event.startswith("scim token")]
    assert told == [("scim token", "entra"), ("scim token revoked", "entra")]


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "replace", "path": "active", "value": False},
        {"op": "Replace", "path": "active", "value": "False"},  # Entra ID
        {"op": "replace", "value": {"active": False}},  # Okta
        {"op": "add", "path": f"{USER}:active", "value": False},
    ],
)
@pytest.mark.parametrize("channel", list(Channel))
async def test_switched_off_is_refused_at_once(idp: Provider, operation: dict[str, Any], channel: Channel) -> None:
    number = await idp.push("e1@town.example", "E1")
    directory = idp.directory("id,logins\nE1,e1\n")
    sender = "e1@town.example" if channel is Channel.MAIL else "e1"
    now = datetime.now(UTC)
    assert directory.standing(channel, sender, now).status is PersonStatus.ACTIVE
    changed = await idp.patch(number, operation)
    assert (idp.status, changed["active"]) == (200, False)
    assert directory.standing(channel, sender, now).status is PersonStatus.DISABLED
    await idp.patch(number, {"op": "replace", "path": "active", "value": True})
    assert directory.standing(channel, sender, now).status is PersonStatus.ACTIVE
    told = [(e.actor, e.detail["person"], e.detail["active"]) for e in idp.room.entries() if e.event == "scim"]
    assert told == [("scim", "E1", 1), ("scim", "E1", 0), ("scim", "E1", 1)]
    assert idp.room.verify() == []


async def test_a_deleted_account_lifts_no_refusal_until_it_is_made_anew(idp: Provider) -> None:
    number = await idp.push("e1@town.example", "E1")
    directory = idp.directory("id\nE1\n")
    now = datetime.now(UTC)
    await idp.ask("DELETE", f"/Users/{number}")
    assert idp.status == 204
    assert directory.standing(Channel.MAIL, "e1@town.example", now).status is PersonStatus.DISABLED
    for method in ("GET", "DELETE", "PATCH", "PUT"):
        await idp.ask(method, f"/Users/{number}", PERSON if method == "PUT" else None)
        assert idp.status == 404
    assert (await idp.ask("GET", "/Users"))["totalResults"] == 0
    await idp.push("e1@town.example", "E1")
    assert directory.standing(Channel.MAIL, "e1@town.example", now).status is PersonStatus.ACTIVE


async def test_an_account_without_employment_is_refused(idp: Provider) -> None:
    await idp.push("ghost@town.example", "X9")
    await idp.push("numberless@town.example")
    directory = idp.directory("id\nE1\n")
    for sender in ("ghost@town.example", "numberless@town.example"):
        assert directory.standing(Channel.MAIL, sender, datetime.now(UTC)).status is PersonStatus.ABSENT


async def test_a_manager_is_the_id_of_another_user(idp: Provider) -> None:
    boss = await idp.push("boss", "S1")
    await idp.push("e1", manager="ignored")
    await idp.ask(
        "POST", "/Users", {"userName": "e2", ENTERPRISE: {"employeeNumber": "E2", "manager": {"value": boss}}}
    )
    person = idp.directory("id\nE2\nS1\n").person("E2")
    assert person is not None
    assert person.supervisor == "S1"


# patches


async def patched(idp: Provider, *operations: dict[str, Any]) -> Any:
    made = await idp.ask("POST", "/Users", PERSON)
    return await idp.patch(made["id"], *operations)


@pytest.mark.parametrize(
    ("operation", "name"),
    [
        ({"op": "replace", "path": "name.familyName", "value": "佐藤"}, {"familyName": "佐藤", "givenName": "花子"}),
        (
            {"op": "replace", "path": "name", "value": {"familyName": "佐藤"}},
            {"familyName": "佐藤", "givenName": "花子"},
        ),
        ({"op": "add", "value": {"name.familyName": "佐藤"}}, {"familyName": "佐藤", "givenName": "花子"}),
        ({"op": "remove", "path": "name.givenName"}, {"familyName": "山田"}),
        ({"op": "remove", "path": "name"}, None),
    ],
)
async def test_names(idp: Provider, operation: dict[str, Any], name: dict[str, str] | None) -> None:
    assert (await patched(idp, operation)).get("name") == name


@pytest.mark.parametrize(
    ("operation", "mails"),
    [
        ({"op": "add", "path": "emails", "value": [{"value": "new@town.example"}]}, ["Hanako", "h", "new"]),
        ({"op": "add", "path": "emails", "value": [{"value": "h@town.example"}]}, ["Hanako", "h"]),
        ({"op": "replace", "path": "emails", "value": [{"value": "new@town.example"}]}, ["new"]),
        ({"op": "replace", "path": 'emails[type eq "work"].value', "value": "new@town.example"}, ["new", "h"]),
        ({"op": "add", "path": 'emails[type eq "home"].value', "value": "new@town.example"}, ["Hanako", "h", "new"]),
        ({"op": "remove", "path": 'emails[value eq "h@town.example"]'}, ["Hanako"]),
        ({"op": "remove", "path": "emails"}, None),
    ],
)
async def test_mail_addresses(idp: Provider, operation: dict[str, Any], mails: list[str] | None) -> None:
    found = (await patched(idp, operation)).get("emails")
    assert (found and [item["value"].partition("@")[0] for item in found]) == mails


async def test_extensions(idp: Provider) -> None:
    after = await patched(
        idp,
        {"op": "replace", "path": f"{ENTERPRISE}:department", "value": "税務課"},
        {"op": "add", "path": f"{ENTERPRISE}:manager", "value": "S9"},
        {"op": "replace", "value": {EMPLOYMENT: {"endDate": "2019-03-31T00:00:00+09:00"}, "shoeSize": 9}},
        {"op": "remove", "path": f"{EMPLOYMENT}:duties"},
    )
    assert after[ENTERPRISE] == {"employeeNumber": "E1", "department": "税務課", "manager": {"value": "S9"}}
    assert after[EMPLOYMENT] == {"startDate": "2018-04-01", "endDate": "2019-03-31"}


@pytest.mark.parametrize(
    ("operation", "kind"),
    [
        ({"op": "explode", "path": "active"}, "invalidSyntax"),
        ({"op": "remove"}, "noTarget"),
        ({"op": "replace", "path": 'emails[type eq "fax"].value', "value": "x"}, "noTarget"),
        ({"op": "replace", "path": 'emails[type gt "fax"].value', "value": "x"}, "invalidFilter"),
        ({"op": "replace", "path": "a b", "value": "x"}, "invalidPath"),
        ({"op": "replace", "path": "active", "value": "maybe"}, "invalidValue"),
        ({"op": "remove", "path": "userName"}, "invalidValue"),
        ({"op": "replace", "value": 5}, "invalidValue"),
        ({"op": "replace", "path": f"{EMPLOYMENT}:endDate", "value": "soon"}, "invalidValue"),
        (5, "invalidSyntax"),
    ],
)
async def test_a_wrong_patch_changes_nothing(idp: Provider, operation: Any, kind: str) -> None:
    made = await idp.ask("POST", "/Users", PERSON)
    answer = await idp.patch(made["id"], {"op": "replace", "path": "active", "value": False}, operation)
    assert (idp.status, answer["scimType"]) == (400, kind)
    assert await idp.ask("GET", f"/Users/{made['id']}") == made


async def test_put_replaces_the_whole_and_versions_are_kept_apart(idp: Provider) -> None:
    made = await idp.ask("POST", "/Users", PERSON)
    old = idp.headers["ETag"]
    after = await idp.ask("PUT", f"/Users/{made['id']}", {"userName": "hanako", "active": False})
    assert (idp.status, set(after) - {"schemas", "id", "meta"}) == (200, {"userName", "active"})
    await idp.patch(made["id"], {"op": "replace", "path": "active", "value": True}, **{"If-Match": old})
    assert idp.status == 412
    assert (await idp.ask("GET", f"/Users/{made['id']}"))["active"] is False


async def test_a_name_is_taken_once(idp: Provider) -> None:
    await idp.push("e1")
    other = await idp.push("e2")
    answer = await idp.ask("POST", "/Users", {"userName": "E1"})
    assert (idp.status, answer["scimType"]) == (409, "uniqueness")
    await idp.patch(other, {"op": "replace", "path": "userName", "value": "E1"})
    assert idp.status == 409


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ('userName eq "N03@T.example"', ["n03@t.example"]),
        ('externalId eq "X4"', ["n04@t.example"]),
        ('externalId eq "x4"', []),
        (f'{ENTERPRISE}:employeeNumber eq "E5"', ["n05@t.example"]),
        ('userName eq "a\\"b"', []),
    ],
)
async def test_filters(idp: Provider, query: str, found: list[str]) -> None:
    for n in range(6):
        await idp.push(f"n0{n}@t.example", f"E{n}", externalId=f"X{n}")
    async with idp.http.get(
        idp.server.url + "/Users", params={"filter": query}, headers={"Authorization": f"Bearer {idp.token}"}
    ) as answer:
        listed = await answer.json(content_type=None)
    assert ([user["userName"] for user in listed["Resources"]], listed["totalResults"]) == (found, len(found))


@pytest.mark.parametrize("query", ['userName co "a"', 'shoe eq "9"', "userName eq", "1=1", 'userName eq "a" or id pr'])
async def test_filters_that_are_not_understood_are_refused(idp: Provider, query: str) -> None:
    async with idp.http.get(
        idp.server.url + "/Users", params={"filter": query}, headers={"Authorization": f"Bearer {idp.token}"}
    ) as answer:
        assert (answer.status, (await answer.json(content_type=None))["scimType"]) == (400, "invalidFilter")


async def test_pages(idp: Provider) -> None:
    for n in range(5):
        await idp.push(f"n{n}")
    seen: list[str] = []
    for start in (1, 3, 5, 7):
        page = await idp.ask("GET", f"/Users?startIndex={start}&count=2")
        assert (page["totalResults"], page["startIndex"], page["itemsPerPage"]) == (5, start, len(page["Resources"]))
        seen += [user["userName"] for user in page["Resources"]]
    assert seen == [f"n{n}" for n in range(5)]
    assert (await idp.ask("GET", "/Users?count=0"))["totalResults"] == 5
    assert (await idp.ask("GET", f"/Users?startIndex={10**30}&count={10**30}"))["Resources"] == []


async def test_what_the_service_says_of_itself(idp: Provider) -> None:
    provider = await idp.ask("GET", "/ServiceProviderConfig")
    assert (provider["patch"]["supported"], provider["filter"]["supported"]) == (True, True)
    kinds = await idp.ask("GET", "/ResourceTypes")
    assert [kind["endpoint"] for kind in kinds["Resources"]] == ["/Users"]
    schemas = await idp.ask("GET", "/Schemas")
    assert [schema["id"] for schema in schemas["Resources"]] == [USER, ENTERPRISE, EMPLOYMENT]
    assert await idp.ask("GET", f"/Schemas/{ENTERPRISE}") == schemas["Resources"][1]


async def test_wrong_bodies(idp: Provider) -> None:
    for body in (5, [], {}, {"userName": " "}, {"userName": "a", "emails": 5}, {"userName": "a", "name": "x"}):
        await idp.ask("POST", "/Users", body)
        assert idp.status == 400, body
    await idp.ask("POST", "/Users", {"userName": "a"}, **{"Content-Type": "text/plain"})
    assert idp.status == 415
    await idp.ask("POST", "/Users", {"userName": "a" * (1 << 20)})
    assert idp.status == 413
    assert (await idp.ask("GET", "/Users"))["totalResults"] == 0


async def test_speaking_to_us_is_a_sign_of_life(idp: Provider) -> None:
    directory = idp.directory("id\nE1\n")
    now = datetime.now(UTC)
    assert directory.ages(now)["scim"] is None
    await idp.ask("GET", "/Users", token="wrong")
    directory.people()
    assert directory.ages(now)["scim"] is None
    await idp.ask("GET", "/Users")
    directory.people()
    age = directory.ages(now + timedelta(hours=25))["scim"]
    assert age is not None
    assert 24.9 < age / 3600 < 25.1


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["active", "emails", "a@b"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*PERSON, "value", "op", "path", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)
_PATHS = st.sampled_from(
    [
        "",
        "active",
        "name",
        "name.familyName",
        "emails",
        'emails[type eq "work"]',
        'emails[type eq "x"].value',
        "emails.value",
        ENTERPRISE,
        f"{ENTERPRISE}:manager",
        f"{ENTERPRISE}:manager.value",
        f"{EMPLOYMENT}:duties",
        "duties",
        "x[",
        "id",
    ]
) | st.text(max_size=12)


@settings(max_examples=200)
@given(st.lists(st.tuples(st.sampled_from(["add", "replace", "remove", "x"]), _PATHS, _JSON), min_size=1, max_size=4))
def test_whatever_is_sent_is_a_person_or_a_refusal(operations: list[tuple[str, str, Any]]) -> None:
    sent = [{"op": op, "path": path, "value": value} for op, path, value in operations]
    before = model.read(PERSON)
    try:
        after = model.patched(before, {"schemas": [PATCH], "Operations": sent})
    except ScimError:
        after = before
    assert person_of(row_of(model.person(after)), 1) == model.person(after)
    assert model.read(after) == after
    assert before == model.read(PERSON)


@settings(max_examples=200)
@given(_JSON)
def test_whatever_is_sent_as_a_user_is_one_or_a_refusal(body: Any) -> None:
    try:
        found = model.read(body)
    except ScimError:
        return
    assert person_of(row_of(model.person(found)), 1) == model.person(found)


def test_beyond_loopback_the_token_needs_tls(idp: Provider) -> None:
    with pytest.raises(ConfigError, match="tls_cert"):
        ScimServer(Scim(host="0.0.0.0"), idp.register)


def test_an_attribute_s_case_does_not_matter() -> None:
    body = model.read({"USERNAME": "a", "Emails": ["x@t.example"], ENTERPRISE.upper(): {"EmployeeNumber": "E1"}})
    person = model.person(body)
    assert (person.id, person.mail) == ("E1", ("x@t.example",))
    with pytest.raises(ScimError):
        model.read({"userName": 5})


async def test_many_pushes_are_taken_over_once_a_second_and_none_is_forgotten(
    idp: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = idp.directory("id,supervisor\nE1,S1\nE2,S1\nS1,\n")
    monkeypatch.setattr(staff, "_COSTLY", 0.0)
    monkeypatch.setattr(staff, "_PAUSE", 0.5)
    await idp.push("first", "E1")
    assert directory.by_login("first") is not None
    await idp.push("second", "E2")
    assert directory.by_login("second") is None  # within the pause
    await asyncio.sleep(0.6)
    assert directory.by_login("second") is not None  # though nothing was pushed since
