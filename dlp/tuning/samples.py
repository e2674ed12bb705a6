"""Samples beside the signatures are recipes: `{individual_number}`, `{name}` … filled in from a seed at test time.

So no value that passes a check digit lies in the repository.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from dlp.detect import checks
from dlp.tuning.town import Citizen, citizens

_PLACE = re.compile(r"\{(\w+)(?::([^{}]*))?\}")


def _digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choices("123456789", k=1) + rng.choices("0123456789", k=count - 1))


def _until(rng: random.Random, count: int, check: Callable[[str], bool]) -> str:
    """Random digits that pass a check: one in ten or so does."""
    while not check(number := _digits(rng, count)):
        pass
    return number


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
        "parcel": lambda _: _until(rng, 12, lambda n: checks.parcel(n) and not checks.individual_number(n)),
        "jan": lambda _: "49" + _until(rng, 11, lambda n: checks.jan("49" + n)),
        "digits": lambda arg: _digits(rng, int(arg)),
    }


def render(recipe: str, seed: int = 1) -> bytes:
    """A recipe's sample in UTF-8. `{hex:…}` and `{utf16:…}` give raw bytes. Raises ValueError for an unknown name."""
    rng = random.Random(f"{seed} {recipe}")  # noqa: S311
    person = next(citizens(1, seed=rng.randrange(1 << 30)))
    recipes = _recipes(rng, person)
    out = bytearray()
    done = 0
    for match in _PLACE.finditer(recipe):
        out += recipe[done : match.start()].encode()
        done = match.end()
        name, arg = match.group(1), match.group(2) or ""
        if name == "hex":
            out += bytes.fromhex(arg)
        elif name == "utf16":
            out += arg.encode("utf-16-le")
        elif name in recipes:
            out += recipes[name](arg).encode()
        else:
            raise ValueError(f"unknown placeholder {{{name}}}; known: {', '.join(sorted(recipes))}, hex, utf16")
    return bytes(out + recipe[done:].encode())
