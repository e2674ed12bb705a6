"""How much a sign weighs, from which share on a column is of a kind: numbers a town tunes, as its signatures say them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Weights:
    """One number each; what it means stands beside it in `signatures/*/signature.toml`."""

    # person-name: how likely a string is a full name
    name_known: float
    name_known_apart: float
    name_apart: float
    name_ending: float
    name_surname: float
    name_goods: float
    name_given: float
    name_like: float
    name_kana: float
    name_sure: float
    ending_ratio: float
    ending_least: float
    # table-context: rows that are headers, columns by their values, lists of bodies
    header_ending: float
    header_least: float
    header_share: float
    header_alone: float
    header_values: float
    header_parts: float
    form_lines: float
    card_lines: float
    column_email: float
    column_colleague: float
    column_title: float
    column_phone: float
    column_postal: float
    column_sex: float
    column_date: float
    column_address: float
    column_kana: float
    kana_distinct: float
    column_numbers: float
    column_births: float
    column_aged: float
    column_latin: float
    column_org: float
    column_told: float
    column_letters: float
    names_alone: float
    names_beside: float
    names_beside_more: float
    names_distinct: float
    names_bodily: float
    names_paired: float
    names_sure: float
    bodies: float
    goods: float
    mobiles: float
    recipients: float
    # person-context: names in running text
    listed: float
    listed_private: float
    listed_under_header: float
    list_lines: float
    birth_years: float
    honoured: float
    honoured_apart: float
    beside: float
    leading: float
    addressee: float
    addressee_lines: float
    named: float
    reach: float
    bare_numbers: float
    bare_numbers_valid: float
