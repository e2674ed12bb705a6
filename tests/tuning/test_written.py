"""Layouts in the formats that once lost them: the count is the generator's own truth."""

from __future__ import annotations

import random

import pytest

from dlp import bundle
from dlp.detect import loader
from dlp.inspection import inspect
from dlp.transfer import Channel, Transfer
from dlp.tuning import corpus
from dlp.tuning.corpus import innocents, people, writers
from dlp.tuning.corpus.layout import Maker
from dlp.tuning.corpus.said import Said

LISTS = {
    "fixed_width": ("docx", "pdf", "eml", "html"),
    "downwards": ("html", "pdf", "docx"),
    "letters": ("pdf",),
    "form_two_lines": ("pdf",),
    "in_a_sentence": ("txt", "docx"),
    "in_a_line": ("txt", "html"),
    "telephone_memo": ("txt", "eml"),
    "petition": ("txt",),
    "evacuated_families": ("txt",),
    "numbered_form": ("txt", "docx"),
    "dots_and_births": ("txt", "pdf"),
    "two_a_row_merged_header": ("xlsx", "pdf"),
    "head_has_the_surname": ("xlsx",),
    "who_needs_help": ("xlsx", "html"),
    "foreign_workers": ("csv", "pdf"),
    "dogs": ("xlsx",),
    "electoral_register": ("pptx",),
    "families_in_a_cell": ("xlsx", "docx"),
    "contacts_in_notes": ("csv", "html"),
    "owners_and_companies": ("csv",),
    "payees_half_width": ("pdf",),
}


@pytest.fixture(scope="module")
def rules():
    return loader.load(bundle.read().files)


def _count(rules, data: bytes, suffix: str) -> int:
    transfer = Transfer(channel=Channel.MEDIA, sender="x", destination=("x",), name=f"a.{suffix}", data=data)
    return inspect(transfer, rules, token_key=bytes(32)).subjects


@pytest.mark.parametrize(("layout", "kind"), [(layout, kind) for layout, kinds in LISTS.items() for kind in kinds])
def test_everybody_is_counted_in_this_format_too(rules, layout, kind):
    rng = random.Random(f"{layout} {kind}")
    said = Said(rng)
    doc = corpus.LAYOUTS[layout](Maker(people.make(60, people.strangers(rules.words), rng), rng, said))
    written = writers.WRITERS[kind](doc, rng, "utf-8")
    truth = len(said.subjects())
    assert abs(_count(rules, written.data, written.suffix) - truth) <= max(1, 0.02 * truth)


def test_a_table_on_its_side_in_a_pdf_is_one(rules):
    rng = random.Random("side")
    said = Said(rng)
    doc = corpus.LAYOUTS["on_its_side"](Maker(people.make(14, people.strangers(rules.words), rng), rng, said))
    assert _count(rules, writers.WRITERS["pdf"](doc, rng, "utf-8").data, "pdf") == len(said.subjects())


def test_a_text_that_reads_backwards_too_is_turned_once(rules):
    text = ("住所の番号話電を確認した。号番話電\n" * 3).encode()
    transfer = Transfer(channel=Channel.MEDIA, sender="x", destination=("x",), name="a.txt", data=text)
    assert not inspect(transfer, rules, token_key=None).unread


def test_a_table_that_reads_backwards_is_turned_once(rules):
    row = "{}-5678-090,{}-2-3野碧,花葉 見霞\n"
    text = ("号番話電,所住,名氏\n" + "".join(row.format(1000 + i, i) for i in range(1, 9))).encode()
    for data in (text, text.decode()[::-1].encode()):
        transfer = Transfer(channel=Channel.MEDIA, sender="x", destination=("x",), name="a.csv", data=data)
        assert not inspect(transfer, rules, token_key=None).unread


@pytest.mark.parametrize("size", [19, 37, 38, 39])
def test_the_last_page_of_a_pdf_may_hold_a_line_or_two(rules, size):
    rng = random.Random(size)
    said = Said(rng)
    doc = corpus.LAYOUTS["name_and_one"](Maker(people.make(size, people.strangers(rules.words), rng), rng, said))
    written = writers.WRITERS["pdf"](doc, rng, "utf-8")
    assert _count(rules, written.data, "pdf") == len(said.subjects())


NEW = ("office_thread", "staff_in_lines", "facilities_in_a_sentence", "facilities_downwards", "sample_code", "filled_example", "duty_grid",
       "seat_plan", "newsletter")  # fmt: skip


@pytest.mark.parametrize("name", NEW)
def test_papers_of_offices_are_about_nobody(rules, name):
    rng = random.Random(name)
    doc = corpus.INNOCENTS[name](innocents.Town(people.common(rules.words), rng), 40)
    kind = "xlsx" if doc.sheets else "docx"
    assert _count(rules, writers.WRITERS[kind](doc, rng, "utf-8").data, kind) == 0


@pytest.mark.parametrize("name", ["companies", "facilities_heads", "bidders", "clinics", "roster_mail"])
def test_a_table_in_html_is_not_read_again_as_text(rules, name):
    rng = random.Random(name)
    doc = corpus.INNOCENTS[name](innocents.Town(people.common(rules.words), rng), 40)
    assert _count(rules, writers.WRITERS["html"](doc, rng, "utf-8").data, "html") == 0
