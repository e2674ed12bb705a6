"""SCIM 2.0 users (RFC 7643) as we understand them: reading, patching, filtering. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from datetime import date, datetime
from typing import Any

from dlp.standing import Person

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
EMPLOYMENT = "urn:sekisho:params:scim:schemas:1.0:Employment"  # of our own: what HR knows and the standard does not
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"

#: attribute -> None for a simple one, else its sub-attributes. Everything else a provider sends is left out.
_SHAPE: Mapping[str, Mapping[str, Any] | None] = {
    "userName": None,
    "externalId": None,
    "displayName": None,
    "active": None,
    "name": {"formatted": None, "familyName": None, "givenName": None},
    "emails": {"value": None, "type": None, "primary": None},
    ENTERPRISE: {"employeeNumber": None, "department": None, "manager": {"value": None, "displayName": None}},
    EMPLOYMENT: {"startDate": None, "endDate": None, "duties": None},
}
_LISTS = ("emails", "duties")
_FLAGS = ("active", "primary")
_DATES = ("startDate", "endDate")

type Body = dict[str, Any]


class ScimError(Exception):
    """A refusal as RFC 7644, section 3.12 tells it."""

    def __init__(self, status: int, kind: str, detail: str) -> None:
        super().__init__(detail)
        self.status, self.kind, self.detail = status, kind, detail


def read(given: Any) -> Body:
    """A user as sent, in our spelling and with what we know only. Raises ScimError."""
    if not isinstance(given, Mapping):
        raise ScimError(400, "invalidSyntax", "a user is an object")
    body: Body = _known(given, _SHAPE)
    if not str(body.get("userName") or "").strip():
        raise ScimError(400, "invalidValue", "userName is required")
    return body


def _known(given: Mapping[str, Any], shape: Mapping[str, Any]) -> Body:
    spelt = {name.lower(): name for name in shape}
    found: Body = {}
    for key, value in given.items():
        name = spelt.get(str(key).lower())
        if name is not None and value is not None:
            found[name] = _value(name, value, shape[name])
    return found


def _value(name: str, value: Any, inner: Mapping[str, Any] | None) -> Any:
    """One attribute's value, checked. Raises ScimError."""
    if name in _LISTS:
        items = value if isinstance(value, list) else [value]
        return [_item(name, item, inner) for item in items]
    if inner is not None:
        if name == "manager" and isinstance(value, str):
            return {"value": value}  # some providers send the bare id
        if not isinstance(value, Mapping):
            raise ScimError(400, "invalidValue", f"{name} is an object")
        return _known(value, inner)
    if name in _FLAGS:
        return _flag(name, value)
    if name in _DATES:
        return _date(name, value)
    if not isinstance(value, str):
        raise ScimError(400, "invalidValue", f"{name} is a text")
    return value


def _item(name: str, item: Any, inner: Mapping[str, Any] | None) -> Any:
    if inner is None:
        return str(item)
    if isinstance(item, str):
        return {"value": item}
    if not isinstance(item, Mapping):
        raise ScimError(400, "invalidValue", f"{name} is a list of objects")
    return _known(item, inner)


def _flag(name: str, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in ("true", "false"):  # as Entra ID sends it
        return value.lower() == "true"
    raise ScimError(400, "invalidValue", f"{name} is true or false")


def _date(name: str, value: Any) -> str:
    try:
        return (date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value).date()).isoformat()
    except (ValueError, TypeError):
        raise ScimError(400, "invalidValue", f"{name} is a date such as 2027-03-31") from None


def person(body: Body) -> Person:
    """The person a user is. Its supervisor is named as the provider does, by the id of a user."""
    work, hr, user_name = body.get(ENTERPRISE, {}), body.get(EMPLOYMENT, {}), str(body["userName"]).strip().lower()
    name = body.get("name", {})
    family = "　".join(part for part in (name.get("familyName"), name.get("givenName")) if part)
    mail = [str(item.get("value", "")).strip().lower() for item in body.get("emails", [])]
    mail += [user_name] if "@" in user_name else []
    return Person(
        id=str(work.get("employeeNumber") or f"scim:{user_name}"),
        name=body.get("displayName") or name.get("formatted") or family,
        mail=tuple(dict.fromkeys(address for address in mail if address)),
        logins=(user_name,),
        department=work.get("department", ""),
        supervisor=work.get("manager", {}).get("value", ""),
        start=_day(hr.get("startDate")),
        end=_day(hr.get("endDate")),
        duties=tuple(hr.get("duties", ())),
        active=body.get("active", True),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


# patching, RFC 7644, section 3.5.2

_PATH = re.compile(
    r"(?:(?P<urn>urn:[\w.:-]+?):)?(?P<attr>[A-Za-z]\w*)(?:\[(?P<filter>[^\]]*)\])?(?:\.(?P<sub>[A-Za-z]\w*))?$"
)
_LONGEST = 500  # characters of a path or filter
_EQ = re.compile(
    r"\s*(?P<attr>[\w.:-]+)\s+eq\s+(?:\"(?P<text>(?:[^\"\\]|\\.)*)\"|(?P<word>true|false))\s*$", re.IGNORECASE
)


def patched(body: Body, given: Any) -> Body:
    """The user after a PATCH. Raises ScimError; then nothing of it was done."""
    message = {str(k).lower(): v for k, v in given.items()} if isinstance(given, Mapping) else {}
    operations = message.get("operations")
    if PATCH not in message.get("schemas", ()) or not isinstance(operations, list) or not operations:
        raise ScimError(400, "invalidSyntax", "a patch has the PatchOp schema and Operations")
    fresh = deepcopy(body)
    for operation in operations:
        if not isinstance(operation, Mapping):
            raise ScimError(400, "invalidSyntax", "an operation is an object")
        word = {str(k).lower(): v for k, v in operation.items()}
        _apply(fresh, str(word.get("op", "")).lower(), word.get("path"), word.get("value"))
    return read(fresh)


def _apply(body: Body, op: str, path: Any, value: Any) -> None:
    if op not in ("add", "replace", "remove"):
        raise ScimError(400, "invalidSyntax", f"{op or 'nothing'} is no operation")
    if path:
        _at(body, op, str(path), value)
    elif op == "remove":
        raise ScimError(400, "noTarget", "a removal names its path")
    elif not isinstance(value, Mapping):
        raise ScimError(400, "invalidValue", "without a path the value is an object")
    else:
        for name, inner in value.items():
            if str(name).lower() in (ENTERPRISE.lower(), EMPLOYMENT.lower()) and isinstance(inner, Mapping):
                for sub, leaf in inner.items():
                    _at(body, op, f"{name}:{sub}", leaf)
            else:
                _at(body, op, str(name), inner)


def _at(body: Body, op: str, path: str, value: Any) -> None:
    """One operation at one path; what comes of it is checked before the next."""
    _change(body, op, path, value)
    checked = _known(body, _SHAPE)
    body.clear()
    body.update(checked)


def _change(body: Body, op: str, path: str, value: Any) -> None:
    """A path we do not know is passed over, as an unknown attribute is."""
    if len(path) > _LONGEST:
        raise ScimError(400, "invalidPath", "this path is too long")
    whole = _spelt(path, _SHAPE)
    if whole in (ENTERPRISE, EMPLOYMENT):
        _set(body, whole, op, value)
        return
    parts = _PATH.match(path)
    if parts is None:
        raise ScimError(400, "invalidPath", "this path is not understood")
    home, shape = body, _SHAPE
    urn = _spelt(parts["urn"], _SHAPE) if parts["urn"] else ""
    if urn in (ENTERPRISE, EMPLOYMENT):
        home, shape = body.setdefault(urn, {}), _SHAPE[urn] or {}
    elif parts["urn"] and parts["urn"].lower() != USER.lower():
        return
    name = _spelt(parts["attr"], shape)
    if name is None:
        return
    if parts["filter"] is not None:
        _within(home, name, op, parts["filter"], parts["sub"], value)
    elif parts["sub"]:
        sub = _spelt(parts["sub"], shape[name] or {})
        if sub is None or name in _LISTS:
            raise ScimError(400, "invalidPath", "this sub-attribute is not understood")
        inner = home.setdefault(name, {})
        _set(inner, sub, op, value)
    else:
        _set(home, name, op, value)


def _spelt(name: str, shape: Mapping[str, Any]) -> str | None:
    return next((known for known in shape if known.lower() == name.lower()), None)


def _set(home: Body, name: str, op: str, value: Any) -> None:
    if op == "remove" or value is None:
        home.pop(name, None)
    elif name in _LISTS and op == "add":
        fresh = value if isinstance(value, list) else [value]
        home[name] = [*home.get(name, []), *(item for item in fresh if item not in home.get(name, []))]
    elif isinstance(home.get(name), dict) and isinstance(value, Mapping):
        home[name] = {**home[name], **value}  # a complex attribute: what is not named stays (3.5.2.3)
    else:
        home[name] = value


def _within(home: Body, name: str, op: str, condition: str, sub: str | None, value: Any) -> None:
    """An operation on the items of a list that a filter chooses."""
    if name != "emails":
        raise ScimError(400, "invalidPath", "only emails can be chosen from")
    attribute, wanted = comparison(condition)
    items: list[Body] = home.get(name, [])
    chosen = [item for item in items if _same(item.get(attribute), wanted)]
    if op == "remove":
        for item in chosen:
            item.pop(sub, None) if sub else items.remove(item)
        return
    if not chosen and op == "replace":
        raise ScimError(400, "noTarget", "the filter chooses nothing")
    if not chosen:
        chosen = [{attribute: wanted}]
        home[name] = [*items, *chosen]
    for item in chosen:
        item.update({sub: value} if sub else dict(value) if isinstance(value, Mapping) else {"value": value})


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return one.lower() == other.lower()
    return bool(one == other)


def comparison(text: str) -> tuple[str, Any]:
    """(attribute, value) of an `attribute eq value`, the one filter there is. Raises ScimError."""
    found = _EQ.match(text) if len(text) <= _LONGEST else None
    if found is None:
        raise ScimError(400, "invalidFilter", 'only: attribute eq "value"')
    if found["word"]:
        return found["attr"], found["word"].lower() == "true"
    return found["attr"], re.sub(r"\\(.)", r"\1", found["text"])
