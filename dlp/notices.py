"""What we write to people about a transfer, in Japanese and English: kinds and counts, never values. Pure."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from dlp.inspection import Inspection
from dlp.standing import Person, Standing
from dlp.texts import CHANNELS, describe, kinds, pick
from dlp.training import Training
from dlp.transfer import Transfer
from dlp.verdict import Action, Verdict
from quarantine.case import Case, Notice


def explain(
    verdict: Verdict,
    inspection: Inspection,
    standing: Standing,
    *,
    case: str,
    console: str,
    lang: str = "ja",
    training: Training | None = None,
) -> list[str]:
    """Lines for a page, a reply or a mail: what happened, what was found, the town's rule, who decides, what to do."""
    japanese = lang == "ja"
    held, refused = verdict.action is Action.QUARANTINE, verdict.action is Action.BLOCK
    if verdict.action.passes:
        lines = ["送信されました。" if japanese else "It was sent."]
    elif held:
        lines = [f"この送信は保留されました（案件番号 {case}）。" if japanese else f"This was held as case {case}."]
    else:
        lines = ["この送信は拒否されました。" if japanese else "This was refused."]
    if inspection.subjects:
        found = kinds(inspection.counts, lang)
        lines.append(
            f"検出：{inspection.subjects}人分の個人情報（{found}）"
            if japanese
            else f"Found: personal data of {inspection.subjects} people ({found})"
        )
    label = "理由" if japanese else "Reason"
    lines += [f"{label}：{describe(reason, lang, refused=refused)}" for reason in verdict.reasons]
    if not verdict.action.passes:
        rule = "きまり" if japanese else "Rule"
        told = (training or Training()).lines([reason.code for reason in verdict.reasons], lang)
        lines += [f"{rule}：{text}" if japanese else f"{rule}: {text}" for text in told]
    if held:
        lines += _next_steps(verdict, standing, f"{console}/cases/{case}", japanese)
    elif refused:
        lines.append(
            "必要な場合は所属長または情報システム担当に連絡してください。"
            if japanese
            else "If it is needed, ask your supervisor or the IT department."
        )
    return lines


def _next_steps(verdict: Verdict, standing: Standing, console: str, japanese: bool) -> list[str]:
    who = _decider(standing, japanese)
    if japanese:
        count = f"（異なる{verdict.approvals}名の承認が必要）" if verdict.approvals > 1 else ""
        return [
            f"判断する人：{who}{count}",
            "対応：業務上必要な送信であれば、所属長に案件番号を伝えて承認を依頼してください。"
            "承認されるとそのまま送出されます。再送は不要です（ウェブは承認後に同じ内容をもう一度送ってください）。"
            "誤りであれば取り下げてください。",
            f"確認画面：{console}",
        ]
    count = f" ({verdict.approvals} different approvers)" if verdict.approvals > 1 else ""
    return [
        f"Who decides: {who}{count}",
        "What to do: tell your supervisor the case number and ask for approval; it is then sent as it is, without"
        " sending again (a web upload: send the same content once more after approval). If a mistake: withdraw it.",
        f"Console: {console}",
    ]


def _decider(standing: Standing, japanese: bool) -> str:
    if standing.supervisor is None:
        return (
            "所属長が未登録です。情報システム担当に連絡してください"
            if japanese
            else "nobody is registered; ask the IT department"
        )
    return f"{standing.supervisor.department} {standing.supervisor.name}".strip()


def on_verdict(
    transfer: Transfer,
    verdict: Verdict,
    inspection: Inspection,
    standing: Standing,
    *,
    console: str,
    deciders: list[Person],
    administrators: list[str],
    zone: ZoneInfo,
    training: Training | None = None,
) -> tuple[Notice, ...]:
    """The notices a fresh verdict owes: to the sender and the deciders of a held transfer; to supervisor and
    administrators of a refused one. "{case}" stands for a case number not yet known."""
    if verdict.action.passes:
        return ()
    lines = explain(verdict, inspection, standing, case="{case}", console=console, training=training)
    english = explain(verdict, inspection, standing, case="{case}", console=console, lang="en", training=training)
    what = _what(transfer, zone)
    if verdict.action is Action.QUARANTINE:
        body = _body([*what, *lines], english)
        sender = [
            Notice(to=to, subject="【関所】送信を保留しました（案件 {case}）", body=body) for to in _sender(standing)
        ]
        about = _body([*what, _by(transfer, standing), *lines], english)
        subject = "【関所】承認待ちの送信があります（案件 {case}）"
        return (*sender, *(Notice(to=p.mail[0], subject=subject, body=about) for p in deciders if p.mail))
    about = _body([*what, _by(transfer, standing), *lines], english)
    told = [*(p.mail[0] for p in deciders if p.mail), *administrators]
    subject = "【関所・要確認】送信を拒否しました"
    return tuple(Notice(to=to, subject=subject, body=about) for to in dict.fromkeys(told))


def on_settled(
    case: Case, word: str, *, sender: Person | None, reason: str = "", console: str = ""
) -> tuple[Notice, ...]:
    """The notice to the sender when a case was released, permitted, rejected or expired (`word`)."""
    if sender is None or not sender.mail:
        return ()
    subject, text = {
        "released": ("承認され、送出しました", "承認され、元の内容のまま送出しました。再送は不要です。"),
        "permitted": ("承認されました", "承認されました。同じ内容を同じ宛先へ、期限内に1回だけ送信できます。"),
        "rejected": ("却下されました", "所属長の判断により却下されました。内容は送出されていません。"),
        "expired": ("期限切れになりました", "期限までに承認されなかったため却下されました。内容は送出されていません。"),
        "undeliverable": ("送出できませんでした", "承認後の送出に失敗したため、再び承認待ちに戻りました。"),
    }[word]
    lines = [f"案件番号：{case.id}", f"経路：{pick(CHANNELS, case.entry.channel, 'ja')}", text]
    if reason:
        lines.append(f"理由：{reason}")
    if console:
        lines.append(f"確認画面：{console}")
    return (Notice(to=sender.mail[0], subject=f"【関所】案件 {case.id}：{subject}", body="\n".join(lines) + "\n"),)


def on_not_arrived(transfer: Transfer, standing: Standing, *, zone: ZoneInfo) -> tuple[Notice, ...]:
    """The notice to the sender of a file that was allowed, and that the device then did not take: the program that
    wrote it was told that all is well."""
    japanese = [
        *_what(transfer, zone),
        f"送信番号：{transfer.id}",
        "この時刻に媒体へ書き込んだファイルは許可されましたが、媒体に届いていません。媒体の空きと状態を確かめ、もう一度書き込んでください。",
    ]
    english = [
        f"A file written to {', '.join(transfer.destination)} at that time ({transfer.id}) was allowed and is not on"
        " the device. Check its room and state, and write the file again.",
    ]
    subject = "【関所】媒体に届かなかったファイルがあります"
    return tuple(Notice(to=to, subject=subject, body=_body(japanese, english)) for to in _sender(standing))


def on_first_approval(case: Case, second: list[Person], *, console: str) -> tuple[Notice, ...]:
    """The notice to those who may give the second approval."""
    body = (
        f"案件番号：{case.id}\n1人目の承認がありました。{case.entry.subjects}人分の個人情報のため、"
        f"もう1名の承認が必要です。\n確認画面：{console}\n"
    )
    subject = f"【関所】2人目の承認をお願いします（案件 {case.id}）"
    return tuple(Notice(to=person.mail[0], subject=subject, body=body) for person in second)


def _what(transfer: Transfer, zone: ZoneInfo) -> list[str]:
    when = transfer.at.astimezone(zone)
    return [
        f"日時：{_clock(when)}",
        f"経路：{pick(CHANNELS, transfer.channel, 'ja')}",
        f"宛先：{'、'.join(transfer.destination)}",
    ]


def _clock(when: datetime) -> str:
    return f"{when:%Y-%m-%d %H:%M}"


def _by(transfer: Transfer, standing: Standing) -> str:
    person = standing.person
    return (
        f"送信者：{person.department} {person.name}（{person.id}）"
        if person
        else f"送信者：{transfer.sender}（名簿になし）"
    )


def _sender(standing: Standing) -> list[str]:
    """Where the sender reads mail; an address the directory does not know is never written to (it may be forged)."""
    return list(standing.person.mail[:1]) if standing.person else []


def _body(japanese: list[str], english: list[str]) -> str:
    return "\n".join([*japanese, "", "----", *english, ""])
