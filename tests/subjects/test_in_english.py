"""Labels in Latin letters: in English sentences and programs they tell nobody's name or address, in forms they do."""

from __future__ import annotations

import pytest

from tests.extract.people import count

_NOBODY = (
    "The name and email address of the person who prepared this version of",
    "don't remember the submitter email address, you can use",
    "address such failures a non-operational\nname of each event will be the uppercase common",
    "name of zone to hash when setting lame.\naddress of the resolver is then about (2)",
    "name member.\naddress records.\naddress as an alternative for\nage encourages upgrade of the library",
    "name path names for include files.\naddress families.\naddress of server for TCP or TLS use.",
    "const address = server.address()\nname = name.startswith('CERT_')\nage = cpuUsage()",
    "Set the project name of the firewall rule.\nThe source address ranges to match.\nname is required to describe",
    "name: the zone to be on\nphone: 090-3187-4521",
    "Name: The Domain Name System (for the zone)\nphone: 090-3187-4521",
    "def connect(family=0, name=None, local_addr=None, *, remote_addr=remote_address):\n    family=family\n    local_addr=None",
    'surname Holds a single font family name\nname family"><string>mono</string></test>\naddress <string>',
)
_SOMEBODY = (
    "name: Kenji Morita\nphone: 090-3187-4521",
    "Name Kenji Morita\nTEL 090-3187-4521",
    "name  kenji morita\ntel   090-3187-4521",
    "name 森田健治\nphone 090-3187-4521",
    "Name: MORITA KENJI\nDate of birth: 1950-02-03",
    "Name: Kenji Morita\nAddress: Hiratsuka-shi, Honcho 3-17-8",
    "Name: Kenji Morita\nAddress: Hiratsuka City, Kanagawa",
    # The house number first, as in English: it was no address at all.
    "Name: Kenji Morita\nAddress: 3-17-8 Honcho, Hiratsuka-shi, Kanagawa 254-8686",
    "Name: Kenji Morita\nAddress: 3-17-8 Honcho, Hiratsuka-shi, Japan",
    "name: kenji morita\naddress: 3-17-8 Honcho, Hiratsuka-shi",
    # Names spelled as words of sentences are, and what is said of somebody behind his name.
    "name: le van an\nphone: 090-3187-4521",
    "name: will smith\nphone: 090-3187-4521",
    "Name: Pham Van Mai (the tenant)\nMobile: 090-3187-4521",
    "Name: Pham Van Mai and family\nMobile: 090-3187-4521",
)


@pytest.mark.parametrize("text", _NOBODY)
def test_english_sentences_name_nobody(text: str) -> None:
    assert count(text.encode()) == (0, [])


@pytest.mark.parametrize("text", _SOMEBODY)
def test_forms_in_latin_letters_name_somebody(text: str) -> None:
    assert count(text.encode()) == (1, [])


def test_a_column_of_addresses_in_english_order() -> None:
    rows = [f'Ken{name} Morita,"{k + 1}-17-{k + 2} Honcho, Hiratsuka-shi"' for k, name in enumerate("abcdefghijkl")]
    assert count("\n".join(["Name,Address", *rows]).encode()) == (12, [])


def test_the_same_address_in_either_order_is_one_persons() -> None:
    text = "Name,Address\nKenji Morita,3-17-8 Honcho Hiratsuka-shi\nKenji Morita,3-17-8 Honcho Hiratsuka-shi Japan\n"
    assert count(text.encode()) == (1, [])


@pytest.mark.parametrize("cell", ["3" + "-" * 4000 + "!", "3 A" + "a" * 40_000 + "!"], ids=["dashes", "letters"])
def test_an_address_that_never_ends_is_read_soon(cell: str) -> None:
    """Minutes; the test's own time limit tells."""
    assert count(f"Name,Address\nKenji Morita,{cell}\n".encode())[0] <= 1
