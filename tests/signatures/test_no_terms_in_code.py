"""What a town tunes is data: no list of Japanese words stands in the code of the detector."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import dlp

ROOMS = ("detect", "subjects")
_WORD = re.compile("[ぁ-ゖァ-ヺ一-鿿]{2}")
#: How dates, addresses, sexes and blank cells are written, what the counter's own records are called, and how
#: characters are spelled: notation that keys and stored tokens depend on, and no town tunes.
NOTATION = {
    "detect/checks.py", "detect/dates.py", "subjects/forms/forms.py", "subjects/plan/header.py", "subjects/cells/keys.py", "subjects/words.py",
    "subjects/cells/looks.py", "subjects/prose/facts.py", "subjects/prose/beside.py", "subjects/prose/prose.py", "subjects/lines/dated.py", "subjects/prose/listed.py",
}  # fmt: skip
#: Lists that may stand there, by their first word.
KNOWN = {"明治", "氏名", "年齢", "苗字", "番地", "シメイ", "その他", "丁目", "男性", "女性", "誕生", "居所", "自宅", "要介護", "と申", "です", "さま"}  # fmt: skip


def _lists(source: str) -> Iterator[list[str]]:
    """The words of every literal collection that holds two Japanese words or more."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Tuple | ast.List | ast.Set):
            held = node.elts
        elif isinstance(node, ast.Dict):
            held = [cell for cell in (*node.keys, *node.values) if cell is not None]
        else:
            continue
        words = [c.value for c in held if isinstance(c, ast.Constant) and isinstance(c.value, str) and _WORD.search(c.value)]  # fmt: skip
        if len(words) > 1:
            yield words


def _found() -> list[tuple[str, list[str]]]:
    home = Path(dlp.__file__).parent
    files = sorted(path for room in ROOMS for path in (home / room).rglob("*.py"))
    assert len(files) > 40
    return [(path.relative_to(home).as_posix(), words) for path in files for words in _lists(path.read_text("utf-8"))]


def test_no_list_of_terms_stands_in_the_code():
    strange = [(name, words) for name, words in _found() if name not in NOTATION or words[0] not in KNOWN]
    assert strange == [], "move these words into a signature's list"


def test_what_is_allowed_is_still_there():
    assert {words[0] for _, words in _found()} == KNOWN
    assert {name for name, _ in _found()} == NOTATION


def test_a_list_would_be_seen():
    assert list(_lists('_FAX = ("ファックス", "内線")')) == [["ファックス", "内線"]]
