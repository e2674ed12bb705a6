"""What was found, without what it says; and what could not be read."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Category(StrEnum):
    """Kinds of personal information (domain paper, section 4; the scan contract lists these words)."""

    NAME = "name"
    KANA = "kana"
    ADDRESS = "address"
    PHONE = "phone"
    EMAIL = "email"
    SEX = "sex"
    BIRTH_DATE = "birth_date"
    AGE = "age"
    BANK_ACCOUNT = "bank_account"
    INDIVIDUAL_NUMBER = "individual_number"
    RESIDENT_CODE = "resident_code"
    LICENCE = "licence"
    INSURANCE = "insurance"
    PENSION = "pension"
    PASSPORT = "passport"
    RESIDENCE_CARD = "residence_card"
    CARD = "card"
    POSTAL_CODE = "postal_code"
    RELATIONSHIP = "relationship"
    SENSITIVE = "sensitive"


#: Categories that make a name a data subject (an Individual Number needs no name).
ATTRIBUTES = frozenset(
    {
        Category.ADDRESS,
        Category.PHONE,
        Category.EMAIL,
        Category.SEX,
        Category.BIRTH_DATE,
        Category.AGE,
        Category.BANK_ACCOUNT,
        Category.INDIVIDUAL_NUMBER,
        Category.RESIDENT_CODE,
        Category.LICENCE,
        Category.INSURANCE,
        Category.PENSION,
        Category.PASSPORT,
        Category.RESIDENCE_CARD,
        Category.CARD,
        Category.SENSITIVE,
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One signature at one place. Never the matched text: `mask` is all that may be shown."""

    signature: str  # stable id, e.g. "individual-number"
    revision: int
    category: str  # a Category, or "marking", "form", "container" for what is not about a person
    part: tuple[str, ...]
    place: str  # "Sheet1!C", "line 12", "byte 0"; never content
    count: int  # how many matches stand behind this finding
    confidence: float  # 0..1
    mask: str = ""  # e.g. "6214********"; at most the first third shown


@dataclass(frozen=True, slots=True)
class Unread:
    """A part that could not be read."""

    part: tuple[str, ...]
    why: str  # a dlp.extract.blocks.Why
