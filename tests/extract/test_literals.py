"""Records as programs print their values are read, whatever the language; innocent code and settings hold nobody."""

from __future__ import annotations

import pprint

import pytest

from dlp.extract.plain import literals
from dlp.tuning.town import citizens
from tests.test_inspection_budget import inspect_bytes

_KEYS = ("氏名", "住所", "電話番号")
_PEOPLE = [(one.name, one.address, one.phone or "0463-21-0000") for one in citizens(6, seed=31)]
_RECORDS = [dict(zip(_KEYS, one, strict=True)) for one in _PEOPLE]


def _each(form: str, between: str = ", ") -> str:
    return between.join(form % one for one in _PEOPLE)


def _numbered(form: str) -> str:
    return "".join(form % (number, *one) for number, one in enumerate(_PEOPLE))


_PRINTED = {
    "Python": repr(_RECORDS),
    "Python, pretty": pprint.pformat(_RECORDS),
    "Python, a line each": "\n".join(map(repr, _RECORDS)),
    "Python, assigned": f"citizens = {_RECORDS!r}\n",
    "Python, by number": repr(dict(enumerate(_RECORDS))),
    "Python, tuples": repr(_PEOPLE),
    "Python, tuples line by line": "\n".join(map(repr, _PEOPLE)),
    "Python, columns": repr({key: [one[key] for one in _RECORDS] for key in _KEYS}),
    "Python, OrderedDict": "\n".join(f"OrderedDict({list(one.items())!r})" for one in _RECORDS),
    "Python, None and dates": repr([{**one, "備考": None} for one in _RECORDS]).replace(
        "}", ", '生年月日': datetime.date(1990, 4, 1)}"
    ),
    "a dataclass": "[" + _each("Citizen(name='%s', address='%s', phone='%s')") + "]",
    "a dataclass, a line each": _each("住民(氏名='%s', 住所='%s', 電話番号='%s')", "\n"),
    "Ruby": "[" + _each('{"氏名"=>"%s", "住所"=>"%s", "電話番号"=>"%s"}') + "]",
    "Ruby, symbols": "[" + _each('{:name=>"%s", :address=>"%s", :phone=>"%s"}') + "]",
    "Ruby 3.4": "[" + _each('{name: "%s", address: "%s", phone: "%s"}') + "]",
    "Ruby, objects": _each('#<Citizen:0x00 @name="%s", @address="%s", @phone="%s">', "\n"),
    "PHP, print_r": "Array\n(\n"
    + _numbered("    [%d] => Array\n        (\n            [氏名] => %s\n            [住所] => %s\n            [電話番号] => %s\n        )\n\n")
    + ")\n",
    "PHP, var_export": "array (\n"
    + _numbered("  %d => \n  array (\n    '氏名' => '%s',\n    '住所' => '%s',\n    '電話番号' => '%s',\n  ),\n")
    + ")\n",
    "PHP, var_dump": "array(6) {\n"
    + _numbered('  [%d]=>\n  array(3) {\n    ["氏名"]=>\n    string(13) "%s"\n    ["住所"]=>\n    string(9) "%s"\n    ["電話番号"]=>\n    string(13) "%s"\n  }\n')
    + "}\n",
    "PHP, short": "[" + _each("['氏名' => '%s', '住所' => '%s', '電話番号' => '%s']", ",\n") + "]",
    "Perl": "$VAR1 = [\n" + _each("  {\n    '氏名' => '%s',\n    '住所' => '%s',\n    '電話番号' => '%s'\n  }", ",\n") + "\n];",
    "Java, maps": "[" + _each("{氏名=%s, 住所=%s, 電話番号=%s}") + "]",
    "Java, objects": "[" + _each("Citizen{name='%s', address='%s', phone='%s'}") + "]",
    "Java, records": _each("Citizen[name=%s, address=%s, phone=%s]", "\n"),
    "Kotlin": _each("Citizen(name=%s, address=%s, phone=%s)", "\n"),
    "C#": _each("Citizen { Name = %s, Address = %s, Phone = %s }", "\n"),
    "Scala": "List(" + _each("Map(氏名 -> %s, 住所 -> %s, 電話番号 -> %s)") + ")",
    "Go": "[" + _each("{Name:%s Address:%s Phone:%s}", " ") + "]",
    "JavaScript": "const people = [\n" + _each("  {\n    name: '%s',\n    address: '%s',\n    phone: '%s'\n  }", ",\n") + "\n];",
    "Rust": "[" + _each('Citizen { name: "%s", address: "%s", phone: "%s" }') + "]",
    "Elixir": "[" + _each('%%{name: "%s", address: "%s", phone: "%s"}') + "]",
    "Lisp": "(" + _each('((name . "%s") (address . "%s") (phone . "%s"))', " ") + ")",
}  # fmt: skip


@pytest.mark.parametrize("printed", _PRINTED.values(), ids=_PRINTED)
def test_people_as_programs_print_them(printed: str) -> None:
    for text in (printed, f"出力結果です。\n{printed}\n以上です。\n"):
        read = inspect_bytes(text.encode())
        assert (read.subjects, read.counts["address"], read.counts["phone"]) == (6, 6, 6)


def test_a_record_ends_where_its_bracket_does() -> None:
    given = "[{'氏名': '甲野 一', '電話': None}, {'電話': '0463-21-0001', '氏名': '乙野 二'}]"
    assert literals.records(given) == [{"電話": "0463-21-0001", "氏名": "乙野 二"}]


@pytest.mark.parametrize(
    "text",
    [
        "settings = {'name': '電子申請', 'host': '10.0.0.1', 'title': '住民票の写し'}\n" * 3,
        "rows = [{'施設名': '中央公民館', '住所': '東京都港区芝1-2-3', '電話': '03-1234-5678'}]\n" * 2,
        "Array\n(\n    [課] => 市民課\n    [内線] => 2101\n)\n",
    ],
)
def test_what_programs_print_of_other_things_is_nobodys(text: str) -> None:
    assert inspect_bytes(text.encode()).subjects == 0
