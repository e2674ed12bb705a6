"""Reads one frozen Config from a TOML file and the environment. The only module that reads either.

It stands above the rooms, so that no room can reach for it: each is handed its own settings.
Environment variables `SEKISHO_<SECTION>_<KEY>` override the file (e.g. SEKISHO_MAIL_PORT=2525).
"""

from __future__ import annotations

import dataclasses
import os
import tomllib
import types
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dlp.errors import ConfigError
from dlp.settings import (
    Config,
    Console,
    Coverage,
    Directory,
    Inspection,
    Ldap,
    Mail,
    Media,
    Notices,
    Quarantine,
    Scim,
    Town,
    Web,
)

__all__ = [
    "Config",
    "Console",
    "Coverage",
    "Directory",
    "Inspection",
    "Ldap",
    "Mail",
    "Media",
    "Notices",
    "Quarantine",
    "Scim",
    "Town",
    "Web",
    "load",
]


def load(path: Path | None = None, environ: Mapping[str, str] | None = None) -> Config:
    """Read `path` (TOML) and SEKISHO_* variables over the defaults.

    Raises ConfigError naming the file, section and key that is unknown or of the wrong type.
    """
    environ = os.environ if environ is None else environ
    raw: dict[str, Any] = {}
    if path is not None:
        try:
            raw = tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise ConfigError(f"{path}: no such configuration file") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
            raise ConfigError(f"{path}: {error}") from None
    if isinstance(raw.get("ldap"), dict) and raw["ldap"].get("password"):
        raise ConfigError(f"{path} [ldap] password: not in this file; use password_file or SEKISHO_LDAP_PASSWORD")
    source = str(path) if path else "environment"
    for section in dataclasses.fields(Config):
        prefix = f"SEKISHO_{section.name.upper()}"
        if section.name == "var":
            if prefix in environ:
                raw["var"] = environ[prefix]
            continue
        cls = _section_type(section.name)
        for key in dataclasses.fields(cls):
            value = environ.get(f"{prefix}_{key.name.upper()}")
            if value is not None:
                raw.setdefault(section.name, {})[key.name] = value
    built: Config = _build(Config, raw, source)
    return built


def _section_type(name: str) -> Any:
    return typing.get_type_hints(Config)[name]


def _build(cls: Any, raw: Mapping[str, Any], source: str) -> Any:
    hints = typing.get_type_hints(cls)
    unknown = set(raw) - set(hints)
    if unknown:
        raise ConfigError(f"{source}: unknown setting {min(unknown)!r}; known: {', '.join(sorted(hints))}")
    values = {}
    for key, value in raw.items():
        if dataclasses.is_dataclass(hints[key]):
            if not isinstance(value, Mapping):
                raise ConfigError(f"{source}: [{key}] is a section")
            values[key] = _build(hints[key], value, f"{source} [{key}]")
        else:
            values[key] = _coerce(hints[key], value, f"{source} {key}")
    return cls(**values)


def _coerce(kind: Any, value: Any, where: str) -> Any:
    """`value` from TOML or a variable's text as `kind`; raises ConfigError."""
    origin = typing.get_origin(kind)
    try:
        if origin is types.UnionType:  # "X | None"
            inner = next(arg for arg in typing.get_args(kind) if arg is not type(None))
            return None if value in ("", None) else _coerce(inner, value, where)
        if origin is tuple:
            items = [item.strip() for item in value.split(",") if item.strip()] if isinstance(value, str) else value
            return tuple(str(item) for item in items)
        if origin is not None and issubclass(origin, Mapping):
            if isinstance(value, str):
                value = dict(pair.split("=", 1) for pair in value.split(",") if pair)
            return {str(k): str(v) for k, v in value.items()}
        if kind is bool:
            if isinstance(value, str):
                return {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}[value.lower()]
            if not isinstance(value, bool):
                raise TypeError
            return value
        if kind in (int, float) and isinstance(value, bool):
            raise TypeError
        return kind(value)
    except (TypeError, ValueError, KeyError, AttributeError):
        raise ConfigError(f"{where}: {value!r} is not a {getattr(kind, '__name__', kind)}") from None
