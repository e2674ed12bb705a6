"""What people read, in Japanese and English: reasons, categories, states. No content, ever."""

from __future__ import annotations

from dlp.verdict import Reason

LANGUAGES = ("ja", "en")

#: code -> (Japanese, English). Placeholders are names in Reason.values.
REASONS: dict[str, tuple[str, str]] = {
    "clean": ("個人情報は見つかりませんでした", "no personal data found"),
    "few_subjects": ("{subjects}人分の個人情報（記録のみ）", "personal data of {subjects} people (recorded only)"),
    "perhaps_subjects": (
        "最大{subjects}人分の個人情報のおそれ：所属長の承認が必要です",
        "perhaps personal data of up to {subjects} people: a supervisor decides",
    ),
    "some_subjects": (
        "{subjects}人分の個人情報：所属長の承認が必要です",
        "personal data of {subjects} people: a supervisor decides",
    ),
    "bulk_subjects": (
        "{subjects}人分の個人情報（{limit}人超）：2名の承認が必要です",
        "personal data of {subjects} people (more than {limit}): two approvers decide",
    ),
    "individual_number": ("個人番号（マイナンバー）{count}人分", "Individual Numbers of {count} people"),
    "sensitive": ("要配慮個人情報等 {count}人分", "sensitive data of {count} people"),
    "financial": ("口座・カード番号 {count}人分", "bank account or card of {count} people"),
    "exposure": (
        "過去{days}日間の送信先合計 {subjects}人分（{limit}人超）",
        "{subjects} people in {days} days from this sender (more than {limit})",
    ),
    "exposure_hour": (
        "過去1時間の送信先合計 {subjects}人分（{limit}人超）",
        "{subjects} people in one hour from this sender (more than {limit})",
    ),
    "unread": ("読み取れない部分が{count}件あります", "{count} parts could not be read"),
    "marking": ("文書の表示：{title}", "document marking: {title}"),
    "unknown_sender": ("送信者が職員名簿にありません", "the sender is not in the people file"),
    "retired": ("在籍期間が{end}に終了しています", "employment ended on {end}"),
    "not_started": ("在籍期間が始まっていません", "employment has not begun"),
    "absent": (
        "アカウントはありますが、人事の名簿にない人です",
        "has an account, but the personnel feed does not know this person",
    ),
    "disabled": ("アカウントが停止されています", "the account is switched off"),
    "leaving": (
        "在籍期間の終了まで{days}日：基準を厳しくしています",
        "employment ends in {days} days: the limits are tighter",
    ),
    "exception": ("所属長の例外許可（第{number}号）による送信", "under a superior's exception (no. {number})"),
    "stale_people": ("職員名簿が古いため保留します", "the directory of people is too old"),
    "no_supervisor": ("所属長が登録されていません（保留のまま）", "no supervisor is known: it stays held"),
    "device_unregistered": ("登録されていない媒体です", "the device is not registered"),
    "device_other_stick": (
        "接続された媒体のシリアルが、台帳に登録された媒体と違います",
        "the stick that is plugged in has another serial than the one registered",
    ),
    "device_lost": ("紛失登録された媒体です", "the device is reported lost"),
    "device_frozen": (
        "関所を通らない書込みがあったため、使用を止めています",
        "it was written to past the gateway and is frozen",
    ),
    "device_retired": ("廃棄登録された媒体です", "the device is retired"),
    "device_returned": (
        "返却済みの媒体です（使うには新しい申請と持出しが必要です）",
        "the device was returned: it needs a new loan",
    ),
    "device_other_department": ("他の所属の媒体です", "the device belongs to another department"),
    "loan_missing": ("この媒体の使用許可と持出しの記録がありません", "no loan of this device is on record"),
    "loan_not_begun": ("持出しの記録がないか、使用期間の前です", "the loan has not begun"),
    "loan_expired": ("使用期間が過ぎています。返却してください", "the loan's period is over: return the device"),
    "loan_others": ("ほかの人が持出し中の媒体です", "the device is lent to somebody else"),
    "number_work": (
        "マイナンバー利用事務系の媒体使用は禁止です（情報システム主管課長の承認が必要です）",
        "media are forbidden for work with Individual Numbers unless the head of the IT department approves",
    ),
    "device_absent": ("媒体が接続されていません", "the device is not present"),
    "inside": ("宛先がすべて庁内のため送信しました", "all recipients are internal: delivered"),
    "inside_of_case": (
        "庁内の宛先にのみ送信（ほかは案件{case}で保留）",
        "internal recipients only; the others are held as case {case}",
    ),
    "permit": ("承認済みの許可（案件{case}）による送信", "passes by the permit of case {case}"),
    "unread.encrypted": ("暗号化・パスワード付き", "encrypted or password-protected"),
    "unread.corrupt": ("破損", "corrupt"),
    "unread.too_deep": ("入れ子が深すぎます", "nested too deep"),
    "unread.too_large": ("大きすぎます", "too large"),
    "unread.too_many": ("部分が多すぎます", "too many parts"),
    "unread.timed_out": ("時間切れ", "timed out"),
    "unread.unknown_format": ("未知の形式", "unknown format"),
    "unread.image_only": ("画像のみ（文字なし）", "image only, no text"),
    "unread.charset": ("文字コード不明", "unknown character encoding"),
    "unread.partial": ("分割送信の一部のみ", "one piece of a message sent in pieces"),
    "strings_searched": (
        "未知の形式は文字列のみ検査しました",
        "of an unknown format only the strings were searched",
    ),
    "password_in_mail": (
        "本文に書かれたパスワードで添付を開いて検査しました",
        "an attachment was opened with the password the mail itself gives",
    ),
    "password_in_other_mail": (
        "先に送られた別のメールに書かれたパスワードで添付を開いて検査しました（PPAP）",
        "an attachment was opened with the password that an earlier mail gave (PPAP)",
    ),
    "password_of_other_mail": (
        "先に送られた別のメールの添付を開くパスワードが書かれています。開いて検査し、その人数もここに数えました（PPAP）",
        "gives the password for files that an earlier mail carries; they were opened, their people are counted here"
        " (PPAP)",
    ),
    "unread.failed": ("読み取り失敗", "reading failed"),
}

#: Reasons whose text names who decides, for a transfer that is refused: there nothing is left to decide.
REFUSED: dict[str, tuple[str, str]] = {
    "some_subjects": ("{subjects}人分の個人情報", "personal data of {subjects} people"),
    "perhaps_subjects": ("最大{subjects}人分の個人情報のおそれ", "perhaps personal data of up to {subjects} people"),
    "bulk_subjects": (
        "{subjects}人分の個人情報（{limit}人超）",
        "personal data of {subjects} people (more than {limit})",
    ),
    "stale_people": ("職員名簿が古くなっています", "the directory of people is too old"),
    "number_work": (
        "マイナンバー利用事務系の媒体使用は禁止です",
        "media are forbidden for work with Individual Numbers",
    ),
}

CATEGORIES: dict[str, tuple[str, str]] = {
    "name": ("氏名", "name"),
    "kana": ("フリガナ", "reading of the name"),
    "address": ("住所", "address"),
    "phone": ("電話番号", "telephone"),
    "email": ("メールアドレス", "e-mail address"),
    "sex": ("性別", "sex"),
    "birth_date": ("生年月日", "date of birth"),
    "age": ("年齢", "age"),
    "bank_account": ("口座情報", "bank account"),
    "individual_number": ("個人番号", "Individual Number"),
    "resident_code": ("住民票コード", "resident record code"),
    "licence": ("運転免許証番号", "driver's licence"),
    "insurance": ("被保険者番号", "insured person's number"),
    "pension": ("基礎年金番号", "pension number"),
    "passport": ("旅券番号", "passport"),
    "residence_card": ("在留カード番号", "residence card"),
    "card": ("クレジットカード番号", "payment card"),
    "postal_code": ("郵便番号", "postal code"),
    "relationship": ("続柄", "relationship"),
    "sensitive": ("要配慮情報", "sensitive information"),
}

CHANNELS: dict[str, tuple[str, str]] = {
    "mail": ("メール", "mail"),
    "web": ("ウェブ", "web"),
    "media": ("外部媒体", "removable media"),
}

STATUSES: dict[str, tuple[str, str]] = {
    "quarantined": ("承認待ち", "waiting"),
    "awaiting_second": ("2人目の承認待ち", "waiting for a second approver"),
    "approved": ("承認済み（送出中）", "approved, on its way"),
    "released": ("送出済み", "released"),
    "rejected": ("却下", "rejected"),
    "withdrawn": ("取下げ", "withdrawn"),
    "purged": ("消去済み", "purged"),
}

DEVICE_STATES: dict[str, tuple[str, str]] = {
    "in_use": ("使用中", "in use"),
    "lent": ("貸出中", "lent"),
    "returned": ("返却済み", "returned"),
    "lost": ("紛失", "lost"),
    "retired": ("廃止", "retired"),
    "unregistered": ("未登録", "not registered"),
    "frozen": ("停止中（関所を通らない書込み）", "frozen: written to past the gateway"),
}

LOAN_STATES: dict[str, tuple[str, str]] = {
    "requested": ("申請中", "requested"),
    "awaiting_it": ("情報システム主管課長の承認待ち", "awaiting the IT department head"),
    "approved": ("承認済み（持出し前）", "approved"),
    "lent": ("持出し中", "lent"),
    "returned": ("返却済み", "returned"),
    "rejected": ("却下", "rejected"),
    "withdrawn": ("取下げ", "withdrawn"),
    "lost": ("紛失", "lost"),
}

TERMINAL_KINDS: dict[str, tuple[str, str]] = {
    "terminal": ("端末", "terminal"),
    "gateway": ("ゲートウェイ", "gateway"),
    "route": ("経路", "route"),
}

#: What can happen to a device, for its history.
DEVICE_EVENTS: dict[str, tuple[str, str]] = {
    "register": ("台帳に登録", "registered"),
    "edit": ("台帳を訂正", "corrected"),
    "lend": ("持出し", "lent"),
    "return": ("返却", "returned"),
    "put_in_use": ("使用開始", "put in use"),
    "lose": ("紛失", "lost"),
    "find": ("発見", "found"),
    "retire": ("廃止", "retired"),
    "inventory": ("棚卸", "inventory"),
}

#: Why the counter refuses (`dlp.directory.loans.Refused`).
MEDIA_RULES: dict[str, tuple[str, str]] = {
    "not_yours": ("この操作をする権限がありません（自分の申請は自分では承認できません）。", "This is not yours to do."),
    "not_active": ("在籍していない人には貸し出せません。", "This person does not work here now."),
    "no_purpose": ("使用目的を入力してください。", "Give a purpose."),
    "no_reason": ("理由を入力してください。", "Give a reason."),
    "no_remark": ("確認の所見を入力してください。", "Give a remark."),
    "no_name": ("名称を入力してください。", "Give a name."),
    "text_too_long": ("文が長すぎます（500字まで）。", "The text is too long (500 characters)."),
    "period_reversed": ("使用期間の終わりが始まりより前です。", "The period ends before it begins."),
    "period_over": ("使用期間が過ぎています。", "The period is over."),
    "period_not_begun": ("使用期間の前です。", "The period has not begun."),
    "period_beyond_year": (
        "使用期間は年度末（3月31日）までです。翌年度の分は4月1日以降に申請してください。",
        "A period ends with the fiscal year (31 March).",
    ),
    "period_format": ("日付が正しくありません。", "The date is not valid."),
    "loan_state": ("この申請は今その状態ではありません。", "The request does not stand so."),
    "unknown_loan": ("申請が見つかりません。", "There is no such request."),
    "unknown_device": ("媒体が見つかりません。", "There is no such device."),
    "device_in_use": ("この媒体は今その状態ではありません。", "The device is in use."),
    "device_lent": ("この媒体は貸出中です。", "The device is lent."),
    "device_returned": ("この媒体は返却済みです。", "The device is returned."),
    "device_lost": ("この媒体は紛失として登録されています。", "The device is reported lost."),
    "device_frozen": (
        "この媒体は、関所を通らない書込みがあったため止められています。情報システム担当に連絡してください。",
        "The device was written to past the gateway and is frozen. Tell the IT department.",
    ),
    "device_retired": ("この媒体は廃止されています。", "The device is retired."),
    "not_erased": ("データを消去してから返却してください。", "Erase its data before it is returned."),
    "still_data": (
        "媒体にまだファイルがあります。消去してから返却してください。",
        "Files are still on the device: erase them first.",
    ),
    "serial": ("シリアル番号が正しくありません。", "The serial is not valid."),
    "number_taken": ("この登録番号はほかの媒体に使われています。", "Another device has this number."),
    "inventory_open": ("棚卸がすでに行われています。", "An inventory is open already."),
    "inventory_none": ("行われている棚卸はありません。", "No inventory is open."),
    "inventory_line": ("この媒体は今回の棚卸の対象でないか、確認済みです。", "Not in this inventory, or seen already."),
    "unknown_checkoff": ("見つかりません。", "There is no such check."),
    "confirmed": ("すでに確認済みです。", "It is confirmed already."),
    "file": ("ファイルを読み取れません。", "The file cannot be read."),
}

ACTIONS: dict[str, tuple[str, str]] = {
    "allow": ("通過", "allowed"),
    "monitor": ("通過（記録）", "allowed, recorded"),
    "quarantine": ("保留", "held"),
    "block": ("拒否", "refused"),
}


PERSON_STATES: dict[str, tuple[str, str]] = {
    "active": ("在籍", "employed"),
    "retired": ("退職（拒否）", "left: refused"),
    "not_started": ("在籍前（拒否）", "not yet employed: refused"),
    "unknown": ("不明（保留）", "unknown: held"),
    "stale": ("情報が古い（保留）", "too old: held"),
    "absent": ("人事の名簿になし（拒否）", "not in the personnel feed: refused"),
    "disabled": ("アカウント停止（拒否）", "switched off: refused"),
}

#: Fields of a person on which sources may differ.
PERSON_FIELDS: dict[str, tuple[str, str]] = {
    "name": ("氏名", "name"),
    "department": ("所属", "department"),
    "supervisor": ("所属長", "supervisor"),
    "deputy": ("代理", "deputy"),
    "start": ("開始日", "first day"),
    "end": ("終了日", "last day"),
    "active": ("アカウントの有効", "account is on"),
    "mail": ("メールアドレスの重複", "address of several people"),
    "logins": ("ログインの重複", "login of several people"),
    "personnel": ("人事の名簿にない", "not in the personnel feed"),
    "refused": ("拒否", "refused"),
    "account": ("アカウントあり", "has an account"),
    "yes": ("はい", "yes"),
    "no": ("いいえ", "no"),
}

ALARMS: dict[str, tuple[str, str]] = {
    "media_bypassed": (
        "媒体に関所を通らない書込みがありました。媒体の使用を止めています（dlp devices thaw で再開）",
        "a device was written to past the gateway and is frozen (dlp devices thaw)",
    ),
    "source_down": (
        "職員情報の取得元「{source}」を読めません（{why}）。最後に読めた内容で判断を続けています",
        "the source of people {source} cannot be read ({why}); its last good copy goes on counting",
    ),
    "source_old": (
        "職員情報の取得元「{source}」が{hours}時間更新されていません",
        "the source of people {source} has not been heard for {hours} hours",
    ),
    "source_never": (
        "職員情報の取得元「{source}」から一度も受け取っていません",
        "the source of people {source} has never been heard",
    ),
    "source_refused": (
        "職員情報の変更を取り込めません（{why}）。直前の内容で判断を続けています",
        "a change of the people or devices was not taken over ({why}); the last good one goes on counting",
    ),
    "task_unowned": (
        "退職者（{person}）のアカウント削除の担当者が決まっていません",
        "nobody is named to remove the accounts of {person}",
    ),
    "clock": (
        "時計が大きく動きました。正しい時刻に直してください。24時間は期限切れと消去を行いません",
        "the clock has jumped: set it right. Nothing expires or is shredded for 24 hours",
    ),
    "disk": ("ディスクの空きが少なくなっています", "little room is left on the disk"),
    "watch": ("設定の変更を記録できません", "changes of the configuration cannot be recorded"),
    "checkpoint": ("監査ログの署名ができません", "the audit log cannot be signed"),
    "place folder": (
        "監査ログの署名を第二の保管先へ書き出せません",
        "the second place cannot be reached",
    ),
    "place collector": ("監査ログの署名を収集サーバーへ送れません", "checkpoints cannot be sent to the collector"),
    "feed events": ("収集サーバーへ監査ログを送れません", "events cannot be sent to the collector"),
    "feed ocsf": ("OCSFファイルへ書き出せません", "the OCSF file cannot be written"),
    "paper": ("日次の署名をメールできません", "the day's signed head cannot be mailed"),
}


def pick(texts: dict[str, tuple[str, str]], word: str, lang: str) -> str:
    """The text of `word` in `lang` ("ja" or "en"); the word itself where the table has none."""
    pair = texts.get(word)
    return word if pair is None else pair[LANGUAGES.index(lang)]


def describe(reason: Reason, lang: str = "ja", *, refused: bool = False) -> str:
    """One sentence for a reason; of a `refused` transfer without a word on who decides."""
    table = REFUSED if refused and reason.code in REFUSED else REASONS
    return pick(table, reason.code, lang).format_map({k: str(v) for k, v in reason.values.items()})


def kinds(counts: dict[str, int], lang: str = "ja") -> str:
    """ "氏名 150人、住所 148人" for a count by category, most first."""
    unit = "人" if lang == "ja" else ""
    joint = "、" if lang == "ja" else ", "
    words = list(CATEGORIES)
    order = sorted(counts.items(), key=lambda item: (-item[1], words.index(item[0]) if item[0] in words else 99))
    return joint.join(f"{pick(CATEGORIES, word, lang)} {count}{unit}" for word, count in order if count)
