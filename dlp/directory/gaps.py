"""Gaps: what coverage shows to be missing, as the page, the command and the daily report tell it. Reads only."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dlp.directory.coverage import Barred, Coverage, Passed, RouteUse, begin_round, round_done
from dlp.directory.directory import Directory
from dlp.directory.register import Register
from dlp.directory.terminals import Terminal, is_silent
from dlp.directory.usb_events import Sighting
from dlp.standing import Device, DeviceStatus
from quarantine.case import Notice

_DAYS = 30  # how far back sightings, servers and routes are told of
_MOST = 50  # lines of each kind in a mail


@dataclass(frozen=True, kw_only=True, slots=True)
class Gaps:
    """What is not covered."""

    silent: Sequence[Terminal]  # listed, to report, and not heard for so long
    unlisted: Sequence[Terminal]  # report, but nobody has listed them
    unknown_devices: Sequence[Sighting]  # seen, and not in the ledger
    barred_devices: Sequence[tuple[Sighting, Device]]  # seen, although lost or retired
    undecrypted: Sequence[Passed]
    routes: Sequence[RouteUse]  # by routes nobody has listed
    refused: Sequence[Barred] = ()  # because nobody could have read it: no gap, but somebody may ask

    @property
    def count(self) -> int:
        """All of them."""
        parts = (self.silent, self.unlisted, self.unknown_devices, self.barred_devices, self.undecrypted, self.routes)
        return sum(len(part) for part in parts)


def find(coverage: Coverage, devices: Iterable[Device], now: datetime, *, silent_hours: float = 24.0) -> Gaps:
    """The gaps as they are at `now`."""
    since, terminals = now - timedelta(days=_DAYS), coverage.terminals()
    known = {name.lower(): device for device in devices for name in (device.serial, device.hardware) if name}
    seen = [(sighting, known.get(sighting.serial.lower())) for sighting in coverage.sightings(since)]
    barred = (DeviceStatus.LOST, DeviceStatus.RETIRED)
    return Gaps(
        silent=[t for t in terminals if is_silent(t, now, silent_hours)],
        unlisted=[t for t in terminals if t.listed is None],
        unknown_devices=[sighting for sighting, device in seen if device is None],
        barred_devices=[(sighting, device) for sighting, device in seen if device and device.state in barred],
        undecrypted=coverage.undecrypted(since),
        refused=coverage.refused(since),
        routes=[use for use in coverage.route_uses(since) if not listed_route(use.route, terminals)],
    )


def listed_route(route: str, terminals: Sequence[Terminal]) -> bool:
    """Whether a route is listed: by its name, or by the address behind its colon ("mail:10.1.2.3")."""
    if any(t.listed and t.name == route.lower() for t in terminals):
        return True
    try:
        address = ipaddress.ip_address(route.partition(":")[2])
    except ValueError:
        return False
    return any(t.listed and t.address and address in ipaddress.ip_network(t.address) for t in terminals)


class DailyReport:
    """Mails the gaps to the administrators, once a day."""

    def __init__(
        self,
        register: Register,
        coverage: Coverage,
        directory: Directory,
        *,
        silent_hours: float = 24.0,
        hour: int = 7,
        console: str = "",
    ) -> None:
        self._register, self._coverage, self._directory = register, coverage, directory
        self._silent, self._hour, self.console = silent_hours, hour, console

    def due(self, now: datetime) -> bool:
        """Whether today's is still to be sent."""
        if self._directory.local(now).hour < self._hour:
            return False
        with self._register.snapshot() as snapshot:
            return not round_done(snapshot, "coverage", self._directory.today(now).isoformat())

    def run(self, now: datetime) -> bool:
        """Owe today's report, if it is due; whether it was. Where nothing is listed or seen there is none."""
        if not self.due(now):
            return False
        gaps = find(self._coverage, self._directory.devices(), now, silent_hours=self._silent)
        if not gaps.count and len(self._coverage.terminals()) <= 1:  # this gateway alone
            return False
        body = "\n".join([*text(gaps, self._silent), "", f"確認画面：{self.console}/coverage", ""])
        told = [p.mail[0] for p in self._directory.administrators() if p.mail]
        with self._register.change("coverage") as change:
            day = self._directory.today(now).isoformat()
            if not begin_round(change, "coverage", day, now):
                return False
            change.owe([Notice(to=to, subject=f"【関所】網羅状況 {day}：{gaps.count}件", body=body) for to in told])
            change.tell("coverage_report", day, gaps=gaps.count, silent=len(gaps.silent), told=len(told))
        return True


def text(gaps: Gaps, silent_hours: float) -> list[str]:
    """The report in Japanese: names of hosts, devices and employee numbers, no content."""
    lines = [f"報告のない端末・ゲートウェイ（{silent_hours:g}時間以上）：{len(gaps.silent)}台"]
    lines += _some(
        f"{t.name} {t.department} 最終 {t.heard:%Y-%m-%d %H:%M} UTC"
        if t.heard
        else f"{t.name} {t.department} 一度も報告なし"
        for t in gaps.silent
    )
    lines += [f"一覧にない端末：{len(gaps.unlisted)}台", *_some(t.name for t in gaps.unlisted)]
    lines += [f"台帳にない媒体：{len(gaps.unknown_devices)}件", *_some(map(_seen, gaps.unknown_devices))]
    lines += [f"紛失・廃棄登録された媒体の接続：{len(gaps.barred_devices)}件"]
    lines += _some(
        f"{_seen(sighting)} 登録番号 {device.number or device.serial}" for sighting, device in gaps.barred_devices
    )
    lines += [f"復号せずに通した接続先：{len(gaps.undecrypted)}件"]
    lines += _some(f"{p.host} {p.count}回 {p.bytes}バイト 最終 {p.last:%Y-%m-%d %H:%M} UTC" for p in gaps.undecrypted)
    lines += [f"検査できないため止めた通信（参考）：{len(gaps.refused)}件"]
    lines += _some(map(_refused, gaps.refused))
    lines += [f"登録のない経路からの送信：{len(gaps.routes)}件"]
    lines += _some(f"{use.route} 職員番号 {use.person or '不明'} {use.count}回" for use in gaps.routes)
    return lines


def _seen(sighting: Sighting) -> str:
    serial = sighting.serial or f"シリアルなし {sighting.vendor_id}:{sighting.product_id}"
    return f"{sighting.host} {serial} {sighting.product}".strip()


def _refused(one: Barred) -> str:
    return f"{one.host} {one.kind} 職員番号 {one.person or '不明'} {one.count}回 最終 {one.last:%Y-%m-%d %H:%M} UTC"


def _some(lines: Iterable[str]) -> list[str]:
    found = [f"  ・{line}" for line in lines]
    return [*found[:_MOST], f"  ほか{len(found) - _MOST}件"] if len(found) > _MOST else found
