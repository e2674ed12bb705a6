"""Characters of names that are written in several forms (旧字, 新字), and the words that are spelled with them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from itertools import product
from math import prod

#: Old and variant forms of characters in names -> one form each. NFKC already folds U+F900–FAFF.
VARIANTS = dict(
    pair.split("=")
    for pair in (
        "髙=高 﨑=崎 嵜=崎 㟢=崎 齋=斉 齊=斉 斎=斉 齎=斉 邊=辺 邉=辺 澤=沢 濵=浜 濱=浜 廣=広 國=国 圀=国 眞=真 德=徳 惠=恵 龍=竜 瀨=瀬 櫻=桜 槇=槙 曾=曽 檜=桧 壽=寿 "
        "榮=栄 條=条 學=学 實=実 藏=蔵 與=与 圓=円 應=応 會=会 繪=絵 淺=浅 縣=県 嶋=島 嶌=島 冨=富 峯=峰 舩=船 桒=桑 栁=柳 𠮷=吉 𡈽=土 遙=遥 禮=礼 靜=静 黑=黒 豐=豊 "
        "佛=仏 萬=万 亞=亜 爲=為 彌=弥 滿=満 增=増 橫=横 步=歩 緖=緒 鄕=郷 郞=郎 卷=巻 靑=青 淵=渕 籔=薮 藪=薮 籠=篭 舘=館 關=関 戶=戸 吳=呉 內=内 邨=村 澁=渋 澀=渋 "
        "莊=荘 將=将 鷗=鴎 鷄=鶏 顯=顕 寬=寛 尙=尚 敎=教 晉=晋 曉=暁 歸=帰 氣=気 淸=清 瑤=瑶 盡=尽 總=総 續=続 聰=聡 肅=粛 臺=台 舊=旧 螢=蛍 譽=誉 讓=譲 賴=頼 轉=転 "
        "醫=医 釋=釈 錄=録 鐵=鉄 隨=随 雙=双 靈=霊 餘=余 體=体 齡=齢 龜=亀 堯=尭 巖=巌 彥=彦 悅=悦 攝=摂 數=数 樂=楽 樣=様 權=権 團=団 圖=図 聲=声 兒=児 兩=両 來=来 "
        "勳=勲 勵=励 區=区 單=単 嚴=厳 壯=壮 壹=壱 奧=奥 專=専 對=対 峽=峡 帶=帯 廳=庁 彈=弾 從=従 慘=惨 戀=恋 戰=戦 擧=挙 收=収 效=効 敕=勅 晝=昼 桝=枡 檢=検 殘=残 "
        "淨=浄 溫=温 濕=湿 灣=湾 燈=灯 狹=狭 獨=独 畫=画 當=当 發=発 眾=衆 硏=研 祕=秘 禪=禅 稻=稲 穗=穂 竝=並 絲=糸 經=経 綠=緑 緣=縁 繩=縄 纖=繊 藝=芸 藥=薬 處=処 "
        "號=号 蠶=蚕 衞=衛 裝=装 覺=覚 觀=観 證=証 變=変 豫=予 貳=弐 贊=賛 踐=践 輕=軽 辨=弁 遞=逓 鎭=鎮 鑄=鋳 閒=間 陷=陥 隱=隠 雜=雑 靱=靭 頰=頬 顏=顔 飮=飲 驗=験 "
        "驒=騨 髮=髪 鹽=塩 麥=麦 麪=麺 黃=黄 點=点 黨=党 齒=歯 槗=橋 𣘺=橋 𣳾=泰 鈬=鐸 鉃=鉄 禱=祷 葊=庵 瀧=滝 萠=萌 梹=檳 恆=恒 姬=姫 昻=昂 隝=島 "
        "惡=悪 價=価 懷=懐 僞=偽 戲=戯 虛=虚 驅=駆 薰=薫 揭=掲 擊=撃 儉=倹 劍=剣 險=険 圈=圏 碎=砕 獸=獣 縱=縦 敍=叙 涉=渉 燒=焼 奬=奨 狀=状 乘=乗 "
        "剩=剰 疊=畳 孃=嬢 釀=醸 寢=寝 愼=慎 粹=粋 醉=酔 爭=争 搜=捜 巢=巣 臟=臓 卽=即 滯=滞 徵=徴 聽=聴 傳=伝 盜=盗 拜=拝 賣=売 拔=抜 拂=払 飜=翻 "
        "默=黙 埜=野 搖=揺 謠=謡 覽=覧 凉=涼 淚=涙 壘=塁 曆=暦 歷=歴 礒=磯 祿=禄 溪=渓 嶽=岳 寶=宝 壓=圧 圍=囲 營=営 驛=駅 歐=欧 假=仮 濟=済 穰=穣 "
        "鴬=鶯 凛=凜 瓣=弁 寳=宝 丗=世 鰺=鯵 餠=餅 麴=麹"
    ).split()
)
_TABLE, _OLD = str.maketrans(VARIANTS), frozenset(VARIANTS)
_MOST = 64  # spellings of a word


def folded(text: str) -> str:
    """`text` with one form of each character. As long as it was."""
    return text if _OLD.isdisjoint(text) else text.translate(_TABLE)  # hardly any has one


def spellings(words: Iterable[str]) -> set[str]:
    """Some words in every older form of their characters, too: 関口 and 關口, 山崎 and 山﨑; those of very many forms as
    they are. The new form of a word that is only known in an old one is another word too often: 館 for 舘, 国保 for 國保."""
    forms: defaultdict[str, list[str]] = defaultdict(list)
    for old, new in VARIANTS.items():
        forms[new].append(old)
    several = re.compile(f"[{''.join((*forms, *VARIANTS))}]")  # asked of all at once: hardly one word in ten has any
    found = set(words)
    for known in filter(several.search, list(found)):
        ways = [(letter, *forms.get(letter, ())) for letter in folded(known)]
        if prod(map(len, ways)) <= _MOST:
            found.update(way for letters in product(*ways) if (way := "".join(letters)) != folded(known))
    return found
