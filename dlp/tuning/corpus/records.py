"""Machine formats: JSON, XML, SQL, vCard, bank files, contacts, LDIF."""

from __future__ import annotations

import json
from base64 import b64encode
from xml.sax.saxutils import escape

from dlp.finding import Category as C
from dlp.tuning.corpus.layout import Doc, Maker, layout
from dlp.tuning.corpus.people import half_width


def _known(pairs: dict[str, str]) -> dict[str, str | None]:
    return {key: value or None for key, value in pairs.items()}


@layout
def _json_flat(m: Maker) -> Doc:
    c = m.said.cell
    rows = [_known({"id": str(p.serial), "name": c(p, "name"), "kana": c(p, "kana"), "address": c(p, "address"), "tel": c(p, "phone"),
                    "birthday": c(p, "birth_iso")}) for p in m.people]  # fmt: skip
    return Doc(text=json.dumps(rows, ensure_ascii=m.rng.random() < 0.3, indent=m.rng.choice((None, 2))), suffix="json")


@layout
def _json_nested(m: Maker) -> Doc:
    c = m.said.cell
    rows = [{"id": p.serial, "profile": {"name": {"last": c(p, "surname"), "first": c(p, "given")}, "gender": c(p, "sex_long") or None},
             "contact": {"phone": c(p, "phone") or None, "email": c(p, "email") or None}} for p in m.people]  # fmt: skip
    return Doc(text=json.dumps({"total": len(rows), "results": rows}, ensure_ascii=False, indent=1), suffix="json")


@layout
def _json_japanese_keys(m: Maker) -> Doc:
    c = m.said.cell
    rows = [{"氏名": c(p, "name_tight"), "住所": {"町名": p.town, "番地": p.house} if _says(m, p) else None, "年齢": c(p, "age") or None}
            for p in m.people]  # fmt: skip
    return Doc(text=json.dumps({"名簿": rows}, ensure_ascii=False), suffix="json")


def _says(m: Maker, p: object) -> bool:
    from dlp.tuning.corpus.people import Person

    assert isinstance(p, Person)
    given = m.rng.random() > 0.3
    if given:
        m.said.tell(p, C.ADDRESS)
    return given


@layout
def _json_lines(m: Maker) -> Doc:
    c = m.said.cell
    lines = [json.dumps(_known({"user_name": c(p, "name"), "mail": c(p, "email"), "phone_number": c(p, "phone_digits"), "age": c(p, "age")}),
                        ensure_ascii=False) for p in m.people]  # fmt: skip
    return Doc(text="\n".join(lines) + "\n", suffix="jsonl")


@layout
def _xml_elements(m: Maker) -> Doc:
    parts = []
    for p in m.people:
        c = m.said.cell
        cells = {
            "氏名": c(p, "name"),
            "住所": c(p, "address"),
            "電話番号": c(p, "phone"),
            "生年月日": c(p, "birth_iso"),
        }
        parts.append("<住民>" + "".join(f"<{k}>{escape(v)}</{k}>" for k, v in cells.items()) + "</住民>")
    return Doc(text='<?xml version="1.0"?>\n<住民一覧>\n' + "\n".join(parts) + "\n</住民一覧>\n", suffix="xml")


@layout
def _xml_attributes(m: Maker) -> Doc:
    parts = []
    for p in m.people:
        c = m.said.cell
        cells = {
            "name": c(p, "name_tight"),
            "tel": c(p, "phone"),
            "email": c(p, "email"),
            "birthday": c(p, "birth_iso"),
        }
        parts.append("  <person " + " ".join(f'{k}="{escape(v)}"' for k, v in cells.items() if v) + "/>")
    return Doc(text='<?xml version="1.0"?>\n<people>\n' + "\n".join(parts) + "\n</people>\n", suffix="xml")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'" if text else "NULL"


@layout
def _sql_dump(m: Maker) -> Doc:
    keys = ["no", "name", "kana", "address", "phone", "email", "birth_iso", "sex_code"]
    rows = ["(" + ", ".join(_quoted(cell) for cell in m.said.row(p, keys)) + ")" for p in m.people]
    head = "INSERT INTO `citizens` (`id`, `name`, `name_kana`, `address`, `tel`, `email`, `birthday`, `sex`) VALUES\n"
    return Doc(
        text=f"-- MySQL dump\nCREATE TABLE `citizens` (`id` int, `name` varchar(64));\n{head}"
        + ",\n".join(rows)
        + ";\n",
        suffix="sql",
    )


@layout
def _sql_statements(m: Maker) -> Doc:
    keys = ["local", "name_tight", "address_town", "phone_digits", "era"]
    head = "INSERT INTO jumin (atena_no, shimei, jusho, denwa, seinengappi) VALUES ("
    lines = [head + ", ".join(map(_quoted, m.said.row(p, keys))) + ");" for p in m.people]
    return Doc(text="\n".join(lines) + "\n", suffix="sql")


@layout
def _sql_copy(m: Maker) -> Doc:
    keys = ["no", "name", "phone", "email", "birth_iso"]
    lines = ["\t".join(cell or "\\N" for cell in m.said.row(p, keys)) for p in m.people]
    return Doc(
        text="COPY public.users (id, name, phone, email, birthday) FROM stdin;\n" + "\n".join(lines) + "\n\\.\n",
        suffix="sql",
    )


@layout
def _vcards(m: Maker) -> Doc:
    cards = []
    for p in m.people:
        c = m.said.cell
        lines = ["BEGIN:VCARD", "VERSION:3.0", f"N:{c(p, 'surname')};{p.given};;;", f"FN:{c(p, 'name')}",
                 f"X-PHONETIC-LAST-NAME:{p.surname_kana}"]  # fmt: skip
        m.said.tell(p, C.KANA)
        for head, key in (("TEL;TYPE=CELL:", "phone"), ("EMAIL;TYPE=INTERNET:", "email"), ("BDAY:", "birth_iso")):
            if value := c(p, key):
                lines.append(head + value)
        if m.rng.random() < 0.5:
            m.said.tell(p, C.ADDRESS)
            lines.append(f"ADR;TYPE=HOME:;;{p.town}{p.house};{p.city};{p.prefecture};;日本")
        cards.append("\r\n".join([*lines, "END:VCARD"]))
    return Doc(text="\r\n".join(cards) + "\r\n", suffix="vcf", only=("txt", "eml", "zip"))


@layout
def _zengin(m: Maker) -> Doc:
    m.people = [p for p in m.people if not p.alias]
    head = f"1210{1234567890}{half_width('カガミハマシ'):<40}10010001{'':<15}001{'':<15}1{1234567:07}"
    lines = [f"{head:<120}"]
    for p in m.people:
        m.said.tell(p, C.KANA, C.BANK_ACCOUNT)
        holder = half_width(f"{p.surname_kana} {p.given_kana}")
        lines.append(f"{f'20001{"":<15}001{"":<15}0000{1}{p.account}{holder:<30}{12000:010}':<120}")
    lines += [f"{f'8{len(m.people):06}{12000 * len(m.people):012}':<120}", f"{'9':<120}"]
    return Doc(raw="\r\n".join(lines).encode("cp932") + b"\r\n", suffix="txt")


@layout
def _contacts_csv(m: Maker) -> Doc:
    """An address book as mail programs export it."""
    head = [
        "First Name",
        "Middle Name",
        "Last Name",
        "E-mail Address",
        "Home Phone",
        "Mobile Phone",
        "Home Street",
        "Birthday",
    ]
    rows = [list(head)]
    for p in m.people:
        c = m.said.cell
        rows.append(
            [c(p, "given"), "", c(p, "surname"), c(p, "email"), "", c(p, "phone"), c(p, "address"), c(p, "birth_plain")]
        )
    return Doc(sheets=[("contacts", [list(row) for row in rows])], only=("csv", "zip"))


@layout
def _ldif(m: Maker) -> Doc:
    parts = []
    for p in m.people:
        name = b64encode(m.said.cell(p, "name").encode()).decode()
        lines = [f"dn: uid=u{p.serial},ou=people,dc=example", "objectClass: inetOrgPerson", f"cn:: {name}"]
        lines += [
            f"{k}: {v}" for k, key in (("mail", "email"), ("telephoneNumber", "phone")) if (v := m.said.cell(p, key))
        ]
        parts.append("\n".join(lines))
    return Doc(text="\n\n".join(parts) + "\n", suffix="ldif", only=("txt",))


@layout
def _labelled_lines(m: Maker) -> Doc:
    """Label and value separated by tabs within a line (LTSV)."""
    lines = []
    for p in m.people:
        pairs = [
            (k, m.said.cell(p, key))
            for k, key in (("name", "name"), ("tel", "phone"), ("email", "email"), ("address", "address"))
        ]
        lines.append("\t".join(f"{k}:{v}" for k, v in pairs if v))
    return Doc(text="\n".join(lines) + "\n", suffix="log")
