"""A name as it is spoken, whatever it is written in: readings in kana and names in Latin letters compared with each other.

SATO Yoko, Yoko Sato, SATOH YOUKO and サトウ ヨウコ sound alike; whether a name's words come in one order or the other is
not known of a reading, so both are turned until they begin alike: サトウヨウコ is ヨウコサトウ. What long vowels are written as
differs most (OU, O, OH, OO): ウ and オ that may make one long are left out of both, none others: 由紀 and 由紀夫 are two. Much
sounds alike then (小野, 大野): by itself it makes nobody the same person.
"""

from __future__ import annotations

import re

import polars as pl

_ROWS = (
    ("", "アイウエオ"), ("k", "カキクケコ"), ("g", "ガギグゲゴ"), ("s", "サシスセソ"), ("z", "ザジズゼゾ"), ("t", "タチツテト"),
    ("d", "ダジズデド"), ("n", "ナニヌネノ"), ("h", "ハヒフヘホ"), ("b", "バビブベボ"), ("p", "パピプペポ"), ("m", "マミムメモ"),
    ("r", "ラリルレロ"), ("l", "ラリルレロ"), ("y", "ヤイユエヨ"), ("w", "ワイウエオ"), ("f", "ハヒフヘホ"), ("v", "バビブベボ"),
    ("j", "ジジジジジ"), ("sh", "シシシシシ"), ("ch", "チチチチチ"), ("ts", "ツツツツツ"),
)  # fmt: skip
#: What stands behind a consonant that has i in it: ja and jya are ジヤ, as readings are kept, small letters large.
_SOFT = {"a": "ヤ", "u": "ユ", "o": "ヨ", "i": "", "e": "エ"}
_SYLLABLES = {head + vowel: kana for head, row in _ROWS for vowel, kana in zip("aiueo", row, strict=True)}
_SYLLABLES |= {
    head + vowel: "ジシチ"[n] + soft for n, head in enumerate(("j", "sh", "ch")) for vowel, soft in _SOFT.items()
}
_SYLLABLES |= {
    f"{head}y{vowel}": row[1] + _SOFT[vowel]
    for head, row in _ROWS
    if len(head) == 1 and head not in "yw"
    for vowel in "auo"
}
_SYLLABLES |= {"n": "ン", "m": "ン"}
_READ = re.compile(
    r"(?:sh|ch|ts|[kgsztdnhbpmrlfvj]y|[kgsztdnhbpmrlyfvjw])?[aiueo]|[nm](?![aiueoy])|([kstpcghdbfz])(?=\1)|t(?=ch)"
)
_LONG = re.compile(r"(?<=o)h(?![aiueoy])|['-]")
#: What makes the syllable before it long, and the syllables that it does that to.
_O = frozenset("オコゴソゾトドノホボポモヨロヲ")
_LENGTHENS = {"オ": _O, "ウ": _O | frozenset("ウクグスズツヅヌフブプムユルヴ")}
#: ケンイチ is KENICHI, which ケニチ would be, too.
_RUN_ON = dict(zip("アイウエオ", "ナニヌネノ", strict=True)) | {soft: f"ニ{soft}" for soft in "ヤユヨ"}
_PARTED = re.compile("ン([アイウエオヤユヨ])")
_SHORTEST = 3  # syllables that tell anything


def of_latin(words: str) -> str | None:
    """A key of words in Latin letters; None where they are no Japanese.

    >>> of_latin("sato youko") == of_reading("サトウヨウコ")
    """
    found: list[str] = []
    for word in words.split():
        bare, at = _LONG.sub("", word), 0
        while at < len(bare):
            read = _READ.match(bare, at)
            if read is None:
                return None
            found.append(_SYLLABLES.get(read.group(), "ツ"))
            at = read.end()
    return of_reading("".join(found))


def of_reading(kana: str) -> str | None:
    """A key of a reading as `keys.kana_key` gives it."""
    run_on = _PARTED.sub(lambda m: _RUN_ON[m[1]], kana)
    kept = _shortened(run_on)
    return min(kept[k:] + kept[:k] for k in range(len(kept))) if len(kept) >= _SHORTEST else None


def _shortened(kana: str) -> str:
    """Without the letters that make a vowel long; before the first stands the last, as either word may come first."""
    kept = list(kana)
    for _ in range(2):  # the first time tells what the last is
        last, kept = kept[-1] if kept else "", []
        for letter in kana:
            if last not in _LENGTHENS.get(letter, ()):
                kept.append(letter)
                last = letter
    return "".join(kept)


def of_columns(kana: pl.Series, latin: pl.Series) -> pl.Series:
    """The keys of mentions, by the reading where there is one, else by the name in Latin letters."""
    sounds = {word: of_reading(word) for word in kana.drop_nulls().unique().to_list()}
    spelled = {words: of_latin(words) for words in latin.filter(kana.is_null()).drop_nulls().unique().to_list()}
    read = kana.replace_strict(sounds, default=None, return_dtype=pl.String)
    heard = latin.replace_strict(spelled, default=None, return_dtype=pl.String)
    return pl.select(pl.coalesce(read, pl.when(kana.is_null()).then(heard)).alias("spoken")).to_series()
