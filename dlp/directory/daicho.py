"""台帳: the ledger of media and the book of loans as tables, with the columns municipal rules ask for. Pure."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime

from dlp.directory.inventory import Campaign
from dlp.directory.loans import LoanState, Request
from dlp.directory.sheet import to_csv
from dlp.standing import Device
from dlp.texts import DEVICE_STATES, LOAN_STATES, pick

DEVICES = (
    *("登録番号", "登録年月日", "製品名", "シリアル番号", "ベンダーID", "製品ID", "暗号化", "所属", "管理責任者"),
    *("マイナンバー利用事務系", "状態", "使用者", "使用目的", "使用期間", "承認者", "持出日", "棚卸日", "備考"),
)
LOANS = (
    *("申請番号", "登録番号", "製品名", "申請日", "申請者", "使用目的", "使用期間（自）", "使用期間（至）"),
    *("マイナンバー利用事務系", "状態", "承認日", "承認者", "情報システム主管課長承認日", "持出日", "引渡者"),
    *("返却日", "返却確認者", "データ消去の確認", "備考"),
)
_ERASED = {"looked": "ファイルがないことを装置が確認", "stated": "管理責任者が確認", "": ""}

#: Employee number -> how the person is written.
type Name = Callable[[str], str]
#: A moment -> its local day.
type Day = Callable[[datetime], date]


def devices(
    found: Iterable[Device], loans: Iterable[Request], campaigns: Iterable[Campaign], name: Name, day: Day
) -> list[list[str]]:
    """The ledger's lines, under DEVICES."""
    out = {request.loan.serial: request for request in loans if request.state is LoanState.LENT}
    seen = _last_seen(campaigns, day)
    return [_device(device, out.get(device.serial), seen.get(device.serial, ""), name, day) for device in found]


def _last_seen(campaigns: Iterable[Campaign], day: Day) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for campaign in campaigns:
        for line in campaign.lines:
            if line.seen is not None:
                found[line.serial] = max(found.get(line.serial, ""), day(line.seen).isoformat())
    return found


def _device(device: Device, loan: Request | None, seen: str, name: Name, day: Day) -> list[str]:
    return [
        device.number,
        device.registered.isoformat() if device.registered else "",
        device.product,
        device.hardware or device.serial,
        device.vendor_id,
        device.product_id,
        _yes(device.encrypted),
        device.department,
        name(device.holder),
        _yes(device.number_work),
        pick(DEVICE_STATES, device.state, "ja"),
        name(loan.loan.person) if loan else "",
        loan.loan.purpose if loan else "",
        f"{loan.loan.first}～{loan.loan.last}" if loan else "",
        name(loan.approved_by) if loan else "",
        day(loan.lent).isoformat() if loan and loan.lent else "",
        seen,
        device.remark,
    ]


def loans(found: Iterable[Request], devices: Mapping[str, Device], name: Name, day: Day) -> list[list[str]]:
    """The book of loans, under LOANS."""
    return [_loan(request, devices.get(request.loan.serial), name, day) for request in found]


def _loan(request: Request, device: Device | None, name: Name, day: Day) -> list[str]:
    def on(moment: datetime | None) -> str:
        return day(moment).isoformat() if moment else ""

    back = request.state is LoanState.RETURNED
    return [
        str(request.loan.id),
        (device.number or device.serial) if device else request.loan.serial,
        device.product if device else "",
        on(request.requested),
        name(request.loan.person),
        request.loan.purpose,
        request.loan.first.isoformat(),
        request.loan.last.isoformat(),
        _yes(request.loan.number_work),
        pick(LOAN_STATES, request.state, "ja"),
        on(request.approved),
        name(request.approved_by),
        on(request.it_at),
        on(request.lent),
        name(request.lent_by),
        on(request.closed) if back else "",
        name(request.closed_by) if back else "",
        _ERASED[request.erased],
        request.remark,
    ]


def _yes(value: bool) -> str:
    return "有" if value else "無"


def csv_of(header: Sequence[str], lines: Iterable[Sequence[str]]) -> bytes:
    """As CSV."""
    return to_csv(header, lines)


_STYLE = """\
@page { size: A3 landscape; margin: 12mm; }
body { font: 9pt/1.5 "Noto Sans CJK JP", "Yu Gothic", Meiryo, sans-serif; margin: 0; }
h1 { font-size: 14pt; margin: 0 0 2mm; }
table { border-collapse: collapse; width: 100%; }
th, td { border: .3mm solid #444; padding: 1mm 1.5mm; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
th { background: #eee; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
"""


def html_of(title: str, header: Sequence[str], lines: Iterable[Sequence[str]], *, made: str) -> str:
    """A page of its own, to be printed."""
    head = "".join(f'<th scope="col">{html.escape(cell)}</th>' for cell in header)
    body = "\n".join("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in line) + "</tr>" for line in lines)
    return (
        f'<!doctype html>\n<html lang="ja"><head><meta charset="utf-8"><title>{html.escape(title)}</title>'
        f"<style>{_STYLE}</style></head>\n<body><h1>{html.escape(title)}</h1><p>{html.escape(made)}</p>\n"
        f"<table><thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table></body></html>\n"
    )
