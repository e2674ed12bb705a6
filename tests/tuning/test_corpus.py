from __future__ import annotations

import random

import pytest

from dlp import bundle
from dlp.detect import loader
from dlp.finding import Category
from dlp.tuning import corpus
from dlp.tuning.corpus import people, writers
from dlp.tuning.corpus.layout import Doc
from dlp.tuning.corpus.said import FIELDS, Said


@pytest.fixture(scope="module")
def words():
    return loader.load(bundle.read().files).words


@pytest.fixture(scope="module")
def books(words):
    return people.strangers(words)


def test_nobody_and_no_town_is_in_the_shipped_lists(words, books):
    everyone = people.make(3000, books, random.Random(1))
    assert not {p.surname for p in everyone} & words["surnames"]
    assert not {p.given for p in everyone} & words["given_names"]
    assert not {p.surname_kana for p in everyone if p.alias} & words["surname_kana"]
    assert not {p.town for p in everyone} & words["towns"]
    assert not {p.city for p in everyone if p.city} & words["municipalities"]


def test_common_names_are_all_in_the_shipped_lists(words):
    everyone = people.make(300, people.common(words), random.Random(1))
    assert {p.surname for p in everyone} <= words["surnames"]
    assert {p.given for p in everyone} <= words["given_names"]


def test_there_are_as_many_kinds_as_promised():
    assert len(corpus.LAYOUTS) >= 60
    assert len(corpus.INNOCENTS) >= 40
    assert not set(corpus.LAYOUTS) & set(corpus.INNOCENTS)
    assert set(writers.ENCODINGS) == {"utf-8", "utf-8-sig", "utf-16-le", "utf-16-be", "cp932", "euc_jp", "iso2022_jp"}


def test_the_same_seed_makes_the_same_file(books):
    first, again = (corpus.listed("form_colons", 20, books, 5) for _ in range(2))
    assert (first.data, first.subjects) == (again.data, again.subjects)
    assert corpus.listed("form_colons", 20, books, 6).data != first.data


def test_truth_follows_the_contract(books):
    a, b, c, d = people.make(4, books, random.Random(2), foreign=0)
    said = Said(random.Random(1))
    said.tell(a, Category.NAME)  # a name alone
    said.tell(b, Category.NAME, Category.PHONE)
    said.tell(c, Category.PHONE, Category.ADDRESS)  # nobody named
    said.tell(d, Category.INDIVIDUAL_NUMBER)  # counts alone
    said.tell(b, Category.NAME, Category.POSTAL_CODE)  # again
    assert len(said.subjects()) == 2
    assert said.counts() == {"name": 1, "phone": 1, "postal_code": 1, "individual_number": 1}


def test_attributes_are_blanked_and_the_truth_knows(books):
    file = corpus.listed("name_and_one", 200, books, 3)
    assert 100 < file.subjects < 190


@pytest.mark.parametrize("name", FIELDS)
def test_every_field_says_something(name, books):
    person = people.make(1, books, random.Random(4), foreign=0)[0]
    values = {FIELDS[name].value(person, random.Random(f"seed {i}")) for i in range(40)}
    assert any(values)
    assert any(FIELDS[name].headers)


@pytest.mark.parametrize("kind", writers.WRITERS)
def test_every_writer_writes_a_sheet(kind):
    doc = Doc(sheets=[("名簿", [["氏名", "電話"], ["霞見 壮太", "x"]])])
    written = writers.WRITERS[kind](doc, random.Random(1), "cp932")
    assert len(written.data) > 10


@pytest.mark.parametrize("encoding", writers.ENCODINGS)
def test_every_encoding_is_read_back(encoding):
    data, used = writers.encode("氏名,霞見", encoding)
    assert used == encoding
    assert data.removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff").decode(encoding) == "氏名,霞見"


def test_what_does_not_fit_an_encoding_is_written_in_utf8():
    assert writers.encode("𠮷", "cp932") == ("𠮷".encode(), "utf-8")


def test_the_replay_has_the_files_and_people_of_2018(books):
    files = list(corpus.replay(books, files=40, records=900))
    assert len(files) == 40
    assert sum(f.subjects for f in files) == 900
