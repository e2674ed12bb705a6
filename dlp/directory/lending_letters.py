"""What the counter of devices writes to people. Numbers, devices and employee numbers; no content. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dlp.directory.loans import Request
from dlp.standing import Device, Person
from quarantine.case import Notice

_SHOWN = {"approve": "承認されました", "reject": "却下されました", "lend": "持出しを記録しました"}


def ask(deciders: Sequence[Person], device: Device, borrower: str, number: int, console: str) -> list[Notice]:
    """To those whose word is awaited."""
    body = (
        f"媒体の使用申請（第{number}号）があります。\n媒体：{_called(device)}\n申請者：{borrower}\n"
        f"確認画面：{console}/loan/{number}\n"
    )
    return _to(deciders, f"【関所】媒体の使用申請（第{number}号）", body)


def say(borrower: Person | None, request: Request, device: Device, word: str, remark: str = "") -> list[Notice]:
    """To the borrower: approved, rejected, handed over."""
    said = _SHOWN[word]
    lines = [f"媒体：{_called(device)}", f"使用申請（第{request.loan.id}号）は{said}。"]
    lines += [f"期間：{request.loan.first} から {request.loan.last} まで"]
    lines += [f"理由：{remark}"] if remark else []
    subject = f"【関所】媒体の使用申請（第{request.loan.id}号）：{said}"
    return _to([borrower] if borrower else [], subject, "\n".join([*lines, ""]))


def alarm(told: Iterable[Person], device: Device, actor: str, console: str) -> list[Notice]:
    """Of a loss, which may be a leak."""
    body = (
        f"媒体の紛失が登録されました。以後この媒体への書き込みはすべて拒否します。\n媒体：{_called(device)}\n"
        f"届出者：{actor}\n書き込まれたファイルの記録：{console}/devices\n"
    )
    return _to(told, "【関所・至急】媒体の紛失", body)


def remind(told: Iterable[Person], device: Device, request: Request, console: str) -> list[Notice]:
    """Of a device that should be back."""
    body = (
        f"使用期間（{request.loan.last}まで）を過ぎた媒体が返却されていません。書き込みはできません。\n"
        f"媒体：{_called(device)}\n使用者：{request.loan.person}\n"
        f"データを消去して返却してください。\n確認画面：{console}/loan/{request.loan.id}\n"
    )
    return _to(told, f"【関所】媒体の返却期限を過ぎています（第{request.loan.id}号）", body)


def _to(people: Iterable[Person], subject: str, body: str) -> list[Notice]:
    return [Notice(to=p.mail[0], subject=subject, body=body) for p in people if p.mail]


def _called(device: Device) -> str:
    return f"{device.number or device.serial} {device.product}".strip()
