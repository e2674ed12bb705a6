"""One frozen Config from a TOML file and the environment. The only module that reads either.

Every setting has a safe default; `Config()` is the embedded single-box gateway on loopback.
Environment variables `SEKISHO_<SECTION>_<KEY>` override the file (e.g. SEKISHO_MAIL_PORT=2525).
"""

from __future__ import annotations

import dataclasses
import os
import tomllib
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dlp.errors import ConfigError


@dataclass(frozen=True, kw_only=True, slots=True)
class Town:
    """The municipality this gateway guards."""

    name: str = ""  # e.g. "平塚市"; lets addresses without prefecture be found
    code: str = ""  # 全国地方公共団体コード, six digits
    domains: tuple[str, ...] = ()  # own mail domains
    timezone: str = "Asia/Tokyo"  # in which "00:00 of the day after" is reckoned


@dataclass(frozen=True, kw_only=True, slots=True)
class Mail:
    """The SMTP side."""

    enabled: bool = True
    host: str = "127.0.0.1"
    port: int = 10025  # 0: a free one, printed at start
    hostname: str = "sekisho.localhost"  # in our banner, EHLO and trace header
    next_hop: str = "127.0.0.1:10026"  # host:port of the relay that carries clean mail onward
    next_hop_tls: str = "may"  # none | may (STARTTLS when offered) | require (and verify)
    next_hop_ca: Path | None = None  # PEM; default: the system's
    tls_cert: Path | None = None  # PEM with chain; with tls_key, STARTTLS is offered
    tls_key: Path | None = None
    tls_required: bool = False
    max_size: int = 50 * 1024 * 1024  # bytes
    line_length: int = 65536  # bytes accepted in one line of DATA
    timeout: float = 300.0  # seconds between a client's commands
    trusted: tuple[str, ...] = ("127.0.0.0/8", "::1/128")  # peers that may hand us mail


@dataclass(frozen=True, kw_only=True, slots=True)
class Web:
    """The HTTP(S) proxy side."""

    enabled: bool = True
    host: str = "127.0.0.1"
    port: int = 10080
    max_size: int = 200 * 1024 * 1024  # bytes of one request body; above: refused
    upstream_ca: Path | None = None  # PEM, for servers signed by a private authority
    users: Path | None = None  # htpasswd file for proxy authentication (argon2 or bcrypt); None: by address
    addresses: Mapping[str, str] = field(default_factory=dict)  # client address -> login, without authentication
    permit_hours: float = 24.0
    anonymous: str = ""  # login taken for a client that no rule names; "": unknown, uploads with people are held


@dataclass(frozen=True, kw_only=True, slots=True)
class Media:
    """Removable media: a drop folder and mounts over devices."""

    enabled: bool = True
    drop: Path = Path("drop")  # <drop>/<login>/<serial>/… ; relative to `var`
    mounts: Mapping[str, str] = field(default_factory=dict)  # device serial -> mount point
    max_size: int = 4 * 1024 * 1024 * 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class Console:
    """The supervisors' console."""

    enabled: bool = True
    host: str = "127.0.0.1"
    port: int = 10443
    url: str = ""  # how people reach it, for notices; default: made from host and port
    tls_cert: Path | None = None
    tls_key: Path | None = None
    session_minutes: int = 30
    lockout_attempts: int = 5
    lockout_minutes: int = 15


@dataclass(frozen=True, kw_only=True, slots=True)
class Quarantine:
    """The evidence room."""

    folder: Path = Path("quarantine")  # relative to `var`
    keys: Path = Path("keys.json")  # key ring, mode 0600; relative to `var`
    expire_days: int = 30  # an undecided case is rejected, with notice
    purge_days: int = 365  # then its content is shredded


@dataclass(frozen=True, kw_only=True, slots=True)
class Inspection:
    """The workers that read content."""

    workers: int = 2
    deadline: float = 120.0  # seconds for one transfer; then the worker is killed and the transfer held
    recycle: int = 500  # inspections after which a worker is replaced
    memory: int = 2 * 1024 * 1024 * 1024  # bytes of address space of one worker
    signatures: Path | None = None  # folder; default: the shipped one


@dataclass(frozen=True, kw_only=True, slots=True)
class Directory:
    """Who works here and which devices are known."""

    people: Path = Path("people.toml")  # .toml or .csv; relative to `var`
    devices: Path = Path("devices.toml")
    max_age_hours: float = 0.0  # older: everything is held; 0: no limit
    administrator: str = ""  # mail address told of refusals


@dataclass(frozen=True, kw_only=True, slots=True)
class Notices:
    """Mail we write ourselves."""

    sender: str = "sekisho@localhost"
    enabled: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Config:
    """Everything that can be set. Paths are relative to `var` unless absolute."""

    var: Path = Path("var")
    town: Town = field(default_factory=Town)
    mail: Mail = field(default_factory=Mail)
    web: Web = field(default_factory=Web)
    media: Media = field(default_factory=Media)
    console: Console = field(default_factory=Console)
    quarantine: Quarantine = field(default_factory=Quarantine)
    inspection: Inspection = field(default_factory=Inspection)
    directory: Directory = field(default_factory=Directory)
    notices: Notices = field(default_factory=Notices)

    def path(self, path: Path) -> Path:
        """`path`, made absolute against `var`."""
        return (self.var / path).absolute()


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
    return _build(Config, raw, source)


def _section_type(name: str) -> Any:
    return typing.get_type_hints(Config)[name]


def _build(cls: Any, raw: Mapping[str, Any], source: str) -> Any:
    hints = typing.get_type_hints(cls)
    unknown = set(raw) - set(hints)
    if unknown:
        raise ConfigError(f"{source}: unknown setting {sorted(unknown)[0]!r}; known: {', '.join(sorted(hints))}")
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
