"""`dlp ca`: the certificate authority of the web proxy, which every terminal of the town has to trust."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dlp.cli.serve import add_config, load_config
from dlp.errors import ConfigError

if TYPE_CHECKING:
    from dlp.channels.web.authority import Authority

_HOW = """\
Windows: Group Policy > Computer Configuration > Windows Settings > Security Settings > Public Key Policies >
  Trusted Root Certification Authorities > Import (Chrome and Edge take it from there).
Firefox: policies.json, Certificates > Import Enterprise Roots (security.enterprise_roots.enabled).
Debian, Ubuntu: /usr/local/share/ca-certificates/sekisho.crt (PEM), then update-ca-certificates.
Compare the fingerprint with `dlp ca show` on the gateway. 指紋が一致することを確かめてから配布してください。"""


def add(subparsers: Any) -> None:
    """Declare the command."""
    parser = subparsers.add_parser("ca", help="the proxy's certificate: show, export, renew", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    show = verbs.add_parser("show", help="whose it is, until when, and its fingerprint")
    export = verbs.add_parser("export", help="the certificate, to be distributed; the key never leaves the gateway")
    export.add_argument("--format", choices=("pem", "der"), default="pem", help="der: a .cer for Windows")
    export.add_argument("--out", type=Path, metavar="FILE", help="default: standard output")
    renew = verbs.add_parser("renew", help="make a new one, in force from the next start; distribute it before")
    renew.add_argument(
        "--yes", action="store_true", help="every terminal must be given the new one: that is understood"
    )
    for verb, run in ((show, _show), (export, _export), (renew, _renew)):
        add_config(verb)
        verb.set_defaults(run=run)


def _here(args: argparse.Namespace) -> Authority:
    from dlp.channels.web.authority import Authority

    config = load_config(args)
    return Authority(config.var.absolute() / "ca", "", config.town.name)


def _show(args: argparse.Namespace) -> int:
    from dlp.channels.web.authority import fingerprint

    authority = _here(args)
    found = authority.certificate()
    print(f"file         {authority.path}")
    print(f"subject      {found.subject.rfc4514_string()}")
    print(f"valid        {found.not_valid_before_utc:%Y-%m-%d} to {found.not_valid_after_utc:%Y-%m-%d}")
    print(f"SHA-256      {fingerprint(found)}")
    return 0


def _export(args: argparse.Namespace) -> int:
    from cryptography.hazmat.primitives.serialization import Encoding

    data = _here(args).certificate().public_bytes(Encoding.PEM if args.format == "pem" else Encoding.DER)
    if args.out is None:
        sys.stdout.buffer.write(data)
        return 0
    try:
        args.out.write_bytes(data)
    except OSError as error:
        raise ConfigError(f"{args.out}: {error.strerror}") from None
    print(f"written to {args.out}\n{_HOW}", file=sys.stderr)
    return 0


def _renew(args: argparse.Namespace) -> int:
    from dlp.channels.web.authority import fingerprint, of_town
    from dlp.cli.audit import open_room
    from dlp.cli.opened import who
    from quarantine.keys import KeyRing

    if not args.yes:
        raise ConfigError("no terminal will trust the proxy until it has the new certificate; if that is meant: --yes")
    config = load_config(args)
    with open_room(args) as room:
        authority = of_town(config.var, KeyRing.open_or_create(config.path(config.quarantine.keys)), config.town.name)
        authority.renew()
        mark = fingerprint(authority.certificate())
        room.note(who(), "authority renewed", {"sha256": mark.replace(":", "").lower()})
    print(f"{mark}\nin force from the next start of the gateway; distribute it first: dlp ca export --out FILE")
    return 0
