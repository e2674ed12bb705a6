"""Desks: everything that works on the register's ledger of media, coverage and checks of usage, built in one place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from dlp.directory import bypass_list, daicho
from dlp.directory.checkoff import Checkoffs
from dlp.directory.coverage import Coverage
from dlp.directory.devicebook import DeviceBook
from dlp.directory.directory import Directory
from dlp.directory.gaps import DailyReport, Gaps, find
from dlp.directory.inventory import Inventory
from dlp.directory.lending import Lending, Look
from dlp.directory.register import Register
from dlp.settings import Config
from quarantine.room import Room


@dataclass(frozen=True, kw_only=True, slots=True)
class Desks:
    """What the console's pages and the commands work with."""

    directory: Directory
    book: DeviceBook
    lending: Lending
    inventory: Inventory
    coverage: Coverage
    report: DailyReport
    checkoffs: Checkoffs
    silent_hours: float
    permitted: Sequence[bypass_list.Permitted] = ()  # to be passed undecrypted

    @classmethod
    def over(
        cls, config: Config, register: Register, directory: Directory, room: Room, look: Look = lambda device: None
    ) -> Desks:
        """All of them over one register."""
        book, coverage, settings = DeviceBook(register), Coverage(register), config.coverage
        lending = Lending(book, directory, look=look, number_approver=config.media.number_approver)
        report = DailyReport(
            register, coverage, directory, silent_hours=settings.silent_hours, hour=settings.report_hour
        )
        return cls(
            directory=directory,
            book=book,
            lending=lending,
            inventory=Inventory(lending),
            coverage=coverage,
            report=report,
            checkoffs=Checkoffs(book, directory, room, days=settings.checkoff_days),
            silent_hours=settings.silent_hours,
            permitted=tuple(bypass_list.parse(config.web.bypass).values()) if config.web.enabled else (),
        )

    def reached_at(self, console: str) -> None:
        """The console's address, for notices; known once it listens."""
        self.lending.console = self.report.console = self.checkoffs.console = console

    def gaps(self, now: datetime) -> Gaps:
        """What is not covered now."""
        return find(self.coverage, self.directory.devices(), now, silent_hours=self.silent_hours)

    def bypasses(self, now: datetime) -> list[bypass_list.Use]:
        """The list of hosts passed undecrypted, and what went there."""
        ever = datetime.min.replace(tzinfo=UTC)
        return bypass_list.uses(self.permitted, self.coverage.undecrypted(ever), self.directory.today(now))

    def name(self, person: str) -> str:
        """How a person is written in a ledger; a word of ours where the gateway did it by itself."""
        if person == "directory":
            return "（ファイルから取込）"
        found = self.directory.person(person) if person else None
        return f"{found.name}（{person}）" if found else person

    def device_lines(self) -> list[list[str]]:
        """The ledger (台帳)."""
        return daicho.devices(
            self.directory.devices(),
            self.book.loans(limit=100_000),
            self.inventory.campaigns(),
            self.name,
            self.directory.today,
        )

    def loan_lines(self) -> list[list[str]]:
        """The book of loans."""
        known = {device.serial: device for device in self.directory.devices()}
        return daicho.loans(self.book.loans(limit=100_000), known, self.name, self.directory.today)
