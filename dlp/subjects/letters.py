"""Kanji that names are written with, as classes of expressions.

Narrower than `values.CLASS`, in which kana are letters, too: here kanji tell a name from the sentence it stands in.
"""

from __future__ import annotations

HAN = "㐀-䶿一-鿿豈-﫿"
_SIGNS = "々〆〇ヶノ"  # each stands for a kanji within a name: 佐々木, 一ノ瀬
#: A letter of a name; the first of a surname.
KANJI, FIRST = f"[{_SIGNS}{HAN}]", f"[々{HAN}]"
#: A letter of a name, the rare ones that four bytes take with them.
ANY_KANJI = f"[{_SIGNS}{HAN}\U00020000-\U0003ffff]"
#: Letters of a sentence, between the brackets of a class: what a word of kinship may be followed by at once.
WRITTEN = f"々〆〇ヶ{HAN}ぁ-ゖァ-ヺ\U00020000-\U0003ffff"
#: What a name begins with, behind a particle.
BEGUN = f"[{HAN}ァ-ヺ]{{2}}"
