"""What the console says, in Japanese and English."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from dlp.console.inquiry_words import INQUIRY

WORDS: dict[str, tuple[str, str]] = {
    "title": ("関所 承認画面", "Sekisho console"),
    "skip": ("本文へ", "Skip to content"),
    "login": ("ログイン", "Log in"),
    "logout": ("ログアウト", "Log out"),
    "user": ("利用者名", "Login"),
    "password": ("パスワード", "Password"),
    "wrong": ("利用者名またはパスワードが違います。", "Wrong login or password."),
    "locked": ("失敗が続いたため、{until}までログインできません。", "Too many failures: locked until {until}."),
    "waiting": ("承認待ちの案件", "Cases waiting for you"),
    "none": ("承認待ちの案件はありません。", "No case is waiting."),
    "mine": ("自分の送信", "My transfers"),
    "none_mine": ("保留中の送信はありません。", "You have no held transfer."),
    "done": ("判断済みの案件", "Decided cases"),
    "audit": ("監査ログ", "Audit log"),
    "status": ("稼働状況", "Status"),
    "leavers": ("退職者", "Leavers"),
    "people_told": ("職員情報", "People"),
    "case": ("案件", "Case"),
    "sender": ("送信者", "Sender"),
    "department": ("所属", "Department"),
    "channel": ("経路", "Channel"),
    "destination": ("宛先", "Destination"),
    "subject": ("件名・ファイル名（伏字）", "Subject or file name (masked)"),
    "people": ("人数", "People"),
    "person_unit": ("人分", "people"),
    "kinds": ("種類", "Kinds"),
    "waited": ("待ち時間", "Waiting"),
    "state": ("状態", "State"),
    "approvals": ("承認", "Approvals"),
    "of": ("{have}／{need}名", "{have} of {need}"),
    "reasons": ("保留の理由", "Why it was held"),
    "password_came": (
        "この添付ファイルを開くパスワードが、{when}に別のメールで送られました（PPAP）。開いて検査した結果、そのメールと合わせて{people}人分です。",
        "The password for these files came in another mail at {when} (PPAP). Opened with it they hold, with that mail,"
        " data of {people} people.",
    ),
    "reportable": (
        "漏えい時は報告対象（施行規則第43条第{items}号）",
        "A leak would be reportable (rule 43, item {items})",
    ),
    "files": ("ファイルの構成", "Files"),
    "samples": ("内容の見本（伏字）", "Samples (masked)"),
    "unread": ("読み取れなかった部分", "Could not be read"),
    "part": ("部分", "Part"),
    "size": ("大きさ", "Size"),
    "kind": ("形式", "Type"),
    "decide": ("判断", "Decide"),
    "reason": ("理由（必須）", "Reason (required)"),
    "reason_hint": ("例：〇〇業務委託先への定例提供。個人の情報は書かないでください。", "Say why. No personal data."),
    "approve": ("承認して送出", "Approve"),
    "approve_web": ("承認して再送を許可", "Approve: it may be sent again"),
    "approve_first": ("承認（1人目）", "Approve (first of two)"),
    "approved": ("承認", "approved"),
    "reject": ("却下", "Reject"),
    "reason_approve": ("承認の理由（必須）", "Reason to approve (required)"),
    "reason_reject": ("却下の理由（必須）", "Reason to reject (required)"),
    "then_mail": (
        "承認すると、保留した内容がそのまま宛先へ送られます。",
        "Approved, it is sent to its recipients exactly as it was held.",
    ),
    "then_web": (
        "承認すると、送信者は同じ内容を同じサイトへ期限内に1回だけ送れます（自動では送られません）。",
        "Approved, the sender may upload the same content to the same site once; nothing is sent by itself.",
    ),
    "then_media": (
        "承認すると、媒体が接続されているときに書き込まれます。",
        "Approved, it is written to the device when the device is present.",
    ),
    "permitted": ("許可済み（本人の再送待ち・1回）", "permitted (the sender sends it again, once)"),
    "withdraw": ("取り下げる", "Withdraw"),
    "confirm": (
        "{people}人分の個人情報が「{to}」へ送られることを確認しました。",
        "I have checked that data of {people} people will go to {to}.",
    ),
    "confirm_unread": (
        "内容を読み取れなかったこと、「{to}」へ送られることを確認しました。",
        "I know that the content could not be read and will go to {to}.",
    ),
    "need_confirm": ("確認欄にチェックを入れてください。", "Tick the confirmation."),
    "need_reason": ("理由を入力してください。", "Give a reason."),
    "second": (
        "100人を超えるため、異なる2名の承認が必要です。あと1名の承認で送出されます。",
        "More than 100 people: two different approvers. One more is needed.",
    ),
    "two": ("異なる2名の承認が必要な案件です。", "This case needs two different approvers."),
    "own": ("自分の送信は自分では判断できません。", "Nobody decides an own transfer."),
    "already": ("あなたは承認済みです。もう1名の承認を待っています。", "You have approved; one more person is needed."),
    "changed": ("ほかの人が先に判断しました。最新の状態を表示しています。", "Somebody else has decided meanwhile."),
    "refused": ("この操作はできません。", "This is not allowed."),
    "saved": ("記録しました。", "Recorded."),
    "history": ("経過", "History"),
    "opened": ("受付", "Held at"),
    "not_found": ("見つかりません。", "Not found."),
    "expired": ("もう一度ログインしてください。", "Please log in again."),
    "forbidden": ("この画面を見る権限がありません。", "You may not see this page."),
    "error": ("エラーが発生しました。情報システム担当に連絡してください。", "Something failed. Ask the IT department."),
    "bad_request": (
        "要求を受け付けられません。画面を開き直してください。",
        "The request was not accepted. Reload the page.",
    ),
    "file_fault": (
        "名簿または台帳の変更を読み込めません。直前の内容で動いています：",
        "A changed file could not be read; the last good one serves:",
    ),
    "reports": ("月次報告", "Monthly report"),
    "report_month": ("対象月", "Month"),
    "every_department": ("全所属", "All departments"),
    "report_show": ("表示", "Show"),
    "inspection": ("自己点検票（印刷用）", "Self-inspection sheet (to print, Japanese)"),
    "training": ("注意事項の文", "Training texts"),
    "training_about": (
        "保留・拒否の画面とメールに表示される文です。変更はすぐに反映され、記録されます。個人の情報は書かないでください。",
        "What the block page and the notices tell. A change counts at once and is on record. No personal data.",
    ),
    "training_own": ("本市の文", "the town's own"),
    "training_edit": ("変更", "Change"),
    "training_save": ("保存", "Save"),
    "training_shipped": ("標準の文に戻す", "Tell the shipped text again"),
    "training_refused": ("保存できません（{longest}文字まで）。", "Not kept (at most {longest} characters)."),
    "reason_code": ("理由", "Reason"),
    "verify_now": ("監査ログ全体を検証する（数秒かかります）", "Verify the whole audit log (takes seconds)"),
    "signed_up_to": (
        "署名済み：第{number}号、#{seq}まで",
        "Signed: checkpoint {number}, up to #{seq}",
    ),
    "alarm": ("警報：", "Alarm:"),
    "back": ("一覧へ", "Back to the list"),
    "chain_ok": ("監査ログの連鎖は正常です。", "The audit chain is whole."),
    "chain_broken": ("監査ログに異常があります：{count}件", "The audit chain is broken: {count} problems"),
    "when": ("日時", "When"),
    "who": ("誰が", "Who"),
    "event": ("内容", "Event"),
    "count": ("件数", "Count"),
    "overdue": ("至急", "overdue"),
    "sent_to_you": ("あなたが判断する案件です。古いものから並んでいます。", "Oldest first."),
    "view": ("開く", "Open"),
    "detail": ("送出の結果", "Delivery"),
}

WORDS |= INQUIRY

#: Words of which extractors make the name of a place ("sheet 2", "page 1 table").
PLACES = {
    "sheet": "シート",
    "table": "表",
    "page": "ページ",
    "slide": "スライド",
    "body": "本文",
    "text": "本文",
    "subject": "件名",
    "name": "ファイル名",
    "properties": "文書の属性",
    "notes": "ノート",
    "comments": "コメント",
    "fields": "入力欄",
    "records": "レコード",
    "links": "リンク",
}


def place(text: str, lang: str) -> str:
    """Where in a part something stands, e.g. シート 2; a word we have no Japanese for stays."""
    return re.sub(r"[a-z]+", lambda found: PLACES.get(found[0], found[0]), text) if lang == "ja" else text


def word(key: str, lang: str, **values: object) -> str:
    """One text in one language."""
    return WORDS[key][0 if lang == "ja" else 1].format_map({k: str(v) for k, v in values.items()})


def when(at: datetime, lang: str) -> str:
    """A local time: 令和8年11月24日 14:05, or 2026-11-24 14:05."""
    if lang != "ja" or at.year < 2020:
        return f"{at:%Y-%m-%d %H:%M}"
    return f"令和{at.year - 2018}年{at.month}月{at.day}日 {at:%H:%M}"


def waited(span: timedelta, lang: str) -> str:
    """How long something waits, in its largest unit."""
    minutes = max(0, int(span.total_seconds() // 60))
    for size, japanese, english in ((1440, "日", "d"), (60, "時間", "h")):
        if minutes >= size:
            return f"{minutes // size}{japanese if lang == 'ja' else ' ' + english}"
    return f"{minutes}分" if lang == "ja" else f"{minutes} min"
