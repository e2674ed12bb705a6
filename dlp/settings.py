"""What can be set, as frozen nouns with safe defaults. `dlp.config` alone reads them from file and environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


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
    next_hop: str = "127.0.0.1:10026"  # host:port of the relay that carries clean mail onward; several: "a:25 b:25"
    routes: Mapping[str, str] = field(default_factory=dict)  # recipient's domain -> next hops of its own; ".d": below d
    internal: tuple[str, ...] = ()  # domains that get a mail at once even where its other recipients have to wait
    ask_recipients: bool = True  # at RCPT, of the next hop: whom it refuses is refused while the client waits
    next_hop_tls: str = "may"  # none | may (STARTTLS when offered) | require (and verify)
    next_hop_ca: Path | None = None  # PEM; default: the system's
    next_hop_cert: Path | None = None  # PEM with chain: shown to next hops that ask for a certificate
    next_hop_key: Path | None = None
    hop_tls: Mapping[str, str] = field(default_factory=dict)  # a next hop -> its own next_hop_tls
    tls_cert: Path | None = None  # PEM with chain; with tls_key, STARTTLS is offered
    tls_key: Path | None = None
    tls_required: bool = False
    max_size: int = 50 * 1024 * 1024  # bytes
    line_length: int = 65536  # bytes accepted in one line of DATA
    timeout: float = 300.0  # seconds between a client's commands
    max_sessions: int = 200  # connections at once; more are told to come again
    trusted: tuple[str, ...] = ("127.0.0.0/8", "::1/128")  # peers that may hand us mail
    proxies: tuple[str, ...] = ()  # load balancers whose connections begin with a PROXY line (version 1 or 2)
    peers: Mapping[str, str] = field(default_factory=dict)  # network -> "tls" or "certificate": what it has to show
    client_ca: Path | None = None  # PEM of the authority that signs clients' certificates
    password_minutes: float = 60.0  # a mail's passwords are tried on the sender's mails before and after it; 0: never
    users: Path | None = None  # htpasswd file (bcrypt): others may hand us mail with a password, in their own name
    passwords: str = "file"  # where they are checked: file (users) | next_hop (passed on) | directory ([ldap])


@dataclass(frozen=True, kw_only=True, slots=True)
class Web:
    """The HTTP(S) proxy side."""

    enabled: bool = True
    host: str = "127.0.0.1"
    port: int = 10080
    max_size: int = 2 * 1024 * 1024 * 1024  # bytes of one request body, which lies on disk; above: refused
    upstream_ca: Path | None = None  # PEM, for servers signed by a private authority
    users: Path | None = None  # htpasswd file for proxy authentication (bcrypt); None: by address
    directory: bool = False  # proxy authentication by the [ldap] server: a bind as whoever asks
    addresses: Mapping[str, str] = field(default_factory=dict)  # client address -> login, without authentication
    front: tuple[str, ...] = ()  # addresses of proxies in front of this one that have asked who it is
    front_header: str = "X-Authenticated-User"  # in which they tell it
    permit_hours: float = 24.0
    anonymous: str = ""  # login taken for a client that no rule names; "": unknown, uploads with people are held
    slowest_upload: int = 1000  # bytes a second, all in all, of a body that takes more than two minutes; 0: any
    max_connections: int = 2000  # of clients at a time, in all processes together; more are told to come again
    max_connections_each: int = 256  # the same of one address, or of one /64 of IPv6; those of `front` have no share
    processes: int = 1  # of the proxy on this address; 1: in the gateway itself
    mode: str = "regular"  # regular | transparent | upstream:http://proxy:port, for all that is passed on
    pac_host: str = ""  # the proxy's name in the PAC file it serves; default: as it was asked for
    direct: tuple[str, ...] = ()  # domains that the PAC file leaves out
    websocket: str = "inspect"  # each outward message, with those before it; or "refuse"
    resumable_hosts: tuple[str, ...] = ()  # domains that keep nothing of an upload in pieces that is not completed
    bypass: Mapping[str, str] = field(default_factory=dict)  # host that pins its certificate -> "last-day reason"


@dataclass(frozen=True, kw_only=True, slots=True)
class Media:
    """Removable media: a drop folder and mounts over devices."""

    enabled: bool = True
    drop: Path = Path("drop")  # <drop>/<login>/<serial>/… ; relative to `var`
    mounts: Mapping[str, str] = field(default_factory=dict)  # device serial -> mount point
    udev: Path = Path("/run/udev/data")  # where udev keeps what each device reports of itself
    guard: bool = True  # deny writes to plugged sticks by other programs (Linux, needs root)
    max_size: int = 4 * 1024 * 1024 * 1024
    sync: bool = False  # a file is on its device before its writer is told, also of who does not ask by fsync
    number_approver: str = ""  # employee number of the 情報システム主管課長; "": nobody, so such requests wait


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
    recycle: int = 2000  # inspections after which a worker is replaced
    queue: int = 256  # transfers that may wait for a worker; more are told to come again
    memory: int = 3 * 1024 * 1024 * 1024  # bytes of address space, twice what is used at most, of one worker
    signatures: Path | None = None  # folder; default: the shipped one


@dataclass(frozen=True, kw_only=True, slots=True)
class Directory:
    """Who works here and which devices are known."""

    people: Path = Path("people.toml")  # .toml or .csv; relative to `var`
    devices: Path = Path("devices.toml")
    authority: str = "people"  # the personnel feed: people | ldap | scim; who is not in it is refused
    hand_kept: bool = False  # the people file is kept by hand, not exported daily: its age raises no alarm
    max_age_hours: float = 0.0  # a source not heard for longer: everything is held; 0: no limit
    alarm_hours: float = 24.0  # a source not heard for longer: an alarm; 0: none
    max_shrink: float = 0.3  # a source that lost a larger share of its people (and more than ten) is not believed
    offboarding_owner: str = ""  # employee number of who removes leavers' accounts; "": the first administrator
    lookback_days: int = 90  # of a leaver's transfers, reported when the departure is entered
    administrator: str = ""  # mail address told of refusals


@dataclass(frozen=True, kw_only=True, slots=True)
class Ldap:
    """LDAP or Active Directory as a source of people."""

    enabled: bool = False
    url: str = "ldaps://localhost"  # ldap:// or ldaps://host:port
    starttls: bool = True  # with ldap://: never a password in the clear
    ca: Path | None = None  # PEM to verify the server with; default: the system's
    bind_dn: str = ""  # "": anonymous
    password_file: Path | None = None  # mode 0600
    password: str = field(default="", repr=False)  # by SEKISHO_LDAP_PASSWORD only, never in the file
    base: str = ""
    filter: str = "(objectClass=person)"
    kind: str = "inetorgperson"  # | ad: which attributes mean what
    attributes: Mapping[str, str] = field(default_factory=dict)  # our field -> attribute, over those of `kind`
    page_size: int = 500
    timeout: float = 30.0  # seconds for each answer
    interval_minutes: float = 15.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Scim:
    """The SCIM 2.0 server that an identity provider pushes people to."""

    enabled: bool = False
    host: str = "127.0.0.1"
    port: int = 10444  # 0: a free one, printed at start
    tls_cert: Path | None = None
    tls_key: Path | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """Signed checkpoints of the audit chain, and where they go besides the room."""

    checkpoint_entries: int = 1000  # new audit entries after which one is signed
    checkpoint_minutes: float = 15.0  # or so long after the last, if anything happened
    folder: Path | None = None  # a second place: checkpoints.jsonl there is appended to
    head_to: tuple[str, ...] = ()  # mail addresses that get the day's signed head, to be printed
    min_free: int = 1024 * 1024 * 1024  # bytes; less is an alarm. Nothing is ever deleted to make room


@dataclass(frozen=True, kw_only=True, slots=True)
class Siem:
    """Export of audit events: syslog to a collector, OCSF to a file. No personal values."""

    collector: str = ""  # host:port; "": none
    tls: bool = True  # RFC 5425; false: plain TCP, for a trusted wire only
    ca: Path | None = None  # PEM to verify the collector with; default: the system's
    cert: Path | None = None  # PEM with chain, for collectors that ask for one; with key
    key: Path | None = None
    format: str = "cef"  # cef (every audit entry) | ocsf (findings)
    hostname: str = ""  # in each message; default: this machine's
    checkpoints: bool = True  # send signed checkpoints, too
    file: Path | None = None  # OCSF events as JSON lines


@dataclass(frozen=True, kw_only=True, slots=True)
class Metrics:
    """Prometheus metrics."""

    enabled: bool = False
    host: str = "127.0.0.1"
    port: int = 10464  # 0: a free one, printed at start
    token_file: Path | None = None  # needed for another address than loopback; relative to `var`


@dataclass(frozen=True, kw_only=True, slots=True)
class Coverage:
    """Which terminals report, and the monthly check of usage."""

    silent_hours: float = 24.0  # a listed terminal not heard for so long is told
    report_hour: int = 7  # local hour from which on the daily report is sent
    checkoff_days: int = 10  # days a supervisor has to confirm last month's usage; then, and every so many, escalated


@dataclass(frozen=True, kw_only=True, slots=True)
class Notices:
    """Mail we write ourselves."""

    sender: str = "sekisho@localhost"
    enabled: bool = True
    training: Path = Path("training")  # folder of the town's own texts for block page and notices; relative to `var`


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
    ldap: Ldap = field(default_factory=Ldap)
    scim: Scim = field(default_factory=Scim)
    evidence: Evidence = field(default_factory=Evidence)
    siem: Siem = field(default_factory=Siem)
    metrics: Metrics = field(default_factory=Metrics)
    coverage: Coverage = field(default_factory=Coverage)
    notices: Notices = field(default_factory=Notices)

    def path(self, path: Path) -> Path:
        """`path`, made absolute against `var`."""
        return (self.var / path).absolute()
