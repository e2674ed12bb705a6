"""Names no dictionary knows, told by what stands beside them; ditto marks; examples that are none."""

from __future__ import annotations

import pytest

from dlp.extract.blocks import Table, Text
from tests.subjects.town import frame

PHONES = ("090-2233-1122", "080-3344-1155", "070-1234-9876")

PROSE = {
    "honorific": (1, f"霞見壮太様（{PHONES[0]}）より入電。"),
    "caller": (1, f"霞見壮太様から電話あり。{PHONES[0]}へ連絡のこと。"),
    "kinship after": (2, "世帯主の家族：花恵（妻・48歳）、壮一（長男・12歳）"),
    "kinship before": (1, f"連絡先：長男 霞見 壮太 {PHONES[0]}"),
    "matter": (2, "甲：霞見壮太（45歳、碧野台3-4-5）\n乙：碧江楓（31歳、鏡沢2-3）"),
    "introduced": (1, f"碧野町に住む霞見壮太（かすみ そうた）と申します。連絡先 {PHONES[0]}"),
    "given names in kana": (
        4,
        f"鵜飼とめ様 {PHONES[0]}\n佐藤トメ様（{PHONES[1]}）\n有働ヨネさんの携帯は{PHONES[2]}です。\n・諏訪をの様　大崎市駅南1丁目2-3",
    ),
    "one sentence": (3, f"参加者は霞見壮太（{PHONES[0]}）、碧江楓（{PHONES[1]}）、薊江栞（{PHONES[2]}）です。"),
    "boxes": (2, f"【氏名】霞見壮太【年齢】45【電話】{PHONES[0]}\n【氏名】碧江楓【年齢】31【電話】{PHONES[1]}"),
    "bare lot": (1, "相談者は霞見 壮太さん、碧野台527に在住。"),
    "address before telephone": (3, "\n".join(f"{n} 碧野台{i}-4-5 {p}" for i, (n, p) in enumerate(zip(("霞見壮太", "碧江詩帆", "薊江瑠奈"), PHONES, strict=True), 1))),
    "chat": (2, f"[2024/10/1 10:01] 市民課 主事: 霞見壮太さん{PHONES[0]}に折り返し\n[2024/10/1 10:02] 市民課 主事: 碧江詩帆さん{PHONES[1]}に折り返し"),
    "sentences of a diary in one line": (4, f"相談記録\n\n　霞見律希（昭和16年9月8日生、男性）について、分納誓約を受けた。連絡先{PHONES[0]}。　碧江ジロー氏（昭和61年11月23日生）より電話あり。折り返し先は{PHONES[1]}。　午後、山下充さん宅（碧野台1-10-6）を訪問し、書類を受領した。　民生委員から、鏡沢5丁目15番11号の柏原みゆき様（86）が入院したと連絡。"),
    "where he lives, and he": (2, "　2月13日、碧野台1075番地4グリーンハイツA-102に住む薊江ケージさんが来庁。\n　鏡沢1丁目2番3号在住の霞見ひまり様から電話。"),
    "whose names hold what an office's do": (3, "\n".join(f"　鏡浜市碧野台{i}-1の{n}さんが来庁。" for i, n in enumerate(("長谷部陽子", "阿部花子", "渡部一郎"), 1))),
    "a lot and a house": (1, "　午後、霞見貞子さん宅（碧野台1207メゾン桜305号室）を訪問。"),
}  # fmt: skip
NOBODY = {
    "residents": "　碧野台3丁目2番1号の自治会さん、鏡沢1丁目2番3号に住む皆さん、碧野台4-5-6在住の高齢者さんへ。",
    "staff of an office": "\n".join(f"鏡浜市碧野台{i}-1の市役所{o}{n}さん" for i, (o, n) in enumerate(zip(("市民課", "教育総務課", "議会事務局", "消防本部"), ("佐藤", "田中", "山本", "高橋"), strict=True), 1)),
    "a collection": "\n".join(f"鏡浜市碧野台{i}-1の{n}文庫様" for i, n in enumerate(("佐藤", "田中", "山本", "高橋"), 1)),
    "facilities in a sentence": "会場は中央公民館（0463-22-1111）、北公民館（0463-22-2222）、霞台小学校（0463-22-3333）です。",
    "two in kana": f"佐藤とゆみさん {PHONES[0]}",
    "labels again and again": "\n\n".join(f"場所　中央公民館（本町{i}-2-3）\n問合せ　総務課　電話0463-22-{i}111" for i in range(1, 6)),
    "heads of facilities": "施設名 施設長 所在地 電話番号\n霞台公民館 古瀬 帆波 雲雀平1-23-30 0463-72-6111",
    "code": 'user = User(name="山田 太郎", tel="090-1234-5678", mail="test@example.com")',
}  # fmt: skip


@pytest.mark.parametrize("case", PROSE)
def test_people_no_dictionary_knows(count, case):
    truth, text = PROSE[case]
    assert count(Text(text + "\n")).subjects == truth


@pytest.mark.parametrize("case", NOBODY)
def test_nobody(count, case):
    assert count(Text(NOBODY[case] + "\n")).subjects == 0


@pytest.mark.parametrize("times", [1, 100])
def test_ditto_marks_say_the_cell_above_again(count, times):
    rows = [["姓", "名", "住所"]]
    for i in range(times):
        rows += [["霞見", f"壮{'太' * (i % 7 + 1)}{'一二三四五六七八九'[i % 9]}", f"碧野台{i + 1}-4"], ["〃", f"花{'恵' * (i % 7 + 1)}{'一二三四五六七八九'[i % 9]}", "〃"]]  # fmt: skip
    found = count(Table(frame(rows)))
    assert found.counts["address"] == found.subjects == 2 * times


@pytest.mark.parametrize(("phone", "people"), [("0463-00-0000", 0), ("090-2233-1122", 1)])
def test_an_example_is_one_only_when_its_values_are_made_up(count, phone, people):
    assert count(Text(f"（記入例）\n氏名：鏡浜 太郎\n住所：碧野台9-1\n電話番号：{phone}\n")).subjects == people


def test_more_rows_than_a_few_are_no_examples_whatever_they_say(count):
    rows = [
        ["区分", "氏名", "電話"],
        *(["記入例", f"霞見{n}太", f"090-2233-11{i:02}"] for i, n in enumerate("壮匡暁樹颯")),
    ]
    assert count(Table(frame(rows))).subjects == 5


def test_a_dog_has_no_owner_s_birthday(count):
    rows = [["所有者氏名", "犬の名前", "犬の生年月日"], *([f"霞見{n}太", "ハナ", "2020/4/1"] for n in "壮匡暁樹颯")]
    assert count(Table(frame(rows))).subjects == 0
