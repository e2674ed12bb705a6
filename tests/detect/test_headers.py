"""Header words: many spellings, one key."""

from __future__ import annotations

import pytest

from dlp import bundle
from dlp.detect.headers import ROLES, header_note, normalise_header
from dlp.detect.loader import load


@pytest.fixture(scope="module")
def headers() -> dict[str, str]:
    return dict(load(bundle.read().files).headers)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("氏　名", "氏名"),
        ("氏名（漢字）", "氏名"),
        ("※氏名*", "氏名"),
        ("氏\n名", "氏名"),
        ("ﾌﾘｶﾞﾅ", "フリガナ"),
        ("メールアドレス", "メールアドレス"),
        ("E-mail", "email"),
        ("Ｌａｓｔ　Ｎａｍｅ", "lastname"),
        ("（氏名）", "氏名"),
        ("電話ー番号", "電話番号"),
        ("コード", "コード"),
        ("住\u200b所\ufeff", "住所"),
        ("氏\U000e0100名", "氏名"),
        ("", ""),
        ("――", ""),
    ],
)
def test_spellings(text: str, key: str) -> None:
    assert normalise_header(text) == key


def test_notes() -> None:
    assert header_note("氏名（カナ）") == "カナ"
    assert header_note("氏名（ローマ字）") == "ローマ字"
    assert header_note("氏名") == ""


@pytest.mark.parametrize(
    ("word", "role"),
    [
        ("氏名", "name"), ("お名前", "name"), ("保護者氏名", "name"), ("世帯主", "name"), ("口座名義", "name"),
        ("フリガナ", "kana"), ("ﾌﾘｶﾞﾅ", "kana"), ("カナ氏名", "kana"), ("姓", "surname"), ("苗字", "surname"),
        ("名", "given"), ("First name", "given"), ("セイ", "surname_kana"), ("メイ", "given_kana"),
        ("現住所", "address"), ("TEL", "phone"), ("携帯", "phone"), ("E-mail", "email"), ("生年月日", "birth_date"),
        ("年齢", "age"), ("性別", "sex"), ("続柄", "relationship"), ("個人番号", "individual_number"),
        ("マイナンバー", "individual_number"), ("被保険者番号", "insurance"), ("基礎年金番号", "pension"),
        ("要介護度", "sensitive"), ("病名", "sensitive"), ("宛名番号", "id"), ("世帯番号", "id"), ("施設名", "facility"),
        ("会社名", "org"), ("部署", "office"), ("役職", "title"), ("品名", "item"), ("著者", "author"),
        ("金額", "amount"), ("件数", "count"), ("日付", "date"), ("備考", "note"), ("金融機関", "bank"),
    ],
)  # fmt: skip
def test_shipped_words(headers: dict[str, str], word: str, role: str) -> None:
    assert headers[normalise_header(word)] == role


@pytest.mark.parametrize(
    "word",
    "宛名番号 世帯番号 住定日 異動事由 転入 転出 前住所 本籍 筆頭者 続柄 納税義務者 普徴 特徴 受給者番号 支給決定 認定区分 "
    "被保険者 記号番号 投票区 名簿番号 保護者名 学年 組 代表者 団体名 参加者 申込者".split(),
)
def test_every_citizen_table_word_of_the_domain_paper_has_a_role(headers: dict[str, str], word: str) -> None:
    assert headers[normalise_header(word)] in ROLES
