"""Which of what was heard is heard anew with the shop's words in mind: doubtful Chinese that names nobody."""

from __future__ import annotations

from dataclasses import replace

from core.types import Message, Percept, Session, spoken_text
from core.understand import rules
from core.understand.entities import find_entities
from core.understand.normalise import normalise
from core.understand.rehearing import Rehearing

_SURE = 0.8
"""Confidence from which a sentence stays as it was heard: three of four heard rightly are below, and one misheard in
twenty is above."""
_SPELLED = frozenset({"name", "address", "email", "invoice_title", "tax_number"})
"""What no shop's words tell."""
_SPELLING = frozenset({"identify"})
"""Flows in which callers say who they are."""


def reheard(message: Message, percept: Percept, session: Session, rehearing: Rehearing) -> tuple[Message, Percept]:
    """Return message and percept with what was probably said, or as they were.

    Numbers and whatever else is named stay. Nothing becomes a yes or a no by it, or stops being one: nobody shall
    have agreed by a guess.
    """
    heard = percept.transcript
    if heard is None or heard.language != "zh" or heard.confidence >= _SURE:
        return message, percept
    if session.stack and session.stack[-1].flow in _SPELLING:
        return message, percept
    text = normalise(spoken_text(message, percept))
    named = find_entities(text, identifying=False, listing=False)
    if any(entity.kind in _SPELLED for entity in named):
        return message, percept
    mended, at = "", 0
    for entity in sorted(named, key=lambda one: one.start):
        mended += rehearing.mended(text[at : entity.start]) + text[max(at, entity.start) : entity.end]
        at = max(at, entity.end)
    mended += rehearing.mended(text[at:])
    if mended == text or rules.certain(mended, asked=True) != rules.certain(text, asked=True):
        return message, percept
    silent = replace(heard, text="")
    return replace(message, text=mended), replace(percept, transcript=silent)
