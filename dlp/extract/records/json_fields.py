"""A JSON record as fields by their names: objects in it are taken apart, values of a kind are called by that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import orjson

from dlp.extract.records import told_fields

_FIELD, _LIST = 10_000, 1_000  # characters of a record's field, and of a list in one
_DEEPEST, _DEEP = 100, 8  # objects in objects; strings in strings
_OFTEN = 2
_FILED, _ALIKE = 3, 0.6  # objects below names, at least; the share of them that has a field in common
_FEW = 20  # kinds there may be of a value
#: What a field's value is called where the field is an object of its own.
_VALUES = frozenset(("value", "_value", "text", "#text", "_text", "$", "content", "displayValue", "rawValue"))
#: What says of which kind such a value is.
_KINDS = ("system", "type", "kind", "label", "key", "name", "field", "項目", "種別")
#: … where it is called otherwise than a value, which a person's name may be.
_SORTS, _SHORT = ("system", "type", "kind", "label", "項目", "種別"), 12
_CONTENTS = ("body", "content", "text", "number", "address", "data", "detail", "値", "内容")
#: Types a value is wrapped in by DynamoDB's and MongoDB's exports: {"S": "佐藤 花子"}, {"$date": "…"}.
_TYPED = frozenset(("S", "N", "BOOL", "M", "L", "$date", "$oid", "$numberLong", "$numberInt"))
_KINDS_OF = frozenset(("type", "kind", "_type", "@type"))

#: Who wrote a package, in its description (npm, Composer), and what is said of them there; how many, at most.
_WROTE = frozenset(("author", "authors", "maintainers", "contributors"))
_REACHED, _WRITERS = frozenset(("name", "email", "url", "homepage", "role")), 9

type Fields = dict[str, str]


def opened(value: Any) -> Any:
    """A value that was put into strings, once or more, as it was before."""
    for _ in range(_DEEP):
        if not isinstance(value, str) or value[:1] not in ('"', "{", "["):
            break
        try:
            value = orjson.loads(value)
        except orjson.JSONDecodeError:
            break
    return value


def flat(record: dict[str, Any], prefix: str = "", depth: int = 0) -> Fields:
    """The fields of a record by their names, what stands deeper by that of its object, too ("child.name")."""
    found: Fields = {}
    for name, value in record.items():
        if isinstance(value, list) and (inner := one(value)):
            value = inner
        if isinstance(value, dict) and len(value) == 1 and not _TYPED.isdisjoint(value):
            (value,) = value.values()
        if isinstance(value, dict) and depth < _DEEPEST:
            _add(found, flat(value, f"{name}.", depth + 1), name)
        elif isinstance(value, list):
            said = " ".join(str(v) for v in value if not isinstance(v, dict | list))
            _add(found, {f"{prefix}{name}": said[:_LIST]}, name)
        elif isinstance(value, str):
            _add(found, told_fields.of_record(f"{prefix}{name}", value, _FIELD), name)
        elif value is not None:
            _add(found, {f"{prefix}{name}": str(value)[:_FIELD]}, name)
    return found


def _add(found: Fields, more: Fields, name: str) -> None:
    """Add fields of an object called `name`; where there are some of the same names, it is said whose these are."""
    for key, said in more.items():
        found[f"{name}.{key}" if key in found else key] = said


def unsigned(record: dict[str, Any]) -> dict[str, Any]:
    """A package's description (one with a name and a version) without the few who wrote it and how they are reached."""
    if not {"name", "version"} <= record.keys() or _WROTE.isdisjoint(record):
        return record
    return {name: value for name, value in record.items() if name not in _WROTE or not _are_writers(value)}


def _are_writers(value: Any) -> bool:
    named = value if isinstance(value, list) else [value]
    return len(named) <= _WRITERS and all(
        isinstance(one, str) or (isinstance(one, dict) and one.keys() <= _REACHED) for one in named
    )


def unwrapped(record: dict[str, Any]) -> dict[str, Any]:
    """An object without those most of its fields are, of a value and its kind: {"氏名": {"type": …, "value": …}}."""
    inner = {
        name: next(told[key] for key in told if key in _VALUES)
        for name, told in record.items()
        if isinstance(told, dict) and len(told) == 2 and len(_VALUES & told.keys()) == 1 and _KINDS_OF & told.keys()
    }
    return {**record, **inner} if len(inner) * 2 > len(record) else record


def one(values: list[Any]) -> dict[str, Any] | None:
    """The one object of a list, or several of a kind and a value ({"system": "phone", "value": "090…"}) as one."""
    if not values or not all(isinstance(value, dict) for value in values):
        return None
    told = [pair for value in values if (pair := _told(value))]
    if len(told) < len(values):
        return values[0] if len(values) == 1 else None
    times = Counter[str]()
    found: dict[str, Any] = {}
    for kind, said in told:
        times[kind] += 1
        found[f"{kind}{times[kind]}" if times[kind] > 1 else kind] = said
    return found


def _told(value: dict[str, Any]) -> tuple[str, Any] | None:
    """What an object of a kind and its value says; None of any other, such as one that says more beside them."""
    kind = next((key for key in _KINDS if isinstance(value.get(key), str)), "")
    if kind and isinstance(value.get("value"), str | int):
        return str(value[kind]), value["value"]
    said = next((key for key in _CONTENTS if isinstance(value.get(key), str | int)), "")
    others = [inner for key, inner in value.items() if key not in (kind, said) and isinstance(inner, str)]
    if not said or kind not in _SORTS or not _is_word(value[kind]) or not all(map(_is_word, others)):
        return None
    return value[kind], value[said]


def _is_word(text: str) -> bool:
    """Whether a field's value is one of few that say how another is meant: phone, home, old, 電話."""
    return len(text) <= _SHORT and (text.islower() and text.isalpha() if text.isascii() else " " not in text)


def by_name(value: dict[str, Any]) -> list[dict[str, Any]]:
    """Objects that are filed below names beyond ASCII, of which nothing else says whose they are, each with its name:
    {"佐藤 花子": {"住所": …}, …}; none where they are not alike."""
    if len(value) < _FILED or any(key.isascii() for key in value):
        return []
    held = [one(inner) if isinstance(inner, list) else inner for inner in value.values()]
    objects = [inner for inner in held if isinstance(inner, dict) and inner]
    if len(objects) < len(value):
        return []
    times = Counter(key for inner in objects for key in inner)
    alike = max(times.values()) >= _ALIKE * len(objects)
    return [{"": key, **inner} for key, inner in zip(value, objects, strict=True)] if alike else []


def said_of(key: str) -> str:
    """What a field is called: {"氏名": {"type": …, "value": …}} is the 氏名."""
    before, _, short = key.rpartition(".")
    return before.rpartition(".")[2] if before and short in _VALUES else short or key


def unlike(lists: Sequence[list[Any]]) -> list[dict[str, Any]]:
    """The objects of a kind and a value in lists of them, where their kinds are too many to be kinds: names may be."""
    pairs = [
        (told[0], value) for values in lists for value in values if isinstance(value, dict) and (told := _told(value))
    ]
    kinds = {kind for kind, _ in pairs}
    return [value for _, value in pairs] if len(kinds) > _FEW or len(kinds) * _OFTEN > len(pairs) > 1 else []
