"""A worker's answer as it travels to the gateway, and what of it is believed.

A worker reads what strangers made, and one that was taken over by it says what it likes. So nothing is unpickled: an
answer is a list in JSON and the bytes that stand behind it, every value is looked at, and what is not exactly an answer
is none.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any, NoReturn, cast

import orjson

from dlp.extract.settled import TAG, Settled
from dlp.finding import Finding, Unread
from dlp.inspection import Inspection, Sample, TreeEntry
from dlp.subjects.people.affected import Affected
from dlp.subjects.people.trace import Traces

#: What a worker answers: an inspection; of a stretch what `nothing_in` says; a text, what bug of ours there was.
type Answer = Inspection | Settled | str | None

type _Reader = Callable[[Any], object]
type _Setter = Callable[[Any, object], None]

_MOST = 1 << 53  # of a number
_HEAD = 1 << 24  # bytes of the list, where it does not name people: it is taken apart in one go, and all else waits
_TOKEN, _TRACE, _PART = 16, 8, 2  # bytes each
_TOKENS = struct.Struct(f"{_TOKEN}s")


class Malformed(ValueError):
    """That is no answer."""


def _names(kind: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


# what a value has to be


def _text(value: object) -> str:
    if type(value) is not str:
        raise Malformed
    return value


def _number(value: object) -> int:
    if type(value) is not int or not 0 <= value < _MOST:
        raise Malformed
    return value


def _real(value: object) -> float:
    if type(value) is int and 0 <= value < _MOST:
        return float(value)
    if type(value) is not float or not 0 <= value < _MOST:
        raise Malformed
    return value


def _list(value: object) -> list[Any]:
    if type(value) is not list:
        raise Malformed
    return value


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(_text, _list(value)))


def _rows(value: object) -> tuple[tuple[str, ...], ...]:
    return tuple(map(_texts, _list(value)))


def _counts(value: object) -> dict[str, int]:
    if type(value) is not dict:
        raise Malformed
    return {kind: _number(count) for kind, count in value.items()}  # JSON has no other keys than texts


def _several(kind: type[Any], *readers: Callable[[Any], object]) -> Callable[[object], tuple[Any, ...]]:
    """A reader of some of a kind, whose fields `readers` read in their order."""
    fields = list(zip(_setters(kind, _names(kind)), readers, strict=True))

    def one(value: object) -> Any:
        return _made(kind, fields, _list(value))

    return lambda value: tuple(map(one, _list(value))) if value != [] else ()


def _setters(kind: type[Any], names: Sequence[str]) -> list[_Setter]:
    """What puts a value into each of these slots: half the cost of asking for the slot by its name each time."""
    return [vars(kind)[name].__set__ for name in names]


def _made[T](kind: type[T], fields: Sequence[tuple[_Setter, _Reader]], values: list[Any]) -> T:
    if len(values) != len(fields):
        raise Malformed
    made = object.__new__(kind)  # it was checked when it was made the first time, and its values are again now
    for (put, read), value in zip(fields, values, strict=True):
        put(made, read(value))
    return made


#: The fields of an inspection that are told in JSON, and what each has to be.
_READERS: dict[str, Callable[[Any], object]] = {
    "subjects": _number,
    "lower": _number,
    "upper": _number,
    "counts": _counts,
    "findings": _several(Finding, _text, _number, _text, _texts, _text, _number, _real, _text),
    "unread": _several(Unread, _texts, _text),
    "tree": _several(TreeEntry, _texts, _text, _number, _number),
    "samples": _several(Sample, _texts, _text, _texts, _rows),
    "notes": _texts,
    "masked_name": _text,
    "affected": _several(Affected, *[_text] * 6, _texts),
    "passwords": _texts,
    "unlocked": _texts,
    "media_type": _text,
    "bytes": _number,
    "seconds": _real,
    "ruleset": _text,
}
_IN_JSON = tuple(_READERS)
_IN_BYTES = ("tokens", "traces")
assert {*_IN_JSON, *_IN_BYTES} == {*_names(Inspection)}
_FIELDS = list(zip(_setters(Inspection, _IN_JSON), _READERS.values(), strict=True))
_put_tokens, _put_traces = _setters(Inspection, _IN_BYTES)
_VALUES = attrgetter(*_IN_JSON)
#: Those of them that are made of kinds of ours, and their fields.
_HELD = {
    _IN_JSON.index(name): attrgetter(*_names(kind))
    for name, kind in (
        ("findings", Finding), ("unread", Unread), ("tree", TreeEntry), ("samples", Sample), ("affected", Affected),
    )
}  # fmt: skip


def _no_number(_: str) -> NoReturn:
    raise Malformed


_encoder = json.JSONEncoder(separators=(",", ":"), check_circular=False)
_decoder = json.JSONDecoder(parse_constant=_no_number)


def _written(values: list[object]) -> bytes:
    """As JSON. What holds bytes that were no UTF-8 goes the longer way: there it has an escape."""
    try:
        return orjson.dumps(values)
    except TypeError:
        return _encoder.encode(values).encode()


def _read(head: bytes) -> object:
    """Of JSON. Raises ValueError, RecursionError."""
    try:
        return orjson.loads(head)
    except ValueError:
        return _decoder.decode(head.decode())


def coded(said: Answer) -> bytes:
    """A worker's answer as it travels: how long the list is, the list, the bytes."""
    if said is None or isinstance(said, str):
        return _joined([said])
    if isinstance(said, Settled):
        return _joined([sorted(said.widths)], said.tag)
    values: list[object] = [*_VALUES(said)]
    for at, fields_of in _HELD.items():
        if values[at]:
            values[at] = [*map(fields_of, cast("tuple[object, ...]", values[at]))]
    traces = said.traces
    values += [len(said.tokens), len(traces.tokens), traces.paths]
    return _joined(values, *said.tokens, traces.tokens, traces.parts)


def _joined(values: list[object], *raw: bytes) -> bytes:
    head = _written(values)
    return b"".join((len(head).to_bytes(4), head, *raw))


def decoded(answer: bytes, *, stretch: bool = False, listing: bool = False) -> Answer:
    """What was answered, of a stretch or of a whole, or where people are to be named. Raises Malformed."""
    size = 4 + int.from_bytes(answer[:4])
    if size > _HEAD and not listing:
        raise Malformed
    try:
        values, raw = _read(answer[4:size]), memoryview(answer)[size:]
        if type(values) is not list or size > len(answer):
            raise Malformed
        if len(values) == 1:
            return _word(values[0], raw, stretch=stretch)
        return _inspection(values, raw)
    except (ValueError, RecursionError, OverflowError) as error:
        raise Malformed from error


def _word(said: object, raw: memoryview, *, stretch: bool) -> Answer:
    if type(said) is list and stretch and len(raw) == TAG:
        return Settled(frozenset(map(_number, said)), bytes(raw))
    if raw or not (type(said) is str or (said is None and stretch)):
        raise Malformed
    return said


def _inspection(values: list[Any], raw: memoryview) -> Inspection:
    if len(values) != len(_FIELDS) + 3:
        raise Malformed
    *told, people, traces, paths = values
    tokens, stop = _number(people) * _TOKEN, _number(people) * _TOKEN + _number(traces)
    if stop > len(raw) or traces % _TRACE or len(raw) - stop not in (0, traces // _TRACE * _PART):
        raise Malformed
    read = _made(Inspection, _FIELDS, told)
    _put_tokens(read, tuple([token for (token,) in _TOKENS.iter_unpack(raw[:tokens])]))
    _put_traces(read, Traces(tokens=bytes(raw[tokens:stop]), parts=bytes(raw[stop:]), paths=_rows(paths)))
    return read
