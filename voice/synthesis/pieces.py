"""Where a text may be cut, so that the first words sound while the rest is still being made."""

from __future__ import annotations

import re
from collections.abc import Iterator

_STOPS = "。！？!?；;…\n"
_CUTS = re.compile(
    rf"(?<=[{_STOPS}])|(?<=[.:,])(?=\s)|(?<=[，、：—])"
    # A full stop, a colon and a comma cut only before a space: "3.5" and "10:30" stay whole.
)
_CLAUSE_ENDS = ',:，、：—;；)）"”'
_SENTENCE_ENDS = re.compile(rf"(?:[{_STOPS}]|\.)[\"'”’）)]*$")


_BREATHS = re.compile(
    r"(?<=[的了是在有为和])(?=[^，、。！？；：\s])"
    r"|(?<=[\u4e00-\u9fff])(?=已经|将|可以|正在|预计|请|帮|给|把|从)"
    r"|(?<=[\u4e00-\u9fff])(?<![一二三四五六七八九十百千万零点第])(?=[一二三四五六七八九十两])"
    r"|(?= (?:and|or|but|is|are|was|were|will|has|have|that|which|with|within|for|from|in|on|at|to|of|by) )"
    r"|(?= (?:the|a|your|our|one|two|three) )"
)
"""Where a long clause may be taken apart: after a particle, before a small word or a number."""


def pieces(text: str, *, first: int, most: int, start: int | None = None) -> Iterator[str]:
    """Yield `text` in pieces that end at a clause or a sentence.

    The first piece ends at the first clause of at least `first` characters, the earliest place
    where a voice does not sound cut off; the next ones may be two and three times as long, so that
    each is heard while the following one is made. From the fourth on they are whole sentences where
    these are no longer than `most` characters. With `start`, for slow voices, a first clause longer than that is cut
    within. Nothing is lost.
    """
    if start is not None:
        opening, text = _opening(text, first, start)
        if opening:
            yield opening
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


def _opening(text: str, first: int, start: int) -> tuple[str, str]:
    """Return the beginning of a first clause that is longer than `start`, and the rest; "" where it need not be cut.

    It is cut where it sounds least cut: about the middle of `start`, and not right before the clause's end.
    """
    clause = _CUTS.split(text.lstrip(), maxsplit=1)[0]
    if len(clause) <= start:
        return "", text
    places = [found.start() for found in _BREATHS.finditer(clause)]
    fitting = [at for at in places if max(first, start // 3) <= at <= start and at <= len(clause) - start // 3]
    if not fitting:
        return "", text
    whole = text.lstrip()
    return whole[: fitting[-1]].strip(), whole[fitting[-1] :].lstrip()


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
    return 0.15 if piece[-1:] in _CLAUSE_ENDS else 0.02
