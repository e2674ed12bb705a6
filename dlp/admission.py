"""Whose passwords the channels believe, and what is on record when one is wrong."""

from __future__ import annotations

import logging
from collections.abc import Callable

from dlp.channels.attempts import Attempts
from dlp.channels.mail.passwords import FilePasswords, Passwords, PasswordsOf
from dlp.channels.mail.smtp_peers import MailUsers
from dlp.channels.web.proxy_users import ProxyUsers
from dlp.delivery import login
from dlp.delivery.routes import Relays
from dlp.directory import Directory
from dlp.directory.passwords import DirectoryPasswords
from dlp.errors import ConfigError
from dlp.settings import Config
from quarantine.case import RoomError
from quarantine.room import Room

log = logging.getLogger(__name__)


class Admission:
    """Who logs in on mail and web, as the configuration says: a file, the directory, or the next hop."""

    def __init__(self, config: Config, directory: Directory, room: Room, relay: Relays) -> None:
        self._config = config
        self._directory = directory
        self._room = room
        self._relay = relay

    def number(self, name: str) -> str:
        """The employee number behind a login name; nothing if nobody has it."""
        person = self._directory.by_login(name)
        return person.id if person is not None else ""

    def proxy_users(self) -> ProxyUsers:
        """Whom the proxy lets in. Raises ConfigError."""
        return ProxyUsers(Attempts(self._whose, self._refused), self._web_passwords())

    def mail_users(self) -> MailUsers | None:
        """Whom the mail server lets in; None where nobody has to say who he is. Raises ConfigError."""
        passwords = self._passwords()

        def owns(name: str, address: str) -> bool:
            found = self._directory
            person = found.by_login(name) or (found.by_mail(name) if "@" in name else None)
            return person is not None and found.by_mail(address) == person

        def told(person: str, attempts: int) -> None:
            self._refused(person, attempts, "mail")

        return MailUsers(passwords, owns, Attempts(self._whose, told)) if passwords else None

    def _whose(self, name: str) -> str:
        return self.number(name) or "unknown"  # what was typed may be a password

    def _refused(self, person: str, attempts: int, channel: str = "web") -> None:
        """A channel did not know a password."""
        try:
            self._room.note(person, "login failed", {"channel": channel, "attempts": attempts})
        except RoomError:
            log.exception("a failed login is not on record")

    def _web_passwords(self) -> Callable[[str, str], bool] | None:
        web = self._config.web
        if web.directory and web.users is not None:
            raise ConfigError("[web] users and directory: name one of them, a file or the directory")
        return DirectoryPasswords(self._config.ldap).check if web.directory else None

    def _passwords(self) -> Passwords | None:
        """Who knows the passwords of those that hand us mail. Raises ConfigError."""
        mail = self._config.mail
        if mail.passwords == "next_hop":
            login.check(mail)
            return self._relay
        if mail.passwords == "directory":
            return PasswordsOf(DirectoryPasswords(self._config.ldap).check)
        if mail.passwords != "file":
            raise ConfigError(f"[mail] passwords: {mail.passwords!r} is none of file, next_hop, directory")
        return FilePasswords(self._config.path(mail.users)) if mail.users else None
