"""Samples beside the signatures are recipes: `{individual_number}`, `{name}` … filled in from a seed at test time.

So no value that passes a check digit lies in the repository.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable

from dlp.detect import checks
from dlp.tuning.town import Citizen, citizens

#: Placeholders that write their argument in another encoding.
CODECS = {
    "cp932": "cp932",
    "euc_jp": "euc_jp",
    "jis": "iso2022_jp",
    "utf16": "utf-16-le",
    "utf16be": "utf-16-be",
}
_PLACE = re.compile(r"\{(\w+)(?::([^{}]*))?\}")


def _digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choices("123456789", k=1) + rng.choices("0123456789", k=count - 1))


def _until(rng: random.Random, count: int, check: Callable[[str], bool]) -> str:
    """Random digits that pass a check: one in ten or so does."""
    while not check(number := _digits(rng, count)):
        pass
    return number


def _yucho(rng: random.Random) -> str:
    """記号-番号 with the 記号's check digit."""
    while not checks.yucho(text := f"1{rng.randint(0, 999):03}0-{rng.randint(1, 9999999)}1"):
        pass
    return text


def _zengin(person: Citizen, end: str) -> bytes:
    """A header and a data record of 120 bytes each, in CP932, with a synthetic account holder."""
    half = _half_width(f"{person.surname_kana} {person.given_kana}")
    head = f"1210{1234567890}{_half_width('カイギリシ'):<40}08310001{'':<15}001{'':<15}1{1234567:07}"
    data = f"20001{'':<15}001{'':<15}0000{1}{person.account}{half:<30}{12000:010}"
    return (f"{head:<120}{end}{data:<120}{end}").encode("cp932")


def _half_width(kana: str) -> str:
    """Full-width katakana in the half-width letters of bank files."""
    table = {unicodedata.normalize("NFKC", chr(c)): chr(c) for c in range(0xFF66, 0xFF9E)}
    marks = {"\u3099": "ﾞ", "\u309a": "ﾟ"}
    return "".join(table.get(c) or marks.get(c, c) for c in unicodedata.normalize("NFD", kana))


def _raw(name: str, arg: str, person: Citizen) -> bytes | None:
    """Placeholders that stand for bytes; None for another one."""
    if name == "hex":
        return bytes.fromhex(arg)
    if name == "zengin":
        return _zengin(person, arg)
    return arg.encode(CODECS[name]) if name in CODECS else None


def _recipes(rng: random.Random, person: Citizen) -> dict[str, Callable[[str], str]]:
    return {
        "name": lambda _: person.name,
        "kana": lambda _: person.kana,
        "address": lambda _: person.address,
        "address_short": lambda _: re.sub(r"^.+?市", "", person.address),
        "phone": lambda _: person.phone,
        "mobile_digits": lambda _: person.phone.replace("-", ""),
        "email": lambda _: person.email,
        "postal": lambda _: person.postal,
        "birth": lambda _: person.birth.strftime("%Y/%m/%d"),
        "individual_number": lambda _: person.number,
        "individual_number_dashed": lambda _: "-".join(re.findall("....", person.number)),
        "resident_code": lambda _: _until(rng, 11, checks.resident_code),
        "licence": lambda _: "30" + _until(rng, 10, lambda n: checks.licence("30" + n)),
        "card": lambda _: "4" + _until(rng, 15, lambda n: checks.card("4" + n)),
        "insurer": lambda arg: _until(rng, int(arg or 8), checks.insurer),
        "yucho": lambda _: _yucho(rng),
        "yucho_words": lambda _: _yucho(rng).replace("-", " 番号 "),
        "corporate_number": lambda _: _until(rng, 13, checks.corporate_number),
        "age": lambda _: str(rng.randint(20, 99)),
        "parcel": lambda _: _until(rng, 12, lambda n: checks.parcel(n) and not checks.individual_number(n)),
        "jan": lambda _: "49" + _until(rng, 11, lambda n: checks.jan("49" + n)),
        "digits": lambda arg: _digits(rng, int(arg)),
    }


def render(recipe: str, seed: int = 1) -> bytes:
    """A recipe's sample in UTF-8. Raises ValueError for an unknown name.

    `{hex:…}`, `{cp932:…}`, `{euc_jp:…}`, `{jis:…}`, `{utf16:…}`, `{utf16be:…}` and `{zengin:line end}` give raw bytes.
    """
    rng = random.Random(f"{seed} {recipe}")  # noqa: S311
    person = next(citizens(1, seed=rng.randrange(1 << 30)))
    recipes = _recipes(rng, person)
    out = bytearray()
    done = 0
    for match in _PLACE.finditer(recipe):
        out += recipe[done : match.start()].encode()
        done = match.end()
        name, arg = match.group(1), match.group(2) or ""
        raw = _raw(name, arg, person)
        if raw is None:
            if name not in recipes:
                known = ", ".join(sorted({*recipes, *CODECS, "hex", "zengin"}))
                raise ValueError(f"unknown placeholder {{{name}}}; known: {known}")
            raw = recipes[name](arg).encode()
        out += raw
    return bytes(out + recipe[done:].encode())
