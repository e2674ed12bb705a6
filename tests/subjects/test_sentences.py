"""Sentences that say of somebody what the one before named: several people in a paragraph, in Japanese and in English; and
what stands beside such sentences and makes nobody a person."""

from __future__ import annotations

import pytest

from tests.extract.people import count, inspected

pytestmark = pytest.mark.timeout(60)

PEOPLE = [
    # What a sentence begins with is said of the only person of the one before, however many a paragraph names.
    (2, "木村愛子さんが来庁した。昭和50年3月4日生まれ。原大輔さんの件で報告する。生年月日は1980年3月9日。"),
    (2, "木村愛子さんが来庁した。\n72歳。\n原大輔さんから相談があった。\n年齢は62歳。\n"),
    (2, "木村愛子さんが来庁した。うつ病で通院中である。林花子さんから相談があった。身体障害者手帳2級を所持している。"),
    (1, "木村愛子の件で報告する。\n昭和50年3月4日生まれ。\n"),
    (1, "藤田花子様、61歳、無職。問い合わせは福祉課（電話0463-21-8779）まで。"),
    # Given names of one letter before a particle, and unknown ones behind a blank.
    (1, "藤田恵は42歳で、近所に身寄りがない。"),
    (1, "勅使河原 朔弥は1991年4月21日生まれ。"),
    # Whoever has a foreign name and an honorific.
    (1, "リー・ウェイさんは42歳。"),
    (3, "マリア・サントス様（2018年3月18日生）が来庁した。リー・ウェイ様は2010年2月13日生まれ。ジョン・スミス様は1976年11月19日生まれ。"),
    # Welfare and taxes, said of somebody.
    (1, "藤田花子さんについて、生活保護の受給を確認した。"),
    (1, "藤田花子さん（市県民税の滞納）の件で報告する。"),
    # A label or a word for a time before a fact begins no item of a list.
    (3, "木村愛子さん（2018年3月18日生）が来庁した。加藤美咲様は2010年2月13日生まれ。比企詩乃様は日中090-3303-9441で連絡がつく。"),
    (4, "石川誠の件で報告する。メールはu0@docomo.ne.jp。池田翔太から相談があった。メールはu7@gmail.com。岡田翔太の件で報告する。携帯電話は090-1142-1274。渡辺健一から相談があった。電話は0467-23-1111。"),
    (1, "福島由美さんは昭和40年3月1日に生まれ、平塚で育った。"),
    # English.
    (1, "Mr. Taro YAMADA, born March 5, 1980, applied for a certificate."),
    (1, "Yamada Taro was born on 5 March 1980."),
    (1, "Kaburagi Aoi lives at 3-4-15 Minami, Yokohama."),
    (1, "The address of SUNAGA Kanata is Room 326, 4-2-9 Shiomi-cho, Kagamihama City."),
    (2, "HARA Naoki, 62, lives alone.\nFUJITA Hiroshi, 26, lives alone.\n"),
    (2, "Mrs. Hanako SATO is 42 years old. The 17-year-old Ken Suzuki was found safe."),
    (1, "塙湊斗-san (age 11) was taken to hospital."),
    (1, "Hanako YAMAMOTO (山本花子), aged 42, asked for help."),
    (2, "The 74-year-old TAKAHASHI Minato was found safe. The 76-year-old NUMAJIRI Mei was found safe."),
    (1, "Kanata SUNAGA's date of birth is 5 March 1980."),
    (1, "Contact: Sagara Mei, +81-90-1234-5678."),
    (1, "The mobile number of Kanata Numajiri is +81-90-1234-5678."),
]  # fmt: skip
NOBODY = [
    "藤田花子さんが話します。要支援1・2の方から要介護5の方まで利用できます。",
    "藤田花子さんが話しました。65歳以上の方が対象です。",
    "面談記録（令和8年6月12日）",
    "霞見 壮太様から電話。担当は市民課、内線2101。0463-23-1111",
    "講師は藤田花子さん。生活保護を受給している方への対応について講演した。",
    "The Mayor, Ichiro Suzuki, was born on March 5, 1980.",
    "The meeting was chaired by Director Hiroshi Tanaka, aged 52.",
    "For details, contact the Welfare Division (0463-21-8779).",
    "The Welfare Division has moved to 3-4-15 Minami, Yokohama.",
    "Akira TAGOH <tagoh@example.org> is the maintainer of this package.",
]


@pytest.mark.parametrize(("people", "text"), PEOPLE)
def test_sentences_about_somebody(people: int, text: str) -> None:
    assert count(text.encode()) == (people, [])


@pytest.mark.parametrize("text", NOBODY)
def test_sentences_about_nobody(text: str) -> None:
    assert count(text.encode()) == (0, [])


def test_titles_and_offices_are_none_of_a_list_of_people() -> None:
    names = "鵜飼芽依 相楽琉生 沼尻楓真 塙凜音".split()
    lines = [f"{name}様（{1950 + i}年3月1日生）が来庁した。" for i, name in enumerate(names)]
    text = "\n".join(["面談記録（令和8年6月12日）", *lines, "平塚市役所（平塚市浅間町9-1）で手続きが必要である。"])
    assert count(text.encode()) == (4, [])


def test_names_behind_what_a_sentence_says_are_whole() -> None:
    people = "福島　由美 福島　智子 松田　正雄 酒井　拓也".split(" ")
    lines = [f"連絡先は{name}さん、090-{1234 + i}-5678。" for i, name in enumerate(people)]
    assert count("\n".join(lines).encode()) == (4, [])
    assert [one.name for one in inspected("\n".join(lines).encode(), listing=True).affected] == [
        "福島由美",
        "福島智子",
        "松田正雄",
        "酒井拓也",
    ]


def test_a_list_above_an_addressee_is_no_label() -> None:
    rows = [
        "氏名\t住所\t年齢",
        *(f"藤田{name}\t鏡浜市汐見町{i}-2-1\t{40 + i}歳" for i, name in enumerate("明隆恵誠", 1)),
    ]
    assert count("\n".join([*rows, "", "鈴木様", "", "お世話になっております。"]).encode()) == (4, [])


def test_a_signature_below_a_short_rule_and_who_wrote_what_is_quoted_are_nobody() -> None:
    text = (
        "了解しました。\n\n====\n株式会社汐見システム 営業部 中村大輔\nTel:045-222-3000 / Mail:nakamura@shiomi-sys.co.jp\n====\n\n"
        "2026年6月12日 10:22 三浦亮 <ryo.55628@gmail.com>:\n> ごみの件です。\n"
    )
    assert count(text.encode()) == (0, [])


def test_labels_written_apart_behind_whose_they_are() -> None:
    for label in ("申請者の氏　　名：", "氏　　名（申請者）　", "【氏名（申請者）】"):
        assert count(f"{label}加藤　浩\n年齢：57歳\n".encode()) == (1, []), label
