"""Names told by what adjoins them, a birth in brackets, a particle, a telephone: expressions that need no book. See `beside`."""

from __future__ import annotations

import re
from collections.abc import Collection

from dlp.subjects.cells.values import CLASS
from dlp.subjects.letters import ANY_KANJI, BEGUN, FIRST, HAN, KANJI

_PARTICLES, _SHORT = frozenset("のをはがにでともへや"), 2  # letters of a given name that is hardly two words
#: No given name: 佐藤花子 女 48歳, 佐藤花子 電話090-….
NO_GIVEN = r"(?![男女](?:性|児)?(?:[ 、,・/()]|$)|(?:電話|携帯|自宅|連絡先)[ :]*[\d(])"
NAME = rf"[ァ-ヺー]{{2,12}}(?:[ ・][ァ-ヺー]{{1,12}}){{1,4}}|{CLASS}{{1,6}} {NO_GIVEN}{CLASS}{{1,6}}|{CLASS}{{2,12}}"
#: What a sentence or a sender's line says before a name: "相談者は", "市民課 主事: ".
PARTICLE = re.compile(rf"^.*[はがをにもとやへで、](?={BEGUN})")
CALLED = r"(?:TEL|Tel|tel|電話|携帯|☎|自宅|連絡先|メール|[Ee]-?[Mm]ail)?[ :=]*"
#: Where somebody from abroad comes from: ベトナム, ネパール国籍.
FROM = r"(?:[ァ-ヺー]{2,12}|中国|韓国|台湾|米国|英国)(?:国籍|籍|人|出身)?[、,・]+ ?"
#: A municipality, a town and a number.
TOWN = rf"(?:{CLASS}{{2,3}}[都府県])?{CLASS}{{1,6}}?[市区町村郡]{CLASS}{{1,14}}\d"
#: A particle and what the sentence goes on with: 長男の連絡先は, 妻が同席.
GOES_ON = re.compile("[のはがをにへと][一-鿿]")
ALL_KANJI = re.compile(f"{ANY_KANJI}+$")
#: A given name in hiragana after a surname, and no particle.
SOFT = re.compile(f"{KANJI}{{2,4}}(?![のをはがにでとも])[ぁ-ゖ]{{2,5}}$")
#: A sentence's word before a name: "…に住む佐藤花子".
AFTER_KANA = re.compile(
    rf"[ぁ-ゖ](?P<name>{KANJI}{{3,6}}|{FIRST}{{1,4}}[ァ-ヺー]{{2,4}}|{KANJI}{{1,5}} {CLASS}{{1,6}})$"
)
#: A given name in katakana, as of those born long ago.
HARD = re.compile(f"{KANJI}{{1,4}}(?P<given>[ァ-ヺー]{{2,4}})$")
#: A short given name in kana that may be in no list: 佐藤トメ, 鵜飼とめ.
_SPELLED = re.compile("[ァ-ヺー]{2,3}|[ぁ-ゖ]{2,3}")
#: A given name in hiragana, or a foreign one in three words: no company is called so.
UNLIKE_A_BODY = re.compile(rf"{SOFT.pattern}|[ァ-ヺー]{{2,12}}(?: [ァ-ヺー]{{1,12}}){{2,4}}$")
AFTER_LINK = re.compile(f"[のるた](?P<name>{SOFT.pattern})")
#: A name in Latin letters at the beginning of a line with a telephone that is carried about.
LATIN = re.compile(
    r"^[\s*-]*(?:\d{1,3}[.) ] *)?(?:[A-Z][A-Za-z ]{1,20}: )?(?:(?:Mr|Ms|Mrs|Miss|Dr)\b\.? ?)?(?P<name>[A-ZÀ-Þ][A-Za-zÀ-ỹ'-]+(?: [A-ZÀ-ÞĐ][A-Za-zÀ-ỹ'-]+){1,3})(?= ?[(:,]| +0)"
)
#: An account's holder in katakana right after its number, as on a slip for a payment.
HOLDER = re.compile(
    r"\d{7}[\s,、]*(?:(?:口座)?名義人?[ :]*)?(?P<name>[ァ-ヺー]{2,12} [ァ-ヺー]{1,12}(?: [ァ-ヺー]{1,12}){0,2})(?![ァ-ヺー.()])"
)
#: A day of birth in brackets.
BORN_DAY = (
    r" ?\((?:[男女]性?[、,・ ]?)?"
    r"(?:(?:明治?|大正?|昭和?|平成?|令和?|[MTSHR])(?:\d{1,2}|元)|(?:19|20)\d\d)[-/.年]\d{1,2}[-/.月]\d{1,2}日?生(?:まれ)?[)、,]"
)
#: A name with one right after it.
BORN = re.compile(rf"(?<!{CLASS})(?P<name>{CLASS}{{1,5}} {CLASS}{{1,5}}|{CLASS}{{3,6}}){BORN_DAY}")
#: The same in a sentence, right behind a particle: "申請者は西郷麗奈（平成19年…生まれ".
BORN_SAID = re.compile(
    rf"(?<=[ぁ-ゖ、])(?P<name>{FIRST}{KANJI}{{0,3}}(?: {CLASS}{{1,5}}|[ァ-ヺー]{{2,4}}|[ぁ-ゖ]{{2,4}})|{FIRST}{KANJI}{{2,5}}){BORN_DAY}"
)
#: A name in brackets with an age behind it: "奥さん（田島ヤス子、77歳）".
AGED_WITHIN = re.compile(
    rf"\((?P<name>{CLASS}{{1,5}} {CLASS}{{1,5}}|{CLASS}{{3,7}}?)(?:さん|様|氏|くん|ちゃん)?[、,・ ] ?(?:満)?\d{{1,3}}[歳才](?!以|未|代)"
)
#: A surname with an honorific, and the whole name behind it.
WHOLE = re.compile(
    rf"(?<!{CLASS})(?:[^()\s]{{0,8}}[のはが、:])?(?P<surname>{CLASS}{{1,4}})(?:さん|さま|様)(?:という[^()\d]{{0,6}})? ?\((?P<name>(?P=surname) ?{CLASS}{{1,5}})[)、,・]"
)
#: A name, and in brackets behind it more than a day of birth: "ヌネス レオ（2歳児クラス、R6.1.20生）".
BORN_WITHIN = re.compile(
    rf"(?<!{CLASS})(?P<name>[ァ-ヺー]{{2,12}}(?:[ ・][ァ-ヺー]{{1,12}}){{1,4}}|{CLASS}{{1,5}} {CLASS}{{1,5}}|{CLASS}{{3,6}}) ?\([^()]{{1,24}}[、,・ ]"
    r"(?:(?:明治?|大正?|昭和?|平成?|令和?|[MTSHR])(?:\d{1,2}|元)|(?:19|20)\d\d)[-/.年]\d{1,2}[-/.月]\d{1,2}日?生(?:まれ)?\)"
)
#: A name, perhaps a sex, and a day of birth that says so: "古河 泰雅 男 平成27年12月8日生", whatever stands before.
BORN_PLAINLY = re.compile(
    rf"(?<!{CLASS})(?P<name>{CLASS}{{1,5}} {CLASS}{{1,5}}) +(?:[男女]性? +)?"
    r"(?:(?:明治?|大正?|昭和?|平成?|令和?|[MTSHR])(?:\d{1,2}|元)|(?:19|20)\d\d)[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?:生(?:まれ)?(?![産活徒涯計育物])|出生(?![届率数証地]))"
)
#: What each of these two cannot do without: to look for it costs a tenth of what looking for names does.
BORN_TOLD, CALL_TOLD = re.compile(r"\([^()]*生"), re.compile(r"\([^()]*\d-\d{4}")
#: Who is what, and how he is reached: "班長が佐藤花子（…、090-…）".
CAST = re.compile(
    rf"[はがを](?P<name>{FIRST}[々ノヶ之{HAN}]{{2,5}}|{SOFT.pattern[:-1]}|[ァ-ヺー]{{2,12}}(?: [ァ-ヺー]{{1,12}}){{1,3}})"
    r" ?\((?P<said>[^()]*\d-\d{4}[^()]*)\)"
)
#: Who lives somewhere and how old he is: "本町在住の佐藤花子（34）".
RESIDENT = re.compile(
    rf"[在居]住の(?P<name>[ァ-ヺー]{{2,12}}(?:[ ・][ァ-ヺー]{{1,12}}){{1,4}}|{CLASS}{{1,5}} {CLASS}{{1,5}}|{CLASS}{{3,6}})(?:さん|氏|様)? ?\(\d{{1,3}}[歳才]?[)、,]"
)
#: What an address is followed by before the name of whom it is, and what of that says that somebody lives there.
LIVES = r"(?:に(?:お住まい|居住|在住)(?:する|中)?の?|[在居]住の|に住(?:む|んでいる|まう))"
AT_HOME = re.compile(r"住|[\d番地号室]の")  # what none of that can do without
MOBILE = re.compile(r"(?<!\d)(?:0|\+81[- ]?)[789]0-?\d{4}-?\d{4}(?!\d)")
#: What is said of nobody in his function.
PRIVATE = re.compile(r"\d(?:歳|才)|[男女](?:性)?(?:[、,・/) ]|$)|生|(?:明治|大正|昭和|平成|令和|[MTSHR])\d")
LAST = re.compile(
    rf"(?<!{CLASS})(?P<name>{CLASS}{{1,6}} {CLASS}{{1,6}}|{CLASS}{{3,6}})(?: ?\([^()\d]{{1,12}}\))? \(?(?=0\d{{1,4}}[-(]?\d)"
)
TELEPHONE = re.compile(r"(?<![\d-])\(?0\d{1,4}[-(]")
#: A whole one with dashes.
DASHED_TELEPHONE = re.compile(r"(?<!\d)0\d{1,4}-\d{1,4}-\d{3,4}(?!\d)")
LONG_AGO = (
    r"(?:(?:明治|大正|昭和|[MTS])(?:\d{1,2}|元)|平成(?:[1-9]|1[01]|元)|H(?:[1-9]|1[01])|19\d\d)"
    r"[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?![\d-])"
)
#: A pupil by his class, before what is said of him: "1年3組 三ツ橋 航 インフルエンザB".
PUPIL = re.compile(
    rf"\d年 ?(?:\d{{1,2}}|[^\s\d]{{1,3}})組 +(?P<name>{CLASS}{{1,4}} {CLASS}{{1,4}})(?:さん|くん|ちゃん)?(?=[ (、])"
)
OF_OLD = re.compile(LONG_AGO)
#: A name, such a day and a telephone, as memos have them: "納税相談 比企 正道 S40.7.7 0463-…".
BORN_AND_CALLED = re.compile(
    rf"(?<!{CLASS})(?P<name>{CLASS}{{1,3}} {CLASS}{{1,3}}) +{LONG_AGO}(?:生(?:まれ)?)?[ 、,]+{CALLED}(?=\(?0\d{{1,4}}[-(]\d)"
)
#: Such a day of which papers tell as well what somebody asked for on it.
OF_LATE = re.compile("平成|H|199")
#: A sex and an age, in either order: 女47, 47・F.
SEXED = r"(?:[男女]性?[・、,/ ]?\d{1,3}(?:[)、,・/]|$)|\d{1,3}[・、,/ ]?[男女MF]性?[)、,・/])"
#: What is said of people alone, wherever it stands in a bracket.
CARRIED_OR_BORN = rf"(?:(?<!\d)0[789]0-?\d{{4}}-?\d{{4}}(?!\d)|(?<!\d)\d{{1,3}}[歳才](?!以)|{LONG_AGO})"


def spelled_after(name: str, surnames: Collection[str]) -> bool:
    """Whether a name is a known surname and a short given name in kana; behind a particle two words are as likely."""
    given = (name[k:] for k in (4, 3, 2, 1) if name[:k] in surnames)
    return any(_SPELLED.fullmatch(rest) and (len(rest) == _SHORT or rest[0] not in _PARTICLES) for rest in given)
