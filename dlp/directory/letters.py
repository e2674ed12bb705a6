"""What the directory writes to people, in Japanese and English. Names of staff and counts, never content. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from dlp.directory.alarms import Alarm
from dlp.directory.offboarding import Task
from dlp.standing import Person
from dlp.texts import ALARMS, CHANNELS, pick
from quarantine.case import Notice


def on_departure(person: Person, made: dict[str, Any], to: Sequence[Person], console: str) -> list[Notice]:
    """The look-back for those who decide for somebody who leaves."""
    lines = [
        f"{person.department} {person.name}（{person.id}）の在籍期間の終了日（{person.end}）が登録されました。",
        f"過去{made['days']}日間（{made['since']}〜{made['until']}）の送信：{made['transfers']}件、"
        f"送出済み{made['left']}件、送出された異なる個人{made['people']}人分、保留された案件{len(made['cases'])}件",
        *(_channel(name, counts) for name, counts in made["channels"].items()),
        "主な宛先：" + ("、".join(d["to"] for d in made["destinations"][:5]) or "なし"),
        f"詳しい一覧：{console}/leavers/{person.id}",
        "",
        "----",
        f"{person.id} leaves on {person.end}. In the last {made['days']} days: {made['transfers']} transfers,"
        f" {made['left']} left, {made['people']} distinct people, {len(made['cases'])} cases.",
        "",
    ]
    subject = f"【関所】退職予定者の送信の確認をお願いします（{person.id}）"
    return [Notice(to=one.mail[0], subject=subject, body="\n".join(lines)) for one in to if one.mail]


def _channel(name: str, counts: dict[str, int]) -> str:
    return f"・{pick(CHANNELS, name, 'ja')}：{counts['transfers']}件、延べ{counts['people']}人分"


def on_overdue(late: Sequence[Task], to: dict[str, list[Task]], today: date, console: str) -> list[Notice]:
    """The daily reminder of accounts that should be gone; `to` says who is told of which tasks."""
    subject = f"【関所・至急】退職者のアカウント削除が期限を過ぎています（{len(late)}件）"
    return [Notice(to=address, subject=subject, body=_overdue(tasks, today, console)) for address, tasks in to.items()]


def _overdue(tasks: Sequence[Task], today: date, console: str) -> str:
    lines = ["次の退職者のアカウントの削除が完了していません。送信は拒否されていますが、アカウントは残っています。"]
    for task in tasks:
        owner = task.owner or "未定（担当者を決めてください）"
        lines.append(f"・{task.name}（{task.person}）：期限{task.due}、{task.late(today)}日超過、担当 {owner}")
    lines += [f"完了の登録：{console}/leavers", "", "----"]
    lines += [f"{task.person}: account removal due {task.due}, owner {task.owner or 'nobody'}" for task in tasks]
    return "\n".join([*lines, ""])


def on_alarms(wrong: Sequence[Alarm], over: Sequence[Alarm], to: Sequence[str], console: str) -> list[Notice]:
    """To the administrators: what is wrong with the directory, and what no longer is."""
    if not wrong and not over:
        return []
    lines = [f"・{told(alarm)}" for alarm in wrong]
    lines += [f"・解消：{told(alarm)}" for alarm in over]
    lines += [f"稼働状況：{console}/status", "", "----"]
    lines += [f"{told(alarm, 'en')}" for alarm in wrong] + [f"Over: {told(alarm, 'en')}" for alarm in over]
    subject = "【関所・警報】職員名簿の連携に異常があります" if wrong else "【関所】職員名簿の連携の異常が解消しました"
    body = "\n".join([*lines, ""])
    return [Notice(to=address, subject=subject, body=body) for address in dict.fromkeys(to)]


def told(alarm: Alarm, lang: str = "ja") -> str:
    """An alarm as a sentence."""
    return pick(ALARMS, alarm.code, lang).format_map({key: str(value) for key, value in alarm.detail.items()})
