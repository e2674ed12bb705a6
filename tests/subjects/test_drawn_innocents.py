"""Classes that innocent files drawn at random showed, and the lists of people in the same words: those are counted."""

from __future__ import annotations

import pytest

from tests.extract.people import inspected

_NAMES = "鏑木奏汰 小此木心結 曽我部琉生 比企芽依 相楽蒼空 生方紬希 鵜飼壱成 仁科咲楽 塙凜音 舘楓真 沼尻千慧 蓮見泰雅".split()
_KANA = "ハナコ タロウ ミサキ ソウタ ハルト ユイ アオイ ケンイチ マコト カズコ サチコ ナオキ".split()


def _lines(head: str, line: str, title: str = "") -> str:
    """A list under a heading: `line` with {name}, {n}, {nn} in it."""
    rows = [line.format(name=name, n=n, nn=10 + n) for n, name in enumerate(_NAMES)]
    return "\n".join([*([title] if title else []), head, *rows]) + "\n"


_LETTER = (
    "佐藤翔太様\nお世話になっております。青波町役所総務課の前田明です。\n承知しました。\n\n"
    "青波町役所 総務課 係長 前田明\n電話：0467-33-7876（直通） 内線7935\nkabu01@city.kagamihama.lg.jp\n"
)
NOBODY = {
    "a letter's sender": _LETTER,
    "a quoted letter's sender": _LETTER.replace("\n", "\n> "),
    "who is sent by a firm": "現地担当は弊社の山本 陽菜（携帯 080-3969-9378）です。\n",
    "who sees to works": "施工者 池田建設 現場代理人 田中優子 070-2549-1976\n現場責任者 須永詩乃　連絡先 0463-59-2752\n",
    "a sample in brackets": "【サンプル】山田 太郎,昭和45年3月3日,男,汐見町1-2\n",
    "who is presented": "登壇者プロフィール\n\n佐藤 誠 氏\n1952年生まれ。早稲田大学卒業。\n",
    "a surgery and where it is": "前田歯科 中央 0463-29-2418\n佐藤商店 旭 0463-29-2418\n",
    "doctors in lines": _lines("診療時間　医師　医療機関名　所在地", "9:00～17:00　{name}　相楽医院　磯部5-9-{nn}", "在宅当番医一覧"),
    "lecturers in lines": _lines("回　講座名　講師名　会場　申込先", "{n}　防災と地域　{name}　相楽会館　総務課 0467-55-31{nn}"),
    "heads of firms in lines": _lines("商号　代表者　所在地　電話", "相楽工業　{name}　磯部5-9-{nn}　0467-55-31{nn}"),
    "a label of records": "\n".join(f"町名：港南台{n}丁目\n世帯数：{n}2\n平均年齢：4{n}.3歳\n総数：2,048\n男：799\n" for n in range(1, 9)),
    "telephones of the office": _lines("管理番号,機種,使用者,所属,公用携帯", "PC-{nn},VersaPro,{name},総務課,090-5511-20{nn}"),
    "readings of bodies": "施設名,郵便番号,所在地,カナ,収容人数\n"
    + "".join(f"磯部{n}医院,254-0001,磯部5-9-{n},{kana}イイン,30\n" for n, kana in enumerate(_KANA)),
    "numbers of parcels": "佐藤 花子　0658-2904-4996\n佐藤花子 電話 0257-0668-5171\n",
    "a place in a town": "所在地：平塚市松が枝5-24\n",
    "a book": "御手洗 皐月　978-4-6433-1374-5\n",
    "a label's example": "1. 生年月日（例：昭和55年4月1日）を西暦で入力\n2. 氏名欄に 佐藤 花子 と書く\n",
    "lawyers": _lines("事務所,弁護士名,所在地,事務所電話", "相楽法律事務所,{name},磯部5-9-{nn},0467-55-31{nn}"),
    "doctors of schools": _lines("月日,当番医,担当医師名,所在地", "9/{nn},相楽内科,{name},磯部5-9-{nn}"),
    "who stood for election": _lines("満年齢,氏名,当落,所属党派", "5{n},{name},落選,無所属"),
    "members who have offices": _lines("登録番号,事務所名,会員氏名,TEL", "{nn},相楽{n}法律事務所,{name},0467-55-31{nn}"),
    "architects": _lines("事務所,管理建築士,事務所所在地", "相楽{n}設計事務所,{name},磯部5-9-{nn}"),
    "animals by their sex": _lines("名前,種別,性別,年齢,保護場所", "太郎,雑種,オス,{nn}歳,中央8-{nn}"),
    "animals by their kind": _lines("名前,種類,年齢,来園日", "さくら,柴犬,{n}歳,2/5"),
}  # fmt: skip
PEOPLES = {
    "a letter's addressee": (1, "佐藤翔太様\n下記の登録内容をご確認ください。\n電話：090-3969-9378\n"),
    "a customer of a firm": (1, "弊社のお客様の山本陽菜（090-3969-9378）からのご相談です。\n"),
    "who was asked": (1, "市民アンケート 回答者一覧\n佐藤 誠 氏\n1952年生まれ。汐見町1-2\n"),
    "patients of doctors": (12, _lines("診療日　医師　住所　患者氏名　携帯", "9/1　相楽　磯部5-9-{nn}　{name}　090-5511-20{nn}")),
    "members of a board at home": (12, _lines("委員名　自宅住所　生年月日", "{name}　磯部5-9-{nn}　昭和3{n}年3月4日")),
    "who lends machines": (12, _lines("管理番号,機種,使用者,携帯", "PC-{nn},VersaPro,{name},090-5511-20{nn}")),
    "trainees of firms by their readings": (
        12,
        "カナ,携帯,会社名\n" + "".join(f"サトウ {kana},090-5511-20{n},相楽{n}工業\n" for n, kana in enumerate(_KANA, 10)),
    ),
    "where somebody lives": (1, "平塚市松さん　平塚市本町5-24\n"),
    "beyond a lot of a thousand": (1, "氏名：佐藤花子\n住所：大字中里978-4\n"),
    "members of a party": (12, _lines("満年齢,氏名,住所,所属政党", "5{n},{name},磯部5-9-{nn},青波党")),
    "names that end in a figure": (
        3, "西村健一\n携帯：070-1166-7648\n遠藤浩二\n携帯：080-9920-5351\n大塚憲一\n携帯：070-4359-2291\n"),
    "members at home": (12, _lines("登録番号,会員氏名,TEL", "{nn},{name},0467-55-31{nn}")),
    "children of classes called as animals are": (
        8,
        "なまえ,クラス,年齢\n"
        + "".join(f"{name},うさぎ,{n % 3 + 3}歳\n" for n, name in enumerate("はな ごん さくら たろう けん もも まい ちか".split())),
    ),
    "owners of animals": (12, _lines("氏名,種類,年齢,住所", "{name},柴犬,{n}歳,中央8-{nn}")),

}  # fmt: skip


def _name(text: str) -> str:
    return "a.csv" if "," in text else "a.txt"


@pytest.mark.parametrize("what", NOBODY)
def test_nobody(what: str) -> None:
    assert inspected(NOBODY[what].encode(), _name(NOBODY[what])).subjects == 0


@pytest.mark.parametrize("what", PEOPLES)
def test_people(what: str) -> None:
    people, text = PEOPLES[what]
    assert inspected(text.encode(), _name(text)).subjects == people
