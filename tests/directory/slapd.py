"""A real slapd on free loopback ports, with people, in a folder of its own; and a wire that can be cut."""

from __future__ import annotations

import socket
import subprocess
import threading
import time
from pathlib import Path

from tests.e2e.certificates import authority

BASE = "ou=people,dc=town,dc=example"
ADMIN = "cn=reader,dc=town,dc=example"
PASSWORD = "correct horse battery staple"
_CONF = """\
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/nis.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile {tmp}/slapd.pid
argsfile {tmp}/slapd.args
TLSCACertificateFile {ca}
TLSCertificateFile {cert}
TLSCertificateKeyFile {key}
disallow bind_anon
database mdb
suffix dc=town,dc=example
rootdn {admin}
rootpw {password}
directory {tmp}/data
"""
_TOP = """\
dn: dc=town,dc=example
objectClass: dcObject
objectClass: organization
dc: town
o: Town

dn: ou=people,dc=town,dc=example
objectClass: organizationalUnit
ou: people

"""


def entry(login: str, number: str = "", **more: str) -> str:
    """One person in LDIF."""
    values = {"cn": login, "sn": login, "uid": login, "mail": f"{login}@town.example", **more}
    if number:
        values["employeeNumber"] = number
    lines = [f"dn: uid={login},{BASE}", "objectClass: inetOrgPerson", "objectClass: shadowAccount"]
    return "\n".join([*lines, *(f"{name}: {value}" for name, value in values.items()), "", ""])


class Slapd:
    """Started with `start`, ended with `stop`; killed with `kill`."""

    def __init__(self, tmp: Path, *people: str, extra: str = "") -> None:
        self.tmp = tmp / "slapd"
        (self.tmp / "data").mkdir(parents=True)
        self.port, self.tls_port = _free(), _free()
        made = authority(self.tmp / "ca")
        self.ca = made.path
        cert, key = made.issue("127.0.0.1")
        self.conf = self.tmp / "slapd.conf"
        conf = _CONF.format(tmp=self.tmp, ca=self.ca, cert=cert, key=key, admin=ADMIN, password=PASSWORD)
        # Without rights for anybody but the reader; a password of root is not a service's.
        self.conf.write_text(conf.replace(f"rootpw {PASSWORD}", f'rootpw "{PASSWORD}"') + extra, encoding="utf-8")
        self.password_file = self.tmp / "password"
        self.password_file.write_text(PASSWORD + "\n", encoding="utf-8")
        self.password_file.chmod(0o600)
        ldif = self.tmp / "town.ldif"
        ldif.write_text(_TOP + "".join(people), encoding="utf-8")
        self._run("slapadd", "-q", "-f", str(self.conf), "-l", str(ldif))
        self.process: subprocess.Popen[bytes] | None = None

    @staticmethod
    def _run(*command: str, stdin: str = "") -> None:
        done = subprocess.run(
            ["/usr/bin/env", f"PATH={_PATH}", *command], input=stdin, text=True, capture_output=True, timeout=60
        )
        assert done.returncode == 0, done.stderr

    def start(self) -> None:
        urls = f"ldap://127.0.0.1:{self.port} ldaps://127.0.0.1:{self.tls_port}"
        self.process = subprocess.Popen(
            ["/usr/sbin/slapd", "-f", str(self.conf), "-h", urls, "-d", "0"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.tls_port), 1).close()
                return
            except OSError:
                assert self.process.poll() is None, "slapd ended at once"
                time.sleep(0.05)
        raise AssertionError("slapd does not answer")

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait(30)
            self.process = None

    def modify(self, ldif: str) -> None:
        """What an administrator of the directory does."""
        url = f"ldap://127.0.0.1:{self.port}"
        self._run("ldapmodify", "-x", "-H", url, "-D", ADMIN, "-w", PASSWORD, stdin=ldif)


_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"


def _free() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


class Wire:
    """A TCP relay that passes on only so many bytes of the server's, then closes, or says nothing more."""

    def __init__(self, target: int, after: int, *, hang: bool = False) -> None:
        self._target, self._after, self._hang = target, after, hang
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self._open: list[socket.socket] = [self._listening]
        self.passed = 0
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        try:
            while True:
                client, _ = self._listening.accept()
                server = socket.create_connection(("127.0.0.1", self._target), 10)
                self._open += [client, server]
                threading.Thread(target=self._forward, args=(client, server), daemon=True).start()
                threading.Thread(target=self._answer, args=(server, client), daemon=True).start()
        except OSError:
            pass

    def _forward(self, client: socket.socket, server: socket.socket) -> None:
        try:
            while data := client.recv(65536):
                server.sendall(data)
        except OSError:
            pass

    def _answer(self, server: socket.socket, client: socket.socket) -> None:
        left = self._after
        try:
            while left > 0 and (data := server.recv(min(left, 4096))):
                client.sendall(data)
                left -= len(data)
                self.passed += len(data)
            if not self._hang:
                client.shutdown(socket.SHUT_RDWR)
                client.close()
        except OSError:
            pass

    def close(self) -> None:
        for one in self._open:
            one.close()
