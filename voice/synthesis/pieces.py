"""Where a text may be cut, so that the first words sound while the rest is still being made."""

from __future__ import annotations

import re
from collections.abc import Iterator

_STOPS = "。！？!?；;…\n"
_CUTS = re.compile(
    rf"(?<=[{_STOPS}])|(?<=[.:,])(?=\s)|(?<=[，、：—])"
    # A full stop, a colon and a comma cut only before a space: "3.5" and "10:30" stay whole.
)
_SENTENCE_ENDS = re.compile(rf"(?:[{_STOPS}]|\.)[\"'”’）)]*$")


def pieces(text: str, *, first: int, most: int) -> Iterator[str]:
    """Yield `text` in pieces that end at a clause or a sentence.

    The first piece ends at the first clause of at least `first` characters, the earliest place
    where a voice does not sound cut off; the next ones may be two and three times as long, so that
    each is heard while the following one is made. From the fourth on they are whole sentences where
    these are no longer than `most` characters. Nothing is lost.
    """
    waiting = ""
    done = 0
    for clause in _clauses(text, most):
        if waiting and len(waiting) + len(clause) > most:
            yield waiting.strip()
            waiting, done = "", done + 1
        waiting += clause
        is_sentence = bool(_SENTENCE_ENDS.search(waiting.strip()))
        if len(waiting.strip()) >= first * min(done + 1, 3) and (is_sentence or done < 3):
            yield waiting.strip()
            waiting, done = "", done + 1
    if waiting.strip():
        yield waiting.strip()


def _clauses(text: str, most: int) -> Iterator[str]:
    """Cut after each clause; one longer than `most` is cut between words, or anywhere in Chinese."""
    for clause in _CUTS.split(text):
        rest = clause
        while len(rest) > most:
            at = rest.rfind(" ", 1, most) + 1 or most
            yield rest[:at]
            rest = rest[at:]
        if rest:
            yield rest


def pause_s(piece: str) -> float:
    """Return the silence in seconds that belongs after a piece, by its last mark."""
    if _SENTENCE_ENDS.search(piece):
        return 0.35
    return 0.15
