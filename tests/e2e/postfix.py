"""A private Postfix: own configuration, queue and ports, under one folder; root only."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

#: Postfix's chroot and pid files want a short path that user postfix may enter.
_BASE = Path("/var/tmp")


class Postfix:
    """`with Postfix(name, main=…, master=…) as postfix:`; `.port` is its smtpd's."""

    def __init__(self, name: str, *, main: str, master: str) -> None:
        self.home = _BASE / f"sekisho-{name}-{os.getpid()}"
        self._main, self._master = main, master

    def __enter__(self) -> Postfix:
        shutil.rmtree(self.home, ignore_errors=True)
        etc, queue, data = self.home / "etc", self.home / "queue", self.home / "data"
        for folder in (etc, queue, data):
            folder.mkdir(parents=True)
        self.home.chmod(0o755)
        shutil.chown(data, "postfix", "postfix")
        lines = f"""
compatibility_level = 3.6
queue_directory = {queue}
data_directory = {data}
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = mta.town.example
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_recipient_restrictions =
alias_maps =
local_recipient_maps =
smtp_tls_security_level = none
minimal_backoff_time = 2s
maximal_backoff_time = 2s
queue_run_delay = 2s
maillog_file = {self.home}/mail.log
maillog_file_prefixes = {self.home}
smtputf8_enable = no
local_header_rewrite_clients =
"""
        (etc / "main.cf").write_text(lines + self._main)
        common = """
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 1 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""
        (etc / "master.cf").write_text(common + self._master)
        self._run("start")
        return self

    def __exit__(self, *_: object) -> None:
        self._run("stop", check=False)
        shutil.rmtree(self.home, ignore_errors=True)

    def _run(self, word: str, *, check: bool = True) -> None:
        command = ["/usr/sbin/postfix", "-c", str(self.home / "etc"), word]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert not check or done.returncode == 0, done.stdout + done.stderr + self.log()

    def log(self) -> str:
        path = self.home / "mail.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def queue(self) -> str:
        command = ["/usr/sbin/postqueue", "-c", str(self.home / "etc"), "-p"]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False).stdout
