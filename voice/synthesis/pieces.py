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
    where a voice does not sound cut off. Later pieces are whole sentences where these are no longer
    than `most` characters. Nothing is lost; a clause longer than `most` is cut between words.
    """
    waiting = ""
    started = False
    for clause in _clauses(text, most):
        if waiting and len(waiting) + len(clause) > most:
            yield waiting.strip()
            waiting, started = "", True
        waiting += clause
        ends = bool(_SENTENCE_ENDS.search(waiting.strip())) or "\n" in clause
        if len(waiting.strip()) >= first and (ends or not started):
            yield waiting.strip()
            waiting, started = "", True
    if waiting.strip():
        yield waiting.strip()


def _clauses(text: str, most: int) -> Iterator[str]:
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
