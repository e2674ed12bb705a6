"""Office mails of 5–50 kB read on one core, people grouped and counted, against three who only find matches.

The naive use of pyahocorasick and yara-python: the dictionary's words over the decoded text as it is, the number
patterns as YARA rules over the same text, every match taken. presidio-analyzer as in `benchmarks.peers`.
"""

from __future__ import annotations

import email
import email.policy
from email.message import EmailMessage

import ahocorasick
import yara

from benchmarks import peers
from benchmarks.ours import inspector, one_core, rules
from benchmarks.prose import mails
from benchmarks.report import Row, rates

_BOOKS = ("surnames", "given_names", "towns", "facilities", "organisations", "titles")


def text_of(mail: bytes) -> str:
    """The body as the standard library decodes it."""
    message = email.message_from_bytes(mail, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return str(message.get_content())


class Naive:
    """pyahocorasick over `str` and YARA over its UTF-8."""

    def __init__(self) -> None:
        self._words = ahocorasick.Automaton()
        for book in _BOOKS:
            for word in rules().words.get(book, ()):
                self._words.add_word(word, book)
        self._words.make_automaton()
        strings = {
            name: pattern.replace("(?:", "(").replace("/", r"\/")
            for name, pattern in peers.PATTERNS.items()
            if pattern.isascii()  # YARA's expressions are over bytes
        }
        body = "\n".join(f"rule {n} {{ strings: $a = /{p}/ condition: $a }}" for n, p in strings.items())
        self._rules = yara.compile(source=body.replace(r"[\w.+-]+@", r"[\w.+-]{1,64}@"))

    def count(self, text: str) -> int:
        """Matches of words and patterns."""
        words = sum(1 for _ in self._words.iter(text))
        return words + sum(len(s.instances) for m in self._rules.match(data=text.encode()) for s in m.strings)


def run(runs: int = 5) -> list[Row]:
    """Megabytes of mail a second."""
    one_core()
    box = mails()
    inspect, naive, size = inspector(), Naive(), sum(len(mail) for mail, _ in box)

    def ours() -> None:
        for number, (mail, people) in enumerate(box):
            found = inspect(mail, f"{number}.eml").subjects
            if found != people:
                raise SystemExit(f"mail {number}: counted {found}, true are {people}; a wrong count is not measured")

    contestants = {
        "naive pyahocorasick + yara-python": lambda: [naive.count(text_of(mail)) for mail, _ in box],
        "presidio AnalyzerEngine, per line": lambda: [peers.presidio_engine()(text_of(mail)) for mail, _ in box],
        "presidio recognisers called directly": lambda: [peers.presidio_direct(text_of(mail)) for mail, _ in box],
        "sekisho, whole inspection": ours,
    }
    return rates(f"{len(box)} office mails, 5–50 kB", size / 1e6, "MB/s", contestants, runs=runs)
